/**
 * What a search found, kept so that it can be proposed: of `ballast evolve` one file per search under `research/findings/` in the state directory,
 * named by the id under which its trials were counted; of the fund's machine the result and the plan that lie in the research bucket.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { bucketName, type StageName } from '../../../shared/contracts/names/index.ts';
import { SearchVerdictText } from '../../../shared/contracts/strategy-life.ts';
import type { EvaluationRules } from '../../../shared/domain/research/evolution/evaluation.ts';
import type { SearchVerdict } from '../../../shared/domain/research/evolution/judge-search.ts';
import { tryParseJson } from '../../../shared/kernel/json.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { evaluationRules, planOf } from '../../../shared/runtime/research/evolve-island.ts';
import { ResearchResults, researchKeys } from '../../../shared/stores/research-results.ts';
import { accountOf } from '../cycle-lookup.ts';
import { onDeployed } from '../deployed-fund.ts';
import { BadInput } from '../outcome.ts';
import { researchRoom } from '../state-directory.ts';
import type { LedgerArguments } from './trial-book.ts';

export interface Finding {
  readonly findingId: string;
  readonly datasetSha256: string;
  readonly symbols: readonly string[];
  readonly rules: EvaluationRules;
  readonly verdict: SearchVerdict;
}

const FindingFile = z.object({
  findingId: z.string().regex(/^[0-9a-f]{64}$/),
  datasetSha256: z.string(),
  symbols: z.array(z.string()).min(1),
  rules: z.object({ costBps: z.number(), borrowAnnualFrac: z.number(), momentsPerYear: z.number(), depthMax: z.number() }),
  verdict: SearchVerdictText,
});

const ResultFile = z.object({ verdict: SearchVerdictText });
const folderOf = (state: string): string => join(researchRoom(state), 'findings');

/** The same search again writes the same file. */
export function keepFinding(finding: Finding, state: string): void {
  const folder = folderOf(state);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${finding.findingId}.json`);
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(finding));
  renameSync(`${path}.${process.pid}`, path);
}

/** By its id, or the beginning of it on this machine. @throws BadInput where there is none, or more than one. */
export function findingOf(id: string, { state, aws }: LedgerArguments): Promise<Finding> {
  if (!/^[0-9a-f]{8,64}$/.test(id))
    throw new BadInput('--from-evolution is the id that "ballast evolve" ends with: at least 8 hex digits.');
  return aws === undefined ? Promise.resolve(keptFinding(id, state)) : onDeployed(aws, () => deployedFinding(id, aws));
}

function keptFinding(id: string, state: string): Finding {
  const folder = folderOf(state);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(id) && name.endsWith('.json')) : [];
  if (names.length === 0) throw new BadInput(`No search ${id} was kept in ${state}. "ballast evolve" ends with the id of its search.`);
  if (names.length > 1) throw new BadInput(`${names.length} searches begin with ${id}: give more of the id.`);
  const parsed = FindingFile.safeParse(tryParseJson(readFileSync(join(folder, names[0]!), 'utf8')));
  if (!parsed.success) throw new BadInput(`${join(folder, names[0]!)} is not what was written. The same "ballast evolve" writes it again.`);
  return parsed.data;
}

async function deployedFinding(evolutionId: string, stage: StageName): Promise<Finding> {
  const { accountId, region } = await accountOf(stage);
  const research = new ResearchResults(new S3Client({}), bucketName(stage, 'research', accountId, region));
  const result = await research.json(researchKeys.evolutionResult(evolutionId), ResultFile);
  if (isRefusal(result))
    throw new BadInput(`No evolution ${evolutionId} has ended in stage ${stage}. The id is the whole of 64 hex digits.`);
  const plan = await planOf(evolutionId, research);
  const panel = await research.panel(plan.panelId);
  if (isRefusal(panel)) throw new BadInput(`The panel ${plan.panelId} of that evolution is not in the research bucket any more.`);
  return {
    findingId: evolutionId,
    datasetSha256: plan.panel.datasetSha256,
    symbols: panel.series.map(({ symbol }) => symbol),
    rules: evaluationRules(plan),
    verdict: result.verdict,
  };
}

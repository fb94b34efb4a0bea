/**
 * Trades a year on the simulated market and decides every cycle of it again: identical, byte for byte? Then once more with one line of
 * decision code changed: which cycles differ? The policy changes on the way, so that cycles stand under different versions of it.
 *
 *   node scripts/replay-year.ts [--cycles 252] [--seed 1] [--from 2023-12-29] [--json]
 *
 * Ends with 1 when a cycle differs, or when the changed line is not noticed.
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { synthesizedAssembly } from '../apps/cli/assembly.ts';
import { runCycleOnce } from '../apps/cli/cycle-run.ts';
import { Fund } from '../apps/cli/fund.ts';
import { ingestSource } from '../apps/cli/ingest-run.ts';
import { terminalIo } from '../apps/cli/io.ts';
import { recordedCycle, replayAll } from '../apps/cli/replaying.ts';
import { nextSession } from '../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../shared/domain/policy/default-policy.ts';
import { parseDay } from '../shared/kernel/days.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { replayWith } from '../test/support/changed-line.ts';

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '252' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '2023-12-29' },
    json: { type: 'boolean', default: false },
  },
});
const cycles = Number(values.cycles);
const capitalUsd = 1_000_000;
/** Sessions after which a person publishes another policy. */
const policyLastsSessions = 42;
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const seconds = (since: number): number => Number(((performance.now() - since) / 1000).toFixed(1));
/** A position beyond its stop is not closed: only cycles in which a stop was hit come out otherwise. */
const oneLine = {
  file: 'shared/domain/cycle/run-allocation.ts',
  from: 'targetWeight: closed ? 0 : allocated.targetWeight,',
  to: 'targetWeight: allocated.targetWeight,',
};

const fund = await Fund.boot({
  assemblyDirectory: await synthesizedAssembly('dev'),
  seed: Number(values.seed),
  capitalUsd,
  cloud: { sharesBundles: true },
});
await fund.setUp(capitalUsd);
const { manifest } = await ingestSource(fund, {}, { cwd: process.cwd(), io: { ...terminalIo(), interactive: false } });

const tradedFrom = performance.now();
let session = parseDay(values.from);
const outcomes: Record<string, number> = {};
for (let i = 0; i < cycles; i++, session = nextSession(session)) {
  if (i > 0 && i % policyLastsSessions === 0) await publishAnother(i / policyLastsSessions);
  const { outcome } = await runCycleOnce(fund, { session, datasetId: manifest.datasetId });
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  if ((i + 1) % 20 === 0) say(`${i + 1} of ${cycles} cycles, ${seconds(tradedFrom)} s`);
}
const tradedS = seconds(tradedFrom);

const replayedFrom = performance.now();
const report = await replayAll(fund, fund.lake, (done, of) => void (done % 20 === 0 && say(`replayed ${done} of ${of}`)));
const replayedS = seconds(replayedFrom);

const replay = await replayWith(oneLine);
const differing: string[] = [];
for (const cycleId of await fund.audit.cycles()) {
  const result = await replay(fund.lake, await recordedCycle(fund, cycleId));
  if (!isRefusal(result) && !result.identical) differing.push(cycleId);
}
await fund.close();

const result = { ...report, outcomes, tradedS, replayedS, oneLine: { ...oneLine, differing } };
process.stdout.write(
  values.json
    ? `${JSON.stringify(result, null, 1)}\n`
    : [
        `${cycles} sessions traded in ${tradedS} s: ${JSON.stringify(outcomes)}`,
        `${report.identical} of ${report.cycles} cycles identical, byte for byte, in ${replayedS} s; ${report.unknown.length} unknown`,
        `One line changed (${oneLine.file}: ${oneLine.from} → ${oneLine.to}): ${differing.length} cycles differ, first ${differing[0] ?? 'none'}`,
        '',
      ].join('\n'),
);
if (report.identical !== report.cycles || report.cycles === 0 || differing.length === 0) process.exitCode = 1;

/** Another cash buffer each time: a change that one person may publish. */
async function publishAnother(count: number): Promise<void> {
  const { ensemble } = defaultPolicy;
  const policy = { ...defaultPolicy, ensemble: { ...ensemble, entryZScoreMin: ensemble.entryZScoreMin + 0.05 * (count % 3) } };
  await fund.policies.publish(policy, { actor: 'replay-year', reason: 'another entry threshold', at: fund.clock.now() });
}

/**
 * Returns of known factors from a file, and what part of a run they explain. Returns of the run are over the file's risk-free rate. Sessions that the
 * file does not have are left out of the regression, and counted; ratios elsewhere in the summary stay over zero, as the trial ledger has them.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Panel } from '../../../shared/domain/research/panel.ts';
import { type BacktestResult, returnsOf } from '../../../shared/domain/research/result.ts';
import { attributeToFactors, type FactorAttribution } from '../../../shared/domain/research/validation/factor-attribution.ts';
import type { FigureGap } from '../../../shared/domain/research/validation/figure.ts';
import { barsPerYearOf } from '../../../shared/domain/research/validation/statistics.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import { refuse } from '../../../shared/kernel/refusal.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { type FactorReturns, readFactorReturns } from '../../../shared/providers/files/factor-returns.ts';
import { BadInput } from '../outcome.ts';

export interface FactorFile {
  readonly name: string;
  readonly returnsOn: (days: Int32Array) => FactorReturns;
  /** What a reader of the result must know; one line each. */
  readonly notes: readonly string[];
}

/** @throws BadInput or ContractViolation naming file, line and column of what cannot be read. */
export function loadFactors(given: string, { frequency, day }: Panel, cwd: string): FactorFile {
  if (frequency !== 'daily') throw new BadInput('--factors: factor returns are of sessions, and these bars are of minutes. Leave it out.');
  const path = resolve(cwd, given);
  if (!existsSync(path) || !statSync(path).isFile()) throw new BadInput(`--factors: there is no file ${path}. Check the path.`);
  const [bytes, name] = [readFileSync(path), basename(path)];
  const returnsOn = (days: Int32Array): FactorReturns => readFactorReturns(bytes, name, days);
  const known = returnsOn(day);
  const missing = [...day].filter((_, at) => Number.isNaN(known.riskFree[at]));
  return { name, returnsOn, notes: missing.length === 0 ? [] : [missingText(name, missing, day.length)] };
}

function missingText(name: string, missing: readonly number[], sessions: number): string {
  const [first, last] = [missing[0]!, missing.at(-1)!].map((day) => formatDay(day as EpochDay));
  return `${name} has no returns for ${missing.length} of ${sessions} sessions (${first} to ${last}): the attribution leaves them out.`;
}

export function attributionOf(result: BacktestResult, { returnsOn }: FactorFile): FactorAttribution | FigureGap {
  const { factors, riskFree } = returnsOn(result.day);
  const returns = returnsOf(result);
  const kept = Int32Array.from([...riskFree.keys()].filter((at) => !Number.isNaN(riskFree[at]!)));
  if (kept.length === 0) return refuse('no-factors');
  const columns = factors.map(({ name, returns: own }) => ({ name, returns: Float64Array.from(kept, (at) => own[at]!) }));
  const excess = Float64Array.from(kept, (at) => returns[at]! - riskFree[at]!);
  return attributeToFactors(excess, columns, { barsPerYear: barsPerYearOf(result), lags: null });
}

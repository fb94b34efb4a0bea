/**
 * A fund over fourteen companies of the simulated market: the whole cycle, at a fraction of the work. With it the ways by which a test
 * takes a cycle to a line and reads what became of it: the policy in force, what risk remembers, the records, the alerts.
 */
import type { CycleReport } from '../../apps/cli/cycle-run.ts';
import { accountId, region } from '../../apps/local-cloud/cloud.ts';
import type { Sns } from '../../apps/local-cloud/sns/index.ts';
import type { DecisionRecord } from '../../shared/domain/audit/decision-record.ts';
import type { Check } from '../../shared/domain/execution/pre-trade.ts';
import { nextSession } from '../../shared/domain/market/calendar.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { initialRiskState, type RiskState } from '../../shared/domain/risk/risk-state.ts';
import { formatDay, parseDay } from '../../shared/kernel/days.ts';
import type { CycleId } from '../../shared/kernel/units.ts';
import { CycleDocuments, type CycleDocumentTypes } from '../../shared/runtime/cycle-documents.ts';
import { bootFund, named, type TestFund, type TestFundOptions } from './boot-fund.ts';
import { publishApproved } from './publish-policy.ts';
import { ungatedPolicy } from './ungated-policy.ts';

/** Over seven sectors; the simulator has put no defect into any of them. */
export const smallSymbols = [
  'QBYT',
  'QCIR',
  'QDEL',
  'QELE',
  'QFEE',
  'QPHA',
  'QPIX',
  'QRAI',
  'QWAT',
  'ZTER',
  'QCLE',
  'QKEE',
  'ZWEL',
  'ZWAS',
] as const;

export const smallPolicy: Policy = { ...ungatedPolicy, universe: { rule: { kind: 'list', symbols: smallSymbols }, exclude: [] } };

/** Every order is worked: in two slices of five minutes where a cycle begins a quarter of an hour before the close. */
export const workedPolicy: Policy = {
  ...smallPolicy,
  execution: {
    ...smallPolicy.execution,
    algo: {
      kind: 'twap',
      aboveAverageDailyVolumeFrac: 1e-9,
      windowMinutes: 10,
      endsBeforeCloseMinutes: 1,
      bucketMinutes: 5,
      participationFracMax: 1,
      curve: 'us-large-caps',
    },
  },
};

export type PolicyChange = (standard: Policy) => Policy;

/** One part of a policy with some of its numbers replaced. */
export const changed =
  <Part extends 'risk' | 'breakers' | 'recovery' | 'execution' | 'portfolio' | 'governance' | 'capital'>(
    part: Part,
    numbers: Partial<Policy[Part]>,
  ): PolicyChange =>
  (policy) => ({ ...policy, [part]: { ...policy[part], ...numbers } });

export const bootSmall = (change: PolicyChange = (policy) => policy, options: TestFundOptions = {}): Promise<TestFund> =>
  bootFund({ ...options, policy: () => change(smallPolicy) });

/** Puts another policy into force from the next cycle on. */
export async function publish(fund: TestFund, change: PolicyChange = (policy) => policy): Promise<void> {
  await publishApproved(fund.fund.policies, change(smallPolicy), fund.fund.clock.now());
}

/** That session and the ones after it. */
export function sessionsFrom(day: string, count: number): string[] {
  const days = [parseDay(day)];
  while (days.length < count) days.push(nextSession(days.at(-1)!));
  return days.map(formatDay);
}

/** What the risk engine is to remember of cycles before the first. */
export async function remember(fund: TestFund, state: Partial<RiskState>, allTimeHighUsd = 1_000_000): Promise<void> {
  const memory = { state: { ...initialRiskState, ...state }, allTimeHighUsd };
  const before = await fund.fund.riskState.read();
  if (!(await fund.fund.riskState.write(memory, 'cycle-2024-11-27T20-45-00Z' as CycleId, before))) throw new Error('the memory moved');
}

/** What a phase of that cycle left behind. */
export const documentOf = <Name extends keyof CycleDocumentTypes>(
  { fund }: TestFund,
  { cycleId }: CycleReport,
  name: Name,
): Promise<CycleDocumentTypes[Name]> => new CycleDocuments(fund.lake, cycleId).read(name);

export interface RiskChecks {
  readonly decision: string | null;
  readonly scaleFrac: number | null;
  readonly reasons: readonly string[];
  readonly preTrade: readonly Check[];
}

/** The part of a decision record that risk and the pre-trade checks fill. */
export const checksOf = ({ risk_checks: checks }: DecisionRecord): RiskChecks => checks as Partial<RiskChecks> as RiskChecks;

export function decisionOf({ decisions }: CycleReport, symbol: string): DecisionRecord {
  const found = decisions.find((record) => record.symbol === symbol);
  if (found === undefined) throw new Error(`no decision on ${symbol}`);
  return found;
}

/** One pre-trade check of a symbol's order, as it stands in the decision record. */
export function checkOf(report: CycleReport, symbol: string, name: Check['name']): Check {
  const found = checksOf(decisionOf(report, symbol)).preTrade.find((check) => check.name === name);
  if (found === undefined) throw new Error(`no check ${name} of ${symbol}`);
  return found;
}

/** What people were sent, oldest first. */
export const alertsOf = ({ fund: { cloud } }: TestFund): string[] =>
  cloud
    .service<Sns>('sns')
    .messagesOf(`arn:aws:sns:${region}:${accountId}:${named('alerts')}`)
    .map(({ bodies }) => bodies.default!);

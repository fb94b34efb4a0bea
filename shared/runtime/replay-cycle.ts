/**
 * Decides a cycle again from what it stored: the snapshot of its bars, the facts and headlines with what a language model read in them,
 * the book, the market, what the risk engine remembered, the quotes, and the policy under its golden hash. The steps are the Lambdas' own.
 *
 * `replayCycle` holds the outcome against what was recorded. `decideUnder` asks what another policy would have made of the same inputs;
 * the cycle loaded no more than its own policy asked for, so what a longer history or a wider universe would have shown is not known.
 */
import { type CycleParts, compareReplay, type ReplayComparison } from '../domain/audit/replay.ts';
import { type CycleDecision, type CycleInputs, decideCycle } from '../domain/cycle/decide-cycle.ts';
import { decisionPrices } from '../domain/cycle/portfolio-view.ts';
import type { PlanQuotes, SymbolInput } from '../domain/cycle/step-types.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { underMode } from '../domain/policy/risk-mode.ts';
import { governSymbol } from '../domain/quality/governance.ts';
import { initialRiskState } from '../domain/risk/risk-state.ts';
import { contentHash } from '../kernel/canonical-json.ts';
import { isRefusal, type Refusal, refuse } from '../kernel/refusal.ts';
import type { CycleId, Sha256 } from '../kernel/units.ts';
import type { AuditEntry } from '../stores/audit.ts';
import type { Lake } from '../stores/lake/index.ts';
import { CycleDocuments } from './cycle-documents.ts';

/** What the audit trail holds of a cycle, in order. */
export interface RecordedCycle {
  readonly cycleId: CycleId;
  readonly entries: readonly AuditEntry[];
}

export type ReplayRefusal = Refusal<'decided-nothing' | 'inputs-missing' | 'policy-not-the-recorded-one'>;

/** Refuses a cycle that ended before it decided, and one whose inputs are gone: neither is called identical. */
export async function replayCycle(lake: Lake, recorded: RecordedCycle): Promise<ReplayComparison | ReplayRefusal> {
  const inputs = await inputsOf(lake, recorded);
  if (isRefusal(inputs)) return inputs;
  return compareReplay(recorded.cycleId, await partsOf(lake, recorded), partsDecided(decideCycle(inputs)));
}

/** The decision as it was recorded and as it would have been; quotes that were not asked for are the last closes. */
export async function decideUnder(
  lake: Lake,
  recorded: RecordedCycle,
  policy: Policy,
): Promise<{ readonly was: CycleDecision; readonly wouldBe: CycleDecision } | ReplayRefusal> {
  const inputs = await inputsOf(lake, recorded);
  if (isRefusal(inputs)) return inputs;
  const was = decideCycle(inputs);
  const context = {
    ...inputs.context,
    policy: underMode(policy),
    opportunities: policy.ranking.gate === 'off' ? null : inputs.context.opportunities,
  };
  const symbols = inputs.symbols.map((one): SymbolInput => ({ ...one, governance: governSymbol(one.quality, policy.governance) }));
  const quotes = inputs.quotes && withLastCloses(inputs.quotes, decisionPrices(was.signals, inputs.portfolio));
  return { was, wouldBe: decideCycle({ ...inputs, context, symbols, quotes, withdrawn: [], policySha256: contentHash(policy) }) };
}

function withLastCloses(quotes: PlanQuotes, closes: ReadonlyMap<PlanQuotes['references'][number]['symbol'], number>): PlanQuotes {
  const asked = new Set(quotes.references.map(({ symbol }) => symbol));
  const rest = [...closes].filter(([symbol]) => !asked.has(symbol));
  return { ...quotes, references: [...quotes.references, ...rest.map(([symbol, priceUsd]) => ({ symbol, priceUsd, at: quotes.now }))] };
}

async function inputsOf(lake: Lake, { cycleId, entries }: RecordedCycle): Promise<CycleInputs | ReplayRefusal> {
  const opening = entries.find(({ type }) => type === 'opening')?.record;
  const ending = entries.find(({ type, record }) => type === 'cycle' && 'snapshot' in record)?.record;
  if (!opening || !ending) return refuse('decided-nothing', { cycleId });
  const documents = new CycleDocuments(lake, cycleId);
  const [policy, portfolio, market, signed, remembered, plan, placement] = await Promise.all([
    documents.find('policy'),
    documents.find('portfolio'),
    documents.find('market'),
    documents.find('permit'),
    documents.find('remembered'),
    documents.find('plan'),
    documents.find('placement'),
  ]);
  if (!policy || !portfolio || !market) return refuse('inputs-missing', { cycleId });
  const policySha256 = String(opening.policy_sha256) as Sha256;
  if (contentHash(policy) !== policySha256) return refuse('policy-not-the-recorded-one', { cycleId, recorded: policySha256 });
  const snapshot = await lake.readSnapshot(String(ending.snapshot));
  if (isRefusal(snapshot)) return refuse('inputs-missing', { cycleId, snapshot: ending.snapshot });
  const of = { cycleId, policySha256, session: String(opening.session), scheduledAt: String(opening.scheduled_at) };
  return {
    context: await documents.context(of),
    symbols: await documents.symbols(lake, String(ending.snapshot)),
    market: await documents.market(),
    portfolio,
    riskState: remembered ?? initialRiskState,
    controlEpoch: signed?.permit.controlEpoch ?? 0,
    policySha256,
    quotes: plan?.quotes ?? null,
    withdrawn: (placement ?? []).flatMap((one) => (one.kind === 'withdrawn' ? [one] : [])),
  };
}

async function partsOf(lake: Lake, { cycleId, entries }: RecordedCycle): Promise<CycleParts> {
  const documents = new CycleDocuments(lake, cycleId);
  const [signals, allocation, risk, signed, plan] = await Promise.all([
    documents.find('signals'),
    documents.find('allocation'),
    documents.find('risk'),
    documents.find('permit'),
    documents.find('plan'),
  ]);
  const decisions = entries.flatMap(({ type, record }) => (type === 'decision' ? [record] : []));
  return { signals, allocation, risk, permit: signed?.permit, plan: plan && planned(plan), decisions };
}

/** A refused step leaves no document. */
const partsDecided = ({ signals, allocation, risk, permit, plan, decisions }: CycleDecision): CycleParts => ({
  signals,
  allocation: isRefusal(allocation) ? undefined : allocation,
  risk: risk === null || isRefusal(risk) ? undefined : risk,
  permit: permit ?? undefined,
  plan: plan ? planned(plan) : undefined,
  decisions,
});

const planned = ({ orders, refused }: NonNullable<CycleDecision['plan']>) => ({ orders, refused });

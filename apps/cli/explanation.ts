/**
 * Everything that is on record about one symbol in one cycle, gathered from where it lies: the decision record and the cycle's record from the
 * audit trail, the documents of the phases from the lake, orders and position from the ledger. Nothing is computed anew here.
 *
 * A cycle that ended early left fewer documents, and a bucket may have let old ones expire: what is missing is null.
 */
import { type DecisionRecord, decisionFields } from '../../shared/domain/audit/decision-record.ts';
import type {
  AllocatedSymbol,
  AllocationOutput,
  PortfolioInput,
  RiskOutput,
  SymbolMarket,
  UniverseSymbol,
} from '../../shared/domain/cycle/step-types.ts';
import type { EnsembleMarket } from '../../shared/domain/ensemble/meta-brain.ts';
import type { OrderPlan } from '../../shared/domain/execution/plan-orders.ts';
import type { Check } from '../../shared/domain/execution/pre-trade.ts';
import type { FactorStanding } from '../../shared/domain/factors/factor.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import type { GovernanceResult } from '../../shared/domain/quality/governance.ts';
import type { RegimeReading } from '../../shared/domain/regime/regime.ts';
import type { SymbolRisk } from '../../shared/domain/risk/measure-book.ts';
import type { Refusal } from '../../shared/kernel/refusal.ts';
import type { CycleId } from '../../shared/kernel/units.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import type { AuditRecord } from '../../shared/stores/audit.ts';
import type { Lake } from '../../shared/stores/lake/index.ts';
import type { LedgerOrder, LedgerPosition } from '../../shared/stores/ledger/index.ts';
import { findSymbol } from './cycle-lookup.ts';
import type { OperatorStores } from './operator-stores.ts';

/** How the cycle as a whole ended: the last record it left of itself. */
export interface CycleEnding {
  /** `interrupted`: it was cut off and left no record of itself. */
  readonly outcome: 'traded' | 'no-trade' | 'refused' | 'failed' | 'halted' | 'interrupted';
  /** Kebab-case or the name of an error; null when the cycle decided. */
  readonly reason: string | null;
  readonly details: unknown;
}

/** What `metadata` of a decision record holds. */
export interface DecisionMetadata {
  readonly governance: GovernanceResult;
  readonly rows: number;
  readonly market: SymbolMarket | null;
  readonly factors: readonly FactorStanding[];
  readonly ensemble: AllocatedSymbol['ensemble'];
  readonly crossSection: EnsembleMarket | null;
  readonly allocation: Omit<AllocatedSymbol, 'ensemble'> | null;
  readonly exposureScaleFrac: number | null;
  readonly approvedWeight: number | null;
}

/** What `risk_checks` of a decision record holds. */
export interface DecisionRisk {
  readonly decision: string | null;
  readonly scaleFrac: number | null;
  readonly reasons: readonly string[];
  readonly symbol: SymbolRisk | null;
  readonly preTrade: readonly Check[];
}

export interface Decision extends Omit<DecisionRecord, 'metadata' | 'risk_checks'> {
  readonly metadata: DecisionMetadata;
  readonly risk_checks: DecisionRisk;
}

export interface Explanation {
  readonly cycleId: CycleId;
  readonly symbol: string;
  readonly ending: CycleEnding;
  /** Null when the cycle ended before anything was decided. */
  readonly decision: Decision | null;
  /** Where the decision stands in the audit chain. */
  readonly auditRecord: { readonly sequence: number; readonly hash: string } | null;
  /** Of the policy that the cycle decided under. */
  readonly policyVersion: number | null;
  readonly policy: Policy | null;
  readonly universe: UniverseSymbol | null;
  readonly regime: RegimeReading | Refusal | null;
  readonly portfolio: PortfolioInput | null;
  /** Of the whole book. */
  readonly optimizer: AllocationOutput['optimizer'] | null;
  readonly overlays: AllocationOutput['overlays'] | null;
  readonly risk: RiskOutput | null;
  readonly plan: { readonly orders: OrderPlan['orders']; readonly refused: OrderPlan['refused'] } | null;
  /** As the ledger knows them now. */
  readonly orders: readonly LedgerOrder[];
  /** Null for a symbol that was never ordered. */
  readonly position: LedgerPosition | null;
}

/** @throws BadInput when the cycle knows no such symbol. */
export async function explanationOf(stores: OperatorStores, lake: Lake, cycleId: CycleId, wanted: string): Promise<Explanation> {
  const documents = new CycleDocuments(lake, cycleId);
  const [records, policy, universe, signals, portfolio, allocation, risk, plan, ordersOfCycle, positions] = await Promise.all([
    stores.audit.recordsOf(cycleId),
    documents.find('policy'),
    documents.find('universe'),
    documents.find('signals'),
    documents.find('portfolio'),
    documents.find('allocation'),
    documents.find('risk'),
    documents.find('plan'),
    stores.ledger.ordersOfCycle(cycleId),
    stores.ledger.positions(),
  ]);
  const decided = records.filter(isDecision);
  const symbol = findSymbol(wanted, await symbolsOf(stores, decided, universe), cycleId);
  const own = decided.find(({ record }) => record.record.symbol === symbol);
  const whole = records.findLast(({ record }) => record.type === 'cycle')?.record.record;
  const regime = signals?.regime ?? (whole?.regime as RegimeReading | undefined);
  return {
    cycleId,
    symbol,
    ending: endingOf(whole),
    decision: own === undefined ? null : (own.record.record as object as Decision),
    auditRecord: own === undefined ? null : { sequence: own.sequence, hash: own.hash },
    policyVersion: typeof whole?.policy_version === 'number' ? whole.policy_version : null,
    policy: policy ?? null,
    universe: universe?.find((one) => one.symbol === symbol) ?? null,
    regime: regime ?? null,
    portfolio: portfolio ?? null,
    optimizer: allocation?.optimizer ?? null,
    overlays: allocation?.overlays ?? null,
    risk: risk ?? null,
    plan: plan === undefined ? null : planOf(plan, symbol),
    orders: ordersOfCycle.filter((order) => order.symbol === symbol),
    position: positions.find((held) => held.symbol === symbol) ?? null,
  };
}

const isDecision = ({ record }: AuditRecord): boolean =>
  record.type === 'decision' && decisionFields.every((field) => field in record.record);

/** What the cycle decided on; of one that decided nothing, what it judged, or what the fund knows at all. */
async function symbolsOf(
  stores: OperatorStores,
  decided: readonly AuditRecord[],
  universe: readonly UniverseSymbol[] | undefined,
): Promise<string[]> {
  if (decided.length > 0) return decided.map(({ record }) => String(record.record.symbol));
  if (universe !== undefined) return universe.map(({ symbol }) => symbol);
  return [...(await stores.symbols.all()).keys()];
}

function endingOf(record: Readonly<Record<string, unknown>> | undefined): CycleEnding {
  const { outcome, reason, details } = record ?? {};
  return {
    outcome: (outcome as CycleEnding['outcome'] | undefined) ?? 'interrupted',
    reason: reason === undefined ? null : String(reason),
    details: details ?? null,
  };
}

const planOf = ({ orders, refused }: OrderPlan, symbol: string): Explanation['plan'] => ({
  orders: orders.filter(({ intent }) => intent.symbol === symbol),
  refused: refused.filter((one) => one.symbol === symbol),
});

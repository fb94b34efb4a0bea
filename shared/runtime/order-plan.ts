/** The plan of a cycle: approved weights become orders at the broker's latest prices. Written once, so that a second delivery places the same. */
import type { Broker } from '../brokers/broker.ts';
import { clockSkewMs } from '../brokers/clock-skew.ts';
import { runOrderPlan } from '../domain/cycle/run-order-plan.ts';
import type { CycleContext, RiskOutput } from '../domain/cycle/step-types.ts';
import type { OrderPlan } from '../domain/execution/plan-orders.ts';
import type { Clock } from '../kernel/clock.ts';
import { TransientFailure } from '../kernel/errors.ts';
import { isRefusal } from '../kernel/refusal.ts';
import type { Ticker } from '../kernel/units.ts';
import type { LedgerOrder } from '../stores/ledger/index.ts';
import type { CycleDocuments } from './cycle-documents.ts';
import { openForPlan } from './order-intents.ts';

export interface PlanParts {
  readonly context: CycleContext;
  readonly documents: CycleDocuments;
  readonly broker: Pick<Broker, 'latestPrices' | 'asset' | 'clock'>;
  /** What still works of earlier cycles. */
  readonly openOrders: readonly LedgerOrder[];
  readonly clock: Clock;
}

/** @throws TransientFailure when the broker gives no prices. */
export async function orderPlanOf(parts: PlanParts): Promise<OrderPlan> {
  return (await parts.documents.find('plan')) ?? makePlan(parts);
}

async function makePlan({ context, documents, broker, openOrders, clock }: PlanParts): Promise<OrderPlan> {
  const [signals, risk, portfolio] = await Promise.all([documents.read('signals'), documents.read('risk'), documents.read('portfolio')]);
  const wanted = risk.approved.filter(({ weight }) => weight !== 0).map(({ symbol }) => symbol);
  const references = await broker.latestPrices([...new Set([...wanted, ...portfolio.positions.map(({ symbol }) => symbol)])]);
  if (isRefusal(references)) throw new TransientFailure(`The broker gives no prices: ${references.reason}`);
  const [lendable, skewMs] = await Promise.all([lendableOf(risk, broker), skewOf(broker, clock)]);
  // Read after the prices came: a trade that printed while we asked is not from the future.
  const quotes = { references, lendable, openOrders: openForPlan(openOrders), now: clock.now(), skewMs };
  const plan = { ...runOrderPlan({ context, signals, risk, portfolio, ...quotes }), quotes };
  await documents.write('plan', plan);
  return plan;
}

async function skewOf(broker: Pick<Broker, 'clock'>, clock: Clock): Promise<number> {
  const askedAt = clock.now();
  const brokerClock = await broker.clock();
  if (isRefusal(brokerClock)) throw new TransientFailure(`The broker does not tell its time: ${brokerClock.reason}`);
  return clockSkewMs(brokerClock, askedAt, clock.now());
}

/** Asked only of what is to be held short; a broker that does not answer for a symbol lends none of it. */
async function lendableOf({ approved }: RiskOutput, broker: Pick<Broker, 'asset'>): Promise<Ticker[]> {
  const shorts = approved.filter(({ weight }) => weight < 0);
  const assets = await Promise.all(shorts.map(({ symbol }) => broker.asset(symbol)));
  return assets.flatMap((asset) => (isRefusal(asset) || !asset.shortable ? [] : [asset.symbol]));
}

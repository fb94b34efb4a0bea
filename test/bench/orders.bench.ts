/** What an order costs before it leaves: all pre-trade checks in process, each call timed on its own. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { mayTrade, type OrderToCheck, type PreTradeFacts, preTradeChecks } from '../../shared/domain/execution/pre-trade.ts';
import { newYorkInstant } from '../../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../../shared/domain/policy/default-policy.ts';
import type { EpochMs, OrderId } from '../../shared/kernel/units.ts';
import { asOf, ticker } from '../unit/domain/fixtures.ts';
import type { Bench } from './bench.ts';

const WARM_UP = 50_000;
const CALLS = 200_000;
const NANO_PER_MICRO = 1000;
/** A book of this many names, each with some orders working. */
const NAMES = 500;

export const benches: Bench[] = [
  { name: 'pre-trade gate p50', unit: 'µs', goal: { atMost: 10 }, run: async () => gate().percentile(50) / NANO_PER_MICRO },
  { name: 'pre-trade gate p99', unit: 'µs', goal: { atMost: 50 }, run: async () => gate().percentile(99) / NANO_PER_MICRO },
];

function gate(): RecordableHistogram {
  const questions = Array.from({ length: NAMES }, (_, i) => question(i));
  const limits = { ...defaultPolicy.execution, restricted: ['BAD', 'WORSE'] };
  const histogram = createHistogram();
  let passed = 0;
  for (let call = 0; call < WARM_UP + CALLS; call++) {
    const { order, facts } = questions[call % NAMES]!;
    const startedAt = process.hrtime.bigint();
    const allowed = mayTrade(preTradeChecks(order, facts, limits));
    const nanos = process.hrtime.bigint() - startedAt;
    if (allowed) passed++;
    // A histogram takes nothing below one.
    if (call >= WARM_UP) histogram.record(nanos > 0n ? nanos : 1n);
  }
  if (passed === 0 || passed === WARM_UP + CALLS) throw new Error('the bench checks orders that pass and orders that do not');
  return histogram;
}

/** Every kind of order; one in ten is refused. */
function question(i: number): { readonly order: OrderToCheck; readonly facts: PreTradeFacts } {
  const now = newYorkInstant(asOf, 15, 45);
  const type = (['MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT'] as const)[i % 4]!;
  const priced = {
    limitPriceUsd: type === 'LIMIT' || type === 'STOP_LIMIT' ? 52 : null,
    stopPriceUsd: type.startsWith('STOP') ? 51 : null,
  };
  const clientOrderId = `ballast-S${i}-b-1` as OrderId;
  return {
    order: { clientOrderId, symbol: ticker(`S${i}`), side: 'buy', quantity: 100 + i, type, ...priced, referencePriceUsd: 50 },
    facts: {
      ...{ now, equityUsd: 1_000_000, heldShares: i, workingBuyShares: i % 3, workingSellShares: i % 5, openOrdersForSymbol: i % 3 },
      ...{ unsettledOrdersForSymbol: i % 10 === 0 ? 1 : 0, sharesToLend: null, averageDailyVolume: 1e6, messagesInLastMinute: i % 100 },
      reference: { priceUsd: 50, at: (now - 1000) as EpochMs },
      knownClientOrderIds: new Set(Array.from({ length: 50 }, (_, k) => `ballast-K${k}-b-1`)),
    },
  };
}

/**
 * What must hold for every sequence of broker reports on one order:
 *  1. Reports repeated and out of order book the same shares and the same money as each report once, in order.
 *  2. The executed quantity never falls, and the fills booked sum to it.
 *  3. A final state is never left, and an order is closed exactly once.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTerminal } from '../../../shared/domain/execution/order-lifecycle.ts';
import { nanoSharesFromFloat } from '../../../shared/kernel/money.ts';
import type { CycleId, EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import type { LedgerOrder, OrderEvidence } from '../../../shared/stores/ledger/order.ts';
import { orderAfter } from '../../../shared/stores/ledger/order-progress.ts';

const at = 0 as EpochMs;
const QUANTITY = 100;

const reserved: LedgerOrder = {
  cycleId: 'cycle-1' as CycleId,
  orderId: 'order-1' as OrderId,
  strategy: 'ensemble',
  broker: 'alpaca',
  symbol: 'GOOD' as Ticker,
  side: 'BUY',
  type: 'MARKET',
  timeInForce: 'DAY',
  quantity: QUANTITY as Shares,
  reducing: false,
  worstCaseUsd: 10_000 as Usd,
  decisionPriceUsd: 100 as Price,
  state: 'SUBMITTED',
  pending: 'none',
  sentAt: at,
  cumulativeQuantity: 0 as Shares,
  reservedAt: at,
  updatedAt: at,
  version: 1,
};

interface Booked {
  readonly order: LedgerOrder;
  readonly shares: bigint;
  readonly value: bigint;
  readonly closings: number;
  readonly states: readonly LedgerOrder['state'][];
  readonly quantities: readonly number[];
}

function bookAll(reports: readonly OrderEvidence[]): Booked {
  let booked: Booked = { order: reserved, shares: 0n, value: 0n, closings: 0, states: [], quantities: [] };
  for (const evidence of reports) {
    const progress = orderAfter(booked.order, { kind: 'evidence', evidence }, at);
    if (progress.kind !== 'moved') continue;
    const { order, fill, closed } = progress;
    booked = {
      order,
      shares: booked.shares + (fill?.quantity ?? 0n),
      value: booked.value + (fill?.value ?? 0n),
      closings: booked.closings + (closed ? 1 : 0),
      states: [...booked.states, order.state],
      quantities: [...booked.quantities, order.cumulativeQuantity],
    };
  }
  return booked;
}

/** The life of one order as its broker saw it: whole shares at whole cents, so that averages are what the broker would print. */
const aLife: fc.Arbitrary<OrderEvidence[]> = fc
  .record({
    slices: fc.array(fc.record({ shares: fc.integer({ min: 1, max: 20 }), cents: fc.integer({ min: 100, max: 99_999 }) }), {
      maxLength: 5,
    }),
    end: fc.constantFrom('CANCELLED' as const, 'EXPIRED' as const, 'none' as const),
  })
  .map(({ slices, end }) => {
    const reports: OrderEvidence[] = [report('ACKNOWLEDGED', 0, 0)];
    let [shares, cents] = [0, 0];
    for (const slice of slices) {
      shares += slice.shares;
      cents += slice.shares * slice.cents;
      reports.push(report(shares === QUANTITY ? 'FILLED' : 'PARTIAL', shares, cents));
    }
    if (shares < QUANTITY && end !== 'none') reports.push(report(end, shares, cents));
    return reports;
  });

const report = (state: OrderEvidence['state'], shares: number, cents: number): OrderEvidence => ({
  brokerOrderId: 'b-1',
  state,
  brokerStatus: state.toLowerCase(),
  cumulativeQuantity: shares as Shares,
  ...(shares > 0 && { averagePrice: (cents / 100 / shares) as Price }),
});

/** The same reports, some of them twice, each at most three places late. */
const disturbed = (life: readonly OrderEvidence[]): fc.Arbitrary<OrderEvidence[]> =>
  fc.array(fc.record({ index: fc.nat({ max: life.length - 1 }), late: fc.nat({ max: 3 }) }), { maxLength: 12 }).map((extras) => {
    const placed = [
      ...life.map((one, i) => ({ one, place: i })),
      ...extras.map(({ index, late }) => ({ one: life[index]!, place: index + late + 0.5 })),
    ];
    return placed.sort((a, b) => a.place - b.place).map(({ one }) => one);
  });

const aDisturbedLife = aLife.chain((life) => disturbed(life).map((reports) => ({ life, reports })));

describe('reports on an order', () => {
  test('1. repeated and late ones book the same shares and money', () => {
    fc.assert(
      fc.property(aDisturbedLife, ({ life, reports }) => {
        const [inOrder, asTheyCame] = [bookAll(life), bookAll(reports)];
        expect(asTheyCame.shares).toBe(inOrder.shares);
        expect(asTheyCame.value).toBe(inOrder.value);
        expect(asTheyCame.order.state).toBe(inOrder.order.state);
      }),
    );
  });

  test('2. the executed quantity never falls, and the fills sum to it', () => {
    fc.assert(
      fc.property(aDisturbedLife, ({ reports }) => {
        const { order, shares, quantities } = bookAll(reports);
        expect(shares).toBe(nanoSharesFromFloat(order.cumulativeQuantity));
        expect([...quantities].sort((a, b) => a - b)).toEqual(quantities);
      }),
    );
  });

  test('3. a final state is never left, and an order is closed once', () => {
    fc.assert(
      fc.property(aDisturbedLife, ({ reports }) => {
        const { order, closings, states } = bookAll(reports);
        const firstFinal = states.findIndex(isTerminal);
        expect(closings).toBe(isTerminal(order.state) ? 1 : 0);
        if (firstFinal !== -1) expect(new Set(states.slice(firstFinal)).size).toBe(1);
      }),
    );
  });
});

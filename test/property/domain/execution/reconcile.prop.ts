/**
 * For any mix of activities applied to a broker's account:
 *  1. Booking what a reconciliation says leaves no difference; a second one books nothing.
 *  2. The order in which activities are listed changes nothing.
 *  3. An activity that is not listed leaves exactly its own shares and cash unexplained, and nothing else.
 * The broker's side is kept in whole cents and shares by the test itself.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccountActivity } from '../../../../shared/domain/execution/reconciliation/account-activity.ts';
import {
  type Adjustment,
  type BrokerBooks,
  type LedgerBooks,
  reconcile,
} from '../../../../shared/domain/execution/reconciliation/reconcile.ts';
import type { EpochMs, Price, Shares, Ticker, Usd } from '../../../../shared/kernel/units.ts';

const symbols = ['AAA', 'BBB', 'CCC'] as const;
const since = 0 as EpochMs;

/** What an activity did, in the test's own whole units: cents, and shares to a ten-thousandth. */
interface Happening {
  readonly activity: AccountActivity;
  readonly cents: number;
  readonly symbol: string;
  readonly lots: number;
}

const symbolOf = fc.constantFrom(...symbols);
const cents = fc.integer({ min: -500_000, max: 500_000 }).filter((amount) => amount !== 0);
const lots = fc.integer({ min: -50_000, max: 50_000 }).filter((amount) => amount !== 0);
const usd = (amount: number): Usd => (amount / 100) as Usd;
const shares = (amount: number): Shares => (amount / 10_000) as Shares;

const cashOnly = fc
  .tuple(fc.constantFrom('transfer', 'fee', 'interest'), cents)
  .map(([kind, amount]) => ({ cents: amount, symbol: 'AAA', lots: 0, activity: { kind, amountUsd: usd(amount) } }));
const aDividend = fc.tuple(symbolOf, cents).map(([symbol, amount]) => ({
  ...{ cents: amount, symbol, lots: 0 },
  activity: { kind: 'dividend', symbol: symbol as Ticker, amountUsd: usd(amount) },
}));
const aSplit = fc.tuple(symbolOf, lots, fc.integer({ min: 0, max: 900 })).map(([symbol, added, inLieu]) => ({
  ...{ cents: inLieu, symbol, lots: added },
  activity: { kind: 'split', symbol: symbol as Ticker, quantity: shares(added), cashInLieuUsd: usd(inLieu) },
}));
/** Whole shares at a price in cents, so that the amount is whole cents. */
const aTradeByHand = fc
  .tuple(symbolOf, fc.constantFrom('BUY', 'SELL'), fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 40_000 }))
  .map(([symbol, side, count, price]) => ({
    ...{ cents: (side === 'BUY' ? -1 : 1) * count * price, symbol, lots: (side === 'BUY' ? 1 : -1) * count * 10_000 },
    activity: {
      ...{ kind: 'fill', brokerOrderId: 'by-hand', symbol: symbol as Ticker, side },
      ...{ quantity: count as Shares, price: (price / 100) as Price },
    },
  }));

const happenings: fc.Arbitrary<Happening[]> = fc.array(fc.oneof(cashOnly, aDividend, aSplit, aTradeByHand), { maxLength: 12 }).map((all) =>
  all.map((one, index) => ({
    ...one,
    activity: { ...one.activity, id: `a${index}`, at: (1 + (index % 4)) as EpochMs } as AccountActivity,
  })),
);

const start = fc.record({
  cents: fc.integer({ min: -100_000_000, max: 100_000_000 }),
  lots: fc.tuple(...symbols.map(() => fc.integer({ min: -90_000, max: 90_000 }))),
});
type Start = { readonly cents: number; readonly lots: readonly number[] };

const ledgerAt = ({ cents: cash, lots: held }: Start): LedgerBooks => ({
  cashUsd: usd(cash),
  positions: symbols.map((symbol, index) => ({ symbol: symbol as Ticker, quantity: shares(held[index]!) })),
  booked: new Set(),
  brokerOrderIds: new Set(),
});

function brokerAfter(from: Start, happened: readonly Happening[], listed: readonly AccountActivity[]): BrokerBooks {
  const sumOf = (symbol: string, index: number): number =>
    from.lots[index]! + happened.filter((one) => one.symbol === symbol).reduce((sum, one) => sum + one.lots, 0);
  return {
    cashUsd: usd(from.cents + happened.reduce((sum, one) => sum + one.cents, 0)),
    positions: symbols.map((symbol, index) => ({
      ...{ symbol: symbol as Ticker, quantity: shares(sumOf(symbol, index)), currentPrice: 100 as Price },
    })),
    activities: listed,
  };
}

/** Sums in whole units, as the broker's side above. */
function ledgerAfter(from: Start, adjustments: readonly Adjustment[]): LedgerBooks {
  const cash = from.cents + adjustments.reduce((sum, { cashUsd }) => sum + Math.round(cashUsd * 100), 0);
  const held = symbols.map((symbol, index) =>
    adjustments.filter((one) => one.symbol === symbol).reduce((sum, one) => sum + Math.round(one.shares * 10_000), from.lots[index]!),
  );
  return { ...ledgerAt({ cents: cash, lots: held }), booked: new Set(adjustments.map(({ activityId }) => activityId)) };
}

test('booking what is explained leaves no difference, and a second run books nothing', () => {
  fc.assert(
    fc.property(start, happenings, (from, happened) => {
      const theirs = brokerAfter(
        from,
        happened,
        happened.map(({ activity }) => activity),
      );
      const first = reconcile(ledgerAt(from), theirs, since);
      expect(first.unexplained).toMatchObject({ shares: [], cashUsd: 0 });
      expect(reconcile(ledgerAfter(from, first.adjustments), theirs, since)).toMatchObject({ adjustments: [], differences: [] });
    }),
  );
});

test('the order in which activities are listed, and listing them twice, changes nothing', () => {
  fc.assert(
    fc.property(
      start,
      happenings.chain((happened) => fc.tuple(fc.constant(happened), fc.shuffledSubarray(happened, { minLength: happened.length }))),
      (from, [happened, shuffled]) => {
        const listed = happened.map(({ activity }) => activity);
        const otherwise = shuffled.map(({ activity }) => activity);
        expect(reconcile(ledgerAt(from), brokerAfter(from, happened, [...otherwise, ...otherwise]), since)).toEqual(
          reconcile(ledgerAt(from), brokerAfter(from, happened, listed), since),
        );
      },
    ),
  );
});

test('an activity that is not listed leaves exactly itself unexplained', () => {
  const withOne = happenings
    .filter(({ length }) => length > 0)
    .chain((happened) => fc.tuple(fc.constant(happened), fc.nat({ max: happened.length - 1 })));
  fc.assert(
    fc.property(start, withOne, (from, [happened, omitted]) => {
      const gone = happened[omitted]!;
      const listed = happened.filter((one) => one !== gone).map(({ activity }) => activity);
      const { adjustments, unexplained } = reconcile(ledgerAt(from), brokerAfter(from, happened, listed), since);
      expect(unexplained.shares).toEqual(gone.lots === 0 ? [] : [{ symbol: gone.symbol, shares: gone.lots / 10_000 }]);
      // A single cent is what rounding may leave, and is booked as such.
      const rounding = Math.abs(gone.cents) === 1 ? 1 : 0;
      expect(unexplained.cashUsd).toBe(rounding || gone.cents === 0 ? 0 : gone.cents / 100);
      expect(adjustments).toHaveLength(listed.length + rounding);
    }),
  );
});

/**
 * Holds the ledger against the broker's account: cash to the cent, every position to the fourth decimal of a share.
 *
 *  1. What moved the account at the broker and is in no entry of ours yet is known by the broker's own id: a dividend, a split, a
 *     transfer, a fee, interest, a trade somebody made by hand. Each is an adjustment to book. Fills of our own orders are not among
 *     them: they are booked from what the broker says of the order (`settle-order.ts`), before this is asked.
 *  2. Per symbol, and for cash: what the broker has less what the ledger has, less all adjustments. What remains is unexplained.
 *  3. Booking the adjustments moves the ledger by exactly what they explain, so a second run over the same account books nothing,
 *     whatever order they came in.
 *
 * Every activity is booked, also where something else of its symbol stays unexplained: it happened, the broker says so. A broker that
 * reports it before its own position moves leaves the same amount unexplained the other way, until it does.
 *
 * Tolerance. Shares: less than half of the fourth decimal, the finest quantity this fund trades in. Cash: less than half a cent is no
 * difference. A broker reports an order's average price to as few as four decimals, so what was booked of a share executed may be wrong
 * by half of the last one; a rest within that, and a cent for the broker's own rounding, is booked as a fee named `rounding-…`, so that
 * it neither piles up nor hides. All above is unexplained.
 *
 * Not covered: cash in other currencies, and what is on its way between trade and settlement; the broker's cash is by trade date.
 */
import { invariant } from '../../../kernel/errors.ts';
import {
  type MicroUsd,
  magnitude,
  microUsdFromFloat,
  microUsdToFloat,
  type NanoShares,
  nanoSharesFromFloat,
  nanoSharesToFloat,
  noMoney,
  noShares,
  notionalOf,
} from '../../../kernel/money.ts';
import type { EpochMs, Price, Shares, Ticker, Usd } from '../../../kernel/units.ts';
import { type AccountActivity, type Movement, type MovementKind, movementOf } from './account-activity.ts';

export interface LedgerBooks {
  readonly cashUsd: Usd;
  readonly positions: readonly { readonly symbol: Ticker; readonly quantity: Shares }[];
  /** Ids of the broker's activities that have been booked as adjustments. */
  readonly booked: ReadonlySet<string>;
  /** The broker's ids of our own orders, of all whose fills may be among the activities. */
  readonly brokerOrderIds: ReadonlySet<string>;
}

export interface BrokerBooks {
  readonly cashUsd: Usd;
  readonly positions: readonly { readonly symbol: Ticker; readonly quantity: Shares; readonly currentPrice: Price }[];
  /** In any order; one that is there twice counts once. */
  readonly activities: readonly AccountActivity[];
}

export interface Adjustment {
  readonly kind: MovementKind;
  readonly symbol?: Ticker;
  readonly shares: Shares;
  readonly cashUsd: Usd;
  readonly activityId: string;
  readonly at: EpochMs;
}

export interface Explanation {
  readonly kind: MovementKind | 'rounding';
  readonly activityId: string;
  /** Shares, or dollars where cash is explained. */
  readonly amount: number;
}

/** Broker less ledger, of one symbol in shares or of cash in dollars. `unexplained` is zero where the explanations cover it. */
export interface Difference {
  /** Null for cash. */
  readonly symbol: Ticker | null;
  readonly ledger: number;
  readonly broker: number;
  readonly explainedBy: readonly Explanation[];
  readonly unexplained: number;
}

export interface Reconciled {
  /** To be booked, oldest first. */
  readonly adjustments: readonly Adjustment[];
  readonly differences: readonly Difference[];
  readonly unexplained: {
    readonly shares: readonly { readonly symbol: Ticker; readonly shares: Shares }[];
    readonly cashUsd: Usd;
    /** The unexplained cash is about what the unexplained shares are worth: it stops with their symbols. Otherwise nobody's. */
    readonly cashIsOfThoseSymbols: boolean;
  };
  /** Activities that explain nothing, for a person to read. */
  readonly notUnderstood: readonly AccountActivity[];
  /** Positions on either side that agree. */
  readonly agreeing: number;
}

/** `since`: when the books last agreed; it names the rounding that is booked, so that two runs over one account book it once. */
export function reconcile(ledger: LedgerBooks, broker: BrokerBooks, since: EpochMs): Reconciled {
  const activities = [...new Map(broker.activities.map((activity) => [activity.id, activity])).values()].sort(byTime);
  const news = activities.filter((activity) => !isOurFill(activity, ledger) && !ledger.booked.has(activity.id));
  const movements = inBookingOrder(
    news.map(movementOf).filter((movement) => movement !== null),
    broker,
  );
  const shares = shareDifferences(ledger, broker, movements);
  const executed = activities.filter((activity) => activity.at >= since && isOurFill(activity, ledger));
  const cash = cashDifference(ledger, broker, movements, roundingMax(executed), since);
  const differences = [...shares.filter(isDifference), ...(isDifference(cash) ? [cash] : [])];
  const rounding = cash.explainedBy.filter(({ kind }) => kind === 'rounding');
  const unexplained = shares.flatMap(({ symbol, unexplained: amount }) => (amount === 0 ? [] : [{ symbol, shares: amount as Shares }]));
  return {
    adjustments: [...movements.map(adjustmentOf), ...rounding.map((explanation) => roundingAdjustment(explanation, since))],
    differences,
    unexplained: {
      shares: unexplained,
      cashUsd: cash.unexplained as Usd,
      cashIsOfThoseSymbols: isPriceOf(cash.unexplained as Usd, unexplained, broker),
    },
    notUnderstood: news.filter(({ kind }) => kind === 'other'),
    agreeing: shares.filter((difference) => !isDifference(difference)).length,
  };
}

/** Half of the fourth decimal of a share. */
const SHARES_TOLERANCE = 50_000n;
const HALF_A_CENT = 5_000n;
const A_CENT = 10_000n;
/** Half of the fourth decimal of a price, in millionths of a dollar a share. */
const PRICE_ROUNDING = 50n as MicroUsd;

const byTime = (a: AccountActivity, b: AccountActivity): number => a.at - b.at || (a.id < b.id ? -1 : 1);

/**
 * Oldest first, but for one thing: a broker may list a split as the old shares taken away and the new ones added. What adds to the
 * position goes first, for a holding that is nothing in between would lose what it cost.
 */
function inBookingOrder(movements: readonly Movement[], { positions }: BrokerBooks): Movement[] {
  const short = new Set(positions.filter(({ quantity }) => quantity < 0).map(({ symbol }) => symbol));
  const takesAway = ({ kind, symbol, shares }: Movement): boolean => kind === 'split' && shares > 0n === short.has(symbol!);
  const lastSplit = new Map(movements.filter(({ kind }) => kind === 'split').map(({ symbol, at }) => [symbol, at]));
  const due = (movement: Movement): number => (takesAway(movement) ? lastSplit.get(movement.symbol)! : movement.at);
  return movements.toSorted((a, b) => due(a) - due(b) || Number(takesAway(a)) - Number(takesAway(b)));
}

const isOurFill = (activity: AccountActivity, { brokerOrderIds }: LedgerBooks): boolean =>
  activity.kind === 'fill' && brokerOrderIds.has(activity.brokerOrderId);

const isDifference = ({ explainedBy, unexplained }: Difference): boolean => explainedBy.length > 0 || unexplained !== 0;

function shareDifferences(ledger: LedgerBooks, broker: BrokerBooks, movements: readonly Movement[]): (Difference & { symbol: Ticker })[] {
  const [ours, theirs] = [quantitiesOf(ledger.positions), quantitiesOf(broker.positions)];
  const moved = Map.groupBy(
    movements.filter(({ symbol, shares }) => symbol !== undefined && shares !== 0n),
    ({ symbol }) => symbol!,
  );
  const symbols = [...new Set([...ours.keys(), ...theirs.keys(), ...moved.keys()])].sort();
  return symbols.map((symbol) => {
    const explaining = moved.get(symbol) ?? [];
    const [has, had] = [theirs.get(symbol) ?? noShares, ours.get(symbol) ?? noShares];
    const rest = (has - had - explaining.reduce((sum, { shares }) => sum + shares, 0n)) as NanoShares;
    return {
      symbol,
      ledger: nanoSharesToFloat(had),
      broker: nanoSharesToFloat(has),
      explainedBy: explaining.map(({ kind, activityId, shares }) => ({ kind, activityId, amount: nanoSharesToFloat(shares) })),
      unexplained: magnitude(rest) < SHARES_TOLERANCE ? 0 : nanoSharesToFloat(rest),
    };
  });
}

/** Of symbols of which something is held. @throws InvariantViolation for a symbol that is there twice. */
function quantitiesOf(positions: LedgerBooks['positions']): ReadonlyMap<Ticker, NanoShares> {
  const quantities = new Map<Ticker, NanoShares>();
  for (const { symbol, quantity } of positions) {
    invariant(!quantities.has(symbol), 'an account has one position a symbol', { symbol });
    quantities.set(symbol, nanoSharesFromFloat(quantity));
  }
  return new Map([...quantities].filter(([, quantity]) => quantity !== 0n));
}

function cashDifference(
  ledger: LedgerBooks,
  broker: BrokerBooks,
  movements: readonly Movement[],
  rounding: MicroUsd,
  since: EpochMs,
): Difference {
  const explaining = movements.filter(({ cash }) => cash !== 0n);
  const [has, had] = [microUsdFromFloat(broker.cashUsd), microUsdFromFloat(ledger.cashUsd)];
  const rest = (has - had - explaining.reduce((sum, { cash }) => sum + cash, 0n)) as MicroUsd;
  const isRounding = magnitude(rest) >= HALF_A_CENT && magnitude(rest) <= rounding;
  const amount = microUsdToFloat(rest);
  return {
    symbol: null,
    ledger: microUsdToFloat(had),
    broker: microUsdToFloat(has),
    explainedBy: [
      ...explaining.map(({ kind, activityId, cash }) => ({ kind, activityId, amount: microUsdToFloat(cash) })),
      ...(isRounding ? [{ kind: 'rounding' as const, activityId: `rounding-${since}`, amount }] : []),
    ],
    unexplained: isRounding || magnitude(rest) < HALF_A_CENT ? 0 : amount,
  };
}

/** The most that rounded average prices can have left between the books. */
function roundingMax(executed: readonly AccountActivity[]): MicroUsd {
  let shares = 0n;
  for (const activity of executed) if (activity.kind === 'fill') shares += nanoSharesFromFloat(activity.quantity);
  return (A_CENT + notionalOf(shares as NanoShares, PRICE_ROUNDING)) as MicroUsd;
}

const adjustmentOf = ({ kind, activityId, at, symbol, shares, cash }: Movement): Adjustment => ({
  ...{ kind, activityId, at, shares: nanoSharesToFloat(shares) as Shares, cashUsd: microUsdToFloat(cash) as Usd },
  ...(symbol !== undefined && { symbol }),
});

const roundingAdjustment = ({ activityId, amount }: Explanation, at: EpochMs): Adjustment => ({
  ...{ kind: 'fee', activityId, at, shares: 0 as Shares, cashUsd: amount as Usd },
});

/** Whether cash went the other way by what these shares are worth, a fifth more or less. False where the broker has no price for one. */
function isPriceOf(
  cashUsd: Usd,
  unexplained: readonly { readonly symbol: Ticker; readonly shares: Shares }[],
  broker: BrokerBooks,
): boolean {
  if (cashUsd === 0 || unexplained.length === 0) return false;
  const prices = new Map(broker.positions.map(({ symbol, currentPrice }) => [symbol, currentPrice]));
  let worth = noMoney;
  for (const { symbol, shares } of unexplained) {
    const price = prices.get(symbol);
    if (price === undefined) return false;
    worth = (worth - notionalOf(nanoSharesFromFloat(shares), microUsdFromFloat(price))) as MicroUsd;
  }
  const cash = microUsdFromFloat(cashUsd);
  return 5n * magnitude<bigint>(cash - worth) <= magnitude(worth);
}

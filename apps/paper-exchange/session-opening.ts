/**
 * What the opening of a session does to the account before anybody trades: dividends are paid on what was held at the close before
 * (a short pays them), then shares split.
 *
 * A holding of whole shares stays whole: the broken share that a split leaves is paid for, at the last close in the new shares,
 * as brokers do. A holding that was broken before stays broken, to the nano-share.
 *
 * Not covered: record and payment days (paid on the ex-date), withholding tax, stock dividends, spin-offs, mergers.
 */
import {
  isWholeShares,
  type MicroUsd,
  microUsdFromFloat,
  microUsdText,
  type NanoShares,
  nanoSharesText,
  noMoney,
  notionalOf,
  parseMicroUsd,
} from '../../shared/kernel/money.ts';
import type { EpochDay, Ticker } from '../../shared/kernel/units.ts';
import type { Book } from './book.ts';
import type { OpeningAction } from './exchange-events.ts';
import type { MarketView } from './market-view.ts';
import type { PaperPosition } from './positions.ts';

const MICRO = 1_000_000n;

export interface Opening {
  readonly actions: readonly OpeningAction[];
  /** Of the symbols held or ordered. */
  readonly splits: readonly Ticker[];
}

export function openingOf(
  session: EpochDay,
  book: Book,
  market: MarketView,
  lastPrice: (symbol: Ticker) => MicroUsd | undefined,
  newId: () => string,
): Opening {
  const concerned = new Set([...book.positions.keys(), ...[...book.open].map(({ terms }) => terms.symbol)]);
  const actions: OpeningAction[] = [];
  const splits: Ticker[] = [];
  for (const symbol of concerned) {
    const { dividendUsd = 0, splitRatio = 1 } = market.actionsOn?.(symbol, session) ?? {};
    const position = book.positions.get(symbol);
    if (dividendUsd !== 0 && position) actions.push(dividendOf(position, dividendUsd, newId()));
    if (splitRatio === 1) continue;
    splits.push(symbol);
    if (position) actions.push(splitOf(position, splitRatio, lastPrice(symbol), newId()));
  }
  return { actions, splits };
}

function dividendOf({ symbol, quantity }: PaperPosition, dividendUsd: number, activityId: string): OpeningAction {
  const perShare = microUsdFromFloat(dividendUsd);
  const texts = {
    perShare: microUsdText(perShare),
    quantity: nanoSharesText(quantity),
    amount: microUsdText(notionalOf(quantity, perShare)),
  };
  return { kind: 'dividend', activityId, symbol, ...texts };
}

/** `oldPrice`: of a share before the split. */
function splitOf(
  { symbol, quantity }: PaperPosition,
  splitRatio: number,
  oldPrice: MicroUsd | undefined,
  activityId: string,
): OpeningAction {
  const ratio = microUsdText(microUsdFromFloat(splitRatio));
  const exact = (quantity * parseMicroUsd(ratio)) / MICRO;
  const whole = isWholeShares(quantity) && oldPrice !== undefined ? exact - (exact % 1_000_000_000n) : exact;
  const newPrice = oldPrice === undefined ? noMoney : ((((oldPrice as bigint) * MICRO) / parseMicroUsd(ratio)) as MicroUsd);
  const texts = { ratio, quantityBefore: nanoSharesText(quantity), quantityAfter: nanoSharesText(whole) };
  const cashInLieu = microUsdText(notionalOf((exact - whole) as NanoShares, newPrice));
  return { kind: 'split', activityId, symbol, ...texts, cashInLieu };
}

/**
 * The last line before an order leaves: named checks, each with the reason it refuses for. All run, so the record shows all that is wrong.
 * A number that is missing or not finite fails its check.
 */
import type { EpochMs } from '../../kernel/units.ts';
import type { ExecutionLimits } from '../policy/policy.ts';
import type { OrderIntent } from './order-intent.ts';

export type CheckName =
  | 'order-sane'
  | 'order-value'
  | 'concentration'
  | 'open-orders'
  | 'reference-fresh'
  | 'price-collar'
  | 'volume-share'
  | 'message-throttle'
  | 'duplicate'
  | 'restricted-list';

export interface Check {
  readonly name: CheckName;
  readonly passed: boolean;
  /** Kebab-case; null when passed. */
  readonly refusal: string | null;
  readonly value: number | null;
  readonly limitValue: number | null;
}

/** What must be known of the world to check one order. */
export interface PreTradeFacts {
  readonly now: EpochMs;
  readonly equityUsd: number;
  /** Shares held; negative is short. */
  readonly heldShares: number;
  /** Signed shares still working in other orders for the symbol, this cycle's included. */
  readonly workingShares: number;
  readonly openOrdersForSymbol: number;
  /** The market's latest price; null when there is none. */
  readonly reference: { readonly priceUsd: number; readonly at: EpochMs } | null;
  /** Null when unknown. */
  readonly averageDailyVolume: number | null;
  readonly messagesInLastMinute: number;
  readonly knownClientOrderIds: ReadonlySet<string>;
}

/** Every check, in a fixed order. */
export function preTradeChecks(order: OrderIntent, facts: PreTradeFacts, limits: ExecutionLimits): Check[] {
  const price = facts.reference?.priceUsd ?? Number.NaN;
  const signed = order.side === 'buy' ? order.quantity : -order.quantity;
  const heldWithWorking = facts.heldShares + facts.workingShares;
  const after = heldWithWorking + signed;
  const reduces = Math.abs(after) < Math.abs(heldWithWorking);
  const concentration = (Math.abs(after) * price) / facts.equityUsd;
  const ageMs = facts.reference === null ? Number.NaN : facts.now - facts.reference.at;
  const distance = Math.abs((order.limitPriceUsd ?? order.referencePriceUsd) - price) / price;
  const volumeShare = order.quantity / (facts.averageDailyVolume ?? Number.NaN);
  const fourDecimals = Math.round(order.quantity * 1e4) / 1e4 === order.quantity;

  return [
    atMost('order-sane', order.quantity > 0 && Number.isFinite(order.quantity) && fourDecimals ? 0 : 1, 0, 'quantity-not-tradable'),
    atMost('order-value', order.quantity * price, limits.orderValueUsdMax, 'order-value-over-limit'),
    // A sale of part of a position that has outgrown the limit must pass: it is the cure.
    reduces ? passed('concentration', concentration, limits.concentrationFracMax) : concentrationCheck(concentration, limits),
    atMost('open-orders', facts.openOrdersForSymbol + 1, limits.openOrdersPerSymbolMax, 'too-many-open-orders'),
    ageMs < 0
      ? failed('reference-fresh', 'reference-price-from-the-future', ageMs, limits.referenceAgeMsMax)
      : atMost('reference-fresh', ageMs, limits.referenceAgeMsMax, 'reference-price-stale'),
    atMost('price-collar', distance, limits.priceCollarFrac, 'price-outside-collar'),
    atMost('volume-share', volumeShare, limits.averageDailyVolumeFracMax, 'too-large-for-volume'),
    atMost('message-throttle', facts.messagesInLastMinute + 1, limits.messagesPerMinuteMax, 'message-rate-over-limit'),
    atMost('duplicate', facts.knownClientOrderIds.has(order.clientOrderId) ? 1 : 0, 0, 'duplicate-order'),
    atMost('restricted-list', limits.restricted.includes(order.symbol) ? 1 : 0, 0, 'symbol-restricted'),
  ];
}

export const mayTrade = (checks: readonly Check[]): boolean => checks.length > 0 && checks.every((check) => check.passed);

export const refusalsOf = (checks: readonly Check[]): string[] => checks.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]));

/** Equity at or below zero would make a concentration look small. */
function concentrationCheck(concentration: number, limits: ExecutionLimits): Check {
  if (!(concentration >= 0)) return failed('concentration', 'concentration-unknown', concentration, limits.concentrationFracMax);
  return atMost('concentration', concentration, limits.concentrationFracMax, 'concentration-over-limit');
}

function atMost(name: CheckName, value: number, limitValue: number, refusal: string): Check {
  return value <= limitValue && Number.isFinite(value) ? passed(name, value, limitValue) : failed(name, refusal, value, limitValue);
}

const passed = (name: CheckName, value: number, limitValue: number): Check => ({
  name,
  passed: true,
  refusal: null,
  value: finiteOrNull(value),
  limitValue,
});

const failed = (name: CheckName, refusal: string, value: number, limitValue: number): Check => ({
  name,
  passed: false,
  refusal,
  value: finiteOrNull(value),
  limitValue,
});

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

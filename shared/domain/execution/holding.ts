/**
 * What a fill, a bust or a split does to what is held of a symbol, in fixed point. The cost of the holding is kept, not its average price,
 * so that no rounding piles up: what goes out takes its share of the cost, and the rest stays to the last micro-dollar.
 */
import { lesser, type MicroUsd, magnitude, type NanoShares, noMoney, proportion } from '../../kernel/money.ts';

export interface Holding {
  /** Negative is short. */
  readonly quantity: NanoShares;
  /** What the shares held cost; for a short, minus what they brought. Its sign is the quantity's. */
  readonly cost: MicroUsd;
}

export interface SignedFill {
  readonly quantity: NanoShares;
  readonly value: MicroUsd;
}

export interface HoldingChange {
  readonly holding: Holding;
  /** Gain of the part that was closed; negative is a loss. */
  readonly realised: MicroUsd;
}

/** Fills are signed: bought positive, sold negative. One may close a holding and open the other way with the rest. */
export function holdingAfterFill(before: Holding, fill: SignedFill): HoldingChange {
  const opposes = before.quantity !== 0n && before.quantity > 0n !== fill.quantity > 0n;
  const closedSize = opposes ? lesser<bigint>(magnitude(before.quantity), magnitude(fill.quantity)) : 0n;
  const closedCost = opposes ? proportion(before.cost, closedSize, magnitude(before.quantity)) : noMoney;
  const closedValue = opposes ? proportion(fill.value, closedSize, magnitude(fill.quantity)) : noMoney;
  return {
    holding: {
      quantity: (before.quantity + fill.quantity) as NanoShares,
      cost: (before.cost - closedCost + (fill.value - closedValue)) as MicroUsd,
    },
    realised: (-closedValue - closedCost) as MicroUsd,
  };
}

/**
 * A split adds shares (or takes them) at no cost; cash paid for a fraction of a share gives back part of the cost. What comes back beyond
 * the cost, or when nothing is held any more, is gain or loss.
 */
export function holdingAfterSplit(before: Holding, shares: NanoShares, cashInLieu: MicroUsd): HoldingChange {
  const quantity = (before.quantity + shares) as NanoShares;
  const left = before.cost - cashInLieu;
  const keepsCost = quantity !== 0n && quantity > 0n === left >= 0n;
  return {
    holding: { quantity, cost: (keepsCost ? left : 0n) as MicroUsd },
    realised: (keepsCost ? 0n : -left) as MicroUsd,
  };
}

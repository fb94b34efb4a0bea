/**
 * The books made again from their entries alone: the opening cash, every fill and every adjustment, each symbol's in the order it was
 * booked. What comes out must equal the counters that the ledger keeps beside them; a difference is a fault of ours.
 */
import * as z from 'zod';
import { type Holding, holdingAfterFill } from '../../domain/execution/holding.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import {
  type MicroUsd,
  microUsdFromFloat,
  microUsdToFloat,
  nanoSharesFromFloat,
  nanoSharesToFloat,
  noMoney,
  noShares,
} from '../../kernel/money.ts';
import type { Shares, Ticker, Usd } from '../../kernel/units.ts';
import type { Item } from '../table.ts';
import { holdingAfterAdjustment } from './adjustment.ts';
import type { LedgerAccount, LedgerPosition } from './items.ts';

export interface RebuiltBook {
  readonly account: LedgerAccount;
  /** Every symbol with an entry, by symbol. */
  readonly positions: readonly RebuiltPosition[];
}

export type RebuiltPosition = Pick<LedgerPosition, 'symbol' | 'quantity' | 'costUsd' | 'realisedUsd'>;

/** @throws ContractViolation for an entry that somebody wrote by hand. */
export function rebuiltFrom(openingCashUsd: number, fills: readonly Item[], adjustments: readonly Item[]): RebuiltBook {
  const [traded, adjusted] = [fills.map((item) => read(fillShape, item)), adjustments.map((item) => read(adjustmentShape, item))];
  let cash = microUsdFromFloat(openingCashUsd) as bigint;
  for (const { valueUsd } of traded) cash -= microUsdFromFloat(valueUsd);
  for (const { cashUsd } of adjusted) cash += microUsdFromFloat(cashUsd);

  const bySymbol = new Map<string, SharesEntry[]>();
  const entries: SharesEntry[] = [
    ...traded.map(({ symbol, entry, quantity, valueUsd }) => ({ kind: 'fill' as const, symbol, entry, quantity, valueUsd })),
    ...adjusted.flatMap(({ symbol, entry, ...rest }) => (symbol === undefined || entry === undefined ? [] : [{ ...rest, symbol, entry }])),
  ];
  for (const entry of entries.sort((a, b) => a.entry - b.entry)) bySymbol.set(entry.symbol, [...(bySymbol.get(entry.symbol) ?? []), entry]);

  let gained = 0n;
  const positions = [...bySymbol]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, ofSymbol]) => {
      const { holding, realised } = folded(ofSymbol);
      gained += realised;
      return {
        symbol: symbol as Ticker,
        quantity: nanoSharesToFloat(holding.quantity) as Shares,
        costUsd: microUsdToFloat(holding.cost) as Usd,
        realisedUsd: microUsdToFloat(realised) as Usd,
      };
    });
  return { account: { cashUsd: microUsdToFloat(cash) as Usd, realisedUsd: microUsdToFloat(gained) as Usd }, positions };
}

type SharesEntry = { readonly symbol: string; readonly entry: number } & (
  | { readonly kind: 'fill'; readonly quantity: number; readonly valueUsd: number }
  | Omit<z.infer<typeof adjustmentShape>, 'symbol' | 'entry'>
);

function folded(entries: readonly SharesEntry[]): { readonly holding: Holding; readonly realised: MicroUsd } {
  let holding: Holding = { quantity: noShares, cost: noMoney };
  let realised = noMoney;
  for (const entry of entries) {
    const change =
      entry.kind === 'fill'
        ? holdingAfterFill(holding, { quantity: nanoSharesFromFloat(entry.quantity), value: microUsdFromFloat(entry.valueUsd) })
        : holdingAfterAdjustment(holding, { kind: entry.kind, shares: entry.shares as Shares, cashUsd: entry.cashUsd as Usd });
    holding = change.holding;
    realised = (realised + change.realised) as MicroUsd;
  }
  return { holding, realised };
}

const fillShape = z.object({ symbol: z.string(), entry: z.number().int().positive(), quantity: z.number(), valueUsd: z.number() });

const adjustmentShape = z.object({
  kind: z.enum(['dividend', 'split', 'transfer', 'fee', 'interest', 'manual-trade']),
  symbol: z.string().optional(),
  entry: z.number().int().positive().optional(),
  shares: z.number(),
  cashUsd: z.number(),
});

function read<Shape extends z.ZodType>(shape: Shape, item: Item): z.infer<Shape> {
  const parsed = shape.safeParse(item);
  if (parsed.success) return parsed.data;
  throw new ContractViolation('an entry in the ledger is well formed', { pk: item.pk, sk: item.sk, issues: parsed.error.message });
}

/** Cash that came in or went out without an order of ours, added up since the fund began: what a return leaves out or takes in. */
import * as z from 'zod';
import type { CashMoved } from '../../domain/analytics/cycle-point.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import { type MicroUsd, microUsdFromFloat, microUsdToFloat, noMoney } from '../../kernel/money.ts';
import type { Table } from '../table.ts';
import { adjustmentsPartition } from './items.ts';

const Adjustment = z.object({
  kind: z.enum(['dividend', 'split', 'transfer', 'fee', 'interest', 'manual-trade']),
  symbol: z.string().optional(),
  cashUsd: z.number(),
});

/** In fixed point, so that the order of entries changes no cent. Cash in lieu of a fraction counts as a dividend. */
export class CashMovements {
  readonly #table: Table;

  constructor(ledgerTable: Table) {
    this.#table = ledgerTable;
  }

  async sinceTheBeginning(): Promise<CashMoved> {
    const sums = { transfer: noMoney, interest: noMoney, fee: noMoney };
    const dividends = new Map<string, MicroUsd>();
    const manualTrades = new Map<string, MicroUsd>();
    for (const item of await this.#table.query(adjustmentsPartition)) {
      const parsed = Adjustment.safeParse(item);
      if (!parsed.success) throw new ContractViolation('an adjustment in the ledger is well formed', { pk: item.pk, sk: item.sk });
      const { kind, symbol, cashUsd } = parsed.data;
      const cash = microUsdFromFloat(cashUsd);
      if (kind === 'transfer' || kind === 'interest' || kind === 'fee') sums[kind] = (sums[kind] + cash) as MicroUsd;
      else if (symbol !== undefined) {
        const ofKind = kind === 'manual-trade' ? manualTrades : dividends;
        ofKind.set(symbol, ((ofKind.get(symbol) ?? noMoney) + cash) as MicroUsd);
      }
    }
    return {
      transfersUsd: microUsdToFloat(sums.transfer),
      interestUsd: microUsdToFloat(sums.interest),
      feesUsd: microUsdToFloat(sums.fee),
      dividendsUsd: bySymbol(dividends),
      manualTradesUsd: bySymbol(manualTrades),
    };
  }
}

const bySymbol = (sums: ReadonlyMap<string, MicroUsd>): Record<string, number> =>
  Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([symbol, cash]) => [symbol, microUsdToFloat(cash)]));

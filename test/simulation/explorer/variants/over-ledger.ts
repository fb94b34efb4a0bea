/** The real ledger with some of its methods put out of order. */
import type { Ledger } from '../../../../shared/stores/ledger/index.ts';

export type LedgerParts = { [Name in keyof Ledger]?: Ledger[Name] };

/** The ledger keeps private state, so what is not replaced is called on the real one. */
export const overLedger = (real: Ledger, broken: LedgerParts): Ledger =>
  new Proxy(real, {
    get(target, name: keyof Ledger) {
      const method = broken[name] ?? target[name];
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });

/** The fund's own books held against the exchange's: every share, every cent, every order. */
import { expect } from 'vitest';
import { microUsdToFloat, nanoSharesToFloat } from '../../shared/kernel/money.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { TestFund } from './boot-fund.ts';

export async function expectLedgerIsExchange({ fund, brokerOrders }: TestFund): Promise<void> {
  const [account, positions] = await Promise.all([fund.ledger.account(), fund.ledger.positions()]);
  const { cash, positions: held } = fund.exchange.state();
  expect(isRefusal(account) ? account : account.cashUsd.toFixed(2)).toBe(microUsdToFloat(cash).toFixed(2));
  const booked = positions.filter(({ quantity }) => quantity !== 0).map(({ symbol, quantity }) => [symbol, quantity]);
  expect(Object.fromEntries(booked)).toEqual(
    Object.fromEntries([...held].map(([symbol, { quantity }]) => [symbol, nanoSharesToFloat(quantity)])),
  );
  const clientIds = brokerOrders.map(({ terms }) => terms.clientOrderId);
  expect(new Set(clientIds).size).toBe(clientIds.length);
}

import pc from 'picocolors';
import { expect, test } from 'vitest';
import { ordersTable } from '../../../apps/cli/render/orders.ts';
import type { OrderId, Price, Shares } from '../../../shared/kernel/units.ts';
import type { LedgerOrder } from '../../../shared/stores/ledger/index.ts';
import { at, intent } from '../ledger/ledger-on-local-dynamodb.ts';

const io = { out: () => {}, err: () => {}, colors: pc.createColors(false), interactive: false };
const order = (id: string, over: Partial<LedgerOrder> = {}): LedgerOrder => ({
  ...intent(id),
  ...{ state: 'FILLED', pending: 'none', cumulativeQuantity: 10 as Shares, averagePrice: 100.5 as Price, decisionPriceUsd: 100 as Price },
  ...{ reservedAt: at, updatedAt: at, version: 1 },
  ...over,
});

test('an order that filled shows what it cost against the price it was decided at, and all together in dollars', () => {
  const lines = ordersTable(
    [
      order('bought-dearer'),
      order('sold-dearer', { side: 'SELL' }),
      order('half', { state: 'CANCELLED', cumulativeQuantity: 5 as Shares, averagePrice: 99 as Price }),
      order('not-at-all', { state: 'REJECTED', cumulativeQuantity: 0 as Shares, averagePrice: undefined as never, note: 'no' }),
    ],
    io,
  ).split('\n');
  expect(lines[1]).toMatch(/^bought-dearer +BUY +GOOD +10\.0000 +10\.0000 +100\.5000 +\+50\.0 bps +FILLED$/);
  expect(lines[2]).toMatch(/^sold-dearer +SELL .* -50\.0 bps +FILLED$/);
  expect(lines[3]).toMatch(/^half .* -100\.0 bps +CANCELLED$/);
  expect(lines[4]).toMatch(/^not-at-all +BUY +GOOD +10\.0000 +0\.0000 +REJECTED \(no\)$/);
  // 5 for the one, −5 for the other, and −5 for the half: of 2,500.
  expect(lines[5]).toBe('What filled cost -$5.00 against the prices it was decided at, -20.0 bps of $2,500.00.');
  expect(lines).toHaveLength(6);
});

test('slices of a parent are shown together as the order that was decided', () => {
  const parentId = 'parent-1' as OrderId;
  const text = ordersTable([order('a', { parentId }), order('b', { parentId, averagePrice: 101.5 as Price })], io);
  expect(text).toMatch(/^parent-1: BUY GOOD in 2 slices, 20\.0000 filled, cost \+100\.0 bps$/m);
});

test('nothing is said of cost where nothing filled', () => {
  const text = ordersTable([order('a', { state: 'CANCELLED', cumulativeQuantity: 0 as Shares })], io);
  expect(text).not.toMatch(/bps|NaN|What filled/);
});

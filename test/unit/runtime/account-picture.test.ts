import { describe, expect, test } from 'vitest';
import { TransientFailure } from '../../../shared/kernel/errors.ts';
import { refuse } from '../../../shared/kernel/refusal.ts';
import type { EpochMs, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import { type LedgerSide, stillPicture } from '../../../shared/runtime/account-picture.ts';
import { AccountAtBroker } from './account-at-broker.ts';

const side = (shares: number, ...booked: string[]): LedgerSide => ({
  cashUsd: 100 as Usd,
  positions: [{ symbol: 'GOOD' as Ticker, quantity: shares as Shares }],
  booked: new Set(booked),
});

/** Reads the ledger as scripted, the last of it for ever. */
async function lookAt(...sides: readonly LedgerSide[]) {
  let reads = 0;
  let looks = 0;
  const ledgerSide = async () => sides[Math.min(reads++, sides.length - 1)]!;
  const between = async () => void looks++;
  const picture = await stillPicture(new AccountAtBroker(100, 0 as EpochMs).broker, ledgerSide, between);
  return { ledger: picture.ledger, looks };
}

describe('a picture of broker and ledger', () => {
  test('is taken once where nothing moves', async () => {
    expect(await lookAt(side(10, 'a'))).toEqual({ ledger: side(10, 'a'), looks: 1 });
  });

  test('is taken again when shares moved between its two looks', async () => {
    expect(await lookAt(side(10), side(7))).toEqual({ ledger: side(7), looks: 2 });
  });

  test('is taken again when another booked meanwhile, though shares and cash read alike', async () => {
    expect(await lookAt(side(10), side(10, 'sale-by-hand'))).toEqual({ ledger: side(10, 'sale-by-hand'), looks: 2 });
  });

  test('is given up when something moves at every look, and may be tried later', async () => {
    const moving = Array.from({ length: 20 }, (_, n) => side(n));
    await expect(lookAt(...moving)).rejects.toThrow(TransientFailure);
  });

  test('is given up when the broker does not let us in', async () => {
    const closed = { account: async () => refuse('not-authorised'), positions: async () => [], openOrders: async () => [] };
    await expect(
      stillPicture(
        closed,
        async () => side(1),
        async () => {},
      ),
    ).rejects.toThrow(TransientFailure);
  });
});

import { describe, expect, test } from 'vitest';
import { issuePermit, type PermitQuestion } from '../../../../shared/domain/execution/issue-permit.ts';
import { type Permit, permitBytes, permitRefusal } from '../../../../shared/domain/execution/permit.ts';
import type { CycleId, EpochMs, Shares, Ticker } from '../../../../shared/kernel/units.ts';

const validUntil = Date.UTC(2024, 11, 2, 21) as EpochMs;
const symbol = 'GOOD' as Ticker;

const permit: Permit = {
  schema: 'ballast.permit/1',
  issuedFor: 'cycle-1',
  controlEpoch: 7,
  policySha256: 'a'.repeat(64),
  validUntil,
  lines: [{ symbol, buySharesMax: 100 as Shares, sellSharesMax: 0 as Shares }],
};

describe('a permit', () => {
  test.each<[string, { side?: 'BUY' | 'SELL'; quantity?: number; symbol?: string }, number, number, string | null]>([
    ['an order within it', {}, 0, validUntil - 1, null],
    ['an order at the instant it ends', {}, 0, validUntil, null],
    ['an order after it ended', {}, 0, validUntil + 1, 'permit-expired'],
    ['an instant that is none', {}, 0, Number.NaN, 'permit-expired'],
    ['a symbol it does not name', { symbol: 'OTHER' }, 0, 0, 'symbol-not-permitted'],
    ['the other side', { side: 'SELL' }, 0, 0, 'quantity-not-permitted'],
    ['exactly what is left of it', { quantity: 40 }, 60, 0, null],
    ['a ten-thousandth of a share more', { quantity: 40.0001 }, 60, 0, 'quantity-not-permitted'],
    ['no shares', { quantity: 0 }, 0, 0, 'quantity-not-permitted'],
    ['less than no shares', { quantity: -1 }, 0, 0, 'quantity-not-permitted'],
    ['a quantity that is no number', { quantity: Number.NaN }, 0, 0, 'quantity-not-permitted'],
  ])('answers to %s', (_, order, before, now, expected) => {
    const asked = { symbol: (order.symbol ?? symbol) as Ticker, side: order.side ?? ('BUY' as const), quantity: order.quantity ?? 40 };
    expect(permitRefusal(permit, asked, before, now as EpochMs)).toBe(expected);
  });

  test('is signed as one text, whatever order its members came in', () => {
    const { lines, ...rest } = permit;
    expect(permitBytes({ lines, ...rest })).toEqual(permitBytes(permit));
    expect(permitBytes({ ...permit, controlEpoch: 8 })).not.toEqual(permitBytes(permit));
  });
});

describe('issuing', () => {
  const issued = (position: Partial<PermitQuestion['positions'][number]>, more: Partial<PermitQuestion> = {}) =>
    issuePermit({
      ...{ cycleId: 'cycle-1' as CycleId, controlEpoch: 7, policySha256: 'a'.repeat(64), validUntil },
      ...{ equityUsd: 100_000, priceCollarFrac: 0.05, ...more },
      positions: [{ symbol, approvedWeight: 0.1, heldShares: 0, decidedAtUsd: 100, ...position }],
    }).lines;

  test('permits a purchase at the lowest price the collar allows, and no sale', () => {
    // A tenth of 100,000 dollars at 100 / 1.05.
    expect(issued({})).toEqual([{ symbol, buySharesMax: expect.closeTo(105, 9), sellSharesMax: 0 }]);
  });

  test('permits the sale of all that is held, and not one share more, where nothing is to be held', () => {
    expect(issued({ approvedWeight: 0, heldShares: 33.3 })).toEqual([{ symbol, buySharesMax: 0, sellSharesMax: 33.3 }]);
    expect(issued({ approvedWeight: 0, heldShares: -20 })).toEqual([{ symbol, buySharesMax: 20, sellSharesMax: 0 }]);
  });

  test('lets a reduction round by one share', () => {
    // 20 shares held, 10 wanted at the decision price; at 100 / 0.95 only 9.5, so 10.5 are sold, and one for the rounding.
    expect(issued({ approvedWeight: 0.01, heldShares: 20 })).toEqual([{ symbol, buySharesMax: 0, sellSharesMax: expect.closeTo(11.5, 9) }]);
  });

  test('a trade through zero may only close', () => {
    expect(issued({ approvedWeight: -0.1, heldShares: 5 })).toEqual([{ symbol, buySharesMax: 0, sellSharesMax: 5 }]);
  });

  test('says what it was issued for, under what, and until when', () => {
    const question = { cycleId: 'cycle-1' as CycleId, controlEpoch: 7, policySha256: 'a'.repeat(64), validUntil };
    expect(issuePermit({ ...question, equityUsd: 1, priceCollarFrac: 0, positions: [] })).toEqual({
      ...{ schema: 'ballast.permit/1', issuedFor: 'cycle-1', controlEpoch: 7, policySha256: 'a'.repeat(64), validUntil, lines: [] },
    });
  });

  test('lets a short be covered in part, rounded by one share, and never beyond it', () => {
    // 20 shares short, 10 wanted at the decision price; at 100 / 0.95 only 9.5, so 10.5 are bought, and one for the rounding.
    expect(issued({ approvedWeight: -0.01, heldShares: -20 })).toEqual([
      { symbol, buySharesMax: expect.closeTo(11.5, 9), sellSharesMax: 0 },
    ]);
    expect(issued({ approvedWeight: -0.0001, heldShares: -20 })).toEqual([{ symbol, buySharesMax: 20, sellSharesMax: 0 }]);
  });

  test('without a collar permits what the price of the decision asks for', () => {
    expect(issued({}, { priceCollarFrac: 0 })).toEqual([{ symbol, buySharesMax: 100, sellSharesMax: 0 }]);
    expect(issued({ approvedWeight: -0.1 }, { priceCollarFrac: 0 })).toEqual([{ symbol, buySharesMax: 0, sellSharesMax: 100 }]);
  });

  test.each([
    ['a price below zero', { decidedAtUsd: -100 }, {}],
    ['a price that is no number', { decidedAtUsd: Number.NaN }, {}],
    ['a collar below zero', {}, { priceCollarFrac: -0.1 }],
    ['a holding that is no number', { heldShares: Number.NaN }, {}],
    ['no price', { decidedAtUsd: null }, {}],
    ['a price of zero', { decidedAtUsd: 0 }, {}],
    ['a weight that is no number', { approvedWeight: Number.NaN }, {}],
    ['equity that is no number', {}, { equityUsd: Number.NaN }],
    ['a collar of everything', {}, { priceCollarFrac: 1 }],
    ['nothing to trade', { approvedWeight: 0 }, {}],
  ])('permits nothing for %s', (_, position, more) => {
    expect(issued(position, more)).toEqual([]);
  });
});

import { expect, test } from 'vitest';
import { type CycleParts, compareReplay, firstDifference } from '../../../../shared/domain/audit/replay.ts';
import type { CycleId } from '../../../../shared/kernel/units.ts';

const cycleId = 'cycle-2024-12-02T20-45-00Z' as CycleId;
const parts: CycleParts = {
  signals: {
    regime: { name: 'BULL_QUIET' },
    symbols: [
      { symbol: 'AA', blockedBy: [] },
      { symbol: 'BB', blockedBy: ['bars-missing'] },
    ],
  },
  allocation: { symbols: [{ symbol: 'AA', targetWeight: 0.02 }] },
  risk: { assessment: { decision: 'ALLOW' } },
  permit: undefined,
  plan: undefined,
  decisions: [{ symbol: 'AA', final_decision: 'HOLD' }],
};

test('the same parts are identical, whatever order their members came in', () => {
  const turned = { ...parts, signals: Object.fromEntries(Object.entries(parts.signals as object).reverse()) };
  const { identical, compared, differences } = compareReplay(cycleId, parts, turned);
  expect({ identical, differences }).toEqual({ identical: true, differences: [] });
  // Of its canonical text.
  expect(compared.at(-1)).toEqual({ part: 'decisions', bytes: '[{"final_decision":"HOLD","symbol":"AA"}]'.length });
});

test('a part that neither has is not compared', () => {
  expect(compareReplay(cycleId, parts, parts).compared.map(({ part }) => part)).toEqual(['signals', 'allocation', 'risk', 'decisions']);
});

test('names the first place of every part that differs', () => {
  const other = { ...parts, allocation: { symbols: [{ symbol: 'AA', targetWeight: 0.03 }] }, decisions: [] };
  expect(compareReplay(cycleId, parts, other)).toMatchObject({
    identical: false,
    differences: [
      { part: 'allocation', path: 'symbols[0].targetWeight', recorded: 0.02, replayed: 0.03 },
      { part: 'decisions', path: '[0]', recorded: { symbol: 'AA' }, replayed: null },
    ],
  });
});

test('a part that only one side has differs as a whole', () => {
  const { differences } = compareReplay(cycleId, parts, { ...parts, plan: { orders: [] } });
  expect(differences).toEqual([{ part: 'plan', path: '', recorded: null, replayed: { orders: [] } }]);
});

test.each([
  [{ a: 1 }, { a: 1, b: 2 }, 'b'],
  [{ a: null }, { a: 0 }, 'a'],
  [{ a: [1, 2, 3] }, { a: [1, 2] }, 'a[2]'],
  [{ a: { b: [{ c: 0.1 + 0.2 }] } }, { a: { b: [{ c: 0.3 }] } }, 'a.b[0].c'],
  [{ a: '1' }, { a: 1 }, 'a'],
  [[1], { 0: 1 }, ''],
])('%j and %j differ at "%s"', (recorded, replayed, path) => {
  expect(firstDifference(recorded, replayed).path).toBe(path);
});

import { expect, test } from 'vitest';
import type { AlgoRules } from '../../../shared/domain/policy/algo-rules.ts';
import type { OrderId, Shares } from '../../../shared/kernel/units.ts';
import { planParents } from '../../../shared/runtime/plan-parents.ts';
import { at, intent } from '../../contract/ledger/ledger-on-local-dynamodb.ts';

const rules: AlgoRules = {
  ...{ kind: 'vwap', aboveAverageDailyVolumeFrac: 0.001, windowMinutes: 60, endsBeforeCloseMinutes: 1, bucketMinutes: 5 },
  ...{ participationFracMax: 0.1, curve: 'us-large-caps' },
};
const of = (id: string, quantity: number, averageDailyVolume: number | null) => ({
  ...{ intent: intent(id, { quantity: quantity as Shares }), leg: 2, averageDailyVolume },
});
const orders = [of('small', 10, 1_000_000), of('large', 5000, 1_000_000), of('huge', 10, 200), of('unknown', 10, null)];
const question = { rules, orders, wholeSharesOnly: true, now: at, controlEpoch: 7, leaseToken: 3 };
const ids = (list: ReadonlyArray<{ readonly orderId: OrderId }>): string[] => list.map(({ orderId }) => orderId);

test('only an order that is large for its volume becomes a parent, under the cycle’s epoch and lease', () => {
  const { direct, parents, refused } = planParents(question);
  expect({ direct: ids(direct), parents: ids(parents) }).toMatchObject({ direct: ['small', 'unknown'] });
  expect(parents[0]).toMatchObject({
    orderId: 'large',
    leg: 2,
    controlEpoch: 7,
    leaseToken: 3,
    kind: 'vwap',
    arrivalPriceUsd: null,
    quantity: 5000,
  });
  expect(parents[0]!.slices.at(-1)).toMatchObject({ endsAt: at + 14 * 60_000, cumulativeQuantity: 5000 });
  expect([...ids(parents), ...refused.map(({ intent: { orderId } }) => orderId)].sort()).toEqual(['huge', 'large']);
});

test('an order that should be worked and cannot be goes nowhere', () => {
  const { direct, parents, refused } = planParents({ ...question, now: (at + 20 * 60_000) as typeof at });
  expect({ direct: ids(direct), parents }).toEqual({ direct: ['small', 'unknown'], parents: [] });
  expect(refused.map(({ reason }) => reason)).toEqual(['market-closed', 'market-closed']);
});

test('without an algo in the policy every order goes out as it is', () => {
  expect(ids(planParents({ ...question, rules: { kind: 'none' } }).direct)).toEqual(['small', 'large', 'huge', 'unknown']);
});

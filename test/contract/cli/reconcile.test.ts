/** What a person reads of a reconciliation. */
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { reconciliationText } from '../../../apps/cli/render/reconcile.ts';
import type { ReconciliationReport } from '../../../shared/contracts/reconciliation.ts';

const colors = pc.createColors(false);
const nothing: ReconciliationReport = {
  ...{ schema: 'ballast.reconciliation/1', reconciliationId: 'evening', outcome: 'agrees' },
  ...{ at: '2024-12-02T21:15:00.000Z', since: '2024-11-25T21:15:00.000Z', agreeing: 12 },
  orders: { settled: [], stillOpen: 0, lateFills: [], vanished: [], strays: [] },
  ...{ differences: [], booked: [], notUnderstood: [], stopped: [] },
  unexplained: { shares: [], cashUsd: 0, cashIsOfThoseSymbols: false },
};
const text = (more: Partial<ReconciliationReport> = {}): string[] => reconciliationText({ ...nothing, ...more }, { colors }).split('\n');

test('books that agree take two lines', () => {
  expect(text()).toEqual(['Ledger and broker agree. 2024-12-02 21:15 UTC', 'Agreeing positions: 12. Orders: none was open.']);
});

test('each difference says what explains it and what does not', () => {
  const lines = text({
    outcome: 'stopped',
    differences: [
      { symbol: 'AAA', ledger: 10, broker: 40, explainedBy: [{ kind: 'split', activityId: 's1', amount: 30 }], unexplained: 0 },
      { symbol: 'BBB', ledger: 5, broker: 3, explainedBy: [], unexplained: -2 },
      { symbol: null, ledger: 1_000, broker: 1_002.4, explainedBy: [{ kind: 'dividend', activityId: 'd1', amount: 2.4 }], unexplained: 0 },
    ],
    booked: [{ kind: 'split', symbol: 'AAA', shares: 30, cashUsd: 0, activityId: 's1', at: 0 }],
    stopped: [{ symbol: 'BBB', causes: ['unexplained-shares'] }],
  });
  expect(lines.slice(3)).toEqual([
    'what     ledger     broker  explained by    unexplained',
    'AAA          10         40  split 30',
    'BBB           5          3  nothing                  -2',
    'cash  $1,000.00  $1,002.40  dividend $2.40',
    '',
    'Booked: split AAA (s1).',
    '',
    'BBB is PAUSED: unexplained-shares. "ballast resume --symbol BBB" lets it go on.',
  ]);
});

test('orders that are not as the ledger has them, and what the broker calls by a word of its own, each have a line', () => {
  const lines = text({
    orders: {
      settled: [{ orderId: 'ballast-AAA-b-1', symbol: 'AAA', state: 'FILLED', filled: 10 }],
      stillOpen: 1,
      lateFills: [{ orderId: 'ballast-AAA-b-2', symbol: 'AAA', filledBefore: 4 }],
      vanished: [{ orderId: 'ballast-AAA-b-3', symbol: 'AAA' }],
      strays: [
        { clientOrderId: 'ballast-AAA-b-4', symbol: 'AAA', ours: true },
        { clientOrderId: 'web-7', symbol: 'BBB', ours: false },
      ],
    },
    notUnderstood: [{ activityId: 'o1', brokerKind: 'MA', symbol: 'AAA' }],
  });
  expect(lines.slice(1)).toEqual([
    'Agreeing positions: 12. Orders: 1 settled, 1 still open.',
    '',
    'A fill of ballast-AAA-b-2 came after it was over; it is booked.',
    'The broker had ballast-AAA-b-3, and says now that it has not.',
    'ballast-AAA-b-4 works at the broker, and the ledger does not have it open.',
    'Not ours, working at the broker: web-7 (BBB).',
    'The broker’s activity MA (o1) has no meaning here.',
  ]);
});

test('unexplained cash says that no cycle begins, and what a person does about it', () => {
  const unexplained = { shares: [], cashUsd: -250, cashIsOfThoseSymbols: false };
  expect(text({ outcome: 'refused', unexplained }).at(-1)).toBe(
    'No cycle begins while cash is unexplained. Once you know what it was: "ballast reconcile --accept cash --reason …".',
  );
});

/** Ledger and exchange after anything that can happen to an account, with activities that are late or never come, and functions that die. */
import { describe, expect, test } from 'vitest';
import { bootFund, named, type TestFund } from '../support/boot-fund.ts';
import { reconcileBooks } from '../support/reconcile-books.ts';
import { expectLedgerIsExchange } from '../support/reconciliation.ts';
import { sessionsFrom } from '../support/small-fund.ts';
import { travel } from '../support/starter.ts';

const [monday, tuesday, wednesday] = sessionsFrom('2024-12-02', 3) as [string, string, string];

/** Trades by hand, cash in, fees and interest, over three days. */
async function live(fund: TestFund, day: string): Promise<void> {
  const { exchange } = fund.fund;
  await travel(fund, day, '11:00');
  exchange.manualTrade({ symbol: 'QBYT', side: 'buy', quantity: 12, priceUsd: 30.01 });
  exchange.transfer(1_000);
  await travel(fund, day, '14:00');
  exchange.manualTrade({ symbol: 'QBYT', side: 'sell', quantity: 5, priceUsd: 30.99 });
  exchange.manualTrade({ symbol: 'QPIX', side: 'buy', quantity: 1.25, priceUsd: 99.99 });
  exchange.bookCash('FEE', -0.07);
  exchange.bookCash('INT', 2.31);
}

/** The exchange's list of activities, without those of one kind. */
function hiding(fund: TestFund, type: string): void {
  fund.wire.after = async ({ path }, answer) => {
    if (!path.endsWith('/account/activities')) return answer;
    const listed = (await answer.json()) as { activity_type: string }[];
    return Response.json(
      listed.filter(({ activity_type: kind }) => kind !== type),
      { headers: answer.headers },
    );
  };
}

test('three days of trades by hand, cash, fees and interest end with ledger = exchange, to the cent', async () => {
  await using fund = await bootFund();
  for (const day of [monday, tuesday, wednesday]) {
    await live(fund, day);
    const { report } = await reconcileBooks(fund, `reconcile-${day}`, day);
    expect(report).toMatchObject({ outcome: 'stopped', unexplained: { shares: [], cashUsd: 0 } });
    expect(report?.booked).toHaveLength(6);
    await expectLedgerIsExchange(fund);
  }
  expect((await reconcileBooks(fund, 'once-more', wednesday, '16:30')).report).toMatchObject({ outcome: 'agrees', booked: [] });
});

describe('activities that the broker does not list', () => {
  test('of a trade leave its shares unexplained: the symbol stops, until they are listed', async () => {
    await using fund = await bootFund();
    await travel(fund, monday, '11:00');
    fund.fund.exchange.manualTrade({ symbol: 'QBYT', side: 'buy', quantity: 12, priceUsd: 30.01 });
    hiding(fund, 'FILL');
    const { report } = await reconcileBooks(fund, 'hidden', monday);
    expect(report?.unexplained.shares).toEqual([{ symbol: 'QBYT', shares: 12 }]);
    expect(report?.stopped).toEqual([{ symbol: 'QBYT', causes: ['unexplained-shares'] }]);
    fund.wire.after = (_call, answer) => answer;
    expect((await reconcileBooks(fund, 'listed', tuesday)).report).toMatchObject({ unexplained: { shares: [], cashUsd: 0 } });
    await expectLedgerIsExchange(fund);
  });

  test('of cash refuse everything, until they are listed', async () => {
    await using fund = await bootFund();
    await travel(fund, monday, '11:00');
    fund.fund.exchange.bookCash('FEE', -250);
    hiding(fund, 'FEE');
    const { end } = await reconcileBooks(fund, 'hidden', monday);
    expect(JSON.parse(end.output!)).toMatchObject({ outcome: 'refused', reason: 'cash-unexplained', details: { cashUsd: -250 } });
    fund.wire.after = (_call, answer) => answer;
    expect((await reconcileBooks(fund, 'listed', tuesday)).report).toMatchObject({ outcome: 'explained' });
    await expectLedgerIsExchange(fund);
  });
});

/** Each write of the ledger, the reports and the stops, and the message to people. */
test.each([
  ['PutItem', 1],
  ['PutItem', 2],
  ['PutItem', 4],
  ['TransactWriteItems', 1],
  ['TransactWriteItems', 3],
  ['TransactWriteItems', 6],
] as const)(
  'the function dies at its %s number %i: the next attempt ends with ledger = exchange, everything booked once',
  async (operation, nth) => {
    for (const fault of ['crash-before', 'crash-after'] as const) {
      await using fund = await bootFund({ data: true });
      await live(fund, monday);
      fund.failing({ service: 'dynamodb', operation, caller: named('orders-reconcile'), nth, fault });
      const { report } = await reconcileBooks(fund, 'evening', monday);
      expect(fund.told('StateRetried')).toHaveLength(1);
      expect(report?.stopped.map(({ symbol }) => symbol)).toEqual(['QBYT', 'QPIX']);
      expect(report?.booked).toHaveLength(6);
      await expectLedgerIsExchange(fund);
    }
  },
);

/** Account activities in the port's words. The first two lines are the examples of Alpaca's OpenAPI file (schemas TradingActivities, NonTradeActivities). */
import { describe, expect, test } from 'vitest';
import { ContractViolation } from '../../../../shared/kernel/errors.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';
import { scriptedAlpaca } from './scripted-alpaca.ts';

const fill = {
  activity_type: 'FILL',
  cum_qty: '2',
  id: '20220202135509981::2d7be4ff-d1f3-43e9-856a-0f5cf5c5088e',
  leaves_qty: '0',
  order_id: 'b5abe576-6a8a-49f3-a353-46b72c1ccae9',
  order_status: 'filled',
  price: '174.78',
  qty: '2',
  side: 'buy',
  symbol: 'AAPL',
  transaction_time: '2022-02-02T18:55:09.981482Z',
  type: 'fill',
};
const dividend = {
  activity_sub_type: 'SDIV',
  activity_type: 'DIV',
  created_at: '2021-05-10T14:01:04.650275Z',
  currency: 'USD',
  date: '2019-08-01',
  id: '20190801011955195::5f596936-6f23-4cef-bdf1-3806aae57dbf',
  net_amount: '1.02',
  per_share_amount: '0.51',
  qty: '2',
  status: 'executed',
  symbol: 'T',
};

const since = Date.UTC(2019, 0, 1) as EpochMs;
const told = async (...body: readonly object[]) => await scriptedAlpaca([{ status: 200, body }]).broker.activities(since);

describe('activities', () => {
  test('are fills and dividends as documented, oldest first', async () => {
    expect(await told(fill, dividend)).toEqual([
      { kind: 'dividend', id: dividend.id, at: Date.UTC(2021, 4, 10, 14, 1, 4, 650), symbol: 'T', amountUsd: 1.02 },
      {
        kind: 'fill',
        id: fill.id,
        at: Date.UTC(2022, 1, 2, 18, 55, 9, 981),
        brokerOrderId: fill.order_id,
        symbol: 'AAPL',
        side: 'BUY',
        quantity: 2,
        price: 174.78,
      },
    ]);
  });

  test.each([
    [
      { activity_type: 'DIVNRA', net_amount: '-0.15', symbol: 'T' },
      { kind: 'dividend', symbol: 'T', amountUsd: -0.15 },
    ],
    [
      { activity_type: 'SPLIT', qty: '30', symbol: 'T' },
      { kind: 'split', quantity: 30, cashInLieuUsd: 0 },
    ],
    [
      { activity_type: 'SPLIT', qty: '-10', net_amount: '4.5', symbol: 'T' },
      { kind: 'split', quantity: -10, cashInLieuUsd: 4.5 },
    ],
    [
      { activity_type: 'CSD', net_amount: '500' },
      { kind: 'transfer', amountUsd: 500 },
    ],
    [
      { activity_type: 'CSW', net_amount: '-500' },
      { kind: 'transfer', amountUsd: -500 },
    ],
    [
      { activity_type: 'FEE', net_amount: '-0.03' },
      { kind: 'fee', amountUsd: -0.03 },
    ],
    [
      { activity_type: 'INT', net_amount: '0.7' },
      { kind: 'interest', amountUsd: 0.7 },
    ],
  ])('%o is %o', async (given, meant) => {
    expect(await told({ id: 'a', date: '2022-03-01', ...given })).toMatchObject([{ id: 'a', ...meant }]);
  });

  test.each([
    ['a kind without a name here', { activity_type: 'SPIN', qty: '3', symbol: 'T' }],
    ['a dividend that was taken back', { activity_type: 'DIV', status: 'canceled', net_amount: '1', symbol: 'T' }],
    ['a dividend without its amount', { activity_type: 'DIV', symbol: 'T' }],
    ['a dividend of nobody', { activity_type: 'DIV', net_amount: '1' }],
    ['a split without its shares', { activity_type: 'SPLIT', symbol: 'T' }],
  ])('%s explains nothing', async (_name, given) => {
    expect(await told({ id: 'a', date: '2022-03-01', ...given })).toMatchObject([{ kind: 'other', brokerKind: given.activity_type }]);
  });

  test('dated by day only begin at midnight in New York, and are kept though that was before', async () => {
    const { broker } = scriptedAlpaca([{ status: 200, body: [{ id: 'a', activity_type: 'INT', net_amount: '1', date: '2022-03-01' }] }]);
    expect(await broker.activities(Date.UTC(2022, 2, 1, 21) as EpochMs)).toMatchObject([{ at: Date.UTC(2022, 2, 1, 5) }]);
  });

  test('dated to the instant begin with the one asked for', async () => {
    const at = Date.parse(fill.transaction_time) as EpochMs;
    const asking = (from: number) => scriptedAlpaca([{ status: 200, body: [fill] }]).broker.activities(from as EpochMs);
    expect(await asking(at)).toHaveLength(1);
    expect(await asking(at + 1)).toEqual([]);
  });

  test('come page by page, each asked for by the last id of the one before', async () => {
    const rows = Array.from({ length: 130 }, (_, row) => ({ ...fill, id: `id-${row}` }));
    const { broker, asked } = scriptedAlpaca([
      { status: 200, body: rows.slice(0, 100) },
      { status: 200, body: rows.slice(100) },
    ]);
    expect(await broker.activities(since)).toHaveLength(130);
    expect(asked.map(({ url }) => new URL(url).searchParams.get('page_token'))).toEqual([null, 'id-99']);
    expect(new URL(asked[0]!.url).searchParams.get('after')).toBe('2018-12-31T23:59:59.999Z');
  });

  test('a page that comes again is no end of paging: it stops there', async () => {
    const page = { status: 200, body: Array.from({ length: 100 }, (_, row) => ({ ...fill, id: `id-${row}` })) };
    await expect(scriptedAlpaca([page, page]).broker.activities(since)).rejects.toThrow(ContractViolation);
  });

  test.each([
    ['a fill without a price', { ...fill, price: undefined }],
    ['a fill of nothing', { ...fill, qty: '0' }],
    ['a fill on no side', { ...fill, side: 'hold' }],
    ['an instant that is none', { ...fill, transaction_time: 'soon' }],
    ['an amount that is none', { ...dividend, net_amount: 'NaN' }],
    ['a date that is none', { ...dividend, date: '2019-13-01' }],
  ])('%s is no activity', async (_name, row) => {
    await expect(told(row)).rejects.toThrow(ContractViolation);
  });

  test('are not asked for since no instant', async () => {
    await expect(scriptedAlpaca([]).broker.activities(Number.NaN as EpochMs)).rejects.toThrow(ContractViolation);
  });
});

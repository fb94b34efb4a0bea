import { describe, expect, test } from 'vitest';
import { ContractViolation, InvariantViolation } from '../../../../shared/kernel/errors.ts';
import type { OrderId, Price, Shares } from '../../../../shared/kernel/units.ts';
import { anyQuantityOf, ticketOf } from '../../../support/risk-tickets.ts';
import { type Answer, orderBody, scriptedAlpaca, ticket, workingOrder } from './scripted-alpaca.ts';

const working = (members: object = {}): Answer => ({
  status: 200,
  body: { ...orderBody, type: 'limit', limit_price: '100', qty: '10', status: 'new', ...members },
});
const replaced = working({ status: 'replaced', replaced_by: 'new' });
const successor = (members: object = {}): Answer =>
  working({ id: 'new', client_order_id: 'revised', limit_price: '101', replaces: orderBody.id, ...members });
const by = { clientOrderId: 'revised' as OrderId, quantity: 10 as Shares, limitPrice: 101 as Price };
const lookUp = `https://broker.test/v2/orders:by_client_order_id?client_order_id=${workingOrder.clientOrderId}`;

describe('replacing an order at Alpaca', () => {
  test('reads the order, sends the new terms under the new id once, and reads what the old one filled', async () => {
    const { broker, asked } = scriptedAlpaca([working(), successor(), replaced]);
    expect(await broker.replace(workingOrder, by, ticket)).toMatchObject({
      kind: 'requested',
      order: { brokerOrderId: 'new', clientOrderId: 'revised', limitPrice: 101 },
    });
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${lookUp}`,
      `PATCH https://broker.test/v2/orders/${orderBody.id}`,
      `GET ${lookUp}`,
    ]);
    expect(asked[1]!.body).toEqual({ client_order_id: 'revised', qty: '10', limit_price: '101' });
  });

  test('takes the replacement back when the order filled meanwhile, and says unknown so that both are asked for', async () => {
    const { broker, asked } = scriptedAlpaca([
      working(),
      successor(),
      working({ status: 'replaced', filled_qty: '3' }),
      { status: 204, body: '' },
    ]);
    expect(await broker.replace(workingOrder, by, ticket)).toMatchObject({
      kind: 'unknown',
      cause: 'it filled while it was being replaced; the replacement is being cancelled',
    });
    expect(asked[3]).toMatchObject({ method: 'DELETE', url: 'https://broker.test/v2/orders/new' });
  });

  test.each([
    ['a 500', { status: 500, body: { message: 'internal server error' } }],
    ['a reset connection', new TypeError('fetch failed')],
    ['half an answer', { status: 200, body: '{"id":"61e6' }],
    ['an answer that is no order', { status: 200, body: { ok: true } }],
  ] satisfies [string, Answer][])('says unknown after %s, and sends nothing again', async (_name, answer) => {
    const { broker, asked } = scriptedAlpaca([working(), answer]);
    expect(await broker.replace(workingOrder, by, ticket)).toMatchObject({ kind: 'unknown' });
    expect(asked.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  test('says unknown when what the old order filled cannot be read afterwards', async () => {
    const { broker } = scriptedAlpaca([working(), successor(), { status: 500, body: {} }]);
    expect(await broker.replace(workingOrder, by, ticket)).toMatchObject({ kind: 'unknown' });
  });

  test('finds the replacement that an earlier attempt made, whose reply was lost', async () => {
    const again = scriptedAlpaca([replaced, successor(), replaced]);
    expect(await again.broker.replace(workingOrder, by, ticket)).toMatchObject({ kind: 'requested', order: { brokerOrderId: 'new' } });
    const taken = scriptedAlpaca([
      working(),
      { status: 422, body: { code: 40010001, message: 'client_order_id must be unique' } },
      successor(),
      replaced,
    ]);
    expect(await taken.broker.replace(workingOrder, by, ticket)).toMatchObject({ kind: 'requested', order: { brokerOrderId: 'new' } });
    expect([...again.asked, ...taken.asked].filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  test('refuses what is over, partly filled, or fractional and to be changed', async () => {
    const gone: Answer = { status: 404, body: { code: 40410000, message: 'order not found' } };
    const refusals: readonly (readonly [Answer[], object])[] = [
      [[gone], { reason: 'not-found' }],
      [[working({ status: 'filled', filled_qty: '10', filled_avg_price: '100' }), gone], { reason: 'not-replaceable' }],
      [[working({ status: 'partially_filled', filled_qty: '4', filled_avg_price: '99.9' })], { reason: 'not-replaceable' }],
      [[working({ qty: '10.5' })], { reason: 'not-replaceable' }],
      [[working(), { status: 422, body: { code: 42210000, message: 'order cannot be replaced' } }], { reason: 'not-replaceable' }],
      [[working(), { status: 401, body: { message: 'unauthorized.' } }], { reason: 'not-authorised' }],
    ];
    for (const [answers, refusal] of refusals) {
      const { broker } = scriptedAlpaca(answers);
      const quantity = (answers[0] as { body: { qty?: string } }).body.qty === '10.5' ? 11.25 : 10;
      expect(await broker.replace(workingOrder, { ...by, quantity: quantity as Shares }, ticket)).toMatchObject({
        kind: 'refused',
        ...refusal,
      });
    }
  });

  test('leaves a fractional quantity that stays the same out, as Alpaca wants it', async () => {
    const { broker, asked } = scriptedAlpaca([working({ qty: '10.5' }), successor({ qty: '10.5' }), replaced]);
    expect(await broker.replace(workingOrder, { ...by, quantity: 10.5 as Shares }, ticket)).toMatchObject({ kind: 'requested' });
    expect(asked[1]!.body).toEqual({ client_order_id: 'revised', limit_price: '101' });
  });

  test('sends nothing off the tick, and nothing beyond the permit', async () => {
    const { broker, asked } = scriptedAlpaca([]);
    await expect(broker.replace(workingOrder, { ...by, limitPrice: 100.005 as Price }, ticket)).rejects.toThrow(ContractViolation);
    const small = await ticketOf([{ ...anyQuantityOf('AAPL')[0]!, buySharesMax: 9 as Shares }]);
    await expect(broker.replace(workingOrder, by, small)).rejects.toThrow(InvariantViolation);
    expect(asked).toEqual([]);
  });
});

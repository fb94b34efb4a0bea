import { describe, expect, test } from 'vitest';
import { admit, assertWithinCapabilities } from '../../../shared/brokers/admission.ts';
import type { BrokerCapabilities, OrderToSubmit } from '../../../shared/brokers/broker.ts';
import type { RiskTicket } from '../../../shared/brokers/risk-ticket.ts';
import { ContractViolation, InvariantViolation } from '../../../shared/kernel/errors.ts';
import type { OrderId, Price, Shares } from '../../../shared/kernel/units.ts';
import { anyQuantityOf, ticketOf } from '../../support/risk-tickets.ts';
import { marketOrder } from './alpaca/scripted-alpaca.ts';

const stopLoss = { stopPrice: 90 as Price };

describe('an order at the door of an adapter', () => {
  test('passes with a ticket that covers it', async () => {
    const ticket = await ticketOf(anyQuantityOf('AAPL'));
    expect(() => admit(ticket, marketOrder)).not.toThrow();
  });

  test.each([
    ['an object with the same method', async () => ({ admit: () => {} })],
    ['an object of the class that never was a ticket', async () => Object.create(Object.getPrototypeOf(await ticketOf([])))],
    ['a ticket whose method was put aside', async () => Object.assign(await ticketOf([]), { admit: () => {} })],
    ['nothing', async () => undefined],
  ])('is stopped with %s', async (_name, forge) => {
    const forged = (await forge()) as RiskTicket;
    expect(() => admit(forged, marketOrder)).toThrow(InvariantViolation);
  });
});

describe('what an order asks of a broker', () => {
  const all: BrokerCapabilities = {
    refusesDuplicateClientIds: true,
    remembersOrders: 'always',
    fractionalShares: true,
    attachedOrders: ['bracket', 'oco'],
    timesInForce: ['DAY', 'GTC', 'IOC', 'FOK'],
  };
  const oco = { kind: 'oco', stopLoss } as const;

  test.each<[string, OrderToSubmit, Partial<BrokerCapabilities>]>([
    ['a time in force it does not know', { ...marketOrder, timeInForce: 'FOK' }, { timesInForce: ['DAY'] }],
    ['a fraction of a share', { ...marketOrder, quantity: 1.5 as Shares }, { fractionalShares: false }],
    [
      'attached orders it does not know',
      { ...marketOrder, attached: { ...oco, kind: 'bracket', takeProfitPrice: 110 as Price } },
      { attachedOrders: ['oco'] },
    ],
    ['one-cancels-other beside a market order', { ...marketOrder, attached: oco }, {}],
    ['a client order id of nothing', { ...marketOrder, clientOrderId: '' as OrderId }, {}],
    ['a client order id with a space', { ...marketOrder, clientOrderId: 'a b' as OrderId }, {}],
    ['a client order id of 129 characters', { ...marketOrder, clientOrderId: 'a'.repeat(129) as OrderId }, {}],
  ])('is refused: %s', (_name, order, capabilities) => {
    expect(() => assertWithinCapabilities(order, { ...all, ...capabilities })).toThrow(ContractViolation);
  });

  test('is let through otherwise', () => {
    const limit: OrderToSubmit = { ...marketOrder, quantity: 1.5 as Shares, type: 'LIMIT', limitPrice: 100 as Price, attached: oco };
    expect(() => assertWithinCapabilities(limit, all)).not.toThrow();
  });
});

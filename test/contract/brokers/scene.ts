/** What every card of the Broker port plays on: the adapter under test, the exchange behind it, and its clock. */
import { expect } from 'vitest';
import type { PaperExchange } from '../../../apps/paper-exchange/paper-exchange.ts';
import type { Broker, BrokerOrder, OrderToSubmit, SubmitOutcome } from '../../../shared/brokers/broker.ts';
import type { RiskTicket } from '../../../shared/brokers/risk-ticket.ts';
import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import type { OrderId, Price, Shares } from '../../../shared/kernel/units.ts';
import { type MovableClock, ticker } from './small-market.ts';

/** What a broker's own interface has no words for. A card about it is skipped, and says so. */
export type Untold = 'corporate-actions' | 'trade-updates' | 'past-days';

export interface BrokerUnderTest {
  readonly broker: Broker;
  /** The same broker for somebody whom it does not know. */
  readonly strangersBroker: Broker;
  readonly untold?: readonly Untold[];
  /** The same account over a new connection, as after a restart of ours. */
  again(): Promise<Broker>;
  close(): Promise<void>;
}

/** Stands a broker up before an exchange that is 15:45 on Friday, New York. */
export type Connect = (exchange: PaperExchange, clock: MovableClock) => Promise<BrokerUnderTest>;

export interface Scene {
  readonly under: BrokerUnderTest;
  readonly broker: Broker;
  readonly exchange: PaperExchange;
  readonly clock: MovableClock;
  /** Permits whatever the cards trade. */
  readonly ticket: RiskTicket;
}

/** The scene of the card that is being played. */
export type Now = () => Scene;

export const id = (text: string): OrderId => text as OrderId;

export const buy = (clientOrderId: string, quantity: number, symbol = 'GOOD'): OrderToSubmit => ({
  clientOrderId: id(clientOrderId),
  symbol: ticker(symbol),
  side: 'BUY',
  quantity: quantity as Shares,
  timeInForce: 'DAY',
  type: 'MARKET',
});

export const sell = (clientOrderId: string, quantity: number, symbol = 'GOOD'): OrderToSubmit => ({
  ...buy(clientOrderId, quantity, symbol),
  side: 'SELL',
});

/** Good till cancelled, far below the market unless a price is given. */
export const resting = (clientOrderId: string, quantity: number, limitPrice = 90, symbol = 'GOOD'): OrderToSubmit => ({
  ...buy(clientOrderId, quantity, symbol),
  type: 'LIMIT',
  limitPrice: limitPrice as Price,
  timeInForce: 'GTC',
});

export function given<Value>(answer: Value | Refusal): Value {
  if (isRefusal(answer)) throw new Error(`expected an answer, was refused: ${answer.reason}`);
  return answer;
}

export function acknowledged(outcome: SubmitOutcome): BrokerOrder {
  if (outcome.kind !== 'acknowledged') throw new Error(`expected an acknowledged order, got ${JSON.stringify(outcome)}`);
  return outcome.order;
}

/** The broker's own code and words are there; which they are is the broker's business. */
export const rejection = { kind: 'rejected', code: expect.stringMatching(/./), message: expect.stringMatching(/./) };

export const refused = (reason: string) => ({ kind: 'refused', reason });

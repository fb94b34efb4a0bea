import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../apps/local-cloud/clock.ts';
import type { BrokerOrder, NotAuthorised, NotFound, OrderToSubmit, SubmitOutcome } from '../../../shared/brokers/broker.ts';
import type { OrderIntent as DecidedOrder } from '../../../shared/domain/execution/order-intent.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { isRefusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { OrderId, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import { type DeskBroker, OrderDesk, type PlacedIntent } from '../../../shared/runtime/order-desk.ts';
import { ControlStore } from '../../../shared/stores/control.ts';
import { at, cycleId, type LedgerBench, ledgerBench } from '../../contract/ledger/ledger-on-local-dynamodb.ts';

/** A broker that knows what it was sent, and answers the next submissions as scripted; unscripted ones are accepted. */
class ScriptedBroker implements DeskBroker {
  readonly submitted: string[] = [];
  readonly asked: string[] = [];
  readonly orders = new Map<string, BrokerOrder>();
  readonly script: (SubmitOutcome | Error)[] = [];
  answersToQuestions: 'knows' | 'not-authorised' | 'silent' = 'knows';
  /** What happens in the world between one submission and the next. */
  meanwhile: () => Promise<void> = async () => {};

  async submit(order: OrderToSubmit): Promise<SubmitOutcome> {
    this.submitted.push(order.clientOrderId);
    const scripted = this.script.shift();
    await this.meanwhile();
    if (scripted instanceof Error) throw scripted;
    return scripted ?? { kind: 'acknowledged', order: this.accept(order) };
  }

  async orderByClientId(clientOrderId: OrderId): Promise<BrokerOrder | NotFound | NotAuthorised> {
    this.asked.push(clientOrderId);
    if (this.answersToQuestions === 'silent') throw new TransientFailure('Alpaca did not answer');
    if (this.answersToQuestions === 'not-authorised') return refuse('not-authorised');
    return this.orders.get(clientOrderId) ?? refuse('not-found');
  }

  accept({ clientOrderId, symbol, side, quantity, timeInForce, type }: OrderToSubmit): BrokerOrder {
    const order: BrokerOrder = {
      brokerOrderId: `b-${clientOrderId}`,
      ...{ clientOrderId, symbol, side, quantity, timeInForce, type },
      cumulativeQuantity: 0 as Shares,
      state: 'ACKNOWLEDGED',
      brokerStatus: 'accepted',
    };
    this.orders.set(clientOrderId, order);
    return order;
  }
}

let bench: LedgerBench;
let broker: ScriptedBroker;
let clock: VirtualClock;

beforeEach(async () => {
  bench = await ledgerBench();
  await bench.ledger.openAccount(100_000 as Usd, at);
  broker = new ScriptedBroker();
  clock = new VirtualClock(at);
});

afterEach(() => bench.close());

const decided = (id: string, over: Partial<DecidedOrder> = {}): DecidedOrder => ({
  clientOrderId: id as OrderId,
  cycleId,
  symbol: id.toUpperCase() as Ticker,
  side: 'buy',
  quantity: 10,
  type: 'MARKET',
  timeInForce: 'DAY',
  limitPriceUsd: null,
  referencePriceUsd: 100,
  leg: 1,
  revision: 0,
  ...over,
});

/** A desk of one delivery of the phase: what it knows of its own messages begins and ends with it. */
function desk({ messagesPerMinuteMax = 180, held = {} } = {}): OrderDesk {
  return new OrderDesk({
    broker,
    ledger: bench.ledger,
    control: new ControlStore(bench.tables.table('policy')),
    clock,
    guard: bench.guard,
    limits: { ...defaultPolicy.execution, messagesPerMinuteMax },
    held: new Map(Object.entries(held)),
  });
}

const place = (...intents: DecidedOrder[]): Promise<readonly PlacedIntent[]> => desk().place(intents);
const fates = (placed: readonly PlacedIntent[]) => placed.map(({ fate }) => fate);
const inLedger = async (id: string) => {
  const order = await bench.ledger.order({ cycleId, orderId: id as OrderId });
  if (isRefusal(order)) throw new Error(`${id} is not in the ledger`);
  return order;
};
const openOrders = async (): Promise<string[]> => (await bench.ledger.openOrders()).map(({ orderId }) => orderId);

describe('the order desk', () => {
  test('reserves, sends and records each intent before it touches the next', async () => {
    const seen: string[][] = [];
    broker.meanwhile = async () => void seen.push(await openOrders());
    const placed = await place(decided('aa'), decided('bb'));
    expect(fates(placed)).toEqual([{ kind: 'sent' }, { kind: 'sent' }]);
    expect(seen).toEqual([['aa'], ['aa', 'bb']]);
    expect(await inLedger('aa')).toMatchObject({ state: 'ACKNOWLEDGED', brokerOrderId: 'b-aa', side: 'BUY', quantity: 10 });
  });

  test('reserves the worst the price collar allows: a market that stands 5 % above what was decided on, seen from there', async () => {
    await place(decided('aa'));
    expect(await inLedger('aa')).toMatchObject({ worstCaseUsd: expect.closeTo(1052.6316, 4) });
  });

  test.each<[string, DecidedOrder, Record<string, number>, boolean]>([
    ['a sale of part of a long', decided('aa', { side: 'sell' }), { AA: 30 }, true],
    ['a sale of all of a long', decided('aa', { side: 'sell' }), { AA: 10 }, true],
    ['a sale of more than is held', decided('aa', { side: 'sell' }), { AA: 9 }, false],
    ['a sale of what is not held', decided('aa', { side: 'sell' }), {}, false],
    ['a purchase that covers a short', decided('aa'), { AA: -10 }, true],
    ['a purchase on top of a long', decided('aa'), { AA: 10 }, false],
  ])('takes %s as reducing or not', async (_, intent, held, reducing) => {
    await desk({ held }).place([intent]);
    expect(await inLedger('aa')).toMatchObject({ reducing });
  });
});

describe('what the broker answers', () => {
  test('a rejection ends the order with its words', async () => {
    broker.script.push({ kind: 'rejected', status: 403, code: '40310000', message: 'insufficient buying power' });
    expect(fates(await place(decided('aa')))).toEqual([{ kind: 'sent' }]);
    expect(await inLedger('aa')).toMatchObject({ state: 'REJECTED', note: '40310000 insufficient buying power' });
    expect(await openOrders()).toEqual([]);
  });

  test.each<[string, SubmitOutcome]>([
    ['broker-throttled', { kind: 'throttled', retryAfterMs: 1000 }],
    ['not-authorised', { kind: 'refused', reason: 'not-authorised', details: {} }],
  ])('%s withdraws the order, which was never there', async (reason, outcome) => {
    broker.script.push(outcome);
    expect(fates(await place(decided('aa')))).toEqual([{ kind: 'withdrawn', reason }]);
    expect(await inLedger('aa')).toMatchObject({ state: 'CANCELLED', note: reason });
    expect(await openOrders()).toEqual([]);
  });

  test('a lost reply leaves the order unknown, its reservation kept, and the next one is sent all the same', async () => {
    broker.script.push({ kind: 'unknown', cause: 'TimeoutError' });
    expect(fates(await place(decided('aa'), decided('bb')))).toEqual([{ kind: 'unknown' }, { kind: 'sent' }]);
    expect(await inLedger('aa')).toMatchObject({ state: 'UNKNOWN', note: 'TimeoutError' });
    expect(await openOrders()).toEqual(['aa', 'bb']);
  });
});

describe('what stands against an order', () => {
  test.each(['PAUSED', 'HALTED', 'REDUCE_ONLY'])('%s before it is reserved: nothing is written, nothing is sent', async (state) => {
    await bench.setControl(state, 7);
    expect(fates(await place(decided('aa')))).toEqual([{ kind: 'withdrawn', reason: 'control-not-running' }]);
    expect(broker.submitted).toEqual([]);
    expect(await bench.ledger.ordersOfCycle(cycleId)).toEqual([]);
  });

  test('REDUCE_ONLY lets out what takes risk off', async () => {
    await bench.setControl('REDUCE_ONLY', 7);
    const placed = await desk({ held: { AA: 10 } }).place([decided('aa', { side: 'sell' }), decided('bb')]);
    expect(fates(placed)).toEqual([{ kind: 'sent' }, { kind: 'withdrawn', reason: 'control-not-running' }]);
  });

  test('a pause between two orders lets no later one out', async () => {
    broker.meanwhile = () => bench.setControl('PAUSED', 8);
    const placed = await place(decided('aa'), decided('bb'), decided('cc'));
    expect(fates(placed)).toEqual([
      { kind: 'sent' },
      { kind: 'withdrawn', reason: 'control-not-running' },
      { kind: 'withdrawn', reason: 'control-not-running' },
    ]);
    expect(broker.submitted).toEqual(['aa']);
  });

  test.each([
    ['paused', () => bench.setControl('PAUSED', 8)],
    ['paused and resumed', () => bench.setControl('RUNNING', 9)],
    ['garbled', () => bench.garbleControl()],
    ['removed', () => bench.removeControl()],
  ])('control %s after the reservation withdraws the order, unsent', async (_, change) => {
    // The reservation reads control inside its transaction; the next read of an item is the desk's own.
    bench.tables.beforeNext('GetItem', change);
    expect(fates(await place(decided('aa')))).toEqual([{ kind: 'withdrawn', reason: 'control-changed-before-sending' }]);
    expect(broker.submitted).toEqual([]);
    expect(await inLedger('aa')).toMatchObject({ state: 'CANCELLED', note: 'control-changed-before-sending' });
    expect(await openOrders()).toEqual([]);
  });

  test('a lease that passed on to another cycle', async () => {
    await bench.setLease(4);
    expect(fates(await place(decided('aa')))).toEqual([{ kind: 'withdrawn', reason: 'lease-lost' }]);
    expect(broker.submitted).toEqual([]);
  });

  test('too many open orders of the symbol', async () => {
    const legs = [1, 2, 3].map((leg) => decided(`leg${leg}`, { symbol: 'AA' as Ticker, leg }));
    expect(fates(await place(...legs))).toEqual([
      { kind: 'sent' },
      { kind: 'sent' },
      { kind: 'withdrawn', reason: 'too-many-open-orders' },
    ]);
  });

  test('the message limit: what would exceed it is on record as withdrawn for that reason', async () => {
    const placed = await desk({ messagesPerMinuteMax: 2 }).place([decided('aa'), decided('bb'), decided('cc')]);
    expect(fates(placed)).toEqual([{ kind: 'sent' }, { kind: 'sent' }, { kind: 'withdrawn', reason: 'message-rate-over-limit' }]);
    expect(broker.submitted).toEqual(['aa', 'bb']);
    expect(await inLedger('cc')).toMatchObject({ state: 'CANCELLED', note: 'message-rate-over-limit' });
    expect(await openOrders()).toEqual(['aa', 'bb']);
  });

  test('the message limit counts a sliding minute', async () => {
    const limited = desk({ messagesPerMinuteMax: 2 });
    await limited.place([decided('aa')]);
    await clock.sleep(30_000);
    await limited.place([decided('bb')]);
    await clock.sleep(30_000);
    expect(fates(await limited.place([decided('cc'), decided('dd')]))).toEqual([
      { kind: 'sent' },
      { kind: 'withdrawn', reason: 'message-rate-over-limit' },
    ]);
  });
});

describe('a second delivery of the phase', () => {
  /** The first delivery dies at the broker: before it took the order, or after. */
  async function crash(id: string, reached: 'broker' | 'nobody'): Promise<void> {
    const { clientOrderId, symbol, quantity } = decided(id);
    if (reached === 'broker')
      broker.accept({ clientOrderId, symbol, side: 'BUY', quantity: quantity as Shares, timeInForce: 'DAY', type: 'MARKET' });
    broker.script.push(new Error('the process died'));
    await expect(place(decided(id))).rejects.toThrow('the process died');
    broker.submitted.length = 0;
    clock.travelTo((clock.now() + 1000) as typeof at);
  }

  test('changes nothing when the first one finished', async () => {
    broker.script.push({ kind: 'acknowledged', order: broker.accept({ ...submission('aa') }) });
    broker.script.push({ kind: 'rejected', status: 422, code: '42210000', message: 'no' });
    broker.script.push({ kind: 'throttled' });
    broker.script.push({ kind: 'unknown', cause: 'reset' });
    const intents = ['aa', 'bb', 'cc', 'dd'].map((id) => decided(id));
    const first = fates(await place(...intents));
    const before = await bench.ledger.ordersOfCycle(cycleId);
    clock.travelTo((clock.now() + 1000) as typeof at);
    expect(fates(await place(...intents))).toEqual(first);
    expect(await bench.ledger.ordersOfCycle(cycleId)).toEqual(before);
    expect(broker.submitted).toEqual(['aa', 'bb', 'cc', 'dd']);
    expect(broker.asked).toEqual(['dd']);
  });

  test('takes over an order that the broker has, and sends nothing', async () => {
    await crash('aa', 'broker');
    expect(fates(await place(decided('aa')))).toEqual([{ kind: 'sent' }]);
    expect(broker.submitted).toEqual([]);
    expect(await inLedger('aa')).toMatchObject({ state: 'ACKNOWLEDGED', brokerOrderId: 'b-aa' });
  });

  test('sends an order that the broker never had', async () => {
    await crash('aa', 'nobody');
    expect(fates(await place(decided('aa')))).toEqual([{ kind: 'sent' }]);
    expect(broker.submitted).toEqual(['aa']);
  });

  test('sends it also when its own reservation fills the symbol’s open orders', async () => {
    await place(decided('other', { symbol: 'AA' as Ticker }));
    await crash('aa', 'nobody');
    expect(fates(await place(decided('aa')))).toEqual([{ kind: 'sent' }]);
  });

  test.each([
    ['control was paused', 'control-not-running', () => bench.setControl('PAUSED', 8)],
    ['the lease passed on', 'lease-lost', () => bench.setLease(4)],
  ])('withdraws an order that the broker never had when %s meanwhile', async (_, reason, change) => {
    await crash('aa', 'nobody');
    await change();
    expect(fates(await place(decided('aa')))).toEqual([{ kind: 'withdrawn', reason }]);
    expect(broker.submitted).toEqual([]);
    expect(await inLedger('aa')).toMatchObject({ state: 'CANCELLED', note: reason });
    expect(await openOrders()).toEqual([]);
  });

  test('records an order that the broker has also when control was paused meanwhile', async () => {
    await crash('aa', 'broker');
    await bench.setControl('PAUSED', 8);
    expect(fates(await place(decided('aa')))).toEqual([{ kind: 'sent' }]);
    expect(await inLedger('aa')).toMatchObject({ state: 'ACKNOWLEDGED' });
    expect(broker.submitted).toEqual([]);
  });

  test.each(['not-authorised', 'silent'] as const)('sends nothing while the broker cannot be asked (%s)', async (answer) => {
    await crash('aa', 'nobody');
    broker.answersToQuestions = answer;
    await expect(place(decided('aa'))).rejects.toThrow(TransientFailure);
    expect(broker.submitted).toEqual([]);
  });

  test('an order the ledger lost after it was reserved is our own fault', async () => {
    await place(decided('aa'));
    clock.travelTo((clock.now() + 1000) as typeof at);
    bench.tables.beforeNext('GetItem', () => bench.tables.remove('ledger', { pk: `cycle#${cycleId}`, sk: 'order#aa' }));
    await expect(place(decided('aa'))).rejects.toThrow(InvariantViolation);
  });
});

const submission = (id: string): OrderToSubmit => ({
  clientOrderId: id as OrderId,
  symbol: id.toUpperCase() as Ticker,
  side: 'BUY',
  quantity: 10 as Shares,
  timeInForce: 'DAY',
  type: 'MARKET',
});

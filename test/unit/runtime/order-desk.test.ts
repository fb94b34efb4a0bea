import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../apps/local-cloud/clock.ts';
import type { BrokerOrder, NotAuthorised, NotFound, OrderToSubmit, SubmitOutcome } from '../../../shared/brokers/broker.ts';
import { InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { isRefusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { EpochMs, OrderId, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import { type DeskBroker, OrderDesk, type PlacedIntent } from '../../../shared/runtime/order-desk.ts';
import type { OrderIntent, ReservationGuard } from '../../../shared/stores/ledger/index.ts';
import { termsOf } from '../../../shared/stores/ledger/index.ts';
import { at, cycleId, intent, type LedgerBench, ledgerBench } from '../../contract/ledger/ledger-on-local-dynamodb.ts';
import { anyQuantityOf, ticketOf } from '../../support/risk-tickets.ts';

/** A broker that knows what it was sent, and answers the next submissions as scripted; unscripted ones are accepted. */
class ScriptedBroker implements DeskBroker {
  readonly submitted: string[] = [];
  readonly asked: string[] = [];
  readonly orders = new Map<string, BrokerOrder>();
  readonly script: (SubmitOutcome | Error)[] = [];
  answersToQuestions: 'knows' | 'not-authorised' | 'silent' = 'knows';
  capabilities: DeskBroker['capabilities'] = {
    ...{ refusesDuplicateClientIds: true, remembersOrders: 'always', fractionalShares: true, attachedOrders: [], timesInForce: ['DAY'] },
  };
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

const symbols = ['AA', 'BB', 'CC', 'DD'] as const;
const decided = (id: string, over: Partial<OrderIntent> = {}): OrderIntent => intent(id, { symbol: id.toUpperCase() as Ticker, ...over });
const submission = (id: string): OrderToSubmit => ({ ...termsOf(decided(id)), clientOrderId: id as OrderId });

/** A desk of one delivery of the phase. */
async function place(intents: readonly OrderIntent[], guard: Partial<ReservationGuard> = {}): Promise<PlacedIntent['fate'][]> {
  const ticket = await ticketOf(anyQuantityOf(...symbols), {}, clock);
  const desk = new OrderDesk({ broker, ledger: bench.ledger, clock, ticket, guard: { ...bench.guard, ...guard } });
  return (await desk.place(intents)).map(({ fate }) => fate);
}

const inLedger = async (id: string) => {
  const order = await bench.ledger.order({ cycleId, orderId: id as OrderId });
  if (isRefusal(order)) throw new Error(`${id} is not in the ledger`);
  return order;
};
const openOrders = async (): Promise<string[]> => (await bench.ledger.openOrders()).map(({ orderId }) => orderId);
/** Between the reservation of the next order and the transaction that begins its sending. */
function afterReservation(meanwhile: () => Promise<unknown>): void {
  bench.tables.beforeNext('TransactWriteItems', async () => {});
  bench.tables.beforeNext('TransactWriteItems', meanwhile);
}
const later = (): void => clock.travelTo((clock.now() + 1000) as EpochMs);

describe('the order desk', () => {
  test('reserves, begins, sends and records each intent before it touches the next', async () => {
    const seen: string[][] = [];
    broker.meanwhile = async () =>
      void seen.push(
        await Promise.all((await bench.ledger.openOrders()).map(async ({ orderId }) => `${orderId} ${(await inLedger(orderId)).state}`)),
      );
    expect(await place([decided('aa'), decided('bb')])).toEqual([{ kind: 'sent' }, { kind: 'sent' }]);
    expect(seen).toEqual([['aa SUBMITTED'], ['aa ACKNOWLEDGED', 'bb SUBMITTED']]);
    expect(await inLedger('aa')).toMatchObject({ state: 'ACKNOWLEDGED', brokerOrderId: 'b-aa', sentAt: at });
  });

  test('a sender that was held up until its order may count as never arrived sends nothing', async () => {
    const ticket = await ticketOf(anyQuantityOf('AA'), {}, clock);
    let reads = 0;
    // The third look at the clock is the one just before the broker call.
    const held = { now: () => (++reads === 3 ? ((at + 120_000) as EpochMs) : at) };
    const desk = new OrderDesk({ broker, ledger: bench.ledger, clock: held, ticket, guard: bench.guard });
    expect((await desk.place([decided('aa')])).map(({ fate }) => fate)).toEqual([{ kind: 'unknown' }]);
    expect(broker.submitted).toEqual([]);
    expect(await inLedger('aa')).toMatchObject({ state: 'SUBMITTED' });
  });
});

describe('what the broker answers', () => {
  test('a rejection ends the order with its words', async () => {
    broker.script.push({ kind: 'rejected', status: 403, code: '40310000', message: 'insufficient buying power' });
    expect(await place([decided('aa')])).toEqual([{ kind: 'sent' }]);
    expect(await inLedger('aa')).toMatchObject({
      ...{ state: 'REJECTED', closedBy: 'broker-refusal', note: '40310000 insufficient buying power' },
    });
    expect(await openOrders()).toEqual([]);
  });

  test.each<[string, SubmitOutcome]>([
    ['broker-throttled', { kind: 'throttled', retryAfterMs: 1000 }],
    ['not-authorised', { kind: 'refused', reason: 'not-authorised', details: {} }],
  ])('%s: the broker did not read it, so it is not there', async (reason, outcome) => {
    broker.script.push(outcome);
    expect(await place([decided('aa')])).toEqual([{ kind: 'withdrawn', reason }]);
    expect(await inLedger('aa')).toMatchObject({ state: 'REJECTED', closedBy: 'broker-throttle', note: reason });
    expect(await openOrders()).toEqual([]);
  });

  test('a lost reply leaves the order unknown, its reservation kept, and the next one is sent all the same', async () => {
    broker.script.push({ kind: 'unknown', cause: 'TimeoutError' });
    expect(await place([decided('aa'), decided('bb')])).toEqual([{ kind: 'unknown' }, { kind: 'sent' }]);
    expect(await inLedger('aa')).toMatchObject({ state: 'UNKNOWN', note: 'TimeoutError' });
    expect(await openOrders()).toEqual(['aa', 'bb']);
  });
});

describe('what stands against an order', () => {
  test.each(['PAUSED', 'HALTED', 'REDUCE_ONLY'])('%s before it is reserved: nothing is written, nothing is sent', async (state) => {
    await bench.setControl(state, 7);
    expect(await place([decided('aa')])).toEqual([{ kind: 'withdrawn', reason: 'control-not-running' }]);
    expect(broker.submitted).toEqual([]);
    expect(await bench.ledger.ordersOfCycle(cycleId)).toEqual([]);
  });

  test('REDUCE_ONLY lets out what takes risk off', async () => {
    await bench.setControl('REDUCE_ONLY', 7);
    expect(await place([decided('aa', { side: 'SELL', reducing: true }), decided('bb')])).toEqual([
      { kind: 'sent' },
      { kind: 'withdrawn', reason: 'control-not-running' },
    ]);
  });

  test('a pause between two orders lets no later one out', async () => {
    broker.meanwhile = () => bench.setControl('PAUSED', 8);
    expect(await place([decided('aa'), decided('bb'), decided('cc')])).toEqual([
      { kind: 'sent' },
      { kind: 'withdrawn', reason: 'control-not-running' },
      { kind: 'withdrawn', reason: 'control-not-running' },
    ]);
    expect(broker.submitted).toEqual(['aa']);
  });

  test.each([
    ['control was paused', 'control-not-running', () => bench.setControl('PAUSED', 8)],
    ['control was paused and resumed', 'control-not-running', () => bench.setControl('RUNNING', 9)],
    ['control was garbled', 'control-not-running', () => bench.garbleControl()],
    ['control was removed', 'control-not-running', () => bench.removeControl()],
    ['the symbol was stopped', 'symbol-stopped', () => bench.setStop('symbol', 'AA', { state: 'PAUSED', epoch: 1 })],
    ['the strategy was stopped', 'strategy-stopped', () => bench.setStop('strategy', 'ensemble', { state: 'HALTED', epoch: 1 })],
    ['the broker was stopped', 'broker-stopped', () => bench.setStop('broker', 'alpaca', { state: 'REDUCE_ONLY', epoch: 1 })],
    ['a stop was written that makes no sense', 'symbol-stopped', () => bench.setStop('symbol', 'AA', { state: 'RUNNING' })],
    ['the lease passed on', 'lease-lost', () => bench.setLease(4)],
  ])('%s after the reservation: the order is withdrawn, unsent', async (_, reason, change) => {
    afterReservation(change);
    expect(await place([decided('aa')])).toEqual([{ kind: 'withdrawn', reason }]);
    expect(broker.submitted).toEqual([]);
    expect(await inLedger('aa')).toMatchObject({ state: 'CANCELLED', closedBy: 'never-sent', note: reason });
    expect(await openOrders()).toEqual([]);
  });

  test('a sweep that withdraws the order before it is begun is faster for good', async () => {
    afterReservation(() => bench.otherLedger.withdraw(decided('aa'), 'swept', at));
    expect(await place([decided('aa')])).toEqual([{ kind: 'withdrawn', reason: 'swept' }]);
    expect(broker.submitted).toEqual([]);
  });

  test('a sweep that comes after it is begun withdraws nothing', async () => {
    let swept: unknown;
    broker.meanwhile = async () => {
      swept = await bench.otherLedger.withdraw(decided('aa'), 'swept', at);
    };
    expect(await place([decided('aa')])).toEqual([{ kind: 'sent' }]);
    expect(swept).toMatchObject({ kind: 'refused', reason: 'may-have-been-sent' });
  });

  test('too many open orders of the symbol', async () => {
    const legs = [1, 2, 3].map((leg) => decided(`leg${leg}`, { symbol: 'AA' as Ticker }));
    expect(await place(legs)).toEqual([{ kind: 'sent' }, { kind: 'sent' }, { kind: 'withdrawn', reason: 'too-many-open-orders' }]);
  });

  test('the exposure budget of the cycle, counted at the worst', async () => {
    const fates = await place([decided('aa'), decided('bb'), decided('cc', { side: 'SELL', reducing: true })], { exposureUsdMax: 2000 });
    expect(fates).toEqual([{ kind: 'sent' }, { kind: 'withdrawn', reason: 'exposure-over-limit' }, { kind: 'sent' }]);
  });

  test('the message limit, across deliveries', async () => {
    expect(await place([decided('aa')], { messagesPerMinuteMax: 2 })).toEqual([{ kind: 'sent' }]);
    later();
    expect(await place([decided('bb'), decided('cc')], { messagesPerMinuteMax: 2 })).toEqual([
      { kind: 'sent' },
      { kind: 'withdrawn', reason: 'message-rate-over-limit' },
    ]);
    clock.travelTo((at + 60_000) as EpochMs);
    expect(await place([decided('dd')], { messagesPerMinuteMax: 2 })).toEqual([{ kind: 'sent' }]);
  });
});

describe('a second delivery of the phase', () => {
  /** The first delivery dies at the broker: before it took the order, or after. */
  async function crash(id: string, reached: 'broker' | 'nobody'): Promise<void> {
    if (reached === 'broker') broker.accept(submission(id));
    broker.script.push(new Error('the process died'));
    await expect(place([decided(id)])).rejects.toThrow('the process died');
    broker.submitted.length = 0;
    later();
  }

  test('changes nothing when the first one finished', async () => {
    broker.script.push({ kind: 'acknowledged', order: broker.accept(submission('aa')) });
    broker.script.push({ kind: 'rejected', status: 422, code: '42210000', message: 'no' });
    broker.script.push({ kind: 'throttled' });
    broker.script.push({ kind: 'unknown', cause: 'reset' });
    const intents = ['aa', 'bb', 'cc', 'dd'].map((id) => decided(id));
    const first = await place(intents);
    const before = await bench.ledger.ordersOfCycle(cycleId);
    later();
    expect(await place(intents)).toEqual(first);
    expect(await bench.ledger.ordersOfCycle(cycleId)).toEqual(before);
    expect(broker.submitted).toEqual(['aa', 'bb', 'cc', 'dd']);
    expect(broker.asked).toEqual(['dd']);
  });

  test('sends an order that was reserved and not begun, without asking', async () => {
    bench.tables.beforeNext('TransactWriteItems', async () => {});
    bench.tables.beforeNext('TransactWriteItems', () => Promise.reject(new Error('the process died')));
    await expect(place([decided('aa')])).rejects.toThrow('the process died');
    later();
    expect(await place([decided('aa')])).toEqual([{ kind: 'sent' }]);
    expect(broker).toMatchObject({ submitted: ['aa'], asked: [] });
  });

  test('takes over an order that the broker has, and sends nothing', async () => {
    await crash('aa', 'broker');
    expect(await place([decided('aa')])).toEqual([{ kind: 'sent' }]);
    expect(broker.submitted).toEqual([]);
    expect(await inLedger('aa')).toMatchObject({ state: 'ACKNOWLEDGED', brokerOrderId: 'b-aa' });
  });

  test('asks for an order that was begun, and sends it where the broker never had it', async () => {
    await crash('aa', 'nobody');
    expect(await place([decided('aa')])).toEqual([{ kind: 'sent' }]);
    expect(broker).toMatchObject({ submitted: ['aa'], asked: ['aa'] });
  });

  test('leaves it for its settlement where the broker would take it twice', async () => {
    broker.capabilities = { ...broker.capabilities, refusesDuplicateClientIds: false };
    await crash('aa', 'nobody');
    expect(await place([decided('aa')])).toEqual([{ kind: 'unknown' }]);
    expect(broker.submitted).toEqual([]);
    expect(await openOrders()).toEqual(['aa']);
  });

  test('a refusal of what may have been taken the first time is looked at twice', async () => {
    await crash('aa', 'nobody');
    broker.script.push({ kind: 'rejected', status: 403, code: '40310000', message: 'insufficient buying power' });
    // The first request arrives at last, takes the buying power, and the second is refused for the lack of it.
    broker.meanwhile = async () => void broker.accept(submission('aa'));
    expect(await place([decided('aa')])).toEqual([{ kind: 'sent' }]);
    expect(await inLedger('aa')).toMatchObject({ state: 'ACKNOWLEDGED', brokerOrderId: 'b-aa' });
  });

  test.each<[string, SubmitOutcome]>([
    ['refused', { kind: 'rejected', status: 403, code: '40310000', message: 'insufficient buying power' }],
    ['throttled', { kind: 'throttled' }],
  ])('what was sent twice and %s once is not over: the other request may still arrive', async (_, outcome) => {
    await crash('aa', 'nobody');
    broker.script.push(outcome);
    expect(await place([decided('aa')])).toEqual([{ kind: 'unknown' }]);
    expect(await inLedger('aa')).toMatchObject({ state: 'UNKNOWN', sentAgain: true });
    broker.accept(submission('aa'));
    later();
    expect(await place([decided('aa')])).toEqual([{ kind: 'sent' }]);
    expect(await inLedger('aa')).toMatchObject({ state: 'ACKNOWLEDGED', brokerOrderId: 'b-aa' });
  });

  test('two deliveries at once: one begins, the other asks first', async () => {
    const [first, second] = await Promise.all([place([decided('aa')]), place([decided('aa')])]);
    expect([first, second]).toEqual([[{ kind: 'sent' }], [{ kind: 'sent' }]]);
    expect(broker.orders.size).toBe(1);
    expect(await inLedger('aa')).toMatchObject({ state: 'ACKNOWLEDGED' });
  });

  test('sends it also when its own reservation fills the symbol’s open orders', async () => {
    await place([decided('other', { symbol: 'AA' as Ticker })]);
    await crash('aa', 'nobody');
    expect(await place([decided('aa')])).toEqual([{ kind: 'sent' }]);
  });

  test.each([
    ['control was paused', () => bench.setControl('PAUSED', 8)],
    ['the lease passed on', () => bench.setLease(4)],
  ])('leaves an order that may have been sent as it is when %s meanwhile: the sweep settles it', async (_, change) => {
    await crash('aa', 'nobody');
    await change();
    expect(await place([decided('aa')])).toEqual([{ kind: 'unknown' }]);
    expect(broker.submitted).toEqual([]);
    expect(await inLedger('aa')).toMatchObject({ state: 'SUBMITTED' });
  });

  test('records an order that the broker has also when control was paused meanwhile', async () => {
    await crash('aa', 'broker');
    await bench.setControl('PAUSED', 8);
    expect(await place([decided('aa')])).toEqual([{ kind: 'sent' }]);
    expect(await inLedger('aa')).toMatchObject({ state: 'ACKNOWLEDGED' });
    expect(broker.submitted).toEqual([]);
  });

  test.each(['not-authorised', 'silent'] as const)('sends nothing while the broker cannot be asked (%s)', async (answer) => {
    await crash('aa', 'nobody');
    broker.answersToQuestions = answer;
    await expect(place([decided('aa')])).rejects.toThrow(TransientFailure);
    expect(broker.submitted).toEqual([]);
  });

  test('an order the ledger lost after it was reserved is our own fault', async () => {
    await place([decided('aa')]);
    later();
    bench.tables.beforeNext('GetItem', () => bench.tables.remove('ledger', { pk: `cycle#${cycleId}`, sk: 'order#aa' }));
    await expect(place([decided('aa')])).rejects.toThrow(InvariantViolation);
  });
});

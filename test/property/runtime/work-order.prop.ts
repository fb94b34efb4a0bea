/**
 * A parent order worked by workers that die at any call before or after it arrived, come twice, come late or at once, against a broker that
 * loses requests and replies, throttles, rejects, fills in part and leaves cancels pending, while operators halt. What must always hold:
 *  1. What the broker's orders filled, or may still fill, never exceeds the parent's quantity; nor do the claims.
 *  2. No order reaches the broker that was reserved after a halt committed.
 *  3. Once the parent has ended, claims = fills in the ledger = fills at the broker, and nothing works.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTerminal } from '../../../shared/domain/execution/order-lifecycle.ts';
import { OrderDesk } from '../../../shared/runtime/order-desk.ts';
import { at } from '../../contract/ledger/ledger-on-local-dynamodb.ts';
import { anyQuantityOf, ticketOf } from '../../support/risk-tickets.ts';
import { parentIntent, parentKey, type WorkedOrder, workedOrder } from '../../support/worked-order.ts';

const faults = ['take', 'request-lost', 'reply-lost', 'throttled', 'rejected'] as const;

/** Most workers live; the others die at the nth of their calls. */
const aDeath = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: fc.nat(25) });
const anAct = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('work' as const), back: fc.constantFrom(0, 0, 0, 1), diesAt: aDeath }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('work-at-once' as const), workers: fc.constantFrom(2, 3) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.constantFrom(0.2, 0.5, 1, 1, 2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fill' as const), part: fc.constantFrom(0.25, 0.5, 1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('line' as const), fault: fc.constantFrom(...faults) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('cancels' as const),
      how: fc.constantFrom('at-once' as const, 'pending' as const, 'too-late' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'halt' as const }) },
);
type Act = typeof anAct extends fc.Arbitrary<infer T> ? T : never;

class ProcessDied extends Error {}

/** Dies at the nth call of any method: half of the calls arrive first. */
function dying<T extends object>(target: T, calls: { left: number }): T {
  return new Proxy(target, {
    get(object, name) {
      const member: unknown = Reflect.get(object, name, object);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        const last = calls.left-- === 0;
        if (last && calls.left % 2 === 0) throw new ProcessDied();
        const result: unknown = await member.apply(object, args);
        if (last) throw new ProcessDied();
        return result;
      };
    },
  });
}

async function tryWork(worked: WorkedOrder, slice: number, diesAt: number | null): Promise<void> {
  const calls = { left: diesAt ?? Number.POSITIVE_INFINITY };
  const [broker, ledger, parents] = [dying(worked.broker, calls), dying(worked.bench.ledger, calls), dying(worked.parents, calls)];
  const ticket = await ticketOf(anyQuantityOf('GOOD'));
  const guard = { ...worked.bench.guard, openOrdersPerSymbolMax: 10 };
  const desk = () => new OrderDesk({ broker, ledger, clock: worked.clock, ticket, guard });
  try {
    await worked.worker({ broker, ledger, parents, desk }).work(parentKey, slice);
  } catch (error) {
    if (!(error instanceof ProcessDied) && (error as Error).name !== 'TransientFailure') throw error;
  }
}

function befalls(worked: WorkedOrder, act: Act): void {
  const { broker } = worked;
  if (act.kind === 'pass') worked.pass(act.minutes);
  if (act.kind === 'fill') {
    for (const order of broker.orders.values()) {
      const cumulative = Math.floor(order.cumulativeQuantity + (order.quantity! - order.cumulativeQuantity) * act.part);
      if (!isTerminal(order.state) && cumulative > order.cumulativeQuantity) broker.fill(order.clientOrderId, cumulative);
    }
  }
  if (act.kind === 'line')
    broker.onSubmit = async (order) => {
      if (act.fault === 'reply-lost') broker.take(order);
      if (act.fault === 'throttled') return { kind: 'throttled' };
      if (act.fault === 'rejected') return { kind: 'rejected', status: 403, code: '1', message: 'no' };
      return act.fault === 'take' ? 'take' : { kind: 'unknown', cause: 'the line went dead' };
    };
  if (act.kind === 'cancels')
    broker.onCancel = ({ clientOrderId }) => {
      if (act.how === 'too-late') broker.fill(clientOrderId);
      if (act.how === 'at-once') broker.report(clientOrderId, { state: 'CANCELLED' });
    };
}

/** Cancels take, time passes, and whoever asked is asked again. */
async function ended(worked: WorkedOrder): Promise<void> {
  worked.broker.onCancel = ({ clientOrderId }) => worked.broker.report(clientOrderId, { state: 'CANCELLED' });
  for (let pass = 0; pass < 4; pass++) {
    const outcome = await worked.worker().stop(parentKey, 'the test is over');
    if (outcome.kind === 'ended') return;
    worked.pass(3);
  }
  throw new Error('the parent did not end');
}

test('whatever happens, children never exceed their parent, a halt holds, and the books agree in the end', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anAct, { minLength: 6, maxLength: 24 }), async (acts) => {
      await using worked = await workedOrder();
      const seen = { reservedBeforeHalt: null as ReadonlySet<string> | null };
      for (const act of acts) {
        const slice = Math.min(4, Math.floor((worked.clock.now() - at) / 60_000));
        if (act.kind === 'work') await tryWork(worked, Math.max(0, slice - act.back), act.diesAt);
        else if (act.kind === 'work-at-once') await Promise.all(Array.from({ length: act.workers }, () => tryWork(worked, slice, null)));
        else if (act.kind === 'halt') {
          await worked.bench.setControl('HALTED', 8);
          seen.reservedBeforeHalt ??= new Set((await worked.children()).map(({ orderId }) => orderId));
        } else befalls(worked, act);
        expect(worked.mayFill()).toBeLessThanOrEqual(parentIntent.quantity);
        expect((await worked.parent()).claimed).toBeLessThanOrEqual(parentIntent.quantity);
        const { reservedBeforeHalt } = seen;
        if (reservedBeforeHalt) for (const id of worked.broker.submitted) expect(reservedBeforeHalt.has(id)).toBe(true);
      }
      await ended(worked);
      const filledAtBroker = [...worked.broker.orders.values()].reduce((sum, { cumulativeQuantity }) => sum + cumulativeQuantity, 0);
      const children = await worked.children();
      expect(children.reduce((sum, { cumulativeQuantity }) => sum + cumulativeQuantity, 0)).toBe(filledAtBroker);
      expect((await worked.parent()).claimed).toBe(filledAtBroker);
      expect(children.filter(({ state }) => !isTerminal(state)).map(({ orderId }) => orderId)).toEqual([]);
      expect(await worked.broker.openOrders()).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

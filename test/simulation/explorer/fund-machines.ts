/**
 * The state machines around the order path, as their definitions say: a task is tried again after a transient failure or the death of its
 * function, an invariant that does not hold halts trading, anything else fails the cycle. Machines do not die; functions do.
 */
import { wholeFund } from '../../../shared/contracts/control.ts';
import { isTerminal } from '../../../shared/domain/execution/order-lifecycle.ts';
import { InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { OrderDesk } from '../../../shared/runtime/order-desk.ts';
import type { Lease } from '../../../shared/stores/leases.ts';
import type { OrderReport, ReservationGuard } from '../../../shared/stores/ledger/index.ts';
import type { Ended } from './outside.ts';
import { cycleIdOf, intentsOf, startsAt } from './scenario.ts';
import { tableNames } from './tables.ts';
import type { World } from './world.ts';

export type TaskEnd<T> = Extract<Ended<T>, { kind: 'returned' | 'threw' }> | { readonly kind: 'gave-up'; readonly why: string };

/** As the `Retry` blocks of the machines. */
const retry = { attemptsMax: 4, firstWaitMs: 1_000, backoff: 2 } as const;
const leaseMs = 30 * 60_000;
const fillWaitMs = 10_000;

export async function task<T>(world: World, name: string, timeoutMs: number, work: () => Promise<T>): Promise<TaskEnd<T>> {
  for (let attempt = 1; ; attempt++) {
    const ended = await world.outside.invoke(attempt === 1 ? name : `${name}~${attempt}`, timeoutMs, work);
    const why = ended.kind === 'threw' ? String(ended.error) : ended.kind;
    if (ended.kind !== 'returned') world.history.add({ kind: 'note', text: `${name}: attempt ${attempt} ended: ${why}` });
    const again = ended.kind === 'died' || (ended.kind === 'threw' && ended.error instanceof TransientFailure);
    if (ended.kind === 'timed-out') return { kind: 'gave-up', why };
    if (!again) return ended;
    if (attempt === retry.attemptsMax) return { kind: 'gave-up', why };
    await world.time.sleep(retry.firstWaitMs * retry.backoff ** (attempt - 1));
  }
}

/** One delivery of a cycle: preflight, orders, fills, end. What it throws is in the history, and nowhere else. */
export async function runCycle(world: World, nth: number, delivery: number): Promise<void> {
  const cycleId = cycleIdOf(nth);
  const name = (phase: string): string => `${phase}/${nth}.${delivery}`;
  const scheduledAt = (startsAt + nth) as EpochMs;
  const preflight = await task(world, name('preflight'), 60_000, async () => {
    const control = await world.control.read();
    if (isRefusal(control) || control.state === 'PAUSED' || control.state === 'HALTED') return undefined;
    const lease = await world.leases.acquire(cycleId, scheduledAt, world.time.now(), leaseMs);
    return isRefusal(lease) ? undefined : { lease, epoch: control.epoch };
  });
  if (preflight.kind !== 'returned' || preflight.value === undefined) return;
  const { lease, epoch } = preflight.value;
  const placed = await placeOrders(world, nth, delivery, lease, epoch);
  if (placed.kind === 'returned') await collectFills(world, nth, delivery);
  else if (placed.kind === 'threw' && placed.error instanceof InvariantViolation) {
    world.history.add({ kind: 'own-rule-broken', text: placed.error.message });
    await task(world, name('halt-trading'), 60_000, () =>
      world.control.change(wholeFund, { state: 'HALTED', reason: 'an invariant', actor: cycleId, at: world.time.now() }),
    );
  } else if (placed.kind === 'threw') world.history.add({ kind: 'own-rule-broken', text: String(placed.error) });
  await task(world, name('close'), 60_000, () => world.leases.release(lease));
}

function placeOrders(world: World, nth: number, delivery: number, lease: Lease, epoch: number): Promise<TaskEnd<unknown>> {
  const intents = intentsOf(nth, world.broker.name);
  const name = `place-orders/${nth}.${delivery}`;
  world.history.add({ kind: 'authorised', by: name, epoch });
  const { openOrdersPerSymbolMax, exposureUsdMax, messagesPerMinuteMax } = world.scenario;
  const guard: ReservationGuard = {
    control: { table: tableNames.policy, epoch, purpose: 'trade' },
    lease: { table: tableNames.leases, token: lease.token },
    ...{ openOrdersPerSymbolMax, exposureUsdMax, messagesPerMinuteMax },
  };
  return task(world, name, 120_000, async () => {
    const ticket = await world.ticket(intents, lease.holder, epoch);
    await new OrderDesk({ broker: world.broker, ledger: world.ledger, clock: world.time, ticket, guard }).place(intents);
  });
}

/** As the state "Collect Fills" does it: everybody is asked at once, and what they say is booked together. */
async function collectFills(world: World, nth: number, delivery: number): Promise<void> {
  for (let round = 1; round <= world.scenario.fillRounds; round++) {
    await world.time.sleep(fillWaitMs);
    const collected = await task(world, `collect-fills/${nth}.${delivery}`, 120_000, async () => {
      const open = (await world.ledger.ordersOfCycle(cycleIdOf(nth))).filter(({ state }) => !isTerminal(state));
      const reports = await Promise.all(
        open.map(async (key): Promise<OrderReport[]> => {
          const evidence = await world.broker.orderByClientId(key.orderId);
          return isRefusal(evidence) ? [] : [{ key, event: { kind: 'evidence', evidence } }];
        }),
      );
      await world.ledger.record(reports.flat(), world.time.now());
      return open.length;
    });
    if (collected.kind !== 'returned' || collected.value === 0) return;
  }
}

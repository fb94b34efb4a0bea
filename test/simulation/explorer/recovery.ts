/**
 * After the faults: what the fund does by itself until nothing is open. Each round settles what is open by asking the broker, and sweeps
 * again whatever is halted; then the session closes, which ends what still worked, and the books are held against each other.
 */
import { type StopScope, scopeOfControlItem, wholeFund } from '../../../shared/contracts/control.ts';
import { isTerminal } from '../../../shared/domain/execution/order-lifecycle.ts';
import { submissionWindowMs } from '../../../shared/domain/execution/settle-order.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { HaltSweep, type SweepReport } from '../../../shared/runtime/halt-sweep.ts';
import { Reconciliation } from '../../../shared/runtime/reconciliation.ts';
import { settleOpenOrders } from '../../../shared/runtime/settle-open-orders.ts';
import { noPlan } from './faults.ts';
import { type TaskEnd, task } from './fund-machines.ts';
import { closesAfterMs, type Scenario, startsAt } from './scenario.ts';
import type { World } from './world.ts';

/** What the ids of the others begin with. */
export const duringTheSession = 'reconcile-';

const roundMs = submissionWindowMs / 3;
const roundsMax = 5;
/** As the machine `stop` has it. */
const passWaitMs = 10_000;
const passesMax = 60;

/** The reconciliations that may have run, by id. */
export const reconciliationIds = ({ reconciledAfterMs }: Scenario): readonly string[] => [
  ...reconciledAfterMs.map((_, nth) => `${duringTheSession}${nth + 1}`),
  'after-the-close',
  'next-morning',
];

export async function recover(world: World): Promise<void> {
  world.outside.follow(noPlan);
  for (let round = 1; round <= roundsMax && (await settle(world)); round++) {
    for (const scope of await haltedScopes(world)) await sweepOnce(world, scope, 'recovery-sweep', true);
    await world.time.sleep(roundMs);
  }
  world.history.add({ kind: 'at-rest', working: workingAt(world) });
  await world.time.sleep(startsAt + closesAfterMs - world.time.now() + 1_000);
  for (let round = 1; round <= roundsMax && (await settle(world)); round++) await world.time.sleep(roundMs);
  await reconcile(world, 'after-the-close', !newsIn(world.scenario));
  if (newsIn(world.scenario)) await reconcile(world, 'next-morning', true);
}

/** Whether there is something that the reconciliation after the close may be the first to find. */
const newsIn = ({ news }: Scenario): boolean => news.length > 0;

function workingAt({ book, time }: World): readonly string[] {
  book.advance(time.now());
  return book.orders.filter(({ state }) => !isTerminal(state)).map(({ clientOrderId }) => clientOrderId);
}

/** The machine that a halt starts: passes until nothing in scope is open, or the halt is lifted; a pass that fails is followed by another. */
export async function runSweepMachine(world: World, controlItem: string): Promise<void> {
  const scope = scopeOfControlItem(controlItem) ?? wholeFund;
  for (let pass = 1; pass <= passesMax; pass++) {
    const passBegan = world.history.entries.length;
    const swept = await sweepOnce(world, scope, `sweep/${controlItem}`, pass > 1);
    const report = swept.kind === 'returned' ? swept.value : undefined;
    if (report === 'lifted') return;
    if (report?.stillOpen === 0) return world.history.add({ kind: 'swept', item: controlItem, passBegan, working: workingAt(world) });
    await world.time.sleep(passWaitMs);
  }
}

async function sweepOnce(world: World, scope: StopScope, name: string, mayBeLifted: boolean): Promise<TaskEnd<SweepReport | 'lifted'>> {
  const { broker, ledger, control, time: clock } = world;
  const swept = await task(world, name, 120_000, async () => {
    if (mayBeLifted && !(await control.isHalted(scope))) return 'lifted' as const;
    return new HaltSweep({ broker, ledger, clock, fund: 'ballast' }).sweep(scope);
  });
  if (swept.kind === 'threw') world.history.add({ kind: 'own-rule-broken', text: `the sweep threw ${String(swept.error)}` });
  if (swept.kind === 'returned' && swept.value !== 'lifted' && swept.value.strays.length > 0)
    world.history.add({ kind: 'own-rule-broken', text: `strays at the broker: ${swept.value.strays.join(', ')}` });
  return swept;
}

async function haltedScopes(world: World): Promise<readonly StopScope[]> {
  return world.outside.atOnce('observer', async () => {
    const stops = await world.control.stops();
    const fund = await world.control.read();
    const scopes = stops.filter(({ state }) => state === 'HALTED').map(({ scope }): StopScope => scope);
    return isRefusal(fund) || fund.state === 'HALTED' ? [wholeFund, ...scopes] : scopes;
  });
}

/** True while something is still open. */
async function settle(world: World): Promise<boolean> {
  const { broker, ledger, time: clock } = world;
  const settled = await task(world, 'settle', 120_000, () => settleOpenOrders(broker, ledger, clock));
  if (settled.kind === 'threw') world.history.add({ kind: 'own-rule-broken', text: `settling threw ${String(settled.error)}` });
  return settled.kind === 'returned' ? settled.value.stillOpen.length > 0 : settled.kind !== 'threw';
}

/** The machine `reconcile`. What it throws is in the history, and nowhere else. */
export async function reconcile(world: World, reconciliationId: string, isLast: boolean): Promise<void> {
  const { broker, ledger, control, reconciliations, events, time: clock } = world;
  const reconciliation = new Reconciliation({ broker, ledger, control, reconciliations, events, clock, fund: 'ballast' });
  const input = { reconciliationId, scheduledAt: new Date(clock.now()).toISOString(), cycleId: null };
  const held = await task(world, reconciliationId, 120_000, () => reconciliation.run(input));
  const report = held.kind === 'returned' && 'outcome' in held.value ? held.value : null;
  world.history.add({ kind: 'reconciled', isLast, outcome: report?.outcome ?? held.kind, report });
  if (held.kind === 'threw') world.history.add({ kind: 'own-rule-broken', text: `reconciling threw ${String(held.error)}` });
}

/** Which states and catches of the machines some executions came through, held against what the machine files write. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { CloudEvent } from '../../../apps/local-cloud/service.ts';
import { physicalName } from '../../../shared/contracts/names/index.ts';

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

interface State {
  readonly Catch?: readonly Catcher[];
  readonly ItemProcessor?: Block;
  readonly Branches?: readonly Block[];
}

interface Block {
  readonly States: Readonly<Record<string, State>>;
}

const directory = resolve(import.meta.dirname, '../../../state-machines');

/** By name, as `trading-cycle`. */
export const machineDefinitions: ReadonlyMap<string, Block> = new Map(
  globSync('*.asl.json', { cwd: directory }).map((file) => [
    basename(file, '.asl.json'),
    JSON.parse(readFileSync(join(directory, file), 'utf8')) as Block,
  ]),
);

/** Everything there is to reach: `trading-cycle / Load Data`, and `trading-cycle / Load Data: States.ALL → Fail Cycle`. */
export function whatThereIs(machines: ReadonlyMap<string, Block> = machineDefinitions): Set<string> {
  const found = new Set<string>();
  for (const [machine, block] of machines) {
    for (const [name, { Catch = [] }] of statesOf(block)) {
      found.add(placeOf(machine, name));
      for (const catcher of Catch) found.add(catchOf(machine, name, catcher));
    }
  }
  return found;
}

/** What these events came through. */
export function whatWasReached(events: readonly CloudEvent[]): Set<string> {
  const reached = new Set<string>();
  for (const { service, event, details } of events) {
    if (service !== 'states') continue;
    const [machine, name] = [machineOf(String(details.machine)), String(details.state)];
    if (event.endsWith('StateEntered')) reached.add(placeOf(machine, name));
    if (event !== 'StateCaught') continue;
    const catchers = statesOf(machineDefinitions.get(machine)!).get(name)?.Catch ?? [];
    const caught = catchers.find(({ ErrorEquals }) => ErrorEquals.includes(String(details.error)) || ErrorEquals.includes('States.ALL'));
    if (caught?.Next === details.next) reached.add(catchOf(machine, name, caught!));
  }
  return reached;
}

const placeOf = (machine: string, state: string): string => `${machine} / ${state}`;

const catchOf = (machine: string, state: string, { ErrorEquals, Next }: Catcher): string =>
  `${placeOf(machine, state)}: ${ErrorEquals.join(', ')} → ${Next}`;

/** The children of a Distributed Map run under their machine's name and the map's label. */
const machineOf = (physical: string): string => physical.split('/')[0]!.replace(physicalName('dev', ''), '');

function statesOf({ States }: Block): Map<string, State> {
  const found = new Map<string, State>();
  for (const [name, state] of Object.entries(States)) {
    found.set(name, state);
    for (const inner of [state.ItemProcessor, ...(state.Branches ?? [])]) {
      for (const [innerName, innerState] of inner ? statesOf(inner) : []) found.set(innerName, innerState);
    }
  }
  return found;
}

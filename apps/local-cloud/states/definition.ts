/**
 * Parses a definition and refuses what is wrong with it, all of it at once, each problem with its state and field:
 * what AWS would refuse at CreateStateMachine, and what this emulation does not do.
 */
import { AwsError } from '../service.ts';
import { isObject, type Machine } from './asl.ts';
import { assignedNames, type Check, checkExpressions, checkFields, isCount } from './validation/fields.ts';
import { checkState } from './validation/state.ts';

/** @throws AwsError InvalidDefinition listing every problem. */
export function parseDefinition(text: string, machineName: string): Machine {
  const { definition, problems } = checkDefinition(text);
  if (problems.length === 0) return definition as Machine;
  throw new AwsError('InvalidDefinition', `Invalid State Machine Definition "${machineName}": ${problems.join('; ')}`);
}

/** The parsed text and everything that is wrong with it. */
export function checkDefinition(text: string): { readonly definition: unknown; readonly problems: readonly string[] } {
  let definition: unknown;
  try {
    definition = JSON.parse(text);
  } catch (error) {
    return { definition: undefined, problems: [`the definition is no JSON: ${(error as Error).message}`] };
  }
  const problems: string[] = [];
  if (!isObject(definition)) return { definition, problems: ['the definition must be a JSON object'] };
  const check: Check = {
    say: (where, problem) => problems.push(where === '' ? problem : `${where}: ${problem}`),
    outerVariables: new Set(),
    checkBlock,
  };
  checkMachine(definition, check);
  return { definition, problems };
}

const MACHINE_FIELDS = ['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version'];

function checkMachine(machine: Readonly<Record<string, unknown>>, check: Check): void {
  checkFields(machine, MACHINE_FIELDS, 'the machine', check);
  if (machine.QueryLanguage !== 'JSONata') {
    check.say(
      '',
      `field QueryLanguage must be "JSONata": ${machine.QueryLanguage === undefined ? 'left out it means JSONPath, which' : `"${machine.QueryLanguage}"`} is not emulated`,
    );
  }
  if (machine.TimeoutSeconds !== undefined && !isCount(machine.TimeoutSeconds, 1))
    check.say('', 'field TimeoutSeconds must be a whole number of at least 1');
  checkBlock(machine, '', check);
}

/** A block of states: the machine itself, a branch, or an item processor. */
function checkBlock(block: Readonly<Record<string, unknown>>, where: string, check: Check): void {
  const { StartAt: startAt, States: states } = block;
  if (!isObject(states) || Object.keys(states).length === 0) {
    check.say(where, 'field States must hold at least one state');
    return;
  }
  if (typeof startAt !== 'string' || !(startAt in states)) check.say(where, `field StartAt names no state ("${String(startAt)}")`);
  const outgoing = new Map<string, readonly string[]>();
  const inner: Check = { ...check, outerVariables: new Set([...check.outerVariables, ...Object.values(states).flatMap(assignedNames)]) };
  for (const [name, state] of Object.entries(states)) {
    const here = `${where === '' ? '' : `${where} / `}state "${name}"`;
    if (name.length > 80) check.say(here, 'a state name has at most 80 characters');
    if (!isObject(state)) {
      check.say(here, 'must be a JSON object');
      continue;
    }
    for (const variable of new Set(assignedNames(state))) {
      if (check.outerVariables.has(variable))
        check.say(here, `field Assign sets "${variable}", a variable of the outer scope, which an inner scope cannot set`);
    }
    const targets = checkState(state, here, check, inner);
    for (const target of targets) if (!(target in states)) check.say(here, `field Next names no state in its scope ("${target}")`);
    checkExpressions(state, here, check);
    outgoing.set(name, targets);
  }
  checkReachable(String(startAt), outgoing, where, check);
}

function checkReachable(startAt: string, outgoing: ReadonlyMap<string, readonly string[]>, where: string, check: Check): void {
  if (!outgoing.has(startAt)) return;
  const reached = new Set<string>([startAt]);
  for (const name of reached) for (const target of outgoing.get(name) ?? []) reached.add(target);
  for (const name of outgoing.keys()) if (!reached.has(name)) check.say(where, `state "${name}" cannot be reached`);
}

/**
 * `ballast events`: what was on the bus, and what to do when somebody missed it. The archive is listed as the local cloud keeps it; AWS
 * shows an archived event to a replay only. Replays, and sending dead letters again, work alike on both.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventType } from '../../../shared/contracts/events.ts';
import type { AwsClientConfig } from '../../../shared/runtime/host.ts';
import { operator } from '../../local-cloud/cloud.ts';
import type { BusEvent, EventBridge } from '../../local-cloud/events/index.ts';
import type { CommandHost } from '../command-host.ts';
import { DeadLetterQueue } from '../dead-letters.ts';
import { onDeployed, type StoresArguments } from '../deployed-fund.ts';
import { type BusRule, bearsRepeating, EventBusAccess, sampleOf } from '../event-bus.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { Redriver } from '../redrive.ts';
import { archiveText, deadLettersText, eventsText, redrivenText } from '../render/events.ts';

/** Both ends of what `--since 2026-01-05` names. */
export interface Span {
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface EventsArguments extends StoresArguments {
  readonly since?: Span;
  readonly type?: EventType;
  readonly json?: boolean;
}

export interface ReplayEventsArguments extends StoresArguments {
  readonly from: Span;
  readonly to: Span;
  readonly type?: EventType;
  readonly toRule?: string;
  readonly json?: boolean;
}

export interface RedriveArguments extends StoresArguments {
  readonly id?: string;
  readonly all?: boolean;
  readonly function?: string;
  readonly json?: boolean;
}

export function listEvents(options: EventsArguments, host: CommandHost): Promise<ExitCode> {
  const { since, type, json } = options;
  return onBus(options, host, async ({ bus, archived }) => {
    const archive = await bus.archive();
    if (archived === undefined) {
      host.io.out(json ? JSON.stringify({ archive }) : archiveText(archive));
      return exitCodes.done;
    }
    const events = archived(archive.name).filter(
      (event) => (type === undefined || event['detail-type'] === type) && Date.parse(event.time) >= (since?.firstMs ?? 0),
    );
    host.io.out(json ? JSON.stringify({ archive, events }) : eventsText(events, host.io));
    return exitCodes.done;
  });
}

export function replayEvents(options: ReplayEventsArguments, host: CommandHost): Promise<ExitCode> {
  const [fromMs, toMs] = [options.from.firstMs, options.to.lastMs];
  if (toMs < fromMs) throw new BadInput('--to lies before --from: nothing happened in between.');
  return onBus(options, host, async ({ bus }) => {
    const rules = chosenRules(await bus.rules(), options);
    const name = `by-hand-${Date.now()}`;
    await bus.replay({ name, fromMs, toMs, rules });
    const to = rules.map((rule) => rule.name);
    if (options.json) host.io.out(JSON.stringify({ replay: name, from: new Date(fromMs), to: new Date(toMs), rules: to }));
    else host.io.out(`Replayed ${text(fromMs)} to ${text(toMs)} UTC to ${to.join(', ')}. Consumers dropped what they had dealt with.`);
    return exitCodes.done;
  });
}

export function showDeadLetters(options: StoresArguments & { readonly json?: boolean }, host: CommandHost): Promise<ExitCode> {
  return onBus(options, host, ({ bus, deadLetters }) =>
    deadLetters.holding(30, async (letters) => {
      const shown = letters.map(({ receipt: _, ...letter }) => letter);
      host.io.out(options.json ? JSON.stringify({ letters: shown }) : deadLettersText(letters, bus, host.io));
      return exitCodes.done;
    }),
  );
}

/** The longest that a function may run, so that no other redrive takes the letter meanwhile. */
const heldSeconds = 900;

export function redriveDeadLetters(options: RedriveArguments, host: CommandHost): Promise<ExitCode> {
  if ((options.id === undefined) === (options.all !== true))
    throw new BadInput('Say which: --id <id>, as "ballast events dead-letters" shows it, or --all.');
  if (options.function !== undefined && options.id === undefined)
    throw new BadInput('--function goes with --id: one letter, one function.');
  return onBus(options, host, ({ bus, deadLetters, config }) =>
    deadLetters.holding(heldSeconds, async (letters) => {
      const chosen = letters.filter(({ id }) => options.all === true || id === options.id);
      if (chosen.length === 0 && options.id !== undefined)
        throw new BadInput(`No dead letter has the id ${options.id}; ${letters.length} wait.`);
      const redriver = await Redriver.over(bus, config);
      const outcomes = [];
      for (const letter of chosen) {
        const outcome = await redriver.redrive(letter, options.function);
        if (outcome.kind === 'redriven') await deadLetters.delete(letter);
        outcomes.push({ id: letter.id, ...outcome });
      }
      host.io.out(options.json ? JSON.stringify({ letters: outcomes }) : redrivenText(outcomes, host.io));
      if (outcomes.some(({ kind }) => kind === 'failed')) return exitCodes.failed;
      return outcomes.some(({ kind }) => kind === 'not-possible') ? exitCodes.refused : exitCodes.done;
    }),
  );
}

interface Bus {
  readonly bus: EventBusAccess;
  readonly deadLetters: DeadLetterQueue;
  readonly config: AwsClientConfig;
  /** Oldest first; absent on AWS. */
  readonly archived?: (archiveName: string) => readonly BusEvent[];
}

const lookAgainMs = 2000;

function onBus(options: StoresArguments, host: CommandHost, work: (bus: Bus) => Promise<ExitCode>): Promise<ExitCode> {
  const { aws } = options;
  if (aws !== undefined) {
    const bus = new EventBusAccess(aws, {}, () => sleep(lookAgainMs));
    return onDeployed(aws, () => work({ bus, deadLetters: new DeadLetterQueue(aws, {}), config: {} }));
  }
  return host.withFund(options, (fund) => {
    const config = fund.cloud.clientConfig(operator);
    const bus = new EventBusAccess(fund.stage, config, () => fund.cloud.settle());
    const archived = (name: string) => fund.cloud.service<EventBridge>('events').archivedEvents(name);
    return work({ bus, deadLetters: new DeadLetterQueue(fund.stage, config), config, archived });
  });
}

/** @throws BadInput for a rule that is not there, or a type that none of them hears. */
function chosenRules(rules: readonly BusRule[], { type, toRule }: ReplayEventsArguments): BusRule[] {
  const named = rules.filter((rule) => (toRule === undefined ? bearsRepeating(rule) : rule.name === toRule));
  if (toRule !== undefined && named.length === 0) {
    const names = rules.map(({ name }) => name);
    throw new BadInput(`There is no rule ${toRule}. The bus has ${names.join(', ')}.`);
  }
  const chosen = named.filter((rule) => type === undefined || rule.hears(sampleOf(type)));
  if (chosen.length > 0) return chosen;
  throw new BadInput(
    type === undefined
      ? 'No rule of the bus calls a function that drops what it has had.'
      : `${toRule === undefined ? 'No function' : toRule} hears ${type}${toRule === undefined ? '' : ' not'}: there is nobody to replay it to.`,
  );
}

const text = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');

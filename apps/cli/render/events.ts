/** What `ballast events` and its subcommands print for a person. */
import type { BusEvent } from '../../local-cloud/events/index.ts';
import type { DeadLetter } from '../dead-letters.ts';
import type { ArchiveFacts, EventBusAccess } from '../event-bus.ts';
import type { Io } from '../io.ts';
import type { Redriven } from '../redrive.ts';
import { renderTable } from './table.ts';

type Colored = Pick<Io, 'colors'>;

const linesMax = 100;

/** The last hundred, oldest first. */
export function eventsText(events: readonly BusEvent[], { colors }: Colored): string {
  if (events.length === 0) return 'No such event is in the archive.';
  const table = renderTable<BusEvent>(
    [
      { title: 'UTC', text: ({ time }) => minute(time) },
      { title: 'event', text: (event) => event['detail-type'] },
      { title: 'what happened', text: ({ detail }) => String(detail.summary ?? detail.reason ?? '') },
    ],
    events.slice(-linesMax),
    colors.dim,
  );
  return events.length <= linesMax
    ? table
    : `${table}\n${events.length - linesMax} more before these: --since and --type say which, --json shows all.`;
}

export const archiveText = ({ name, events, bytes, keptDays }: ArchiveFacts): string =>
  `The archive ${name} holds ${events} events (${(bytes / 1e6).toFixed(1)} MB), each for ${keptDays} days. AWS shows them to a replay only: "ballast events replay".`;

export function deadLettersText(letters: readonly DeadLetter[], bus: Pick<EventBusAccess, 'shortName'>, { colors }: Colored): string {
  if (letters.length === 0) return 'No dead letter waits.';
  const table = renderTable<DeadLetter>(
    [
      { title: 'id', text: ({ id }) => id },
      { title: 'UTC', text: ({ sentAt }) => minute(sentAt) },
      { title: 'from', text: (letter) => fromText(letter, bus) },
      { title: 'what', text: ({ event }) => event?.['detail-type'] ?? '' },
      { title: 'error', text: ({ error }) => `${error.code} ${error.message}`.trim().slice(0, 90), dress: colors.red },
    ],
    letters,
    colors.dim,
  );
  return `${table}\n"ballast events redrive --id <id>" or "--all" sends again, once the cause is gone.`;
}

function fromText({ origin }: DeadLetter, bus: Pick<EventBusAccess, 'shortName'>): string {
  switch (origin.kind) {
    case 'rule':
      return `rule ${bus.shortName(origin.ruleArn)} to ${bus.shortName(origin.targetArn)}`;
    case 'schedule':
      return `schedule ${bus.shortName(origin.scheduleArn)} to ${bus.shortName(origin.targetArn)}`;
    case 'call':
      return 'a function that was called';
    case 'stream':
      return `stream to ${bus.shortName(origin.functionArn)}`;
    default:
      return 'unknown';
  }
}

export function redrivenText(outcomes: ReadonlyArray<{ readonly id: string } & Redriven>, { colors }: Colored): string {
  if (outcomes.length === 0) return 'No dead letter waits.';
  const lines = outcomes.map((outcome) => {
    switch (outcome.kind) {
      case 'redriven':
        return `${outcome.id} ${colors.green('done')}: ${outcome.to.join(', ')}.`;
      case 'failed':
        return `${outcome.id} ${colors.red('failed')}, it stays: ${outcome.why}`;
      default:
        return `${outcome.id} ${colors.yellow('stays')}: ${outcome.why}`;
    }
  });
  return lines.join('\n');
}

const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');

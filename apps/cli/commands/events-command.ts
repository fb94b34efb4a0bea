/** `ballast events` and its subcommands as the command line knows them. */
import { type Command, InvalidArgumentError } from 'commander';
import { type EventType, eventSchemas } from '../../../shared/contracts/events.ts';
import { spanOf } from '../argument-values.ts';
import { type Runners, reading, withParent } from '../command-parts.ts';
import { nearest } from '../nearest.ts';
import { listEvents, redriveDeadLetters, replayEvents, showDeadLetters } from './events.ts';

export function addEventsCommand(program: Command, { onFund }: Runners): void {
  const events = reading(program.command('events').helpCommand(false))
    .description('what was on the event bus; "replay" hands it out again, "dead-letters" and "redrive" are for what could not be delivered')
    .option('--since <when>', 'from that day or instant on (UTC)', spanOf)
    .option('--type <type>', 'only of that type', eventType)
    .action(onFund(listEvents));
  reading(events.command('replay'))
    .description('put archived events on the bus again, for functions that missed them; what a function has dealt with it drops')
    .requiredOption('--from <when>', 'the first day or instant (UTC)', spanOf)
    .requiredOption('--to <when>', 'the last one', spanOf)
    .option('--type <type>', 'only to rules that hear that type; they get whatever else they hear, too', eventType)
    .option('--to-rule <name>', 'only to that rule, also where it tells people or stops trading')
    .action(withParent(onFund(replayEvents)));
  reading(events.command('dead-letters'))
    .description('what could not be delivered: to whom, why, and its id')
    .action(withParent(onFund(showDeadLetters)));
  reading(events.command('redrive'))
    .description('send dead letters to the functions they were for, and delete each that its function has dealt with')
    .option('--id <id>', 'one of them')
    .option('--all', 'all of them')
    .option('--function <name>', 'with --id: the function it was for, where AWS does not say, e.g. trading/start-cycle')
    .action(withParent(onFund(redriveDeadLetters)));
}

function eventType(text: string): EventType {
  const types = Object.keys(eventSchemas) as EventType[];
  const type = types.find((one) => one === text);
  if (type !== undefined) return type;
  const near = nearest(text, types, 3);
  throw new InvalidArgumentError(
    `There is no such event. ${near.length > 0 ? `Near: ${near.join(', ')}.` : `There are ${types.join(', ')}.`}`,
  );
}

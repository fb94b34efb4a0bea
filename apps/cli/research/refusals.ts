/** What the domain of research refuses, as one line that says what to do. */
import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import { BadInput } from '../outcome.ts';

/** The value, or its refusal as bad input. */
export function orBadInput<T>(value: T): Exclude<T, Refusal> {
  if (isRefusal(value)) throw new BadInput(sentenceOf(value));
  return value as Exclude<T, Refusal>;
}

export function sentenceOf({ reason, details }: Refusal): string {
  const text = (name: string): string => String(details[name]);
  switch (reason) {
    case 'parameter-unknown': {
      const known = (details.known as readonly string[] | undefined) ?? [];
      const hint = details.nearest === null || details.nearest === undefined ? '' : ` Near it: ${text('nearest')}.`;
      return `--params: ${text('strategy')} has no parameter "${text('name')}".${hint} It has ${known.length === 0 ? 'none' : known.join(', ')}.`;
    }
    case 'parameter-out-of-range':
      return `--params: ${text('name')} of ${text('strategy')} is ${details.whole === true ? 'a whole number' : 'a number'} from ${text('min')} to ${text('max')}, and not ${text('value')}.`;
    case 'parameters-conflict':
      return `--params: of ${text('strategy')}, ${text('conflict')}.`;
    case 'rules-invalid':
      return `These rules cannot be kept: ${text('rule')}.`;
    case 'no-bars':
      return `${details.name === undefined ? 'The data' : text('name')} hold no bars of these symbols and days.`;
    case 'bars-invalid':
      return `${details.name === undefined ? 'The data' : text('name')}: ${text('symbol')} on ${text('day')} cannot be traded on: ${text('field')} is ${text('problem').replaceAll('-', ' ')}.`;
    case 'symbol-unknown':
      return `--symbols: ${text('name')} holds no symbol ${text('symbol')}.`;
    default:
      return `${reason.replaceAll('-', ' ')}${plainDetails(details)}.`;
  }
}

function plainDetails(details: Refusal['details']): string {
  const shown = Object.entries(details).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return shown.length === 0 ? '' : ` (${shown.map(([name, value]) => `${name} ${String(value)}`).join(', ')})`;
}

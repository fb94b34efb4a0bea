/** A genome as sentences that a person can check and argue with. */
import { kindOf } from './alphabet.ts';
import type { Condition, Genome, Indicator, Relation, Rule } from './genome.ts';

/** `Buy when the close crosses above the 50-bar average; sell after 20 bars. Equal money in each symbol.` */
export function describe(genome: Genome): string {
  const [open, close] = genome.side === 'long' ? ['Buy', 'sell'] : ['Sell short', 'cover'];
  return `${open} when ${sayRule(genome.entry, false)}; ${close} ${exitsOf(genome).join(', or ')}. ${saySizing(genome)}.`;
}

function exitsOf({ side, exit, timeStopBars, volatilityStop }: Genome): readonly string[] {
  const exits: string[] = [];
  if (exit !== null) exits.push(`when ${sayRule(exit, false)}`);
  if (timeStopBars !== null) exits.push(`after ${timeStopBars} ${timeStopBars === 1 ? 'bar' : 'bars'}`);
  if (volatilityStop !== null) {
    const { multiple, periodBars } = volatilityStop;
    const extreme = side === 'long' ? 'below the highest' : 'above the lowest';
    exits.push(`when the close is ${multiple} average true ranges (${periodBars} bars) ${extreme} close since then`);
  }
  return exits;
}

function saySizing({ sizing }: Genome): string {
  if (sizing.kind === 'equal') return 'Equal money in each symbol';
  const target = Number((sizing.annualizedVol * 100).toFixed(2));
  return `Equal money in each symbol, less where its ${sizing.periodBars}-bar volatility is above ${target} % a year`;
}

function sayRule(rule: Rule, isInner: boolean): string {
  if (rule.kind === 'condition') return sayCondition(rule);
  const text = `${sayRule(rule.left, true)} ${rule.kind} ${sayRule(rule.right, true)}`;
  return isInner ? `(${text})` : text;
}

const verbs: Readonly<Record<Relation, string>> = {
  above: 'is above',
  below: 'is below',
  'crosses-above': 'crosses above',
  'crosses-below': 'crosses below',
};

function sayCondition({ left, relation, right }: Condition): string {
  return `${say(left)} ${verbs[relation]} ${typeof right === 'number' ? kindOf(left.name).sayLevel(right) : say(right)}`;
}

const say = ({ name, parameters }: Indicator): string => kindOf(name).say(parameters);

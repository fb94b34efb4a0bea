/**
 * Holds the records of a file against each other: the same told twice is told once, and where two lines tell of the same thing
 * differently neither is believed.
 */
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { formatDay } from '../../kernel/days.ts';
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import type { FactsFile, ReadFact, RejectedFact } from './facts-file.ts';

export function siftFacts<Fact extends object>(records: readonly ReadFact<Fact>[], fileName: string): FactsFile<Fact> {
  const facts = new Map<Ticker, Fact[]>();
  const rejected: { readonly line: number; readonly entry: RejectedFact }[] = [];
  const reject = (record: ReadFact<Fact>, reason: RejectedFact['reason']): void => {
    rejected.push({ line: record.line, entry: rejection(record, reason, fileName) });
  };
  let repeated = 0;
  for (const group of groupsOf(records)) {
    const sound = group.filter((record): record is ReadFact<Fact> & { readonly fact: Fact } => {
      if (typeof record.fact === 'string') reject(record, record.fact);
      return typeof record.fact !== 'string';
    });
    const [first] = sound;
    if (first === undefined) continue;
    if (sound.length === 1 || new Set(sound.map(({ fact }) => canonicalJson(fact))).size === 1) {
      repeated += sound.length - 1;
      const own = facts.get(first.symbol) ?? [];
      own.push(first.fact);
      facts.set(first.symbol, own);
    } else for (const record of sound) reject(record, 'conflicting-duplicate');
  }
  return {
    fileName,
    rows: records.length,
    facts,
    repeated,
    rejected: rejected.sort((a, b) => a.line - b.line).map(({ entry }) => entry),
    lastDay: records.reduce((last, { availableDay }) => Math.max(last, availableDay), 0) as EpochDay,
  };
}

/** Records that tell of the same thing, in the order of the first of each. */
function groupsOf<Fact>(records: readonly ReadFact<Fact>[]): ReadFact<Fact>[][] {
  return [...Map.groupBy(records, ({ symbol, key }) => `${symbol} ${key}`).values()];
}

const rejection = <Fact>(record: ReadFact<Fact>, reason: RejectedFact['reason'], file: string): RejectedFact => ({
  file,
  line: record.line,
  symbol: record.symbol,
  periodEnd: record.periodEnd === null ? null : formatDay(record.periodEnd),
  availableDay: formatDay(record.availableDay),
  reason,
});

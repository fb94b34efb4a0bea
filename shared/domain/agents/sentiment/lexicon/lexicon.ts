/**
 * All phrases in one trie over words, and the longest phrase that starts at a word. A phrase has one meaning, except that a thing can also
 * be news by itself: "doubts" that are raised are a thing, "doubts" alone are bad.
 */
import { InvariantViolation } from '../../../../kernel/errors.ts';
import { comparisons } from './comparisons.ts';
import { directions } from './directions.ts';
import { events } from './events.ts';
import type { Group, Meaning } from './meaning.ts';
import { modifiers } from './modifiers.ts';
import { things } from './things.ts';

export interface Entry {
  readonly meaning: Meaning;
  /** Of a thing that nothing moves: what it says by itself. */
  readonly aloneWeight: number;
}

interface Node {
  entry: Entry | null;
  readonly next: Map<string, Node>;
}

/** Changes with every change of words, weights or rules, so that a stored tone says how it was read. */
export const lexiconVersion = 'ballast-lexicon/1';

const root = compile([...events, ...comparisons, ...things, ...directions, ...modifiers]);

/** The entry of the longest phrase that begins with that word, and how many words it has; null when there is none. */
export function longestPhrase(
  wordAt: (index: number) => string | null,
  start: number,
): { readonly entry: Entry; readonly words: number } | null {
  let node: Node | undefined = root;
  let found: Entry | null = null;
  let words = 0;
  for (let at = start; ; at++) {
    const word = wordAt(at);
    node = word === null ? undefined : node.next.get(word);
    if (node === undefined) return found === null ? null : { entry: found, words };
    if (node.entry !== null) {
      found = node.entry;
      words = at - start + 1;
    }
  }
}

/** How many phrases there are. */
export const phraseCount = count(root);

function compile(groups: readonly Group[]): Node {
  const top: Node = { entry: null, next: new Map() };
  for (const { meaning, phrases } of groups) for (const phrase of phrases.split(',')) place(top, phrase.trim(), meaning);
  return top;
}

/** @throws InvariantViolation when a phrase already has a meaning that this one does not go with. */
function place(top: Node, phrase: string, meaning: Meaning): void {
  let node = top;
  for (const word of phrase.split(' ')) {
    let next = node.next.get(word);
    if (next === undefined) {
      next = { entry: null, next: new Map() };
      node.next.set(word, next);
    }
    node = next;
  }
  node.entry = joined(node.entry, meaning, phrase);
}

function joined(before: Entry | null, meaning: Meaning, phrase: string): Entry {
  if (before === null) return { meaning, aloneWeight: 0 };
  if (before.meaning.kind === 'event' && meaning.kind === 'thing') return { meaning, aloneWeight: before.meaning.weight };
  throw new InvariantViolation('a phrase of the lexicon has one meaning', { phrase, first: before.meaning.kind, second: meaning.kind });
}

function count(node: Node): number {
  let total = node.entry === null ? 0 : 1;
  for (const next of node.next.values()) total += count(next);
  return total;
}

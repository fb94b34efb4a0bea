/**
 * What a headline states: a list of judgements, each between about −1.5 and 1.5, found in one walk over its tokens.
 *
 * 1. Tokens become spans: the longest phrase of the lexicon, a number, a break, or a word that nobody knows.             toSpans
 * 2. A direction looks for what it moves, up to five spans away, past words of expectation and words unknown, never
 *    across a break, a preposition, or another direction. Things side by side multiply.                                 thingOf
 *      value = sign × strength × polarity of the thing
 *    "cuts" is bad for "guidance" and good for "costs", "falls" is good after "losses", "loss forecast" raised is bad.
 * 3. An event states its own weight, and so does a thing that nothing moved. A grade counts where somebody gives it
 *    ("initiated at Buy") or moves something to it ("cuts to Hold"). A signed percentage alone is a price move ("-26% as").
 * 4. Each statement is bent by what stands around it: a degree beside it, a percentage near a direction (10 % is the
 *    measure, 1 % less, 50 % more), a negator up to four spans before it, and a hedge before it in its clause.        bent
 *
 * Polarity by object is the "direction of change" rule of Malo et al. (2014, "Good debt or bad debt", JASIST 65, 782–796); the
 * windowed negation is that of Das & Chen (2007, "Yahoo! for Amazon", Management Science 53, 1375–1388).
 * Does not cover who a statement is about (a headline is on file for one symbol and read as if it were about it), irony, or grammar.
 */
import { type Entry, longestPhrase } from './lexicon/lexicon.ts';
import type { Meaning } from './lexicon/meaning.ts';
import { type Token, tokenize } from './tokens.ts';

export interface Statement {
  /** Negative is bad for the holder of the shares. */
  readonly value: number;
  /** Which part of the sentence it is in: 0 up to the first "but", 1 after it, and so on. */
  readonly part: number;
}

type Span =
  | { readonly kind: 'phrase'; readonly entry: Entry }
  | { readonly kind: 'number'; readonly value: number; readonly isPercent: boolean; readonly isSigned: boolean }
  | { readonly kind: 'break'; readonly mark: string }
  | { readonly kind: 'unknown' };

type Direction = Extract<Meaning, { kind: 'direction' }>;

const THING_REACH = 5;
const NEGATOR_REACH = 4;
const PERCENT_REACH = 4;
const GRADE_REACH = 3;
const FIGURE_REACH = 4;
/** A figure beside the one of a year ago. */
const COMPARED_WEIGHT = 0.5;
/** A grade that is given says less than a move of the grade. */
const GIVEN_GRADE_WEIGHT = 0.7;
const MOVED_GRADE_WEIGHT = 0.9;
/** "+4% after earnings": a price move, said without a word. */
const BARE_MOVE_WEIGHT = 0.6;
/** An unlisted subject of a market verb with a percentage is a price. */
const PERCENT_ALONE_FRAC = 0.9;

export function readStatements(text: string): { readonly statements: readonly Statement[]; readonly isQuestion: boolean } {
  const tokens = tokenize(text);
  return { statements: statementsOf(toSpans(tokens)), isQuestion: asks(tokens) };
}

function toSpans(tokens: readonly Token[]): Span[] {
  const wordAt = (index: number): string | null => {
    const token = tokens[index];
    return token?.kind === 'word' ? token.text : null;
  };
  const spans: Span[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.kind === 'number' || token.kind === 'break') spans.push(token);
    else if (token.kind === 'word') {
      const found = longestPhrase(wordAt, at);
      spans.push(found === null ? { kind: 'unknown' } : { kind: 'phrase', entry: found.entry });
      if (found !== null) at += found.words - 1;
    }
  }
  return spans;
}

function statementsOf(spans: readonly Span[]): Statement[] {
  const moved = new Set<number>();
  const found: { value: number; at: number; isMove: boolean }[] = [];
  for (let at = 0; at < spans.length; at++) {
    const meaning = meaningAt(spans, at);
    if (meaning?.kind === 'direction') found.push({ at, isMove: true, value: directionValue(spans, at, meaning, moved) });
    else if (meaning?.kind === 'event') found.push({ at, isMove: false, value: meaning.weight });
    else if (meaning?.kind === 'grading')
      found.push({ at, isMove: false, value: gradeBehind(spans, at, GRADE_REACH) * meaning.factor * GIVEN_GRADE_WEIGHT });
    else if (meaning?.kind === 'versus') found.push({ at, isMove: false, value: comparedValue(spans, at, moved) });
    else if (isBareMove(spans, at)) found.push({ at, isMove: true, value: bareMove(spans[at]!) });
  }
  for (let at = 0; at < spans.length; at++) {
    const span = spans[at]!;
    if (span.kind === 'phrase' && span.entry.aloneWeight !== 0 && !moved.has(at))
      found.push({ at, isMove: false, value: span.entry.aloneWeight });
  }
  let part = 0;
  const parts = spans.map((_, at) => (meaningAt(spans, at)?.kind === 'turn' ? ++part : part));
  return found
    .filter(({ value, at, isMove }) => value !== 0 && !(isMove && moved.has(at)))
    .sort((a, b) => a.at - b.at)
    .map(({ at, value, isMove }) => ({ value: value * bent(spans, at, isMove), part: parts[at]! }));
}

/** Marks the things it moves, so that they do not speak for themselves as well. */
function directionValue(spans: readonly Span[], at: number, { sign, strength, reach, aloneFrac }: Direction, moved: Set<number>): number {
  const grade = reach === 'object' ? gradeMovedTo(spans, at) : false;
  if (grade) return sign * MOVED_GRADE_WEIGHT;
  const polarity = thingOf(spans, at, reach, moved);
  if (polarity !== null) return sign * strength * polarity;
  const frac = reach === 'subject' && percentNear(spans, at) !== null ? Math.max(aloneFrac, PERCENT_ALONE_FRAC) : aloneFrac;
  return sign * strength * frac;
}

/** The polarity of what moves; null when nothing known does. */
function thingOf(spans: readonly Span[], at: number, reach: Direction['reach'], moved: Set<number>): number | null {
  const sides: readonly (1 | -1)[] = reach === 'subject' ? [-1, 1] : [1, -1];
  for (const side of sides) {
    const polarity = thingOnSide(spans, at, side, moved);
    if (polarity !== null) return polarity;
  }
  return null;
}

function thingOnSide(spans: readonly Span[], at: number, side: 1 | -1, moved: Set<number>): number | null {
  let polarity: number | null = null;
  for (let step = 1; step <= THING_REACH; step++) {
    const index = at + side * step;
    const meaning = meaningAt(spans, index);
    if (meaning?.kind === 'thing') {
      polarity = (polarity ?? 1) * meaning.polarity;
      moved.add(index);
    } else if (meaning?.kind === 'direction' && isMoveAsThing(spans, at, index, meaning)) {
      moved.add(index);
      return meaning.sign;
    } else if (polarity !== null || !canReachAcross(spans[index], meaning, side)) return polarity;
  }
  return polarity;
}

/** "Erases gains", "extends its slide": the noun of a move is what another verb acts on, right behind it. */
function isMoveAsThing(spans: readonly Span[], at: number, index: number, move: Direction): boolean {
  const verb = meaningAt(spans, at);
  return verb?.kind === 'direction' && verb.reach === 'object' && move.reach === 'subject' && index > at && index - at <= 2;
}

/** "EPS $1.52 vs. $1.55 a year ago": the figure before against the one behind; 0 when it is not a figure of something known. */
function comparedValue(spans: readonly Span[], at: number, moved: Set<number>): number {
  const before = figureNear(spans, at, -1, moved);
  const after = figureNear(spans, at, 1, moved);
  if (before === null || after === null) return 0;
  let polarity = 0;
  for (let index = at - 1; index >= 0 && index >= at - 7 && spans[index]!.kind !== 'break'; index--) {
    const meaning = meaningAt(spans, index);
    if (meaning?.kind === 'direction' || meaning?.kind === 'event') return 0;
    if (meaning?.kind !== 'thing' || polarity !== 0) continue;
    polarity = meaning.polarity;
    moved.add(index);
  }
  return Math.sign(before - after) * polarity * COMPARED_WEIGHT;
}

/** The nearest number within reach; one that is called a loss counts below zero. */
function figureNear(spans: readonly Span[], at: number, side: 1 | -1, moved: Set<number>): number | null {
  let isLoss = false;
  for (let step = 1; step <= FIGURE_REACH; step++) {
    const span = spans[at + side * step];
    if (span === undefined || span.kind === 'break') return null;
    if (span.kind === 'number') return isLoss ? -span.value : span.value;
    if (span.kind === 'phrase' && span.entry.meaning.kind === 'thing' && span.entry.meaning.polarity < 0) {
      isLoss = true;
      moved.add(at + side * step);
    }
  }
  return null;
}

const transparent: ReadonlySet<Meaning['kind']> = new Set<Meaning['kind']>(['expectation', 'degree', 'negator', 'nothing']);

/** Past names, figures and the words between a verb and what it is about; looking back past "may" as well ("costs may rise"). */
function canReachAcross(span: Span | undefined, meaning: Meaning | null, side: 1 | -1): boolean {
  if (span === undefined || span.kind === 'break') return false;
  return meaning === null || transparent.has(meaning.kind) || (side === -1 && meaning.kind === 'hedge');
}

/** How good the grade behind is, 0 when there is none within reach. */
function gradeBehind(spans: readonly Span[], at: number, reach: number): number {
  for (let index = at + 1; index <= at + reach; index++) {
    const meaning = meaningAt(spans, index);
    if (meaning?.kind === 'grade') return meaning.level;
    if (spans[index]?.kind === 'break') return 0;
  }
  return 0;
}

/** "Cuts to Hold", "raised Intel to Buy". */
function gradeMovedTo(spans: readonly Span[], at: number): boolean {
  for (let index = at + 1; index <= at + GRADE_REACH; index++) {
    const meaning = meaningAt(spans, index);
    if (meaning?.kind === 'grade') return true;
    if (meaning?.kind === 'thing' || meaning?.kind === 'direction' || spans[index]?.kind === 'break') return false;
  }
  return false;
}

const isBareMove = (spans: readonly Span[], at: number): boolean => {
  const span = spans[at]!;
  if (span.kind !== 'number' || !span.isPercent || !span.isSigned) return false;
  if (meaningAt(spans, at - 1)?.kind === 'wall') return false;
  for (let index = at - PERCENT_REACH; index <= at + 1; index++) if (meaningAt(spans, index)?.kind === 'direction') return false;
  return true;
};

const bareMove = (span: Span): number =>
  span.kind === 'number' ? Math.sign(span.value) * BARE_MOVE_WEIGHT * percentFactor(Math.abs(span.value)) : 0;

function bent(spans: readonly Span[], at: number, isMove: boolean): number {
  let factor = 1;
  for (const neighbour of [at - 2, at - 1, at + 1, at + 2]) {
    const between = meaningAt(spans, neighbour);
    if (between?.kind === 'degree' && !isBreakBetween(spans, at, neighbour)) factor *= between.factor;
  }
  const percent = isMove && spans[at]!.kind === 'phrase' ? percentNear(spans, at) : null;
  if (percent !== null) factor *= percentFactor(percent);
  for (let index = at - 1; index >= 0 && spans[index]!.kind !== 'break'; index--) {
    const meaning = meaningAt(spans, index);
    if (meaning?.kind === 'negator' && at - index <= NEGATOR_REACH) factor *= meaning.factor;
    if (meaning?.kind === 'hedge') factor *= meaning.factor;
  }
  return factor * negatedObject(spans, at);
}

/** "Sees no growth", "raises no doubts": the negator stands between the direction and its thing. */
function negatedObject(spans: readonly Span[], at: number): number {
  const next = meaningAt(spans, at + 1);
  return meaningAt(spans, at)?.kind === 'direction' && next?.kind === 'negator' ? next.factor : 1;
}

/** Percent of a move within reach, without its sign: behind it first, else right before it ("a 5% drop"). */
function percentNear(spans: readonly Span[], at: number): number | null {
  for (let step = 1; step <= PERCENT_REACH; step++) {
    const span = spans[at + step];
    if (span === undefined || span.kind === 'break') break;
    if (span.kind === 'number' && span.isPercent) return Math.abs(span.value);
  }
  const before = spans[at - 1];
  return before?.kind === 'number' && before.isPercent ? Math.abs(before.value) : null;
}

/** Grows with the logarithm: a market tells moves apart by their ratio. */
const percentFactor = (percent: number): number => Math.min(1.4, 0.6 + 0.4 * Math.log10(1 + percent));

const isBreakBetween = (spans: readonly Span[], a: number, b: number): boolean => spans[(a + b) >> 1]?.kind === 'break';

const meaningAt = (spans: readonly Span[], at: number): Meaning | null => {
  const span = spans[at];
  return span?.kind === 'phrase' ? span.entry.meaning : null;
};

const askingWords: ReadonlySet<string> = new Set('did do does is are can could should will would has have'.split(' '));

/** It ends with a question mark, or begins as a question does: it asserts nothing. */
function asks(tokens: readonly Token[]): boolean {
  const first = tokens[0];
  if (first?.kind === 'word' && askingWords.has(first.text)) return true;
  return tokens.some((token) => token.kind === 'break' && token.mark === '?');
}

/**
 * A headline as tokens: what the rules of tone read.
 *
 * 1. Addresses, `#tags` and `@names` say nothing about a company and are left out: a feed puts `#investing` under everything.
 * 2. Words are lower case, without the possessive; "isn't" is "is not", "better-than-expected" is four words.
 * 3. Numbers keep their sign where one was written ("+5%" is a rise, "2-3%" is not a fall), a percent sign and the unit are read with them.
 * 4. Punctuation that ends a clause is one `break`, with its mark.
 *
 * Linear in the length of the text: one pass of one expression whose alternatives never look back.
 * Does not cover other languages than English, nor letters beyond Latin ones with accents, which become words that no lexicon has.
 */
export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | {
      readonly kind: 'number';
      readonly value: number;
      readonly isPercent: boolean;
      /** A sign was written before it. */
      readonly isSigned: boolean;
    }
  | { readonly kind: 'cashtag'; readonly text: string }
  /** `!` and `.` end a sentence alike, and are read as `.`. */
  | { readonly kind: 'break'; readonly mark: ',' | ';' | ':' | '.' | '?' | '-' };

const pieces =
  /(https?:\/\/\S+)|([#@][\p{L}\p{N}_]+)|(\$[A-Za-z][A-Za-z.]*)|([+\-−–]?[$€£]?\d[\d,]*(?:\.\d+)?)(\s?%|\s?percent\b|\s?pct\b)?|(\p{L}[\p{L}\p{N}&]*(?:['’]\p{L}+)*)|([,;:.!?…|—–−-]+)/gu;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  pieces.lastIndex = 0;
  for (let match = pieces.exec(text); match !== null; match = pieces.exec(text)) {
    const [, , , cashtag, number, percent, word, punctuation] = match;
    if (word !== undefined) addWord(tokens, word);
    else if (number !== undefined) addNumber(tokens, number, percent !== undefined, text, match.index);
    else if (cashtag !== undefined) tokens.push({ kind: 'cashtag', text: cashtag.slice(1).toUpperCase() });
    else if (punctuation !== undefined) addBreak(tokens, punctuation, text, match.index);
  }
  return tokens;
}

const irregular: Readonly<Record<string, readonly string[]>> = {
  "can't": ['can', 'not'],
  "won't": ['will', 'not'],
  "shan't": ['shall', 'not'],
  "ain't": ['is', 'not'],
  cannot: ['can', 'not'],
};

function addWord(tokens: Token[], written: string): void {
  const word = written.toLowerCase().replaceAll('’', "'");
  const known = Object.hasOwn(irregular, word) ? irregular[word] : undefined;
  if (known !== undefined) for (const part of known) tokens.push({ kind: 'word', text: part });
  else if (word.endsWith("n't")) tokens.push({ kind: 'word', text: word.slice(0, -3) }, { kind: 'word', text: 'not' });
  else {
    const apostrophe = word.indexOf("'");
    tokens.push({ kind: 'word', text: apostrophe > 0 ? word.slice(0, apostrophe) : word });
  }
}

function addNumber(tokens: Token[], written: string, isPercent: boolean, text: string, at: number): void {
  const first = written[0]!;
  // A sign counts only where nothing stands before it: the dash of "2-3%" or of "Q3-2020" joins.
  const isSigned = !/[\d$€£]/.test(first) && (at === 0 || /[\s(~]/.test(text[at - 1]!));
  const magnitude = Number(written.replace(/[^\d.]/g, ''));
  if (!Number.isFinite(magnitude)) return;
  tokens.push({ kind: 'number', value: isSigned && first !== '+' ? -magnitude : magnitude, isPercent, isSigned });
}

/** A dash ends a clause when it stands free, and joins words otherwise; the dot of "U.S." and of "Inc." ends nothing. */
function addBreak(tokens: Token[], written: string, text: string, at: number): void {
  const after = text[at + written.length];
  const isFree = after === undefined || /[\s"'”’)\]]/.test(after);
  const mark = written.includes('?') ? '?' : written[0]!;
  if (mark === '?' || mark === ';' || mark === '!' || mark === '…' || mark === '|') {
    tokens.push({ kind: 'break', mark: mark === '?' ? '?' : mark === ';' ? ';' : '.' });
  } else if (mark === ',' || mark === ':') tokens.push({ kind: 'break', mark });
  else if (mark === '.') {
    if (written.length > 1 || (isFree && !endsAbbreviation(text, at))) tokens.push({ kind: 'break', mark: '.' });
  } else if (mark === '—' || written.length > 1 || (isFree && (at === 0 || /\s/.test(text[at - 1]!)))) {
    tokens.push({ kind: 'break', mark: '-' });
  }
}

const abbreviations: ReadonlySet<string> = new Set(
  'inc corp co ltd vs mr mrs ms dr st jr no nos est adj approx jan feb mar apr jun jul aug sep sept oct nov dec'.split(' '),
);

function endsAbbreviation(text: string, dot: number): boolean {
  let start = dot;
  while (start > 0 && dot - start < 8 && /[A-Za-z]/.test(text[start - 1]!)) start--;
  const word = text.slice(start, dot).toLowerCase();
  return word.length === 1 || abbreviations.has(word);
}

/**
 * How well the lexicon reads a labelled set of headlines: accuracy, F1 by class, confusion, beside baselines measured in the same run.
 *
 *   node scripts/measure-sentiment.ts [--file F] [--half build|held-out|both] [--examples N] [--json]
 *
 * The file is a CSV (or its gzip) with the columns `text` and `sentiment` (bearish, neutral, bullish). It is parted by a hash of the text
 * without addresses, cashtags, case and punctuation, so that two copies of a story lie in the same half. The lexicon was written on the
 * build half alone. A tone within ±0.3 counts as neutral; that threshold, too, was chosen on the build half.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { lexiconVersion, phraseCount } from '../shared/domain/agents/sentiment/lexicon/lexicon.ts';
import { lexiconTone } from '../shared/domain/agents/sentiment/tone.ts';

const labels = ['bearish', 'neutral', 'bullish'] as const;
type Label = (typeof labels)[number];
type Half = 'build' | 'held-out';

interface Row {
  readonly text: string;
  readonly label: Label;
  readonly half: Half;
}

const NEUTRAL_TONE = 0.3;

const { values: options } = parseArgs({
  options: {
    file: {
      type: 'string',
      default: `${process.env.BALLAST_MARKET_DATA ?? '../shared/data'}/news/twitter_financial_news_sentiment_train.csv.gz`,
    },
    half: { type: 'string', default: 'both' },
    examples: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
});

function main(): void {
  const rows = readRows(options.file);
  const readers = readersFrom(rows);
  const halves = (['build', 'held-out'] as const).filter((half) => options.half === 'both' || options.half === half);
  const report = halves.map((half) =>
    measured(
      half,
      rows.filter((row) => row.half === half),
      readers,
    ),
  );
  if (options.json)
    process.stdout.write(`${JSON.stringify({ lexiconVersion, phraseCount, neutralTone: NEUTRAL_TONE, report }, null, 2)}\n`);
  else for (const result of report) print(result);
}

function readRows(file: string): Row[] {
  const bytes = readFileSync(file);
  const [header, ...records] = csvRecords((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  const textColumn = header!.indexOf('text');
  const labelColumn = header!.indexOf('sentiment');
  return records.map((record) => {
    const text = record[textColumn]!;
    return { text, label: labels.find((label) => label === record[labelColumn])!, half: halfOf(text) };
  });
}

function halfOf(text: string): Half {
  const story = text
    .toLowerCase()
    .replace(/https?:\/\/\S+/g, '')
    .replace(/\$[a-z.]+\b/g, '')
    .replace(/[^a-z0-9%]+/g, ' ')
    .trim();
  return (createHash('sha256').update(story).digest()[0]! & 1) === 0 ? 'build' : 'held-out';
}

/** Fields may be quoted, hold line breaks, and double a quote. */
function csvRecords(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    record.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    if (record.length > 1) records.push(record);
    record = [];
  }
  return records;
}

type Reader = (text: string) => Label;

/**
 * What is measured, and what it is measured against: always the commonest label; some plain words without any rule; and a classifier
 * that learned its words from the labels of the build half, on which its figures therefore mean nothing.
 */
function readersFrom(rows: readonly Row[]): Readonly<Record<string, Reader>> {
  return {
    lexicon: (text) => ofTone(lexiconTone(text)?.tone ?? 0),
    'always neutral': () => 'neutral',
    'plain words, no rules': (text) => ofTone(bagOfWords(text)),
    'naive Bayes, learned': naiveBayes(rows.filter(({ half }) => half === 'build')),
  };
}

/** Multinomial naive Bayes over words and pairs of words, with add-one smoothing. */
function naiveBayes(learned: readonly Row[]): Reader {
  const counts = labels.map(() => new Map<string, number>());
  const totals = labels.map(() => 0);
  const vocabulary = new Set<string>();
  for (const { text, label } of learned) {
    const at = labels.indexOf(label);
    for (const feature of featuresOf(text)) {
      counts[at]!.set(feature, (counts[at]!.get(feature) ?? 0) + 1);
      totals[at]! += 1;
      vocabulary.add(feature);
    }
  }
  const priors = labels.map((label) => Math.log(learned.filter((row) => row.label === label).length / learned.length));
  return (text) => {
    const known = featuresOf(text).filter((feature) => vocabulary.has(feature));
    const scores = labels.map((_, at) =>
      known.reduce((sum, feature) => sum + Math.log(((counts[at]!.get(feature) ?? 0) + 1) / (totals[at]! + vocabulary.size)), priors[at]!),
    );
    return labels[scores.indexOf(Math.max(...scores))]!;
  };
}

function featuresOf(text: string): string[] {
  const words =
    text
      .toLowerCase()
      .replace(/https?:\/\/\S+/g, '')
      .match(/[a-z0-9%']+/g) ?? [];
  return [...words, ...words.slice(1).map((word, at) => `${words[at]} ${word}`)];
}

function ofTone(tone: number): Label {
  return tone > NEUTRAL_TONE ? 'bullish' : tone < -NEUTRAL_TONE ? 'bearish' : 'neutral';
}

function bagOfWords(text: string): number {
  const good = new Set('up rise rises gain gains beat beats raised higher surge strong upgrade upgraded profit growth'.split(' '));
  const bad = new Set('down fall falls drop drops miss misses cut lower plunge weak downgrade downgraded loss decline'.split(' '));
  return Math.sign(
    text
      .toLowerCase()
      .split(/[^a-z]+/)
      .reduce((sum, word) => sum + (good.has(word) ? 1 : 0) - (bad.has(word) ? 1 : 0), 0),
  );
}

type Measures = ReturnType<typeof measuresOf>;

function measured(half: Half, ofHalf: readonly Row[], readers: Readonly<Record<string, Reader>>) {
  const byReader = Object.fromEntries(Object.entries(readers).map(([name, reader]) => [name, measuresOf(ofHalf, reader)]));
  const wrong = ofHalf
    .map((row) => ({ ...row, read: readers.lexicon!(row.text), tone: lexiconTone(row.text)?.tone ?? null }))
    .filter(({ label, read }) => label !== read)
    .slice(0, Number(options.examples));
  const repeats = 5;
  const startedAt = performance.now();
  for (let i = 0; i < repeats; i++) for (const { text } of ofHalf) lexiconTone(text);
  const headlinesPerSecond = Math.round((repeats * ofHalf.length * 1000) / (performance.now() - startedAt));
  return { half, rows: ofHalf.length, headlinesPerSecond, byReader, byConfidence: byConfidence(ofHalf), wrong };
}

/** Whether a surer reading is more often right: of the headlines read as good or bad, by confidence. */
function byConfidence(ofHalf: readonly Row[]) {
  const bands = [0, 0.4, 0.6, 0.8, 0.9, 1.01];
  const judged = ofHalf.flatMap(({ text, label }) => {
    const read = lexiconTone(text);
    return read === null || ofTone(read.tone) === 'neutral' ? [] : [{ confidence: read.confidence, isRight: ofTone(read.tone) === label }];
  });
  return bands.slice(1).map((to, at) => {
    const from = bands[at]!;
    const inBand = judged.filter(({ confidence }) => confidence >= from && confidence < to);
    return {
      from,
      to: Math.min(1, to),
      headlines: inBand.length,
      rightFrac: inBand.filter(({ isRight }) => isRight).length / inBand.length,
    };
  });
}

function measuresOf(ofHalf: readonly Row[], reader: Reader) {
  const confusion = labels.map(() => labels.map(() => 0));
  for (const { text, label } of ofHalf) confusion[labels.indexOf(label)]![labels.indexOf(reader(text))]! += 1;
  const right = labels.reduce((sum, _, i) => sum + confusion[i]![i]!, 0);
  const byLabel = labels.map((label, i) => {
    const found = confusion[i]![i]!;
    const actual = confusion[i]!.reduce((sum, n) => sum + n, 0);
    const read = confusion.reduce((sum, line) => sum + line[i]!, 0);
    const precision = read === 0 ? 0 : found / read;
    const recall = actual === 0 ? 0 : found / actual;
    return { label, precision, recall, f1: found === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
  });
  return { accuracy: right / ofHalf.length, macroF1: byLabel.reduce((sum, { f1 }) => sum + f1, 0) / labels.length, byLabel, confusion };
}

function print({ half, rows: count, headlinesPerSecond, byReader, byConfidence: bands, wrong }: ReturnType<typeof measured>): void {
  const share = (value: number): string => value.toFixed(3);
  const lines = [`${half} half, ${count} headlines, ${lexiconVersion}, ${headlinesPerSecond.toLocaleString('en-US')} headlines/s`, ''];
  lines.push(
    '| reader | accuracy | macro-F1 | bearish P / R / F1 | neutral P / R / F1 | bullish P / R / F1 |',
    '|---|---|---|---|---|---|',
  );
  for (const [name, { accuracy, macroF1, byLabel }] of Object.entries<Measures>(byReader)) {
    const cells = byLabel.map(({ precision, recall, f1 }) => `${share(precision)} / ${share(recall)} / ${share(f1)}`);
    lines.push(`| ${name} | ${share(accuracy)} | ${share(macroF1)} | ${cells.join(' | ')} |`);
  }
  lines.push('', `| labelled \\ read | ${labels.join(' | ')} |`, '|---|---|---|---|');
  byReader.lexicon!.confusion.forEach((line, i) => {
    lines.push(`| ${labels[i]} | ${line.join(' | ')} |`);
  });
  lines.push('', '| confidence of a good or bad reading | headlines | as labelled |', '|---|---|---|');
  for (const { from, to, headlines, rightFrac } of bands) lines.push(`| ${from} to ${to} | ${headlines} | ${share(rightFrac)} |`);
  lines.push('');
  for (const { label, read, tone, text } of wrong)
    lines.push(`${label} read as ${read} (${tone?.toFixed(2) ?? 'nothing'}): ${text.replaceAll('\n', ' ')}`);
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

main();

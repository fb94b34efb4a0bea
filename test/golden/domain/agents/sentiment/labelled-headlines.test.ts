/** The lexicon against labels that people gave, on twelve rows; scripts/measure-sentiment.ts measures it on all of them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lexiconTone } from '../../../../../shared/domain/agents/sentiment/tone.ts';

const { rows } = JSON.parse(readFileSync(new URL('./labelled-headlines.golden.json', import.meta.url), 'utf8')) as {
  rows: { text: string; label: 'bearish' | 'neutral' | 'bullish' }[];
};
const labelOf = (text: string): string => {
  const tone = lexiconTone(text)?.tone ?? 0;
  return tone > 0.3 ? 'bullish' : tone < -0.3 ? 'bearish' : 'neutral';
};

describe('labelled headlines', () => {
  test('are read as labelled in two of three, and never the other way round', () => {
    expect(rows.filter(({ text, label }) => labelOf(text) === label).length).toBeGreaterThanOrEqual(8);
    for (const { text, label } of rows) {
      if (label !== 'neutral') expect(labelOf(text), text).not.toBe(label === 'bullish' ? 'bearish' : 'bullish');
    }
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { overfittingDocument, overfittingLines } from '../../../../apps/cli/render/research/overfitting.ts';
import { overfittingOf, sampleOf } from '../../../../apps/cli/research/overfitting.ts';
import type { Question } from '../../../../apps/cli/research/question.ts';
import { combinationsIn, combinationsOf, type Grid } from '../../../../shared/domain/research/fast/grid.ts';
import { sweepSignals } from '../../../../shared/domain/research/fast/sweep-signals.ts';
import { strategyNamed } from '../../../../shared/domain/research/registry.ts';
import { type BacktestRules, freeCosts, noFinancing } from '../../../../shared/domain/research/rules.ts';
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import type { Overfitting } from '../../../../shared/runtime/sweep-page/overfitting-section.ts';
import { noiseMarket } from '../../../support/research/noise-market.ts';

const rules: BacktestRules = {
  ...{ cashUsd: 100_000, fill: 'next-open', sizing: { kind: 'all-cash', whole: false }, costs: freeCosts },
  ...{ financing: noFinancing, account: { kind: 'cash' }, allowShort: false, wholeShares: false },
  ...{ participationFracMax: null, sessionsPerYear: 252 },
};
const io = { io: { out: () => {}, err: () => {}, colors: undefined as never, interactive: false } };
const values = (first: number, step: number, count: number): number[] => Array.from({ length: count }, (_, k) => first + k * step);
/** Rules of which some look at what is planted and others do not. */
const grid: Grid = { names: ['period', 'oversold'], values: [[2, 4, 7, 14, 20, 30], values(15, 6, 5)] };

async function measured(seed: string, edge: number): Promise<Overfitting> {
  const panel = noiseMarket({ seed, symbols: 1, moments: 640, edge });
  const question: Question = {
    ...{ panel, strategy: strategyNamed('rsi-reversion')!, rules, parameters: {}, membership: null, notes: [], factors: null },
    range: { fromMoment: 0, toMoment: 639 },
  };
  const swept = sweepSignals({ panel, strategy: question.strategy, grid, rules });
  if (isRefusal(swept)) throw new Error(swept.reason);
  const best = swept.sharpePerBar.reduce((at, sharpe, row) => (sharpe > (swept.sharpePerBar[at] || -9) ? row : at), 0);
  return (await overfittingOf(question, grid, { best: swept.combinations.number[best]!, seed: 1 }, io))!;
}

const known = <Figure extends object>(figure: Figure | Refusal): Figure => {
  if (isRefusal(figure)) throw new Error(figure.reason);
  return figure;
};
const pboOf = ({ pbo }: Overfitting): number => known(pbo).probability;
const spaOf = ({ tests }: Overfitting): number => known(tests[0]!.superior).pValue.consistent;

describe('a sweep over noise', () => {
  const seeds = ['one', 'two', 'three', 'four'];
  let noise: readonly Overfitting[];
  beforeAll(async () => {
    noise = await Promise.all(seeds.map((seed) => measured(seed, 0)));
  });

  test('shows that its best was chosen from noise: half the time it is below the median elsewhere', () => {
    const mean = noise.reduce((sum, one) => sum + pboOf(one), 0) / noise.length;
    expect(mean).toBeGreaterThan(0.35);
    expect(mean).toBeLessThan(0.75);
  });

  test('is seldom taken for better than cash', () => {
    expect(noise.filter((one) => spaOf(one) < 0.05).length).toBeLessThanOrEqual(1);
  });

  test('compares every combination against cash and against holding, with the seed it was given', async () => {
    expect(noise[0]).toMatchObject({ compared: 30, combinations: 30, tests: [{ against: 'cash' }, { against: 'N00 held' }] });
    expect(await measured('one', 0)).toEqual(noise[0]);
  });
});

describe('a sweep over a market with an edge planted in it', () => {
  let planted: Overfitting;
  beforeAll(async () => {
    planted = await measured('edge', 0.8);
  });

  test('finds it in either half, and better than chance', () => {
    expect(pboOf(planted)).toBeLessThan(0.1);
    expect(spaOf(planted)).toBeLessThan(0.01);
  });

  test('says so in words, and in JSON without the figures of every split', () => {
    const text = overfittingLines(planted, { colors: { green: String, yellow: String, dim: String } as never }).join('\n');
    expect(text).toMatch(/^Probability of overfitting: \d\.\d %; what is best in one half is nearly always above the median/);
    expect(text).toMatch(/^Against cash: .* p [<=] 0\.00\d \(Hansen’s SPA; White’s reality check p [<=] 0\.0/m);
    expect(text).toMatch(/All 30 combinations were compared\.$/);
    const document = JSON.stringify(overfittingDocument(planted));
    expect(document).not.toMatch(/logits|outOfSample/);
    expect(document).toMatch(/"probability":0/);
  });
});

describe('a sample of a large grid', () => {
  const all = known(
    combinationsOf(
      strategyNamed('sma-cross')!,
      { names: ['fast', 'slow'], values: [values(1, 1, 40), values(50, 1, 50)] },
      { first: 0, count: 2000 },
    ),
  );

  test('is evenly spaced, and has the best in it', () => {
    const { number } = sampleOf(all, 100, 777);
    expect(number).toHaveLength(101);
    expect([...number].filter((_, at) => at < 3)).toEqual([0, 20, 40]);
    expect(number).toContain(777);
  });

  test('no larger than the grid is the grid', () => expect(sampleOf(all, 5000, 3).number).toEqual(all.number));

  test('of none, or of one combination, is no measure', async () => {
    const panel = noiseMarket({ seed: 'none', symbols: 1, moments: 60, edge: 0 });
    const question: Question = {
      ...{ panel, strategy: strategyNamed('sma-cross')!, rules, parameters: {}, membership: null, notes: [], factors: null },
      range: { fromMoment: 0, toMoment: 59 },
    };
    const two: Grid = { names: ['fast'], values: [[2, 3]] };
    expect(combinationsIn(two)).toBe(2);
    expect(await overfittingOf(question, two, { best: 0, seed: 1, compared: 0 }, io)).toBeNull();
    expect(await overfittingOf(question, { names: ['fast'], values: [[2]] }, { best: 0, seed: 1 }, io)).toBeNull();
  });
});

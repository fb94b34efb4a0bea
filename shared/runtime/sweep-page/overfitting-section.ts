/** Whether the best of a sweep is better than the best of so many would be by chance: cross-validation, tests against benchmarks, in pictures. */
import type { BacktestOverfitting } from '../../domain/research/validation/backtest-overfitting.ts';
import type { RealityCheck, SuperiorPredictiveAbility } from '../../domain/research/validation/data-snooping.ts';
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import { count, decimal, orDash, percent, whyNot } from '../page/format.ts';
import { type Block, picture, type Section, table, text } from '../page/section.ts';
import { spreadChart } from './spread-chart.ts';

export interface SnoopingTests {
  /** The benchmark. */
  readonly against: string;
  readonly realityCheck: RealityCheck | Refusal;
  readonly superior: SuperiorPredictiveAbility | Refusal;
}

/** What the returns of many combinations of a sweep say together. */
export interface Overfitting {
  /** Combinations whose returns were compared, and how many there are. */
  readonly compared: number;
  readonly combinations: number;
  readonly pbo: BacktestOverfitting | Refusal;
  readonly draws: number;
  readonly meanBlockBars: number;
  readonly tests: readonly SnoopingTests[];
}

export function overfittingSection(overfitting: Overfitting | null, root: number): Section {
  const frame = { id: 'overfitting', title: 'Overfitting' };
  if (overfitting === null) return { ...frame, blocks: [text('Not measured: it wants at least two combinations, and was not left out.')] };
  return { ...frame, blocks: [...crossValidation(overfitting, root), ...tests(overfitting), text(howMany(overfitting))] };
}

/** Of how many the figures are. */
export const howMany = ({ compared, combinations }: Overfitting): string =>
  compared === combinations
    ? `All ${count(combinations)} combinations were compared.`
    : `${count(compared)} of ${count(combinations)} combinations were compared, evenly spaced over the grid, the best among them; with all of them the p-values would be a little larger.`;

/** No draw showed as much: less often than one in all. */
export const pValueText = (pValue: number, draws: number): string => (pValue === 0 ? `< ${decimal(1 / draws, 3)}` : decimal(pValue, 3));

/** At one half choosing says nothing; above it the best of the past is more often below the median than above it. */
export const pboWords = (probability: number): string =>
  probability < 0.1
    ? 'what is best in one half is nearly always above the median in the other'
    : probability < 0.4
      ? 'what is best in one half is mostly above the median in the other'
      : 'what is best in one half says little or nothing about the other: to choose among these was to choose by noise';

function crossValidation({ pbo }: Overfitting, root: number): Block[] {
  if (isRefusal(pbo)) return [text(`No cross-validation: ${whyNot(pbo)}.`)];
  const { probability, splits, blocks, barsPerBlock, degradation, lossProbability, dominance, inSample, outOfSample } = pbo;
  const mean = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const annual = (perBar: number): string => decimal(perBar * root, 2);
  return [
    text(`Probability of backtest overfitting: ${percent(probability, 1)}; ${pboWords(probability)}.`),
    picture(
      spreadChart({
        id: 'out-of-sample-chart',
        title: 'Sharpe ratio a year, in the other half, of what was best in one half',
        description: `Of ${count(splits)} ways to halve the history the best of one half shows ${annual(mean(outOfSample))} in the other on average, after ${annual(mean(inSample))} in its own; ${percent(lossProbability, 1)} of the time it loses money there.`,
        values: outOfSample.map((one) => one * root),
        marks: [
          { value: mean(inSample) * root, name: 'mean in its own half', tone: 'market' },
          { value: mean(outOfSample) * root, name: 'mean in the other', tone: 'fund' },
        ],
        zero: 0,
        format: (value) => decimal(value, 1),
      }),
    ),
    table(
      'Combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado & Zhu 2017)',
      ['', '±value'],
      [
        ['Probability of backtest overfitting', percent(probability, 1)],
        ['The best of a half loses money in the other', percent(lossProbability, 1)],
        ['Slope of the other half’s ratio on its own', degradation === null ? '–' : decimal(degradation.slope, 2)],
        ['Choosing it beats choosing at random: always', dominance.firstOrder ? 'yes' : 'no'],
        ['… for whoever shuns risk', dominance.secondOrder ? 'yes' : 'no'],
        ['Ways to halve the history', count(splits)],
        ['Blocks, and bars of each', `${count(blocks)} × ${count(barsPerBlock)}`],
      ],
    ),
  ];
}

function tests({ tests: all, draws, meanBlockBars }: Overfitting): Block[] {
  const p = (value: number): string => pValueText(value, draws);
  const rows = all.map(({ against, realityCheck, superior }) => [
    against,
    orDash(realityCheck, ({ pValue }) => p(pValue)),
    orDash(superior, ({ pValue }) => p(pValue.lower)),
    orDash(superior, ({ pValue }) => p(pValue.consistent)),
    orDash(superior, ({ pValue }) => p(pValue.upper)),
    whyNot(realityCheck) || whyNot(superior),
  ]);
  return [
    table(
      'p-value of the best: how often so many worthless ones would show as much',
      ['against', '#reality check', '#SPA, lower', '#SPA, consistent', '#SPA, upper', 'why none'],
      rows,
    ),
    text(
      `Reality check: H. White (2000); superior predictive ability: P. R. Hansen (2005). ${count(draws)} draws of the stationary bootstrap, blocks of ${decimal(meanBlockBars, 1)} bars on average, all combinations drawn alike.`,
    ),
  ];
}

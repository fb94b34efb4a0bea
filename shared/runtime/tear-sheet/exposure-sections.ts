/** How returns are spread, what was held and traded, and what else the same returns could have brought. */
import type { MonteCarlo } from '../../domain/research/validation/monte-carlo.ts';
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import { count, decimal, percent, shortUsd, signedPercent, usd, whyNot } from '../page/format.ts';
import { type Block, folded, picture, type Section, table, text, widePicture } from '../page/section.ts';
import { histogramOf } from './histogram.ts';
import { histogramChart } from './histogram-chart.ts';
import { linePanel } from './line-panel.ts';
import { monthsOf } from './months.ts';
import type { Sessions } from './sessions.ts';
import { turnoverChart } from './turnover-chart.ts';

export function spreadSection(sessions: Sessions): Section {
  const histogram = histogramOf(sessions.returnFrac);
  const known = sessions.returnFrac.filter(Number.isFinite).toSorted();
  const at = (frac: number): number => known[Math.round(frac * (known.length - 1))]!;
  const levels = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1];
  const names = ['worst', '1 %', '5 %', '25 %', 'median', '75 %', '95 %', '99 %', 'best'];
  const rows = known.length === 0 ? [] : levels.map((level, k) => [names[k]!, signedPercent(at(level), 3)]);
  const drawn =
    histogram === null
      ? [text('A histogram wants 20 returns that vary.')]
      : [
          picture(
            histogramChart(
              {
                id: 'histogram-chart',
                title: 'Returns of sessions beside a normal distribution; counts on a square-root scale',
                description: `${count(known.length)} returns, mean ${signedPercent(histogram.mean, 3)}, standard deviation ${percent(histogram.deviation, 3)}; ${count(histogram.below)} lie more than four deviations below the mean and ${count(histogram.above)} above, where a normal distribution has ${decimal(known.length * 6.33e-5, 1)} in all. They are counted in the outermost bins.`,
              },
              histogram,
              (frac) => percent(frac, 1),
            ),
          ),
        ];
  return {
    id: 'returns',
    title: 'Returns of sessions',
    blocks: [...drawn, table('Quantiles of the returns of sessions', ['quantile', '±return'], rows)],
  };
}

export function exposureSection(sessions: Sessions): Section {
  const { day, longFrac, shortFrac } = sessions;
  const gross = longFrac.map((one, s) => one + shortFrac[s]!);
  const net = longFrac.map((one, s) => one - shortFrac[s]!);
  const hasShort = shortFrac.some((one) => one > 0);
  const shown = hasShort
    ? [
        { name: 'gross', classes: 'market', values: gross },
        { name: 'net', classes: 'fund', values: net },
        { name: 'long', classes: 'long', values: longFrac },
        { name: 'short', classes: 'under', values: shortFrac.map((one) => -one) },
      ]
    : [{ name: 'long', classes: 'fund', values: longFrac, filled: true }];
  const row = (name: string, values: Float64Array): string[] => {
    const known = values.filter(Number.isFinite).toSorted();
    if (known.length === 0) return [name];
    const mean = known.reduce((sum, one) => sum + one, 0) / known.length;
    return [
      name,
      percent(mean, 1),
      percent(known[0]!, 1),
      percent(known[Math.floor((known.length - 1) / 2)]!, 1),
      percent(known.at(-1)!, 1),
    ];
  };
  const rows = hasShort ? [row('gross', gross), row('net', net), row('long', longFrac), row('short', shortFrac)] : [row('long', longFrac)];
  const invested = gross.filter((one) => one > 0).length;
  return {
    id: 'exposure',
    title: 'Exposure and turnover',
    blocks: [
      widePicture(
        linePanel({
          id: 'exposure-chart',
          title: hasShort ? 'Exposure, parts of equity at the close' : 'Exposure, part of equity at the close; nothing was short',
          description: `Something was held at ${percent(invested / gross.length, 1)} of closes. ${rows.map(([name, mean]) => `${name} ${mean} on average`).join(', ')}.`,
          axis: { kind: 'days', day },
          lines: shown,
          scale: 'linear',
          base: 0,
          format: (value) => percent(value, 0),
          height: 220,
        }),
      ),
      table('Exposure at the closes', ['', '#mean', '#least', '#median', '#most'], rows),
      ...turnoverBlocks(sessions),
    ],
  };
}

function turnoverBlocks({ day, tradedUsd, equityUsd }: Sessions): Block[] {
  const months = monthsOf(day).map(({ month, from, to }) => {
    const traded = tradedUsd.subarray(from, to).reduce((sum, one) => sum + one, 0);
    const equity = equityUsd.subarray(from, to).reduce((sum, one) => sum + one, 0) / (to - from);
    return { month, turnoverFrac: traded / 2 / equity, tradedUsd: traded };
  });
  const total = tradedUsd.reduce((sum, one) => sum + one, 0);
  const busiest = months.reduce((best, one) => (one.turnoverFrac > best.turnoverFrac ? one : best), months[0]!);
  return [
    picture(
      turnoverChart(
        {
          id: 'turnover-chart',
          title: 'Turnover of each month: half of what was traded over mean equity',
          description: `${usd(total)} were traded in all; the busiest month was ${busiest.month} with ${percent(busiest.turnoverFrac, 0)}.`,
        },
        months,
        (frac) => percent(frac, 0),
      ),
    ),
    folded(
      'Turnover of each month as a table',
      table(
        'Turnover by month',
        ['month', '#turnover', '#traded'],
        months.map((one) => [one.month, percent(one.turnoverFrac, 1), usd(one.tradedUsd)]),
      ),
    ),
  ];
}

/** `openingUsd` is what the drawn histories begin with. */
export function bootstrapSection(drawn: MonteCarlo | Refusal, openingUsd: number): Section {
  const frame = { id: 'bootstrap', title: 'What else it could have been' };
  if (isRefusal(drawn)) return { ...frame, blocks: [text(`No histories were drawn: ${whyNot(drawn)}.`)] };
  const { fan, draws, meanBlockBars, finalGrowth, maxDrawdownFrac, lossProbability, ruinGrowth, ruinProbability } = drawn;
  const how =
    drawn.method === 'stationary-bootstrap'
      ? `${count(draws)} histories by the stationary bootstrap (Politis and Romano 1994), blocks of ${decimal(meanBlockBars ?? Number.NaN, 1)} returns on average`
      : `${count(draws)} orders of the trades there were`;
  const spread = (name: string, of: MonteCarlo['finalGrowth'], format: (value: number) => string): string[] => [
    name,
    ...[of.p5, of.p25, of.p50, of.p75, of.p95, of.mean].map(format),
  ];
  // The quantiles stand at some returns only; the axis counts returns.
  const length = (fan.returns.at(-1) ?? 0) + 1;
  const along = (values: Float64Array): Float64Array => interpolated(fan.returns, values, length).map((growth) => growth * openingUsd);
  const [p5, p25, p50, p75, p95] = [along(fan.p5), along(fan.p25), along(fan.p50), along(fan.p75), along(fan.p95)];
  const isLong = p5.every((one) => one > 0) && Math.max(...fan.p95) / Math.min(...fan.p5) > 2.5;
  return {
    ...frame,
    blocks: [
      widePicture(
        linePanel({
          id: 'bootstrap-chart',
          title: `${how}; returns ahead${isLong ? ', equity logarithmic' : ''}`,
          description: `After ${count(length - 1)} returns nine of ten histories end between ${usd(finalGrowth.p5 * openingUsd)} and ${usd(finalGrowth.p95 * openingUsd)}, half of them above ${usd(finalGrowth.p50 * openingUsd)}.`,
          axis: { kind: 'bars', count: length },
          lines: [{ name: 'median', classes: 'fund', values: p50 }],
          bands: [
            { name: '5 to 95 %', classes: 'fund', low: p5, high: p95 },
            { name: '25 to 75 %', classes: 'fund', low: p25, high: p75 },
          ],
          scale: isLong ? 'log' : 'linear',
          base: isLong ? null : openingUsd,
          format: shortUsd,
          height: 280,
        }),
      ),
      table(
        'Over all histories',
        ['', '#5 %', '#25 %', '#median', '#75 %', '#95 %', '#mean'],
        [
          spread('Equity at the end', finalGrowth, (growth) => usd(growth * openingUsd)),
          spread('Return', finalGrowth, (growth) => signedPercent(growth - 1, 1)),
          spread('Deepest drawdown', maxDrawdownFrac, (frac) => percent(frac, 1)),
        ],
      ),
      table(
        'How likely',
        ['', '#probability'],
        [
          ['A loss at the end', percent(lossProbability, 1)],
          [`Ruin on the way: equity at ${percent(ruinGrowth, 0)} of the start or below`, percent(ruinProbability, 1)],
          ...drawn.drawdowns.map(({ drawdownFrac, probability }) => [
            `A drawdown of ${percent(drawdownFrac, 0)} or more`,
            percent(probability, 1),
          ]),
        ],
      ),
    ],
  };
}

/** Straight between the places that are known. */
function interpolated(places: Int32Array, values: Float64Array, length: number): Float64Array {
  const all = new Float64Array(length).fill(Number.NaN);
  for (let k = 0; k + 1 < places.length; k++) {
    const [from, to] = [places[k]!, places[k + 1]!];
    for (let at = from; at <= to; at++) all[at] = values[k]! + ((values[k + 1]! - values[k]!) * (at - from)) / Math.max(1, to - from);
  }
  return all;
}

/** The fund as an investor sees it: the day, the curve, its figures, and where the profit came from. */
import type { ReportDocument } from '../../domain/analytics/report-document.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import { barChart, waterfall } from '../page/bar-charts.ts';
import { count, decimal, orDash, percent, signedPercent, signedUsd, usd, whyNot } from '../page/format.ts';
import { type Block, picture, type Section, type ShownFigure, table, text } from '../page/section.ts';
import { lineChart } from '../page/time-charts.ts';

const lineNeedsTwo = 'One close so far: a line needs two.';
const shownAtEachEnd = 8;

export function headline({ today, last, performance, attribution }: ReportDocument): ShownFigure[] {
  const { fit } = attribution;
  const day = isRefusal(last) ? null : last;
  const market = day === null || isRefusal(day.marketReturnFrac) ? null : day.marketReturnFrac;
  return [
    { name: 'Equity', value: usd(today.equityUsd), note: `at the closes of ${today.valuedAt}` },
    {
      name: 'Last session',
      value: orDash(last, ({ returnFrac }) => signedPercent(returnFrac)),
      note:
        day === null
          ? whyNot(last)
          : market === null
            ? signedUsd(day.profitUsd)
            : `${signedUsd(day.profitUsd)}; market ${signedPercent(market)}`,
    },
    {
      name: 'Since the start',
      value: orDash(performance.totalReturnFrac, (frac) => signedPercent(frac)),
      note: whyNot(performance.totalReturnFrac) || (performance.sessions === 1 ? '1 session' : `${count(performance.sessions)} sessions`),
    },
    {
      name: 'Volatility',
      value: orDash(performance.annualizedVol, (vol) => percent(vol, 1)),
      note: whyNot(performance.annualizedVol) || 'a year',
    },
    {
      name: 'Sharpe',
      value: orDash(performance.sharpe, (ratio) => decimal(ratio, 2)),
      note: whyNot(performance.sharpe) || `± ${orDash(performance.sharpeStandardError, (error) => decimal(error, 2))} standard error`,
    },
    {
      name: 'Max drawdown',
      value: orDash(performance.maxDrawdownFrac, (frac) => percent(frac)),
      note: whyNot(performance.maxDrawdownFrac) || 'from its high, at closes',
    },
    { name: 'Beta', value: orDash(fit, ({ slope }) => decimal(slope, 2)), note: whyNot(fit) || `against ${today.marketName}` },
    { name: 'Regime', value: today.regime?.name.replaceAll('_', ' ') ?? 'unknown', note: `mode ${today.mode}` },
  ];
}

export const performanceSections = (document: ReportDocument): Section[] => [
  curveSection(document),
  figuresSection(document),
  attributionSection(document),
  contributionSection(document),
];

function curveSection({ curve, drawdowns, today }: ReportDocument): Section {
  const days = curve.map(({ day }) => day);
  const end = curve.at(-1)!;
  const deepest = drawdowns[0];
  const pictures: Block[] =
    curve.length < 2
      ? [text(lineNeedsTwo)]
      : [
          picture(
            lineChart({
              id: 'equity',
              title: 'Growth of the fund and of the market',
              description: `From ${days[0]} to ${end.day} the fund went from 1 to ${decimal(end.growth, 4)}, ${today.marketName} to ${end.marketGrowth === null ? 'an unknown level' : decimal(end.marketGrowth, 4)}.`,
              days,
              series: [
                { name: 'fund', classes: 'fund', values: curve.map(({ growth }) => growth - 1), filled: true },
                {
                  name: today.marketName,
                  classes: 'market',
                  values: curve.map(({ marketGrowth }) => (marketGrowth === null ? null : marketGrowth - 1)),
                },
              ],
              base: 0,
              format: (value) => signedPercent(value, digitsFor(curve.map(({ growth }) => growth - 1))),
            }),
          ),
          picture(
            lineChart({
              id: 'drawdown',
              title: 'Drawdown',
              description:
                deepest === undefined
                  ? 'The fund was never below its high.'
                  : `At the deepest the fund was ${percent(deepest.depthFrac)} below its high, on ${deepest.troughDay}.`,
              days,
              series: [{ name: 'drawdown', classes: 'under', values: curve.map(({ drawdownFrac }) => -drawdownFrac), filled: true }],
              base: 0,
              format: (value) => percent(value, digitsFor(curve.map(({ drawdownFrac }) => drawdownFrac))),
            }),
          ),
        ];
  return { id: 'curve', title: 'Equity and drawdown', blocks: pictures };
}

function drawdownTable({ drawdowns }: ReportDocument): Block[] {
  const rows = drawdowns.map(({ peakDay, troughDay, recoveredDay, depthFrac, sessions }) => [
    peakDay,
    troughDay,
    recoveredDay ?? 'lasts',
    percent(depthFrac),
    count(sessions),
  ]);
  const columns = ['from', 'trough', 'recovered', '#depth', '#sessions'];
  return rows.length > 0 ? [table('The deepest drawdowns', columns, rows)] : [];
}

function figuresSection(document: ReportDocument): Section {
  const { performance, market, depositsUsd } = document;
  const ofMarket = isRefusal(market) ? null : market;
  const row = (name: string, key: keyof typeof performance, format: (value: number) => string): string[] => {
    const figure = performance[key];
    const beside = ofMarket?.[key] ?? null;
    return [name, orDash(figure, format), beside === null ? '–' : orDash(beside, format), whyNot(figure)];
  };
  const rows = [
    row('Total return', 'totalReturnFrac', (value) => signedPercent(value)),
    row('Return a year', 'annualizedReturnFrac', (value) => signedPercent(value)),
    row('Volatility a year', 'annualizedVol', (value) => percent(value)),
    row('Sharpe ratio', 'sharpe', (value) => decimal(value, 2)),
    row('its standard error', 'sharpeStandardError', (value) => decimal(value, 2)),
    row('Sortino ratio', 'sortino', (value) => decimal(value, 2)),
    row('Calmar ratio', 'calmar', (value) => decimal(value, 2)),
    row('Largest drawdown', 'maxDrawdownFrac', (value) => percent(value)),
    row('Days with a gain', 'hitRateFrac', (value) => percent(value, 1)),
    row('Best day', 'bestFrac', (value) => signedPercent(value)),
    row('Worst day', 'worstFrac', (value) => signedPercent(value)),
    row('Turnover a year', 'annualizedTurnoverFrac', (value) => decimal(value, 2)),
  ];
  const paidIn = depositsUsd === 0 ? '' : ` Paid in since: ${signedUsd(depositsUsd)}.`;
  return {
    id: 'figures',
    title: 'Figures',
    blocks: [
      table('Performance since the start', ['', '±fund', '±market', 'why none'], rows),
      ...drawdownTable(document),
      text(
        `Returns are time-weighted, from close to close: dividends are in them, money paid in or out is not.${paidIn} Sharpe and its standard error take returns to be independent (Lo 2002).`,
      ),
    ],
  };
}

function attributionSection({ attribution }: ReportDocument): Section {
  const { totalUsd, riskFreeUsd, betaUsd, alphaUsd, costUsd, residualUsd, unattributedUsd, fit } = attribution;
  const parts = [
    { name: 'Risk-free rate', value: riskFreeUsd },
    { name: 'Market (beta)', value: betaUsd },
    { name: 'Alpha', value: alphaUsd },
    { name: 'Cost of trading', value: costUsd },
    { name: 'Residual', value: residualUsd },
    { name: 'Not attributed', value: unattributedUsd },
  ].filter(({ value }) => value !== 0);
  const rows = [...parts.map(({ name, value }) => [name, signedUsd(value)]), ['Profit', signedUsd(totalUsd)]];
  const explained = isRefusal(fit)
    ? `No regression: ${whyNot(fit)}.`
    : `Beta ${decimal(fit.slope, 3)} ± ${decimal(fit.slopeStandardError, 3)}, alpha ${decimal(fit.intercept * 10_000, 2)} ± ${decimal(fit.interceptStandardError * 10_000, 2)} basis points a session, R² ${decimal(fit.rSquared, 2)}, ${count(fit.count)} sessions; standard errors by Newey and West, ${fit.lags} lags. An alpha within two of its standard errors of zero is not told from luck.`;
  const drawn = isRefusal(fit)
    ? []
    : [
        picture(
          waterfall({
            id: 'attribution',
            title: 'Where the profit came from',
            description: `${rows.map(([name, value]) => `${name}: ${value}`).join(', ')}.`,
            parts,
            totalName: 'Profit',
            format: signedUsd,
          }),
        ),
      ];
  return {
    id: 'attribution',
    title: 'Attribution',
    blocks: [...drawn, table('Parts of the profit; they sum to it to the cent', ['part', '±profit'], rows), text(explained)],
  };
}

function contributionSection({ contributions }: ReportDocument): Section {
  const { symbols, sectors, strategies, regimes, cashUsd, totalUsd } = contributions;
  if (symbols.length === 0)
    return { id: 'contributions', title: 'Contributions', blocks: [text('Nothing has been held over a close yet.')] };
  const isMany = symbols.length > 2 * shownAtEachEnd;
  const shown = isMany ? [...symbols.slice(0, shownAtEachEnd), ...symbols.slice(-shownAtEachEnd)] : symbols;
  const left = isMany ? symbols.slice(shownAtEachEnd, -shownAtEachEnd) : [];
  const row = ({ name, profitUsd, tradedUsd, intervals }: (typeof symbols)[number]): string[] => [
    name,
    signedUsd(profitUsd),
    usd(tradedUsd),
    count(intervals),
  ];
  const leftRow =
    left.length === 0 ? [] : [[`${left.length} between them`, signedUsd(sum(left, 'profitUsd')), usd(sum(left, 'tradedUsd')), '']];
  const sumRows = [...leftRow, ['Cash', signedUsd(cashUsd), '', ''], ['Profit', signedUsd(totalUsd), '', '']];
  const columns = (of: string): string[] => [of, '±profit', '#traded', '#sessions'];
  return {
    id: 'contributions',
    title: 'Contributions',
    blocks: [
      picture(
        barChart({
          id: 'symbols',
          title: isMany ? 'The symbols that made and lost the most' : 'Profit by symbol',
          description: `${shown[0]!.name} made the most, ${signedUsd(shown[0]!.profitUsd)}; ${shown.at(-1)!.name} the least, ${signedUsd(shown.at(-1)!.profitUsd)}.`,
          bars: shown.map(({ name, profitUsd }) => ({ name, values: [profitUsd] })),
          format: signedUsd,
        }),
      ),
      table('By symbol; with cash they sum to the profit', columns('symbol'), [...shown.map(row), ...sumRows]),
      table('By sector', columns('sector'), sectors.map(row)),
      table('By strategy', columns('strategy'), strategies.map(row)),
      table(
        'By regime',
        columns('regime'),
        regimes.map((one) => row({ ...one, name: one.name.replaceAll('_', ' ') })),
      ),
    ],
  };
}

/** Digits of a percentage that tell the ticks of an axis apart. */
const digitsFor = (fracs: readonly number[]): number => {
  const span = Math.max(...fracs) - Math.min(...fracs);
  return span > 0.06 ? 0 : span > 0.006 ? 1 : 2;
};

const sum = <Key extends string>(parts: ReadonlyArray<Readonly<Record<Key, number>>>, key: Key): number =>
  parts.reduce((total, one) => total + one[key], 0);

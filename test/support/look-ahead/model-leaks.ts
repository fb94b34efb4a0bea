/** Leaks within the signals, the regime, the book and the risk: models that are fitted, ranked or measured on what follows. */
import type { opinionOf, SymbolView } from '../../../shared/domain/agents/agent.ts';
import type { digestNews } from '../../../shared/domain/agents/sentiment/news-digest.ts';
import type { technicalAgent } from '../../../shared/domain/agents/technical.agent.ts';
import type { releasesKnown } from '../../../shared/domain/agents/valuation/per-share.ts';
import type { quartersKnown } from '../../../shared/domain/agents/valuation/trailing.ts';
import type { decideSymbols } from '../../../shared/domain/ensemble/meta-brain.ts';
import type { earningsSurprise } from '../../../shared/domain/factors/earnings-surprise.ts';
import type { marketFit, marketGrid } from '../../../shared/domain/factors/market-fit.ts';
import type { newsSentimentFactor } from '../../../shared/domain/factors/news-sentiment.factor.ts';
import type { standings } from '../../../shared/domain/factors/rank.ts';
import type { latestReports } from '../../../shared/domain/factors/reports.ts';
import type { volatilityScaledMomentumFactor } from '../../../shared/domain/factors/volatility-scaled-momentum.factor.ts';
import { rollingMomentum } from '../../../shared/domain/indicators/momentum.ts';
import type { factsBefore } from '../../../shared/domain/market/facts.ts';
import type { volatilityStop } from '../../../shared/domain/portfolio/overlays/volatility-stops.ts';
import type { shrunkCovariance } from '../../../shared/domain/portfolio/shrunk-covariance.ts';
import { returnPanel } from '../../../shared/domain/risk/return-panel.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { dayAfter, type Leak, monthAfter, returnOfTheMonthAfter, rowsBefore, sameRows } from './leak.ts';
import { type Everything, inPlaceOf } from './planted.ts';

export const modelLeaks: readonly Leak[] = [
  {
    name: 'what is published on the day of the session is known to it: reports and releases',
    swaps: [
      inPlaceOf<typeof factsBefore>('factsBefore', (real) => (facts, asOf) => ({
        ...real(facts, dayAfter(asOf)),
        news: real(facts, asOf).news,
      })),
      inPlaceOf<typeof latestReports>('latestReports', (real) => (facts, asOf, count) => real(facts, dayAfter(asOf), count)),
      inPlaceOf<typeof quartersKnown>('quartersKnown', (real) => (reports, asOf, ageDaysMax) => real(reports, dayAfter(asOf), ageDaysMax)),
      inPlaceOf<typeof releasesKnown>(
        'releasesKnown',
        (real) => (earnings, asOf, ageDaysMax) => real(earnings, dayAfter(asOf), ageDaysMax),
      ),
      inPlaceOf<typeof earningsSurprise>('earningsSurprise', (real) => (releases, asOf, rules) => real(releases, dayAfter(asOf), rules)),
    ],
  },
  {
    name: 'what is published on the day of the session is known to it: headlines',
    swaps: [
      inPlaceOf<typeof factsBefore>('factsBefore', (real) => (facts, asOf) => ({
        ...real(facts, asOf),
        news: real(facts, dayAfter(asOf)).news,
      })),
      inPlaceOf<typeof digestNews>('digestNews', (real) => (news, asOf, rules) => real(news, dayAfter(asOf), rules)),
      inPlaceOf<typeof newsSentimentFactor.read>('newsSentimentFactor.read', (real) => (views, context) => {
        return real(views, { ...context, asOf: dayAfter(context.asOf) });
      }),
    ],
  },
  {
    name: 'an agent is shown one bar more',
    swaps: [
      inPlaceOf<typeof technicalAgent.opine>('technicalAgent.opine', (real, everything) => (view: SymbolView) => {
        return real({ ...view, bars: rowsBefore(everything, view.symbol, dayAfter(view.asOf), view.bars.day.length) });
      }),
    ],
  },
  {
    name: 'a factor is standardised with the mean and deviation of all its history, later years included',
    swaps: [
      inPlaceOf<typeof volatilityScaledMomentumFactor.read>(
        'volatilityScaledMomentumFactor.read',
        (real, everything) => (views, context) => {
          const { lookbackBars, skipBars } = context.rules.momentum;
          return real(views, context).map((reading, i) => {
            if (reading.kind === 'absent') return reading;
            const history = rollingMomentum(everything.barsOf(views[i]!.symbol).close, lookbackBars, skipBars).filter(Number.isFinite);
            const mean = history.reduce((sum, value) => sum + value / history.length, 0);
            const deviation = Math.sqrt(history.reduce((sum, value) => sum + (value - mean) ** 2 / history.length, 0));
            return { ...reading, value: (reading.value - mean) / deviation };
          });
        },
      ),
    ],
  },
  {
    name: 'companies are ranked among themselves and their own later selves',
    swaps: [
      inPlaceOf<typeof standings>('standings', (real, everything) => (views, context, factors) => {
        const later = views.map((view) => ({
          ...view,
          bars: rowsBefore(everything, view.symbol, monthAfter(context.asOf), view.bars.day.length),
        }));
        return real([...views, ...later], context, factors).slice(0, views.length);
      }),
    ],
  },
  {
    name: 'beta is taken over a window that is centred on the session',
    swaps: [
      inPlaceOf<typeof marketGrid>(
        'marketGrid',
        (real, { market }) =>
          (_, asOf, rules) =>
            real(market, monthAfter(asOf), rules),
      ),
      inPlaceOf<typeof marketFit>('marketFit', (real, everything) => (bars, grid, rules) => {
        return real(rowsBefore(everything, bars.symbol, monthAfter(everything.asOf), bars.day.length), grid, rules);
      }),
    ],
  },
  {
    name: 'earnings are held against the estimate that stands in the next quarter’s row',
    swaps: [
      inPlaceOf<typeof earningsSurprise>('earningsSurprise', (real, { data }) => (releases, asOf, rules) => {
        const last = releases.at(-1);
        const all = data.facts.find(({ earnings }) => last !== undefined && earnings.includes(last))?.earnings ?? [];
        const revised = releases.map((release) => {
          const next = all[all.indexOf(release) + 1];
          return { ...release, epsEstimateUsd: next?.epsEstimateUsd ?? release.epsEstimateUsd };
        });
        return real(revised, asOf, rules);
      }),
    ],
  },
  {
    name: 'an agent’s information coefficient is fitted on the returns that followed',
    swaps: [
      inPlaceOf<typeof opinionOf>('opinionOf', (real, everything) => (agent, view, finding) => {
        const { signals } = view.rules;
        const coefficient = (signals.informationCoefficients[agent] ?? 0) * (1 + returnOfTheMonthAfter(everything, view.symbol));
        const informationCoefficients = { ...signals.informationCoefficients, [agent]: coefficient };
        return real(agent, { ...view, rules: { ...view.rules, signals: { ...signals, informationCoefficients } } }, finding);
      }),
    ],
  },
  {
    name: 'median and MAD of the opinions are pooled with those of the month to come',
    swaps: [
      inPlaceOf<typeof decideSymbols>('decideSymbols', (real, everything) => (entries, context, rules) => {
        const later = entries.map((entry) => ({
          ...entry,
          opinions: entry.opinions.map((opinion) =>
            opinion.kind === 'abstain'
              ? opinion
              : { ...opinion, expectedReturn: opinion.expectedReturn + 0.001 * returnOfTheMonthAfter(everything, entry.symbol) },
          ),
        }));
        const { market, results } = real([...entries, ...later], context, rules);
        return { market, results: results.slice(0, entries.length) };
      }),
    ],
  },
  {
    name: 'the covariance behind the book reaches into the month to come',
    swaps: [
      inPlaceOf<typeof shrunkCovariance>('shrunkCovariance', (real, everything) => (panel) => {
        const later = panelOfTheMonthAfter(everything, panel.symbols, panel.days.length);
        return real(isRefusal(later) ? panel : later);
      }),
    ],
  },
  {
    name: 'tail losses are measured on returns that reach into the month to come',
    swaps: [
      inPlaceOf<typeof returnPanel>('returnPanel', (real, everything) => (bars, asOf, sessions, sessionsMin) => {
        const later = bars.map(({ symbol, day }) => rowsBefore(everything, symbol, monthAfter(asOf), day.length));
        return real(later, monthAfter(asOf), sessions, sessionsMin);
      }),
    ],
  },
  {
    name: 'a stop hangs from the highest price of the days around',
    swaps: [
      inPlaceOf<typeof volatilityStop>('volatilityStop', (real, everything) => (bars, weight, rules) => {
        const whole = everything.barsOf(bars.symbol);
        const { high, low } = sameRows(whole, bars, 5);
        return high.length === bars.high.length ? real({ ...bars, high, low }, weight, rules) : real(bars, weight, rules);
      }),
    ],
  },
];

const panelOfTheMonthAfter = (everything: Everything, symbols: readonly string[], sessions: number) =>
  returnPanel(
    symbols.map((symbol) => rowsBefore(everything, symbol, monthAfter(everything.asOf), sessions + 1)),
    monthAfter(everything.asOf),
    sessions,
    2,
  );

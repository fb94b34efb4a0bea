/**
 * What every agent must hold, whoever wrote it: `agentKit(yourAgent, { abstainsWithout: 'prices' })` in a test file registers one test per
 * card. The cards run on the made-up world of the factor kit, whose data goes on after `asOf`. A card gives the faults it found, so that a test
 * of the kit can show that it finds them.
 */
import { describe, expect, test } from 'vitest';
import type { Agent, Opinion, SymbolView } from '../../../shared/domain/agents/agent.ts';
import type { FactorStanding } from '../../../shared/domain/factors/factor.ts';
import { realizedDailyVol } from '../../../shared/domain/indicators/momentum.ts';
import { dividendAdjusted, totalReturns } from '../../../shared/domain/indicators/returns.ts';
import { barsBefore, type DailyBars, sliceBars } from '../../../shared/domain/market/bars.ts';
import { factsBefore, noFacts, type SymbolFacts } from '../../../shared/domain/market/facts.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import type { Policy } from '../../../shared/domain/policy/policy.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import { asOf } from '../../unit/domain/fixtures.ts';
import { type Company, changedAfter, endingBefore, factorWorld } from './factor-world.ts';

export interface AgentKitOptions {
  /** What it cannot do without: handed a view that has none of it, it must abstain. */
  readonly abstainsWithout: 'prices' | 'facts' | 'factors';
  /** Rules of its own; the default policy otherwise. It must give the agent an information coefficient. */
  readonly rules?: Policy;
}

export interface AgentCard {
  readonly title: string;
  faults(agent: Agent, options: AgentKitOptions): readonly string[];
}

export function agentKit(agent: Agent, options: AgentKitOptions): void {
  describe(`agent ${agent.name}`, () => {
    for (const card of agentCards) test(card.title, () => expect(card.faults(agent, options)).toEqual([]));
  });
}

const LOADED_SESSIONS = 252;
const VOLATILITY_BARS = 63;
const world = factorWorld();

export const agentCards: readonly AgentCard[] = [
  {
    title: '1 has a name in kebab-case, and an opinion on most companies of a world that has everything',
    faults(agent, options) {
      const given = viewsOf(options).filter((view) => agent.opine(view).kind === 'opinion').length;
      return [
        ...(isKebab(agent.name) ? [] : [`the name is "${agent.name}"`]),
        ...(given > world.companies.length / 2 ? [] : [`it has an opinion on ${given} of ${world.companies.length} companies`]),
      ];
    },
  },
  {
    title: '2 is bounded: confidence within 0 and 1, expected return within volatility times information coefficient, evidence finite',
    faults: (agent, options) => viewsOf(options).flatMap((view) => shapeFaults(agent, view)),
  },
  {
    title: '3 gives the same bytes for the same view, and writes nothing into it',
    faults(agent, options) {
      return viewsOf(options).flatMap((view) => {
        const frozen = deepFrozen(view);
        const before = bytesOf(frozen);
        const first = bytesOf(agent.opine(frozen));
        return [
          ...(bytesOf(agent.opine(frozen)) === first ? [] : [`${view.symbol}: a second opinion differs`]),
          ...(bytesOf(frozen) === before ? [] : [`${view.symbol}: the view was written to`]),
        ];
      });
    },
  },
  {
    title: '4 does not change when rows dated on or after asOf are dropped or changed',
    faults(agent, options) {
      const dropped = endingBefore(world, asOf);
      const changed = changedAfter(world, asOf);
      return world.companies.flatMap((company, i) => {
        const expected = bytesOf(agent.opine(viewOf(company, options)));
        return [
          ...(bytesOf(agent.opine(viewOf(dropped.companies[i]!, options))) === expected ? [] : [`dropped: ${company.bars.symbol} changed`]),
          ...(bytesOf(agent.opine(viewOf(changed.companies[i]!, options))) === expected ? [] : [`changed: ${company.bars.symbol} changed`]),
        ];
      });
    },
  },
  {
    title: '5 does not read facts of asOf or later, even when it is handed them',
    faults: (agent, options) =>
      world.companies.flatMap((company) => {
        const view = viewOf(company, options);
        const uncut = agent.opine({ ...view, facts: inEnglish(company.facts) });
        return bytesOf(uncut) === bytesOf(agent.opine(view)) ? [] : [`${view.symbol}: facts from asOf on were handed over, and it changed`];
      }),
  },
  {
    title: '6 abstains and says why without what it needs; whatever else is missing, it abstains or gives finite numbers',
    faults: (agent, options) =>
      Object.entries(lacking).flatMap(([kind, ways]) =>
        Object.entries(ways).flatMap(([what, impoverish]) =>
          viewsOf(options).flatMap((view) => {
            const poor = impoverish(view);
            const opinion = agent.opine(poor);
            return [
              ...shapeFaults(agent, poor).map((fault) => `${what}: ${fault}`),
              ...(kind === options.abstainsWithout && opinion.kind === 'opinion' ? [`${what}: it has an opinion all the same`] : []),
            ];
          }),
        ),
      ),
  },
  {
    title: '7 gives a company the same bytes whichever companies it was asked about before',
    faults(agent, options) {
      const views = viewsOf(options);
      const expected = views.map((view) => bytesOf(agent.opine(view)));
      const rng = seededRng('agent-kit/order');
      const shuffled = views.map((_, at) => ({ at, key: rng.uniform() })).sort((a, b) => a.key - b.key);
      return shuffled.flatMap(({ at }) => (bytesOf(agent.opine(views[at]!)) === expected[at] ? [] : [`company ${at} is seen differently`]));
    },
  },
  {
    title: '8 is not heard when the policy gives it no information coefficient',
    faults(agent, options) {
      const rules = options.rules ?? defaultPolicy;
      const silenced = { ...rules, signals: { ...rules.signals, informationCoefficients: {} } };
      return viewsOf({ ...options, rules: silenced }).flatMap((view) =>
        agent.opine(view).kind === 'abstain' ? [] : [`${view.symbol}: it has an opinion all the same`],
      );
    },
  },
];

type Ways = Readonly<Record<string, (view: SymbolView) => SymbolView>>;

const lacking: Readonly<Record<AgentKitOptions['abstainsWithout'] | 'other', Ways>> = {
  facts: {
    'no facts': (view) => ({ ...view, facts: noFacts(view.symbol) }),
    'facts of asOf and later only': (view) => ({ ...view, facts: onlyLater(view) }),
  },
  factors: { 'no factor standings': (view) => ({ ...view, factors: [] }) },
  prices: {
    'five bars': (view) => ({ ...view, bars: sliceBars(view.bars, view.bars.day.length - 5, view.bars.day.length) }),
    'no bars': (view) => ({ ...view, bars: sliceBars(view.bars, 0, 0) }),
    'a last close that is no number': (view) => ({ ...view, bars: { ...view.bars, close: view.bars.close.with(-1, Number.NaN) } }),
    'closes that are no numbers': (view) => ({ ...view, bars: { ...view.bars, close: view.bars.close.map(() => Number.NaN) } }),
  },
  other: {
    'a price that does not move': (view) => ({ ...view, dailyVol: 0, bars: flat(view.bars) }),
    'a price that does not move, with a volatility': (view) => ({ ...view, bars: flat(view.bars) }),
    'a volatility that is no number': (view) => ({ ...view, dailyVol: Number.NaN }),
    'a price of zero': (view) => ({ ...view, bars: { ...view.bars, close: view.bars.close.map(() => 0) } }),
    'a data quality that is no number': (view) => ({ ...view, dataQualityScore: Number.NaN }),
    'figures that are no numbers': (view) => ({ ...view, facts: withoutNumbers(view.facts) }),
    'figures that nobody reports': (view) => ({ ...view, facts: withNothingReported(view.facts) }),
    'one report and one release': (view) => ({
      ...view,
      facts: { ...view.facts, reports: view.facts.reports.slice(-1), earnings: view.facts.earnings.slice(-1) },
    }),
  },
};

const viewsOf = (options: AgentKitOptions): SymbolView[] => world.companies.map((company) => viewOf(company, options));

/** As the cycle cuts and adjusts what an agent sees of a company, with a standing on every factor of the policy. */
function viewOf({ bars, facts }: Company, { rules = defaultPolicy }: AgentKitOptions): SymbolView {
  const loaded = barsBefore(bars, asOf, LOADED_SESSIONS);
  const rng = seededRng(`agent-kit/${bars.symbol}`);
  return {
    symbol: bars.symbol,
    asOf,
    bars: dividendAdjusted(loaded),
    dailyVol: realizedDailyVol(totalReturns(loaded), VOLATILITY_BARS),
    dataQualityScore: 0.97,
    facts: factsBefore(inEnglish(facts), asOf),
    factors: Object.keys(rules.factors.weights).map((factor): FactorStanding => {
      return { kind: 'standing', factor, value: rng.normal(), rankFrac: rng.uniform(), ranked: world.companies.length, evidence: {} };
    }),
    rules,
  };
}

const headlines = ['beats estimates and raises guidance', 'misses estimates', 'shares fall after the company cuts its outlook'];

/** The world's headlines in words that a lexicon reads. */
const inEnglish = (facts: SymbolFacts): SymbolFacts => ({
  ...facts,
  news: facts.news.map((headline, i) => ({ ...headline, text: `${facts.symbol} ${headlines[i % headlines.length]!} (${i})` })),
});

function onlyLater({ symbol }: SymbolView): SymbolFacts {
  const facts = inEnglish(world.companies.find(({ bars }) => bars.symbol === symbol)!.facts);
  const known = factsBefore(facts, asOf);
  return {
    symbol,
    reports: facts.reports.slice(known.reports.length),
    earnings: facts.earnings.slice(known.earnings.length),
    news: facts.news.slice(known.news.length),
  };
}

const flat = (bars: DailyBars): DailyBars => {
  const still = bars.close.map(() => 50);
  return { ...bars, open: still, high: still, low: still, close: still, dividend: bars.dividend.map(() => 0) };
};

const figures = [
  'revenueUsd',
  'netIncomeUsd',
  'totalAssetsUsd',
  'equityUsd',
  'operatingCashFlowUsd',
  'capitalExpenditureUsd',
  'freeCashFlowUsd',
  'sharesOutstanding',
] as const;

const everyFigure = (value: number | null) => Object.fromEntries(figures.map((figure) => [figure, value]));

const withoutNumbers = (facts: SymbolFacts): SymbolFacts => ({
  ...facts,
  reports: facts.reports.map((report) => ({ ...report, ...everyFigure(Number.NaN) })),
  earnings: facts.earnings.map((release) => ({ ...release, epsUsd: Number.NaN, epsEstimateUsd: Number.NaN })),
});

const withNothingReported = (facts: SymbolFacts): SymbolFacts => ({
  ...facts,
  reports: facts.reports.map((report) => ({ ...report, ...everyFigure(null) })),
  earnings: facts.earnings.map((release) => ({ ...release, epsEstimateUsd: null })),
});

function shapeFaults(agent: Agent, view: SymbolView): string[] {
  const opinion: Opinion = agent.opine(view);
  const where = `${view.symbol}:`;
  const named = opinion.agent === agent.name ? [] : [`${where} it signs as "${opinion.agent}"`];
  if (opinion.kind === 'abstain') return isKebab(opinion.reason) ? named : [...named, `${where} it abstains for "${opinion.reason}"`];
  const { expectedReturn, confidence, evidence } = opinion;
  const bound = view.dailyVol * (view.rules.signals.informationCoefficients[agent.name] ?? 0);
  return [
    ...named,
    ...([expectedReturn, confidence, ...Object.values(evidence)].every(Number.isFinite) ? [] : [`${where} a number is not finite`]),
    ...(confidence >= 0 && confidence <= 1 ? [] : [`${where} the confidence is ${confidence}`]),
    ...(Math.abs(expectedReturn) <= bound * (1 + 1e-12) ? [] : [`${where} it expects ${expectedReturn}, beyond ${bound}`]),
  ];
}

const isKebab = (text: string): boolean => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);

/** Frozen as deep as objects go; typed arrays cannot be, which is why their bytes are compared. */
function deepFrozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const inner of Object.values(value)) deepFrozen(inner);
    Object.freeze(value);
  }
  return value;
}

/** As text; tells NaN from null and −0 from 0, which JSON alone does not. */
const bytesOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'number') return Object.is(inner, -0) ? '-0' : Number.isFinite(inner) ? inner : String(inner);
    return ArrayBuffer.isView(inner) ? Array.from(inner as Float64Array, String) : inner;
  });

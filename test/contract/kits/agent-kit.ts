/**
 * What every agent must hold, whoever wrote it: `agentKit(yourAgent, { abstainsWithout: 'prices' })` in a test file registers one test per
 * card. The cards run on the made-up world of the factor kit, whose data goes on after `asOf`. A card gives the faults it found, so that a test
 * of the kit can show that it finds them.
 *
 * Not covered: whether an opinion is worth anything. That is for research, and for the agent's own tests against figures from outside.
 */
import { describe, expect, test } from 'vitest';
import type { Agent, Opinion, SymbolView } from '../../../shared/domain/agents/agent.ts';
import type { FactorStanding } from '../../../shared/domain/factors/factor.ts';
import { realizedDailyVol } from '../../../shared/domain/indicators/momentum.ts';
import { dividendAdjusted, totalReturns } from '../../../shared/domain/indicators/returns.ts';
import { barsBefore, type DailyBars, sliceBars } from '../../../shared/domain/market/bars.ts';
import { factsBefore, type Headline, noFacts, type SymbolFacts } from '../../../shared/domain/market/facts.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import type { Policy } from '../../../shared/domain/policy/policy.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import { asOf } from '../../unit/domain/fixtures.ts';
import { type Company, changedAfter, endingBefore, factorWorld, type World, withEveryFigure } from './factor-world.ts';
import { atTwoTimes, bytesOf, deepFrozen, isKebab } from './purity.ts';

export interface AgentKitOptions {
  /** What it cannot do without: handed a view that has none of it, it must abstain. */
  readonly abstainsWithout: 'prices' | 'facts' | 'factors';
  /** Rules of its own, with an information coefficient for the agent; otherwise the default policy, and a coefficient where that has none. */
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
const INFORMATION_COEFFICIENT = 0.03;
const headlines = ['beats estimates and raises guidance', 'misses estimates', 'shares fall after the company cuts its outlook'];
const world = inEnglish(factorWorld());

/** What the agent cannot do without; undefined for one that always has an opinion, which breaks card 6. */
export const neededBy = (agent: Agent): AgentKitOptions['abstainsWithout'] | undefined =>
  (['prices', 'facts', 'factors'] as const).find((kind) =>
    Object.values(lacking[kind]).every((impoverish) =>
      viewsOf(agent, {}).every((view) => agent.opine(impoverish(view)).kind === 'abstain'),
    ),
  );

/** Some bars and facts as the cycle hands them to that agent, for its own tests; the bars end before `asOf` of the fixtures. */
export const agentView = (agent: Agent, bars: DailyBars, facts = noFacts(bars.symbol)): SymbolView => viewOf(agent, { bars, facts }, {});

export const agentCards: readonly AgentCard[] = [
  {
    title: '1 has a name in kebab-case, and an opinion on most companies of a world that has everything',
    faults(agent, options) {
      const given = viewsOf(agent, options).filter((view) => agent.opine(view).kind === 'opinion').length;
      return [
        ...(isKebab(agent.name) ? [] : [`the name is "${agent.name}"`]),
        ...(given > world.companies.length / 2 ? [] : [`it has an opinion on ${given} of ${world.companies.length} companies`]),
      ];
    },
  },
  {
    title: '2 is bounded: confidence within 0 and 1, expected return within volatility times information coefficient, evidence finite',
    faults: (agent, options) => viewsOf(agent, options).flatMap((view) => shapeFaults(agent, view)),
  },
  {
    title: '3 gives the same bytes for the same view, at another time and with other luck too, and writes nothing into it',
    faults(agent, options) {
      return viewsOf(agent, options).flatMap((view) => {
        const frozen = deepFrozen(view);
        const before = bytesOf(frozen);
        const first = bytesOf(agent.opine(frozen));
        const elsewhere = atTwoTimes(() => bytesOf(agent.opine(frozen)));
        return [
          ...(bytesOf(agent.opine(frozen)) === first ? [] : [`${view.symbol}: a second opinion differs`]),
          ...(elsewhere.every((opinion) => opinion === first) ? [] : [`${view.symbol}: another time or other luck changes it`]),
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
        const expected = bytesOf(agent.opine(viewOf(agent, company, options)));
        return [
          ...(bytesOf(agent.opine(viewOf(agent, dropped.companies[i]!, options))) === expected
            ? []
            : [`dropped: ${company.bars.symbol} changed`]),
          ...(bytesOf(agent.opine(viewOf(agent, changed.companies[i]!, options))) === expected
            ? []
            : [`changed: ${company.bars.symbol} changed`]),
        ];
      });
    },
  },
  {
    title: '5 does not read facts of asOf or later, even when it is handed them',
    faults: (agent, options) =>
      world.companies.flatMap((company) => {
        const view = viewOf(agent, company, options);
        const uncut = agent.opine({ ...view, facts: company.facts });
        return bytesOf(uncut) === bytesOf(agent.opine(view)) ? [] : [`${view.symbol}: facts from asOf on were handed over, and it changed`];
      }),
  },
  {
    title: '6 abstains and says why without what it needs; whatever else is missing, it abstains or gives finite numbers',
    faults: (agent, options) =>
      Object.entries(lacking).flatMap(([kind, ways]) =>
        Object.entries(ways).flatMap(([what, impoverish]) =>
          viewsOf(agent, options).flatMap((view) => {
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
    title: '7 gives a company the same bytes whatever it is called and whichever companies it was asked about before',
    faults(agent, options) {
      const views = viewsOf(agent, options);
      const expected = views.map((view) => bytesOf(agent.opine(view)));
      const rng = seededRng('agent-kit/order');
      const shuffled = views.map((_, at) => ({ at, key: rng.uniform() })).sort((a, b) => a.key - b.key);
      return shuffled.flatMap(({ at }) => [
        ...(bytesOf(agent.opine(views[at]!)) === expected[at] ? [] : [`company ${at} is seen differently`]),
        ...otherNames
          .filter((name) => bytesOf(agent.opine(renamed(views[at]!, name))) !== expected[at])
          .map((name) => `company ${at} would count otherwise if it were called ${name}`),
      ]);
    },
  },
  {
    title: '8 is not heard when the policy gives it no information coefficient',
    faults(agent, options) {
      const rules = rulesFor(agent, options);
      const silenced = { ...rules, signals: { ...rules.signals, informationCoefficients: {} } };
      return viewsOf(agent, { rules: silenced }).flatMap((view) =>
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
    'figures that are no numbers': (view) => ({ ...view, facts: withEveryFigure(view.facts, Number.NaN) }),
    'figures that nobody reports': (view) => ({ ...view, facts: withEveryFigure(view.facts, null) }),
    'one report and one release': (view) => ({
      ...view,
      facts: { ...view.facts, reports: view.facts.reports.slice(-1), earnings: view.facts.earnings.slice(-1) },
    }),
  },
};

type Rules = Pick<AgentKitOptions, 'rules'>;

const viewsOf = (agent: Agent, options: Rules): SymbolView[] => world.companies.map((company) => viewOf(agent, company, options));

/** The world with its headlines in words that a lexicon reads. */
function inEnglish({ companies, market }: World): World {
  const told = ({ text, ...rest }: Headline, i: number): Headline => ({
    ...rest,
    text: `The company ${headlines[i % headlines.length]!} (${text})`,
  });
  return { market, companies: companies.map(({ bars, facts }) => ({ bars, facts: { ...facts, news: facts.news.map(told) } })) };
}

/** As the cycle cuts and adjusts what an agent sees of a company, with a standing on every factor of the policy. */
function viewOf(agent: Agent, { bars, facts }: Company, options: Rules): SymbolView {
  const rules = rulesFor(agent, options);
  const loaded = barsBefore(bars, asOf, LOADED_SESSIONS);
  const rng = seededRng(`agent-kit/${bars.symbol}`);
  return {
    symbol: bars.symbol,
    asOf,
    bars: dividendAdjusted(loaded),
    dailyVol: realizedDailyVol(totalReturns(loaded), VOLATILITY_BARS),
    dataQualityScore: 0.97,
    facts: factsBefore(facts, asOf),
    factors: Object.keys(rules.factors.weights).map((factor): FactorStanding => {
      return { kind: 'standing', factor, value: rng.normal(), rankFrac: rng.uniform(), ranked: world.companies.length, evidence: {} };
    }),
    rules,
  };
}

function rulesFor({ name }: Agent, { rules }: Rules): Policy {
  if (rules !== undefined) return rules;
  const informationCoefficients = { [name]: INFORMATION_COEFFICIENT, ...defaultPolicy.signals.informationCoefficients };
  return { ...defaultPolicy, signals: { ...defaultPolicy.signals, informationCoefficients } };
}

/** From both ends of the alphabet. */
const otherNames = ['AAPL', 'ZTS'];

const renamed = (view: SymbolView, name: string): SymbolView => {
  const symbol = name as Ticker;
  return { ...view, symbol, bars: { ...view.bars, symbol }, facts: { ...view.facts, symbol } };
};

function onlyLater({ symbol }: SymbolView): SymbolFacts {
  const { facts } = world.companies.find(({ bars }) => bars.symbol === symbol)!;
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

function shapeFaults(agent: Agent, view: SymbolView): string[] {
  const opinion: Opinion = agent.opine(view);
  const where = `${view.symbol}:`;
  const named = opinion.agent === agent.name ? [] : [`${where} it signs as "${opinion.agent}"`];
  if (opinion.kind === 'abstain') return isKebab(opinion.reason) ? named : [...named, `${where} it abstains for "${opinion.reason}"`];
  const { expectedReturn, confidence, evidence, reasons } = opinion;
  const bound = view.dailyVol * (view.rules.signals.informationCoefficients[agent.name] ?? 0);
  return [
    ...named,
    ...([expectedReturn, confidence, ...Object.values(evidence)].every(Number.isFinite) ? [] : [`${where} a number is not finite`]),
    ...(confidence >= 0 && confidence <= 1 ? [] : [`${where} the confidence is ${confidence}`]),
    ...(Math.abs(expectedReturn) <= bound * (1 + 1e-12) ? [] : [`${where} it expects ${expectedReturn}, beyond ${bound}`]),
    ...(reasons.every((reason) => reason.trim() !== '') ? [] : [`${where} a reason is empty`]),
  ];
}

/**
 * What every factor must hold, whoever wrote it: `factorKit(yourFactor, { abstainsWithout: 'prices' })` in a test file registers one test
 * per card. The cards run on a made-up world of companies whose data goes on after `asOf`; what of it a factor gets to see is cut as the
 * cycle cuts it. A card gives the faults it found, so that a test of the kit can show that it finds them.
 *
 * Not covered: whether what it ranks by pays. That is for research, and for the factor's own tests against figures from outside.
 */
import { describe, expect, test } from 'vitest';
import type { Factor, FactorContext, FactorReading, FactorView } from '../../../shared/domain/factors/factor.ts';
import { realizedDailyVol } from '../../../shared/domain/indicators/momentum.ts';
import { dividendAdjusted, totalReturns } from '../../../shared/domain/indicators/returns.ts';
import { barsBefore, type DailyBars, sliceBars } from '../../../shared/domain/market/bars.ts';
import { factsBefore, noFacts, type SymbolFacts } from '../../../shared/domain/market/facts.ts';
import { type MarketHistory, marketBefore } from '../../../shared/domain/market/market-history.ts';
import { defaultFactorRules, type FactorRules } from '../../../shared/domain/policy/factor-rules.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import { asOf } from '../../unit/domain/fixtures.ts';
import { type Company, changedAfter, endingBefore, factorWorld, type World, withEveryFigure } from './factor-world.ts';
import { atTwoTimes, bytesOf, deepFrozen, isKebab } from './purity.ts';

export interface FactorKitOptions {
  /** What it cannot do without: handed a company that has none of it, it must abstain. */
  readonly abstainsWithout: 'prices' | 'facts';
  /** Rules of its own; the policy's defaults otherwise. */
  readonly rules?: FactorRules;
}

export interface FactorCard {
  readonly title: string;
  faults(factor: Factor, options: FactorKitOptions): readonly string[];
}

export function factorKit(factor: Factor, options: FactorKitOptions): void {
  describe(`factor ${factor.name}`, () => {
    for (const card of factorCards) test(card.title, () => expect(card.faults(factor, options)).toEqual([]));
  });
}

const LOADED_SESSIONS = 252;
const VOLATILITY_BARS = 63;
const world = factorWorld();

/** What the factor cannot do without; undefined for one that always reads somebody, which breaks card 6. */
export const neededBy = (factor: Factor): FactorKitOptions['abstainsWithout'] | undefined =>
  (['prices', 'facts'] as const).find((kind) =>
    Object.values(lacking[kind]).every((impoverish) =>
      read(factor, { ...world, companies: world.companies.map(impoverish) }, {}).every((reading) => reading.kind === 'absent'),
    ),
  );

/** Some bars and facts as the cycle hands them to a factor, for its own tests; the bars end before `asOf` of the fixtures. */
export const factorView = (bars: DailyBars, facts = noFacts(bars.symbol)): FactorView => viewOf({ bars, facts });

/** What every factor is told beside the companies. */
export const factorContext = (rules: FactorRules = defaultFactorRules): FactorContext => contextOf(world, { rules });

export const factorCards: readonly FactorCard[] = [
  {
    title: '1 has a name in kebab-case, and reads most companies of a world that has everything',
    faults(factor, options) {
      const readings = read(factor, world, options).filter(({ kind }) => kind === 'reading').length;
      return [
        ...(isKebab(factor.name) ? [] : [`the name is "${factor.name}"`]),
        ...(readings > world.companies.length / 2 ? [] : [`${readings} of ${world.companies.length} companies have a reading`]),
      ];
    },
  },
  {
    title: '2 gives one finite reading, or one reason in kebab-case, per company',
    faults: (factor, options) => shapeFaults(read(factor, world, options), world.companies.length),
  },
  {
    title: '3 gives the same bytes for the same input, at another time and with other luck too, and writes nothing into it',
    faults(factor, options) {
      const views = deepFrozen(viewsOf(world));
      const context = deepFrozen(contextOf(world, options));
      const before = bytesOf([views, context]);
      const first = bytesOf(factor.read(views, context));
      const again = bytesOf(factor.read(views, context));
      const elsewhere = atTwoTimes(() => bytesOf(factor.read(views, context)));
      return [
        ...(first === again ? [] : ['a second reading differs']),
        ...(elsewhere.every((readings) => readings === first) ? [] : ['another time or other luck changes it']),
        ...(bytesOf([views, context]) === before ? [] : ['the input was written to']),
      ];
    },
  },
  {
    title: '4 does not change when rows dated on or after asOf are dropped or changed',
    faults(factor, options) {
      const expected = bytesOf(read(factor, world, options));
      return [
        ...(bytesOf(read(factor, endingBefore(world, asOf), options)) === expected
          ? []
          : ['rows from asOf on were dropped, and it changed']),
        ...(bytesOf(read(factor, changedAfter(world, asOf), options)) === expected
          ? []
          : ['rows from asOf on were changed, and it changed']),
      ];
    },
  },
  {
    title: '5 does not read facts of asOf or later, even when it is handed them',
    faults(factor, options) {
      const uncut = viewsOf(world).map((view, i) => ({ ...view, facts: world.companies[i]!.facts }));
      const readings = factor.read(uncut, contextOf(world, options));
      return bytesOf(readings) === bytesOf(read(factor, world, options)) ? [] : ['facts from asOf on were handed over, and it changed'];
    },
  },
  {
    title: '6 says why, and never NaN, for a company that lacks what it needs; and takes no harm from anything else that is missing',
    faults(factor, options) {
      const companies = world.companies.length;
      const found = Object.entries(lacking).flatMap(([kind, ways]) =>
        Object.entries(ways).flatMap(([what, impoverish]) => {
          const readings = read(factor, { ...world, companies: world.companies.map(impoverish) }, options);
          const given = readings.filter((reading) => reading.kind === 'reading').length;
          return [
            ...shapeFaults(readings, companies).map((fault) => `${what}: ${fault}`),
            ...(kind === options.abstainsWithout && given > 0 ? [`${what}: it reads ${given} companies all the same`] : []),
          ];
        }),
      );
      const noMarket = { ...world, market: { ...world.market, day: new Int32Array(0), simpleReturn: new Float64Array(0) } };
      return [
        ...found,
        ...shapeFaults(read(factor, noMarket, options), companies).map((fault) => `no market: ${fault}`),
        ...shapeFaults(factor.read([], contextOf(world, options)), 0).map((fault) => `no companies: ${fault}`),
      ];
    },
  },
  {
    title: '7 gives each company the same bytes in whatever order the companies come',
    faults(factor, options) {
      const expected = read(factor, world, options).map(bytesOf);
      return [...orders(world.companies.length)].flatMap((order, i) => {
        const readings = read(factor, { ...world, companies: order.map((at) => world.companies[at]!) }, options).map(bytesOf);
        return order.every((at, k) => readings[k] === expected[at]) ? [] : [`order ${i}: a company reads differently in another place`];
      });
    },
  },
];

type Ways = Readonly<Record<string, (company: Company) => Company>>;

const lacking: Readonly<Record<FactorKitOptions['abstainsWithout'] | 'other', Ways>> = {
  facts: {
    'no facts': ({ bars, facts }) => ({ bars, facts: noFacts(facts.symbol) }),
    'facts of asOf and later only': ({ bars, facts }) => ({ bars, facts: laterFacts(facts) }),
  },
  prices: {
    'five bars': ({ bars, facts }) => ({ bars: lastBefore(bars, 5), facts }),
    'no bars': ({ bars, facts }) => ({ bars: sliceBars(bars, 0, 0), facts }),
    'prices that are not finite': ({ bars, facts }) => ({ bars: { ...bars, close: bars.close.map(() => Number.NaN) }, facts }),
  },
  other: {
    'a price that does not move': ({ bars, facts }) => ({
      bars: { ...bars, close: bars.close.map(() => 50), dividend: bars.dividend.map(() => 0) },
      facts,
    }),
    'a price of zero': ({ bars, facts }) => ({ bars: { ...bars, close: bars.close.map(() => 0) }, facts }),
    'figures that are no numbers': ({ bars, facts }) => ({ bars, facts: withEveryFigure(facts, Number.NaN) }),
    'figures that nobody reports': ({ bars, facts }) => ({ bars, facts: withEveryFigure(facts, null) }),
    'one report and one release': ({ bars, facts }) => ({
      bars,
      facts: { ...facts, reports: factsBefore(facts, asOf).reports.slice(-1), earnings: factsBefore(facts, asOf).earnings.slice(-1) },
    }),
  },
};

/** As the cycle cuts and adjusts what an outside sees of a company. */
const viewOf = ({ bars, facts }: Company): FactorView => {
  const loaded = barsBefore(bars, asOf, LOADED_SESSIONS);
  const dailyVol = realizedDailyVol(totalReturns(loaded), VOLATILITY_BARS);
  return { symbol: bars.symbol, bars: dividendAdjusted(loaded), facts: factsBefore(facts, asOf), dailyVol: dailyVol > 0 ? dailyVol : 0.01 };
};

const viewsOf = ({ companies }: World): FactorView[] => companies.map(viewOf);

type Rules = Pick<FactorKitOptions, 'rules'>;

const contextOf = ({ market }: World, { rules }: Rules): FactorContext => ({
  asOf,
  market: ownMarket(marketBefore(market, asOf)),
  sessionsPerYear: 252,
  rules: rules ?? defaultFactorRules,
});

/** Cut off from what lies behind the view. */
const ownMarket = ({ name, day, simpleReturn }: MarketHistory): MarketHistory => ({
  name,
  day: day.slice(),
  simpleReturn: simpleReturn.slice(),
});

const read = (factor: Factor, from: World, options: Rules): readonly FactorReading[] =>
  factor.read(viewsOf(from), contextOf(from, options));

const laterFacts = ({ symbol, reports, earnings, news }: SymbolFacts): SymbolFacts => {
  const known = factsBefore({ symbol, reports, earnings, news }, asOf);
  return {
    symbol,
    reports: reports.slice(known.reports.length),
    earnings: earnings.slice(known.earnings.length),
    news: news.slice(known.news.length),
  };
};

const lastBefore = (bars: DailyBars, count: number): DailyBars => barsBefore(bars, asOf, count);

function shapeFaults(readings: readonly FactorReading[], companies: number): string[] {
  const faults = readings.flatMap((reading, i) => {
    if (reading.kind === 'absent') return isKebab(reading.reason) ? [] : [`company ${i} is absent for "${reading.reason}"`];
    return [reading.value, ...Object.values(reading.evidence)].every(Number.isFinite)
      ? []
      : [`company ${i} has a reading that is not finite`];
  });
  return readings.length === companies ? faults : [...faults, `${readings.length} readings for ${companies} companies`];
}

function* orders(count: number): Generator<number[]> {
  const straight = Array.from({ length: count }, (_, i) => i);
  yield straight.toReversed();
  yield [...straight.slice(7), ...straight.slice(0, 7)];
  const rng = seededRng('orders');
  yield straight
    .map((at) => ({ at, key: rng.uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ at }) => at);
}

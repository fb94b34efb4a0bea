/** The agent kit finds what it is there to find: each planted fault breaks the card that is about it, and an honest agent breaks none. */
import { describe, expect, test } from 'vitest';
import { type Agent, abstain, type Finding, type Opinion, opinionOf, type SymbolView } from '../../../shared/domain/agents/agent.ts';
import { factsBefore } from '../../../shared/domain/market/facts.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { asOf, toBars, walk } from '../../unit/domain/fixtures.ts';
import { type AgentKitOptions, agentCards, agentView, neededBy } from './agent-kit.ts';

const NAME = 'planted';

/** An honest opinion, which rests on the year's prices and the newest report that was out. */
function findingOf({ bars: { close }, facts, asOf, dataQualityScore }: SymbolView): Finding | undefined {
  const [first, last] = [close.at(-252), close.at(-1)];
  if (first === undefined || !(first > 0) || !(last! > 0)) return undefined;
  const known = factsBefore(facts, asOf).reports.length;
  return { score: Math.tanh(last! / first - 1), confidence: 0.5 * dataQualityScore, reasons: ['the year'], evidence: { known } };
}

/** The honest agent with something done to what it finds, or around it. */
const changing = (change: (finding: Finding, view: SymbolView) => Partial<Finding>): Agent =>
  opining((view) => {
    const finding = findingOf(view);
    return finding === undefined ? abstain(NAME, 'no-prices') : opinionOf(NAME, view, { ...finding, ...change(finding, view) });
  });

const opining = (opine: (view: SymbolView) => Opinion): Agent => ({ name: NAME, opine });
const honest = changing(() => ({}));

let asked = 0;
let before = '';
const seen = new Map<string, number>();

const planted: ReadonlyArray<{ readonly fault: string; readonly breaks: number; readonly agent: Agent; readonly needs?: 'facts' }> = [
  { fault: 'has a name of two words', breaks: 1, agent: { ...honest, name: 'Two Words' } },
  { fault: 'has no opinion on anything', breaks: 1, agent: opining(() => abstain(NAME, 'tired')) },
  { fault: 'signs with another name', breaks: 2, agent: opining((view) => ({ ...honest.opine(view), agent: 'technical' })) },
  { fault: 'abstains in words', breaks: 2, agent: opining(() => abstain(NAME, 'No idea!')) },
  { fault: 'gives an empty reason', breaks: 2, agent: changing(() => ({ reasons: [''] })) },
  { fault: 'expects more than its information coefficient gives', breaks: 2, agent: changing(() => ({ score: -1.2 })) },
  { fault: 'is surer than sure', breaks: 2, agent: opining((view) => ({ ...honest.opine(view), confidence: 1.5 })) },
  {
    fault: 'expects NaN, past the check of opinionOf',
    breaks: 2,
    agent: opining((view) => ({ ...honest.opine(view), expectedReturn: Number.NaN })),
  },
  { fault: 'counts how often it was asked', breaks: 3, agent: changing(() => ({ confidence: (asked++ % 7) / 10 })) },
  { fault: 'draws lots', breaks: 3, agent: changing(() => ({ confidence: Math.random() })) },
  {
    fault: 'trusts to luck once in a thousand times',
    breaks: 3,
    agent: changing(() => ({ confidence: Math.random() < 0.001 ? 0.9 : 0.5 })),
  },
  { fault: 'looks at the clock', breaks: 3, agent: changing(() => ({ confidence: new Date().getUTCFullYear() / 4000 })) },
  {
    fault: 'writes into the bars',
    breaks: 3,
    agent: changing((_, { bars }) => {
      bars.close[0]! += 1;
      return {};
    }),
  },
  {
    fault: 'sorts the facts it was given',
    breaks: 3,
    agent: changing((_, { facts }) => {
      (facts.reports as unknown[]).reverse();
      return {};
    }),
  },
  {
    fault: 'looks behind its view of the bars',
    breaks: 4,
    agent: changing((_, { bars }) => ({ evidence: { later: new Float64Array(bars.volume.buffer).at(-1)! } })),
  },
  {
    fault: 'reads reports that are not out',
    breaks: 5,
    agent: changing((_, { facts }) => ({ evidence: { reports: facts.reports.length } })),
  },
  {
    fault: 'reads the news of the day it decides on',
    breaks: 5,
    agent: changing((_, { facts }) => ({ evidence: { news: facts.news.at(-1)?.publishedAt ?? 0 } })),
  },
  {
    fault: 'knows the earnings of tomorrow',
    breaks: 5,
    agent: changing((_, { facts }) => ({ confidence: facts.earnings.at(-1)?.epsUsd === 0 ? 0.5 : facts.earnings.length / 20 })),
  },
  { fault: 'has an opinion without prices', breaks: 6, agent: opining((view) => opinionOf(NAME, view, { ...flat })) },
  { fault: 'guesses where there are no facts', breaks: 6, agent: honest, needs: 'facts' },
  {
    fault: 'divides by a price of zero, past the check of opinionOf',
    breaks: 6,
    agent: opining((view) => ({ ...opinionOf(NAME, view, flat), evidence: { yield: 1 / (view.bars.close.at(-1) ?? 1) } })),
  },
  {
    fault: 'remembers who came before',
    breaks: 7,
    agent: changing((_, { symbol }) => {
      const after = before > symbol;
      before = symbol;
      return { confidence: after ? 0.4 : 0.6 };
    }),
  },
  {
    fault: 'measures a company against those it has seen',
    breaks: 7,
    agent: changing(({ score }, { symbol }) => {
      seen.set(symbol, score);
      return { score: score - [...seen.values()].reduce((sum, one) => sum + one, 0) / seen.size / 2 };
    }),
  },
  { fault: 'has favourites', breaks: 7, agent: changing((_, { symbol }) => ({ confidence: symbol < 'M' ? 0.9 : 0.5 })) },
  {
    fault: 'makes an information coefficient of its own',
    breaks: 8,
    agent: opining((view) => ({ ...opinionOf('technical', view, flat), expectedReturn: 1e-6, kind: 'opinion', agent: NAME }) as Opinion),
  },
];

const flat: Finding = { score: 0.5, confidence: 0.5, reasons: [], evidence: {} };

/** What a card finds; an error thrown at frozen input is a finding too. */
function found(card: number, agent: Agent, needs: AgentKitOptions['abstainsWithout']): readonly string[] {
  try {
    return agentCards[card - 1]!.faults(agent, { abstainsWithout: needs });
  } catch (error) {
    return [String(error)];
  }
}

describe('the agent kit', () => {
  test.each(planted)('finds by card $breaks an agent that $fault', ({ breaks, agent, needs }) => {
    expect(found(breaks, agent, needs ?? 'prices')).not.toEqual([]);
  });

  test('has a planted fault for every card, and the cards are numbered', () => {
    expect(agentCards.map(({ title }) => title.split(' ')[0])).toEqual(agentCards.map((_, i) => String(i + 1)));
    expect(new Set(planted.map(({ breaks }) => breaks)).size).toBe(agentCards.length);
  });

  test('has nothing to say of an honest agent', () => {
    expect(agentCards.flatMap((_, i) => found(i + 1, honest, 'prices'))).toEqual([]);
    expect(neededBy(honest)).toBe('prices');
  });

  test('has nothing against chance that is passed in and seeded', () => {
    const seeded = changing((_, { bars }) => ({ confidence: seededRng(String(bars.close.at(-1))).uniform() }));
    expect(agentCards.flatMap((_, i) => found(i + 1, seeded, 'prices'))).toEqual([]);
  });

  test('knows of an agent that always has an opinion that it needs nothing', () => {
    expect(neededBy(opining((view) => opinionOf(NAME, view, flat)))).toBeUndefined();
  });

  test('hands an agent bars as the cycle does: a year that ends before asOf, with a volatility and a coefficient', () => {
    const view = agentView(honest, toBars('ANY', walk('ANY', 400, (asOf + 40) as EpochDay)));
    expect(view.bars.day).toHaveLength(252);
    expect(view.bars.day.at(-1)).toBe(asOf - 1);
    expect(view.dailyVol).toBeGreaterThan(0);
    expect(honest.opine(view)).toMatchObject({ kind: 'opinion', agent: NAME });
  });
});

/** Every state and every catch of every machine, reached by executions of the real functions; what is not reached is named. */
import { describe, expect, test } from 'vitest';
import type { CloudEvent } from '../../apps/local-cloud/service.ts';
import { brokenCycles } from './scenarios/broken-cycles.ts';
import { ingests } from './scenarios/ingests.ts';
import { newsReadByAModel } from './scenarios/news-read-by-a-model.ts';
import { reconciliations } from './scenarios/reconciliations.ts';
import { researched } from './scenarios/research.ts';
import { settledOrders } from './scenarios/settled-orders.ts';
import { stops } from './scenarios/stops.ts';
import { waysThroughACycle } from './scenarios/ways-through-a-cycle.ts';
import { workedOrders } from './scenarios/worked-orders.ts';
import { whatThereIs, whatWasReached } from './support/coverage.ts';
import { play, type Scenario } from './support/scenario.ts';

const played = new Map<string, readonly CloudEvent[]>();

const playAll = (scenarios: readonly Scenario[]) =>
  test.each(scenarios.map((scenario) => [scenario.title, scenario] as const))('%s', async (title, scenario) => {
    played.set(title, await play(scenario));
  });

describe('an ingest', () => playAll(ingests));
describe('research', () => playAll(researched));
describe('a trading cycle', () => playAll(waysThroughACycle));
describe('a broken trading cycle', () => playAll(brokenCycles));
describe('a trading cycle whose news a language model reads', () => playAll(newsReadByAModel));
describe('a reconciliation', () => playAll(reconciliations));
describe('a trading cycle after one that was cut off', () => playAll(settledOrders));

describe('orders that are worked', () => playAll(workedOrders));
describe('a stop', () => playAll(stops));

describe('the machines', () => {
  test('have no state and no catch that was not reached', () => {
    expect(unreached([...played.keys()])).toEqual([]);
  });

  test('would be missed in what only one scenario reaches', () => {
    const others = [...played.keys()].filter((title) => title !== 'fails the cycle when the function of Compute Signals dies every time');
    expect(unreached(others)).toEqual(['trading-cycle / Compute Signals: States.ALL → Fail Cycle']);
  });
});

function unreached(titles: readonly string[]): string[] {
  const reached = new Set(titles.flatMap((title) => [...whatWasReached(played.get(title)!)]));
  return [...whatThereIs()].filter((place) => !reached.has(place)).sort();
}

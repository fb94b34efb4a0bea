/**
 * Contract cards of the machine evolve-strategies, on the local cloud through the synthesized templates.
 *
 * EVO-01 breeds its islands for all epochs, finds nothing in noise, and counts every genome as a trial, once
 * EVO-02 what comes out does not depend on the number of worker threads
 * EVO-03 killed at any put, and started again, it completes with the same bytes, and no island is bred twice
 * EVO-04 refuses a panel that is not stored or leaves nothing to breed on, and epochs longer than a function may take
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { contentHash } from '../../../shared/kernel/canonical-json.ts';
import { simulatedPanel } from '../../support/research/hand-panel.ts';
import { ResearchCloud } from '../../support/research/research-cloud.ts';

const panel = simulatedPanel({ symbols: 3, moments: 400, seed: 'evolution' });
const islandFunction = 'research-evolve-island';

const request = (panelId: string) => ({
  panelId,
  actor: 'ada',
  islands: 2,
  epochs: 2,
  generationsPerEpoch: 2,
  migrants: 1,
  holdOutFrac: 0.3,
  purgeMoments: 5,
  confidenceLevel: 0.95,
  search: {
    seed: 'evo',
    space: { allowShort: false, depthMax: 2 },
    populationSize: 6,
    crossoverFrac: 0.6,
    mutationFrac: 0.3,
    neighbours: 2,
    archiveMax: 10,
    complexityReturnFrac: 0.005,
    tradesMin: 1,
  },
  rules: { costBps: 10, borrowAnnualFrac: 0.01, momentsPerYear: 252 },
});

/** Every boundary in `npm run verify:deep`; a function that dies is loaded anew each time, so one of them here. */
const boundaries = process.env.BALLAST_DEEP === undefined ? [3] : [0, 1, 2, 3];

/** Two islands of six: twelve at the start, and as many again in each of four generations. */
const genomes = 12 + 4 * 12;

/** Everything that a run leaves, but for what Step Functions writes. */
async function complete(workers: number): Promise<ReadonlyMap<string, string>> {
  await using research = await ResearchCloud.boot({ workers });
  const end = await research.run('evolve-strategies', request(await research.results.putPanel(panel)));
  expect(end).toMatchObject({ status: 'SUCCEEDED' });
  return await research.objects('evolutions/');
}

let expected: ReadonlyMap<string, string>;

beforeAll(async () => {
  expected = await complete(0);
});

test('EVO-01 writes islands, checkpoints and a verdict, and counts the trials once however often it is asked', async () => {
  await using research = await ResearchCloud.boot();
  const asked = request(await research.results.putPanel(panel));
  const first = JSON.parse((await research.run('evolve-strategies', asked)).output!);
  expect(first).toMatchObject({ kind: 'finished', trials: genomes, isFound: false });
  expect(first.front).toBeGreaterThan(0);
  expect([...(await research.objects('evolutions/')).keys()].map((key) => key.split('/').slice(2).join('/'))).toEqual([
    'epoch-0.json',
    'epoch-1.json',
    'island-0/epoch-0.json',
    'island-0/epoch-1.json',
    'island-1/epoch-0.json',
    'island-1/epoch-1.json',
    'islands.json',
    'plan.json',
    'result.json',
  ]);
  expect(JSON.parse((await research.run('evolve-strategies', asked)).output!)).toEqual(first);
  const [family] = await research.trials.list();
  expect(family).toMatchObject({ strategy: 'evolved', datasetSha256: panel.source.sha256, trials: genomes, batches: 1 });
  expect(family!.sharpe.count).toBeLessThanOrEqual(genomes);
});

test('EVO-02 gives the same bytes with two worker threads as with none', async () => {
  expect(await complete(2)).toEqual(expected);
});

describe('EVO-03 killed', () => {
  test.each(boundaries)('after %i islands were put, it completes as if it had not been', async (puts) => {
    await using research = await ResearchCloud.boot();
    const asked = request(await research.results.putPanel(panel));
    research.killAfterPuts(islandFunction, puts);
    expect((await research.run('evolve-strategies', asked)).status).toBe('FAILED');
    expect(await research.trials.list()).toEqual([]);
    const putAgain = research.countPuts(islandFunction);
    expect((await research.run('evolve-strategies', asked)).status).toBe('SUCCEEDED');
    expect(putAgain()).toBe(4 - puts);
    expect(await research.objects('evolutions/')).toEqual(expected);
  });
});

test('EVO-04 refuses a panel that is not stored or too short and an epoch that is too long, before anything is bred', async () => {
  await using research = await ResearchCloud.boot();
  const asked = request(await research.results.putPanel(panel));
  const unknown = await research.run('evolve-strategies', { ...asked, panelId: contentHash('no panel') });
  expect(unknown).toMatchObject({ status: 'FAILED', error: 'panel-not-found' });
  const nothingLeft = await research.run('evolve-strategies', { ...asked, purgeMoments: 1_000 });
  expect(nothingLeft).toMatchObject({ status: 'FAILED', error: 'panel-too-short' });
  const endless = await research.run('evolve-strategies', { ...asked, generationsPerEpoch: 1_000_000 });
  expect(endless).toMatchObject({ status: 'FAILED', error: 'epoch-too-long' });
  expect(research.told('MapStateEntered')).toEqual([]);
});

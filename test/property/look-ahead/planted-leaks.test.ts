/**
 * The look-ahead test is worth what it finds. Mistakes that have cost others money are planted in the product one at a time, each the
 * real code with the smallest change; for every one of them there is a change of rows dated on the session or later that changes a
 * decision, while the product as it is decides the same. The annotation of a test names the change that gave the leak away first
 * (`--reporter=verbose` shows it). What a leak reaches is all that the cycle records: the smoothed probabilities show in the reading of
 * the regime, the others in the decisions themselves.
 */
import { describe, expect, test, vi } from 'vitest';
import { addReturns, equalWeighted, indexReturns, mergeSums } from '../../../shared/domain/market/equal-weighted.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import { inDayOrder } from '../../../shared/providers/ingest/day-order.ts';
import { type ChangeName, changeNames, changes } from '../../support/look-ahead/changes.ts';
import { dataLeaks } from '../../support/look-ahead/data-leaks.ts';
import { decide, situationOn } from '../../support/look-ahead/decide.ts';
import type { Leak } from '../../support/look-ahead/leak.ts';
import { modelLeaks } from '../../support/look-ahead/model-leaks.ts';
import { type Everything, withPlanted } from '../../support/look-ahead/planted.ts';
import { regimeLeaks } from '../../support/look-ahead/regime-leaks.ts';
import { asOf, held, type StoredData, storedData, withIndex } from '../../support/look-ahead/stored-data.ts';

const swappable = vi.hoisted(() => async (original: () => Promise<object>) => {
  const { swappable: opened } = await import('../../support/look-ahead/planted.ts');
  return opened(await original());
});

vi.mock(import('../../../shared/domain/agents/agent.ts'), swappable);
vi.mock(import('../../../shared/domain/agents/sentiment/news-digest.ts'), swappable);
vi.mock(import('../../../shared/domain/agents/technical.agent.ts'), swappable);
vi.mock(import('../../../shared/domain/agents/valuation/per-share.ts'), swappable);
vi.mock(import('../../../shared/domain/agents/valuation/trailing.ts'), swappable);
vi.mock(import('../../../shared/domain/cycle/judge-universe.ts'), swappable);
vi.mock(import('../../../shared/domain/ensemble/meta-brain.ts'), swappable);
vi.mock(import('../../../shared/domain/factors/earnings-surprise.ts'), swappable);
vi.mock(import('../../../shared/domain/factors/market-fit.ts'), swappable);
vi.mock(import('../../../shared/domain/factors/news-sentiment.factor.ts'), swappable);
vi.mock(import('../../../shared/domain/factors/rank.ts'), swappable);
vi.mock(import('../../../shared/domain/factors/reports.ts'), swappable);
vi.mock(import('../../../shared/domain/factors/volatility-scaled-momentum.factor.ts'), swappable);
vi.mock(import('../../../shared/domain/indicators/returns.ts'), swappable);
vi.mock(import('../../../shared/domain/market/bars.ts'), swappable);
vi.mock(import('../../../shared/domain/market/equal-weighted.ts'), swappable);
vi.mock(import('../../../shared/domain/market/facts.ts'), swappable);
vi.mock(import('../../../shared/domain/market/market-history.ts'), swappable);
vi.mock(import('../../../shared/domain/portfolio/overlays/volatility-stops.ts'), swappable);
vi.mock(import('../../../shared/domain/portfolio/shrunk-covariance.ts'), swappable);
vi.mock(import('../../../shared/domain/quality/judge.ts'), swappable);
vi.mock(import('../../../shared/domain/regime/market-model.ts'), swappable);
vi.mock(import('../../../shared/domain/risk/return-panel.ts'), swappable);
vi.mock(import('../../../shared/providers/files/merge-reports.ts'), swappable);
vi.mock(import('../../../shared/stores/lake/bars-window.ts'), swappable);
vi.mock(import('../../../shared/stores/lake/facts-window.ts'), swappable);

const leaks: readonly Leak[] = [...dataLeaks, ...modelLeaks, ...regimeLeaks];
const stored = { plain: storedData, indexed: withIndex(storedData) };
const situation = situationOn(storedData, asOf, held);

const worldOf = ({ indexed }: Leak): StoredData => (indexed ? stored.indexed : stored.plain);

const changed = (data: StoredData, name: ChangeName): StoredData => changes[name](data, asOf, seededRng(name));

function everythingIn(data: StoredData): Everything {
  const bars = new Map<string, StoredData['bars'][number]>(data.bars.map((one) => [one.symbol, inDayOrder(one)]));
  const market =
    data.index === null
      ? equalWeighted(mergeSums([addReturns([...bars.values()])]))
      : indexReturns(data.index.symbol, inDayOrder(data.index));
  return { data, asOf, market, barsOf: (symbol) => bars.get(symbol)! };
}

const soundOnes = new Map<StoredData, string>();

/** What the product as it is decides. */
function sound(data: StoredData): string {
  const decided = soundOnes.get(data) ?? decide(data, situation);
  soundOnes.set(data, decided);
  return decided;
}

const decideWith = ({ swaps }: Leak, data: StoredData) => withPlanted(swaps, everythingIn(data), () => decide(data, situation));

describe('the look-ahead test', () => {
  test.for(leaks)('finds the leak: $name', async (leak, { annotate }) => {
    const data = worldOf(leak);
    const { result: decided, reached } = decideWith(leak, data);
    expect([...reached].sort(), 'the mistake is on the path of decisions').toEqual(leak.swaps.map(({ name }) => name).sort());

    const gaveItAway = changeNames.find((name) => decideWith(leak, changed(data, name)).result !== decided);
    expect(gaveItAway, 'a change that changes a decision').toBeDefined();
    expect(decide(changed(data, gaveItAway!), situation) === sound(data), 'without the leak it changes none').toBe(true);
    await annotate(`found by: ${gaveItAway}`);
  });

  test('knows at least 20 leaks, each another mistake', () => {
    expect(new Set(leaks.map(({ name }) => name)).size).toBe(leaks.length);
    expect(leaks.length).toBeGreaterThanOrEqual(20);
  });
});

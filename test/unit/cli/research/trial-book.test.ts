import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { countTrials, withTrialLedger } from '../../../../apps/cli/research/trial-book.ts';
import { StateDirectory } from '../../../../apps/cli/state-directory.ts';
import { addSharpe, noSharpe, type TrialBatch } from '../../../../shared/domain/research/trials.ts';

const scratch = mkdtempSync(join(tmpdir(), 'ballast-trials-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const batch = (batchId: string, sharpe: number, trials = 1): TrialBatch => ({
  ...{ strategy: 'sma-cross', datasetSha256: 'ab'.repeat(32), datasetName: 'bars.csv', batchId, command: 'backtest' },
  ...{ at: '2026-01-05T10:00:00.000Z', actor: 'operator/test', fromDay: '2014-01-02', toDay: '2023-08-30', tried: '{}' },
  ...{ trials, sharpe: addSharpe(noSharpe, sharpe) },
});

describe('the trials of a state directory', () => {
  test('are counted once each, and are still there for the next command', async () => {
    const state = join(scratch, 'counted');
    expect(await countTrials(batch('one', 0.1), { state })).toMatchObject({ trials: 1 });
    expect(await countTrials(batch('two', 0.3, 40), { state })).toMatchObject({ trials: 41, sharpe: { count: 2, best: 0.3 } });
    expect(await countTrials(batch('one', 0.1), { state })).toMatchObject({ trials: 41, batches: 2 });
    expect(await withTrialLedger({ state }, (ledger) => ledger.list())).toHaveLength(1);
  });

  test('of commands at once are all counted', async () => {
    const state = join(scratch, 'at-once');
    await Promise.all(['a', 'b', 'c'].map((id) => countTrials(batch(id, 0.2), { state })));
    expect(await withTrialLedger({ state }, (ledger) => ledger.family(batch('a', 0)))).toMatchObject({ trials: 3 });
  });

  test('are counted beside a fund that is open, and outlive one that begins anew', async () => {
    const state = join(scratch, 'beside');
    const open = StateDirectory.acquire({ state });
    expect(await countTrials(batch('one', 0.1), { state })).toMatchObject({ trials: 1 });
    open.release();
    StateDirectory.acquire({ state, fresh: true }).release();
    expect(await countTrials(batch('two', 0.1), { state })).toMatchObject({ trials: 2 });
  });

  test('leave a directory of which research is the first user to the fund', async () => {
    const state = join(scratch, 'first');
    await countTrials(batch('one', 0.1), { state });
    StateDirectory.acquire({ state }).release();
    expect(await countTrials(batch('two', 0.1), { state })).toMatchObject({ trials: 2 });
  });

  test('are not put into a folder of somebody else', async () => {
    const state = join(scratch, 'others');
    mkdirSync(state);
    writeFileSync(join(state, 'thesis.txt'), 'mine');
    await expect(countTrials(batch('one', 0.1), { state })).rejects.toThrow(/is not a Ballast state directory/);
  });

  test('that cannot be counted are said not to be: a damaged ledger shows no result', async () => {
    const state = join(scratch, 'damaged');
    await countTrials(batch('one', 0.1), { state });
    writeFileSync(join(state, 'research/cloud/dynamodb/tables/ballast-dev-trials.jsonl'), 'half a li');
    await expect(countTrials(batch('two', 0.1), { state })).rejects.toThrow(
      /^The trial could not be counted, so its result is not shown: /,
    );
  });
});

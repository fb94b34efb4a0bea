/**
 * Contract cards of `ballast sweep` and `ballast evolve` with --machine, against the same question on threads of the command.
 *
 * MCH-01 a sweep by the machine gives the same document and the same table as by threads, and its trials are counted once for both
 * MCH-02 so does a search, from its first moment that is traded on
 * MCH-03 a machine that was killed goes on with the next call of the command, which says how much was there
 * MCH-04 with --aws it is the machine of the deployed fund: chunks that failed are named by their number, and the next call completes
 * MCH-05 what the machine does not run is refused in one line
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { serveHttp } from '../../../apps/local-cloud/gateway/http-server.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import { ResearchCloud } from '../../support/research/research-cloud.ts';
import { ballast, oneLine, scratch } from './support/cli.ts';

/** 540 business days of two symbols: as many as a search needs. */
function barsCsv(): string {
  const rng = seededRng('research-machine');
  const rows: string[] = [];
  for (const symbol of ['AAA', 'BBB']) {
    let price = 50;
    for (let day = Date.UTC(2018, 0, 1), bars = 0; bars < 540; day += 86_400_000) {
      if ([0, 6].includes(new Date(day).getUTCDay())) continue;
      bars++;
      const open = price * Math.exp(0.004 * rng.normal());
      price = open * Math.exp(0.0003 + 0.012 * rng.normal());
      const [high, low] = [Math.max(open, price) * 1.003, Math.min(open, price) * 0.997];
      rows.push([new Date(day).toISOString().slice(0, 10), symbol, open, high, low, price, 1_000_000].join(','));
    }
  }
  return `date,symbol,open,high,low,close,volume\n${rows.join('\n')}\n`;
}

beforeAll(() => {
  mkdirSync(scratch, { recursive: true });
  writeFileSync(join(scratch, 'bars.csv'), barsCsv());
});

const stateIn = (name: string): readonly string[] => ['--state', join(scratch, name)];
const market = ['--data', 'bars.csv', '--from', '2018-01-15', '--commission-bps', '10'];
const sweep = ['sweep', '--strategy', 'sma-cross', ...market, '--size', 'all-cash', '--grid', 'fast=3..5,slow=4..11', '--overfit', '0'];
const backtests = (24 - 3) * 2;

async function documentOf(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await ballast(...argv, '--json');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as Record<string, unknown>;
}

const families = async (name: string): Promise<unknown> => (await documentOf('trials', ...stateIn(name))).families;

describe('MCH-01 a sweep', () => {
  test('by the machine says what it says by threads, in the same table, and is the same trials', async () => {
    const machine = await documentOf(...sweep, ...stateIn('sweep'), '--machine', '--chunks', '4', '--out', 'by-machine');
    expect(machine).toMatchObject({ backtests, skipped: 3, chunks: 4, chunksFound: 0, trialsCounted: backtests });
    expect(await families('sweep')).toMatchObject([{ strategy: 'sma-cross', trials: backtests, batches: 1 }]);
    const threads = await documentOf(...sweep, ...stateIn('sweep'), '--out', 'by-threads');
    const { chunks: _few, aws: _plan, ...same } = threads;
    expect(machine).toMatchObject(same);
    const [one, other] = ['by-machine', 'by-threads'].map((folder) => readFileSync(join(scratch, folder, 'sweep.parquet')));
    expect(one!.equals(other!)).toBe(true);
    expect(await families('sweep')).toMatchObject([{ trials: backtests, batches: 1 }]);
  });
});

describe('MCH-02 a search', () => {
  test('by the machine finds what it finds by threads, and is the same trials', async () => {
    const search = ['evolve', ...market, '--population', '6', '--generations', '4', '--islands', '2', ...stateIn('search')];
    const machine = await documentOf(...search, '--machine', '--workers', '0');
    expect(machine).toMatchObject({ trials: 60, trialsCounted: 60 });
    expect(await families('search')).toMatchObject([{ strategy: 'evolved', trials: 60, batches: 1 }]);
    expect(await documentOf(...search, '--workers', '0')).toEqual(machine);
    expect(await families('search')).toMatchObject([{ trials: 60, batches: 1 }]);
  });
});

describe('MCH-03 a machine that was killed', () => {
  test('goes on where it was with the next call', async () => {
    const [, directory] = stateIn('killed');
    const whole = await documentOf(...sweep, ...stateIn('whole'));
    const { input } = await askedBy(whole, directory!);
    {
      await using research = await ResearchCloud.boot({ storageDirectory: join(directory!, 'research/machines') });
      research.killAfterPuts('research-run-sweep-chunk', 3);
      const { sweepId } = JSON.parse((await research.run('research-sweep', input)).output!);
      expect(await research.objects(`chunks/${sweepId}/`)).toHaveProperty('size', 3);
    }
    const { best, top, skipped } = whole;
    expect(await documentOf(...sweep, ...stateIn('killed'), '--machine', '--chunks', '4')).toMatchObject({
      ...{ best, top, skipped, backtests, chunks: 4, chunksFound: 3, trialsCounted: backtests + 2 },
    });
    expect(await families('killed')).toMatchObject([{ trials: backtests + 2, batches: 2 }]);
  });

  /** The request as the command makes it: the rules of its own document, and the panel that another sweep of it has put. */
  async function askedBy({ rules }: Record<string, unknown>, directory: string) {
    await documentOf(...sweep.map((word) => (word.startsWith('fast=') ? 'fast=9,slow=14' : word)), '--state', directory, '--machine');
    await using research = await ResearchCloud.boot({ storageDirectory: join(directory, 'research/machines') });
    const panelId = [...(await research.objects('panels/')).keys()][0]!.slice('panels/'.length, -'.parquet'.length);
    const grid = 'fast=3..5,slow=4..11';
    return { input: { panelId, strategy: 'sma-cross', grid, rules, fromMoment: 10, chunksMin: 4, actor: 'ada' } };
  }
});

describe('MCH-04 with --aws', () => {
  test('a chunk that failed is named, the next call runs it alone, and the fund counts every backtest once', async () => {
    await using research = await ResearchCloud.boot();
    const server = await serveHttp(research.cloud, { port: 0 });
    vi.stubEnv('AWS_ENDPOINT_URL', server.url);
    for (const [name, value] of Object.entries(credentials)) vi.stubEnv(name, value);
    try {
      const onAws = [...sweep, ...stateIn('aws'), '--aws', 'dev', '--machine', '--chunks', '4'];
      research.killAfterPuts('research-run-sweep-chunk', 3);
      const { code, stdout, stderr } = await ballast(...onAws);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(oneLine(/1 of 4 chunks failed: chunk \d \(Runtime\.ExitError: .*\)\. .* the same command runs these alone/));
      expect((await research.trials.list())[0]!.trials).toBeLessThan(backtests);

      research.cloud.faults.replace([]);
      expect(await documentOf(...onAws)).toMatchObject({
        backtests,
        chunks: 4,
        trialsCounted: backtests,
        aws: { usd: expect.any(Number) },
      });
      expect(await documentOf('trials', '--aws', 'dev', ...stateIn('aws'))).toMatchObject({
        families: [{ trials: backtests, batches: 1 }],
      });

      research.killAfterPuts('research-run-sweep-chunk', 0);
      const other = await ballast(...onAws.map((word) => (word.startsWith('fast=') ? 'fast=6,slow=20' : word)));
      expect(other.stderr).toMatch(oneLine(/The machine research-sweep failed: chunk 0 \(Runtime\.ExitError/));
    } finally {
      vi.unstubAllEnvs();
      await server.close();
    }
  });

  const credentials = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };
});

describe('MCH-05 refuses in one line', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['what the event engine is for', [...sweep, '--impact', '1'], /--machine sweeps by the vectorised path alone, and not here/],
    ['half an epoch', ['evolve', ...market, '--generations', '15'], /--generations is below 10 or a multiple of it/],
  ])('%s', async (_what, argv, message) => {
    const { code, stdout, stderr } = await ballast(...argv, ...stateIn('refused'), '--machine');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(oneLine(message));
  });
});

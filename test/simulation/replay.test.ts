/** What was decided is decided again to the byte; another line of code, or another document, is told by cycle and by place. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CycleReport } from '../../apps/cli/cycle-run.ts';
import { recordedCycle, replayAll } from '../../apps/cli/replaying.ts';
import { accountId, region } from '../../apps/local-cloud/cloud.ts';
import { bucketName } from '../../shared/contracts/names/index.ts';
import { canonicalJson } from '../../shared/kernel/canonical-json.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { decideUnder, replayCycle } from '../../shared/runtime/replay-cycle.ts';
import { lakeKeys } from '../../shared/stores/lake/keys.ts';
import type { TestFund } from '../support/boot-fund.ts';
import { replayWith } from '../support/changed-line.ts';
import { newsModelFor, readByModel, sameOfAll } from '../support/news-model.ts';
import { bootSmall, changed, documentOf, publish, sessionsFrom, smallPolicy } from '../support/small-fund.ts';

let fund: TestFund;
const reports: CycleReport[] = [];

beforeAll(async () => {
  fund = await bootSmall();
  const days = sessionsFrom('2024-12-02', 4);
  for (const [i, day] of days.entries()) {
    if (i === 2) await publish(fund, changed('portfolio', { turnoverFracMax: 0.05 }));
    reports.push(await fund.cycle(day));
  }
});
afterAll(() => fund[Symbol.asyncDispose]());

const recorded = (i: number) => recordedCycle(fund.fund, reports[i]!.cycleId);

test('every cycle of a store is identical, under the policy it began with', async () => {
  expect(await replayAll(fund.fund, fund.fund.lake)).toEqual({ cycles: 4, identical: 4, differing: [], unknown: [], undecided: 0 });
  const one = await replayCycle(fund.fund.lake, await recorded(0));
  if (isRefusal(one)) throw new Error(one.reason);
  expect(one.compared.map(({ part }) => part)).toEqual(['signals', 'allocation', 'risk', 'permit', 'plan', 'decisions']);
});

test('a cycle that was refused has nothing to be decided again', async () => {
  const stopped = await bootSmall();
  await stopped.fund.control.change(
    { kind: 'fund' },
    { state: 'PAUSED', reason: 'no trading today', actor: 'test', at: stopped.fund.clock.now() },
  );
  await stopped.cycle('2024-12-02');
  expect(await replayAll(stopped.fund, stopped.fund.lake)).toMatchObject({ cycles: 0, identical: 0, undecided: 1 });
  await stopped[Symbol.asyncDispose]();
});

describe('one line of decision code', () => {
  const sizing = { file: 'shared/domain/cycle/run-allocation.ts', from: 'kellyGamma: policy.ensemble.kellyGamma,' };
  const replayAllWith = async (to: string) => {
    const replay = await replayWith({ ...sizing, to });
    const results = await Promise.all(reports.map(async (_, i) => replay(fund.fund.lake, await recorded(i))));
    return results.flatMap((result) => (isRefusal(result) ? [] : [result]));
  };

  test('changed, says which cycles differ, and where first', async () => {
    const differing = (await replayAllWith('kellyGamma: policy.ensemble.kellyGamma / 50,')).filter(({ identical }) => !identical);
    expect(differing.map(({ cycleId }) => cycleId)).toContain(reports[0]!.cycleId);
    for (const { differences } of differing) {
      expect(differences[0]).toMatchObject({ part: 'allocation' });
      expect(differences[0]!.recorded).not.toEqual(differences[0]!.replayed);
    }
  });

  test('written otherwise to the same effect, differs nowhere', async () => {
    const results = await replayAllWith('kellyGamma: 1 * policy.ensemble.kellyGamma,');
    expect(results.map(({ identical }) => identical)).toEqual([true, true, true, true]);
  });
});

test('what a language model answered is read from the record, and nobody is asked again', async () => {
  const read = await bootSmall(readByModel);
  const model = await newsModelFor(
    read,
    sameOfAll((ticker) => (ticker < 'QN' ? 0.9 : -0.9)),
  );
  const { cycleId } = await read.cycle('2024-12-02');
  await model[Symbol.asyncDispose]();
  expect(await replayAll(read.fund, read.fund.lake)).toMatchObject({ cycles: 1, identical: 1 });

  const readings = await documentOf(read, { cycleId } as CycleReport, 'readings');
  await overwrite(read, lakeKeys.cycle(cycleId, 'readings'), {
    ...readings,
    read: readings.read.map((one) => ({ ...one, reading: { ...one.reading, tone: -one.reading.tone } })),
  });
  const { differing } = await replayAll(read.fund, read.fund.lake);
  expect(differing.map((one) => one.cycleId)).toEqual([cycleId]);
  expect(differing[0]!.differences[0]).toMatchObject({ part: 'signals' });
  await read[Symbol.asyncDispose]();
});

test('another policy says what it would have decided, and leaves what was', async () => {
  const whatIf = await decideUnder(fund.fund.lake, await recorded(0), changed('portfolio', { longFracMax: 0.01 })(smallPolicy));
  if (isRefusal(whatIf)) throw new Error(whatIf.reason);
  const bought = (decision: typeof whatIf.was): number =>
    decision.decisions.reduce((sum, { position_size: size }) => sum + Math.max(0, size), 0);
  expect(bought(whatIf.was)).toBeGreaterThan(0.01);
  expect(bought(whatIf.wouldBe)).toBeLessThanOrEqual(0.01 + 1e-12);
});

describe('a document that is not the one the cycle decided on', () => {
  test('comes out as a difference in what follows from it', async () => {
    const portfolio = await documentOf(fund, reports[3]!, 'portfolio');
    const { cycleId } = reports[3]!;
    await overwrite(fund, lakeKeys.cycle(cycleId, 'portfolio'), {
      ...portfolio,
      cashUsd: portfolio.cashUsd / 2,
      equityUsd: portfolio.equityUsd - portfolio.cashUsd / 2,
    });
    const { differing, identical } = await replayAll(fund.fund, fund.fund.lake);
    expect(identical).toBe(3);
    expect(differing.map((one) => one.cycleId)).toEqual([cycleId]);
  });

  test('is refused where it is the policy, whose hash is on record', async () => {
    const { cycleId } = reports[1]!;
    await overwrite(fund, lakeKeys.cycle(cycleId, 'policy'), changed('risk', { varFracMax: 0.9 })(smallPolicy));
    expect(await replayCycle(fund.fund.lake, await recorded(1))).toMatchObject({ kind: 'refused', reason: 'policy-not-the-recorded-one' });
  });

  test('and one that is gone makes the cycle unknown, not identical', async () => {
    const { cycleId } = reports[2]!;
    await fund.call('s3', 'DeleteObject', { Bucket: bucket, Key: lakeKeys.cycle(cycleId, 'market') });
    const { unknown, identical } = await replayAll(fund.fund, fund.fund.lake);
    expect(unknown.map((one) => [one.cycleId, one.reason])).toContainEqual([cycleId, 'inputs-missing']);
    expect(identical).toBe(1);
  });
});

const bucket = bucketName('dev', 'lake', accountId, region);

const overwrite = (on: TestFund, Key: string, document: unknown): Promise<unknown> =>
  on.call('s3', 'PutObject', { Bucket: bucket, Key, Body: canonicalJson(document) });

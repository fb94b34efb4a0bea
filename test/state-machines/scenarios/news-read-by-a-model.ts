/** A cycle whose policy has a language model read the news: what it reads counts, what it cannot read does not hold anything up. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { CycleReport } from '../../../apps/cli/cycle-run.ts';
import type { CycleId } from '../../../shared/kernel/units.ts';
import { named, type TestFund } from '../../support/boot-fund.ts';
import { documentOf, newsModelFor, newsModelKey, putNewsModelSecret, readByModel, sameOfAll } from '../../support/news-model.ts';
import { lakeBucket, lakeObjects } from '../../support/simulated-lake.ts';
import { loosenCyclePolicy } from '../../support/tampering.ts';
import { completion, itemsOf } from '../../unit/providers/language-model/chat-server.ts';
import { cycleId, expectFailed, expectHalted, leaseHolder, pathOf, type Scenario } from '../support/scenario.ts';

const options = { policy: readByModel };
const readNews = named('trading-read-news');

/** What the state "Read News" gave, as the execution keeps it. */
async function newsOf(
  fund: TestFund,
  report: CycleReport,
): Promise<{ headlines: number; readNow: number; unread: number; unreadFor: object }> {
  const executionArn = `${fund.fund.cloud.stateMachineArn(named('trading-cycle')).replace(':stateMachine:', ':execution:')}:${report.cycleId}`;
  const { events } = await fund.call<{ events: { stateExitedEventDetails?: { name: string; output: string } }[] }>(
    'states',
    'GetExecutionHistory',
    { executionArn, includeExecutionData: true, maxResults: 1000 },
  );
  const left = events.find(({ stateExitedEventDetails: exited }) => exited?.name === 'Read News')!;
  return (JSON.parse(left.stateExitedEventDetails!.output) as { Payload: Awaited<ReturnType<typeof newsOf>> }).Payload;
}

const readingsOf = async (fund: TestFund, id: string = cycleId) => (await documentOf(fund, id as CycleId, 'readings'))!;

/** The cycle decided and traded as far as it could; every headline is unread for that reason, and somebody will be told. */
async function expectUnread(fund: TestFund, report: CycleReport, reason: string): Promise<void> {
  expect(report).toMatchObject({ outcome: 'traded', refusal: null });
  const { headlines, unread, unreadFor } = await newsOf(fund, report);
  expect(headlines).toBeGreaterThan(100);
  expect(unread).toBe(headlines);
  expect(Object.keys(unreadFor)).toContain(reason);
  expect((await readingsOf(fund)).read).toEqual([]);
  const logged = fund.told('LogLine').map(({ details }) => JSON.parse(String(details.line)) as { message: string; unread?: number });
  expect(logged.filter(({ message }) => message === 'most-news-unread')).toMatchObject([{ unread }]);
}

const sentimentOf = async (fund: TestFund, id: string = cycleId) =>
  (await documentOf(fund, id as CycleId, 'signals'))!.symbols.flatMap(({ symbol, opinions }) =>
    opinions.flatMap((opinion) => (opinion.kind === 'opinion' && opinion.agent === 'sentiment' ? [{ symbol, ...opinion }] : [])),
  );

const ways: readonly Scenario[] = [
  {
    title: 'decides on what the model read, asks about no headline twice, and keeps every answer under its hash',
    options,
    async run(fund) {
      await using model = await newsModelFor(
        fund,
        sameOfAll((ticker) => (ticker < 'QN' ? 0.9 : -0.9)),
      );
      const report = await fund.cycle();
      expect(report).toMatchObject({ outcome: 'traded', refusal: null });
      expect(pathOf(fund).slice(2, 5)).toEqual(['Load Data', 'Read News', 'Compute Signals']);
      const news = await newsOf(fund, report);
      expect(news).toMatchObject({ readNow: news.headlines, unread: 0, unreadFor: {} });
      const opinions = await sentimentOf(fund);
      expect(opinions.length).toBeGreaterThan(20);
      expect(opinions.every(({ symbol, expectedReturn }) => expectedReturn > 0 === symbol < 'QN')).toBe(true);
      expect(opinions.every(({ evidence }) => evidence.headlinesReadByModel === evidence.headlinesCounted)).toBe(true);

      const objects = new Map((await lakeObjects(fund.fund.cloud, 'readings/')).map(({ Key, Body }) => [Key, Buffer.from(Body)]));
      const { read, promptVersion } = await readingsOf(fund);
      for (const { reading } of read) {
        const answer = objects.get(`readings/answers/${reading.answerSha256}.txt`)!;
        expect(createHash('sha256').update(answer).digest('hex')).toBe(reading.answerSha256);
      }
      expect([...objects.keys()].filter((key) => key.startsWith(`readings/lab-small-model/${promptVersion}/`))).toHaveLength(read.length);

      const before = model.asked.flatMap(itemsOf);
      const next = await fund.cycle('2024-12-03');
      const asked = model.asked.flatMap(itemsOf).slice(before.length);
      const { headlines, readNow } = await newsOf(fund, next);
      expect(asked).toHaveLength(readNow);
      expect(readNow).toBeLessThan(headlines / 4);
      const seen = new Set(before.map(({ ticker, headline }) => `${ticker} ${headline}`));
      expect(asked.filter(({ ticker, headline }) => seen.has(`${ticker} ${headline}`))).toEqual([]);
    },
  },
  {
    title: 'gives the key to the model and to nothing else: not to the lake, the events, the logs or the record',
    options,
    async run(fund) {
      await using model = await newsModelFor(
        fund,
        sameOfAll(() => 0.1),
      );
      const report = await fund.cycle();
      expect(new Set(model.asked.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${newsModelKey}`]));
      const kept = (await lakeObjects(fund.fund.cloud)).map(({ Body }) => Buffer.from(Body).toString('latin1'));
      const told = JSON.stringify([fund.events, report, await fund.fund.audit.recordsOf(report.cycleId)]);
      expect([...kept, told].filter((text) => text.includes(newsModelKey))).toEqual([]);
    },
  },
  {
    title: 'goes on without readings when the secret is as the fund was born with it',
    options,
    async run(fund) {
      await expectUnread(fund, await fund.cycle(), 'model-not-set-up');
    },
  },
  {
    title: 'goes on without readings when the model cannot be reached',
    options,
    async run(fund) {
      const gone = await newsModelFor(fund, () => null);
      await gone.close();
      await expectUnread(fund, await fund.cycle(), 'service-failed');
    },
  },
  {
    title: 'goes on without readings when the model talks nonsense, and keeps the nonsense',
    options,
    async run(fund) {
      await using model = await newsModelFor(fund, () => completion('Buy everything!'));
      await expectUnread(fund, await fund.cycle(), 'answer-unreadable');
      expect(model.asked.length).toBeLessThanOrEqual(4);
      const answers = await lakeObjects(fund.fund.cloud, 'readings/');
      expect(answers.map(({ Body }) => Buffer.from(Body).toString('utf8'))).toEqual(['Buy everything!']);
    },
  },
  {
    title: 'goes on without readings when the key is refused, and reads once it is not',
    options,
    async run(fund) {
      let isKnown = false;
      await using _model = await newsModelFor(fund, (asked) => (isKnown ? sameOfAll(() => 0.2)(asked) : { status: 401, body: '{}' }));
      await expectUnread(fund, await fund.cycle(), 'not-authorised');
      isKnown = true;
      expect(await newsOf(fund, await fund.cycle('2024-12-03'))).toMatchObject({ unread: 0 });
    },
  },
  {
    title: 'asks no model while the policy says lexicon, even one that is set up',
    async run(fund) {
      await using model = await newsModelFor(
        fund,
        sameOfAll(() => -1),
      );
      expect((await fund.cycle()).outcome).toBe('traded');
      expect(pathOf(fund)).not.toContain('Read News');
      expect(model.asked).toEqual([]);
      expect((await sentimentOf(fund)).every(({ evidence }) => evidence.headlinesReadByModel === 0)).toBe(true);
    },
  },
];

/** A model that answers otherwise every time it is asked. */
const fickle = (fund: TestFund) => newsModelFor(fund, (asked, count) => sameOfAll(() => count / 1000)(asked));

const troubles: readonly Scenario[] = [
  {
    title: 'stands by what was read first when its function dies once it is done and the model would now say something else',
    options,
    async run(fund) {
      await using model = await fickle(fund);
      fund.failing({ service: 'lambda', operation: 'Invoke', target: readNews, nth: 1, fault: 'crash-after' });
      const report = await fund.cycle();
      expect(report.outcome).toBe('traded');
      expect(fund.told('StateRetried').map(({ details }) => details.state)).toEqual(['Read News']);
      expect(Math.max(...(await readingsOf(fund)).read.map(({ reading }) => reading.tone)) * 1000).toBe(model.asked.length);
      expect((await newsOf(fund, report)).readNow).toBe(model.asked.flatMap(itemsOf).length);
    },
  },
  {
    title: 'stands by what another delivery wrote while it was reading',
    options,
    async run(fund) {
      const theirs = { model: 'other', promptVersion: 'other', readNow: 0, read: [], unread: [] };
      const Key = `cycles/${cycleId}/readings.json`;
      await using _model = await newsModelFor(fund, (asked) => {
        void fund.call('s3', 'PutObject', { Bucket: lakeBucket, Key, Body: Buffer.from(JSON.stringify(theirs)) });
        return sameOfAll(() => 0.5)(asked);
      });
      expect(await newsOf(fund, await fund.cycle())).toMatchObject({ headlines: 0, readNow: 0 });
      expect(await readingsOf(fund)).toEqual(theirs);
      expect((await sentimentOf(fund)).every(({ evidence }) => evidence.headlinesReadByModel === 0)).toBe(true);
    },
  },
  {
    title: 'halts trading when an invariant does not hold in Read News',
    options,
    async run(fund) {
      await using model = await fickle(fund);
      fund.before('Read News', () => loosenCyclePolicy(fund, cycleId));
      const report = await fund.cycle();
      expect(pathOf(fund).at(-3)).toBe('Read News');
      expect(model.asked).toEqual([]);
      await expectHalted(fund, report, /every phase of a cycle decides under the policy it began with/);
    },
  },
  {
    title: 'fails the cycle when the function of Read News dies every time',
    options,
    async run(fund) {
      await putNewsModelSecret(fund, {});
      fund.failing({ service: 'lambda', operation: 'Invoke', target: readNews, fault: 'crash-before' });
      const report = await fund.cycle();
      expect(pathOf(fund).slice(-3)).toEqual(['Read News', 'Fail Cycle', 'Cycle Failed']);
      await expectFailed(fund, report, 'Runtime.ExitError');
      expect(await leaseHolder(fund)).toBeUndefined();
    },
  },
];

export const newsReadByAModel: readonly Scenario[] = [...ways, ...troubles];

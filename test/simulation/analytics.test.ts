/** Analytics over a fund that trades: what the end of each cycle leaves, in whatever order it is heard of, and the report of the day. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { CycleReport } from '../../apps/cli/cycle-run.ts';
import { eventSource } from '../../shared/contracts/names/index.ts';
import type { DailyMetrics } from '../../shared/domain/analytics/daily-metrics.ts';
import { canonicalJson } from '../../shared/kernel/canonical-json.ts';
import { AnalyticsStore } from '../../shared/stores/analytics.ts';
import { named, type TestFund } from '../support/boot-fund.ts';
import { bootSmall, sessionsFrom } from '../support/small-fund.ts';

const days = sessionsFrom('2024-12-02', 2);
const portfolioShape = z.looseObject({ equityUsd: z.number() });
const anything = z.unknown();
let fund: TestFund;
let reports: CycleReport[];
let store: AnalyticsStore;
let measured: DailyMetrics[];

beforeAll(async () => {
  fund = await bootSmall();
  store = new AnalyticsStore(fund.fund.lake);
  reports = [];
  for (const day of days) reports.push(await fund.cycle(day));
  await fund.fund.cloud.settle();
  measured = await store.daysUntil('2024-12-31');
});
afterAll(() => fund[Symbol.asyncDispose]());

async function invoke(name: string, payload: object): Promise<Record<string, unknown>> {
  const answer = await fund.call<{ Payload: Uint8Array; FunctionError?: string }>('lambda', 'Invoke', {
    FunctionName: named(name),
    Payload: JSON.stringify(payload),
  });
  expect(answer.FunctionError).toBeUndefined();
  return JSON.parse(Buffer.from(answer.Payload).toString()) as Record<string, unknown>;
}

const completed = ({ cycleId }: CycleReport, at: string, eventId: string) => ({
  source: eventSource,
  'detail-type': 'CycleCompleted',
  detail: { eventId, at, summary: 'again', cycleId, outcome: 'traded', decisions: 1, orders: 1, auditHead: 'x' },
});

describe('after each cycle', () => {
  test('every day has its metrics, and the equities are those that the cycles decided with', async () => {
    expect(measured.map(({ day }) => day)).toEqual(days);
    const books = await Promise.all(
      reports.map(({ cycleId }) => fund.fund.lake.getJson(`cycles/${cycleId}/portfolio.json`, portfolioShape)),
    );
    expect(measured.map(({ equityUsd }) => equityUsd)).toEqual(books.map((book) => ('equityUsd' in book ? book.equityUsd : null)));
  });

  test('the profit of a day is the difference of equities, and the symbols and cash make it up', () => {
    const [before, after] = measured as [DailyMetrics, DailyMetrics];
    if (after.interval.kind !== 'interval') throw new Error('no interval');
    const { profitUsd, symbols, cashProfitUsd } = after.interval;
    expect(profitUsd).toBeCloseTo(after.equityUsd - before.equityUsd, 6);
    expect(symbols.reduce((sum, one) => sum + one.profitUsd, cashProfitUsd)).toBeCloseTo(profitUsd, 6);
    expect(Math.abs(cashProfitUsd)).toBeLessThan(0.01);
    expect(after.interval.agents).toEqual(expect.arrayContaining([expect.objectContaining({ agent: 'ensemble' })]));
    expect(measured.some(({ cost }) => cost.filledOrders > 0)).toBe(true);
  });

  test('ends of cycles heard twice, and last first, leave the same bytes', async () => {
    const before = await Promise.all(days.map((day) => bytesOf(`analytics/daily/${day}.json`)));
    for (const [index, report] of [...reports.entries()].reverse()) {
      const at = new Date(Date.parse(`${days[index]}T20:45:00Z`)).toISOString();
      await invoke('analytics-measure-cycle', completed(report, at, `again/${index}`));
    }
    expect(await Promise.all(days.map((day) => bytesOf(`analytics/daily/${day}.json`)))).toEqual(before);
    expect(await store.cycles()).toHaveLength(2);
  });
});

describe('the report', () => {
  const evening = (day: string) => ({ scheduledAt: `${day}T21:30:00Z` });

  test('is published once; the same metrics again are the same revision, other ones the next', async () => {
    const day = days[1]!;
    const first = await invoke('analytics-publish-report', evening(day));
    expect(first).toMatchObject({ kind: 'published', day, revision: 1, key: `reports/${day}/report.html` });
    expect(await invoke('analytics-publish-report', evening(day))).toEqual(first);

    const changed = measured[1]!;
    await store.putDaily({ ...changed, equityUsd: changed.equityUsd + 1 });
    expect(await invoke('analytics-publish-report', evening(day))).toMatchObject({ revision: 2 });
    await store.putDaily(changed);
    const kept = await fund.fund.lake.keysUnder(`reports/${day}/`);
    expect(kept).toHaveLength(9);
  });

  test('is refused on a holiday, and where no cycle came to decide', async () => {
    expect(await invoke('analytics-publish-report', evening('2024-12-25'))).toMatchObject({ kind: 'refused', reason: 'market-closed' });
    expect(await invoke('analytics-publish-report', evening('2024-12-09'))).toMatchObject({ kind: 'refused', reason: 'no-cycle-today' });
  });

  test('says when a cycle decided and was not measured, which is an alarm', async () => {
    await fund.fund.lake.putJson('cycles/cycle-2024-12-10T20-45-00Z/signals.json', {});
    expect(await invoke('analytics-publish-report', evening('2024-12-10'))).toMatchObject({
      kind: 'refused',
      reason: 'cycle-not-measured',
    });
  });
});

const bytesOf = async (key: string): Promise<string> => canonicalJson(await fund.fund.lake.getJson(key, anything));

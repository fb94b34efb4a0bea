/**
 * The alarms on silence, hour by hour over whole years: quiet while everything runs, through weekends, holidays, half days and both
 * changes of the clock; heard before the next session when one day's run is left out.
 *
 * The alarm's own expression is evaluated here with CloudWatch's meaning of its functions: DAY is 1 to 7 from Monday and HOUR 0 to
 * 23, both of the period's start in UTC; FILL writes its second argument where there is no datapoint
 * (CloudWatch user guide, "Using metric math", functions for date and time, and FILL).
 */
import type { Context } from 'aws-lambda';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { isSession, isShortSession, newYorkInstant, nextSession } from '../../shared/domain/market/calendar.ts';
import { fixedClock } from '../../shared/kernel/clock.ts';
import { formatDay, parseDay, weekdayOf } from '../../shared/kernel/days.ts';
import type { EpochDay, EpochMs } from '../../shared/kernel/units.ts';
import { lendHost } from '../../shared/runtime/host.ts';
import { devAssembly } from './support/assembly.ts';
import { isObject, type Json, type Resource, type Templates } from './support/templates.ts';

const hourMs = 3_600_000;

interface SilenceAlarm {
  readonly hours: number;
  /** What the expression gives for one hour. */
  value(hour: number, counts: Readonly<Record<string, number>>): number;
}

let templates: Templates;
let cycleMissing: SilenceAlarm;
let ingestMissing: SilenceAlarm;
let reconciliationMissing: SilenceAlarm;

beforeAll(async () => {
  ({ templates } = await devAssembly());
  cycleMissing = silenceAlarm('cycle-missing');
  ingestMissing = silenceAlarm('ingest-missing');
  reconciliationMissing = silenceAlarm('reconciliation-missing');
});

const days = (from: string, to: string): EpochDay[] => {
  const first = parseDay(from);
  return Array.from({ length: parseDay(to) - first + 1 }, (_, index) => (first + index) as EpochDay).filter(
    (day) => weekdayOf(day) >= 1 && weekdayOf(day) <= 5,
  );
};
const years = days('2024-01-01', '2026-12-31');

/** When a weekday is accounted for, and by which metric. */
type Account = (day: EpochDay) => { readonly metric: string; readonly at: number };

const cycles: Account = (day) => {
  if (!isSession(day)) return { metric: 'holiday', at: newYorkInstant(day, 15, 45) };
  return { metric: 'completed', at: isShortSession(day) ? newYorkInstant(day, 12, 52) : newYorkInstant(day, 15, 52) };
};
const slowCycles: Account = (day) => {
  const { metric, at } = cycles(day);
  return { metric, at: at + 8 * 60_000 };
};
const reconciliations: Account = (day) => ({ metric: isSession(day) ? 'completed' : 'holiday', at: newYorkInstant(day, 16, 16) });
const ingests: Account = (day) => ({ metric: 'completed', at: newYorkInstant(day, 18, 38) });
const slowIngests: Account = (day) => ({ metric: 'completed', at: newYorkInstant(day, 20, 25) });

describe.each([
  ['cycle-missing', () => cycleMissing, cycles],
  ['cycle-missing, when cycles take their full quarter of an hour', () => cycleMissing, slowCycles],
  ['reconciliation-missing', () => reconciliationMissing, reconciliations],
  ['ingest-missing', () => ingestMissing, ingests],
  ['ingest-missing, when ingests take two hours', () => ingestMissing, slowIngests],
] as const)('%s', (_name, alarm, account) => {
  test('is quiet for three years in which every weekday is accounted for', () => {
    expect(rings(alarm(), years, account).map((hour) => new Date(hour).toISOString())).toEqual([]);
  });

  test('is heard before the next session opens when any one weekday is left out', () => {
    const unheard = years.slice(5, -5).filter((missing) => {
      const around = years.filter((day) => Math.abs(day - missing) <= 7 && day !== missing);
      const [first] = rings(alarm(), around, account, missing);
      return first === undefined || first > newYorkInstant(nextSession(missing), 9, 30);
    });
    expect(unheard.map(formatDay)).toEqual([]);
  });
});

test('the starter says on a holiday what the holiday metric counts', async () => {
  const filter = templates.all('AWS::Logs::MetricFilter').find((one) => one.name.includes('Holidays'));
  const group = templates.named(filter!.text('LogGroupName'));
  expect(group.text('LogGroupName')).toBe('/aws/lambda/ballast-dev-trading-start-cycle');
  const wanted = [...filter!.text('FilterPattern').matchAll(/\(\$\.([\w.]+) = "([\w-]+)"\)/g)].map(
    ([, path, value]) => [path!, value!] as const,
  );
  expect(wanted).toHaveLength(2);
  const matches = (line: string): boolean =>
    wanted.every(
      ([path, value]) =>
        path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], JSON.parse(line)) === value,
    );

  // 2025-07-04 is a holiday; on 2025-07-03 the exchange closes at 13:00.
  expect((await logOfStartAt('2025-07-04T15:45:00-04:00')).some(matches)).toBe(true);
  expect((await logOfStartAt('2025-07-03T15:45:00-04:00')).some(matches)).toBe(false);
});

async function logOfStartAt(scheduledAt: string): Promise<string[]> {
  const lines: string[] = [];
  const host = {
    env: { STATE_MACHINE: 'none' },
    clock: fixedClock(Date.parse(scheduledAt) as EpochMs),
    awsClientConfig: () => ({ region: 'us-east-1' }),
    fetch: () => Promise.reject(new Error('a refused start reaches nothing')),
    writeLog: (line: string) => void lines.push(line),
  };
  // A handler keeps the first host it meets, so each start gets a handler of its own.
  vi.resetModules();
  const { handler } = await import('../../functions/trading/start-cycle.lambda.ts');
  await lendHost(host, () => handler({ scheduledAt }, { awsRequestId: 'one' } as Context));
  return lines;
}

/** The hours at whose end the alarm rings, from the second week on, or around a day that is left out. */
function rings(alarm: SilenceAlarm, accounted: readonly EpochDay[], account: Account, missing?: EpochDay): number[] {
  const counts = new Map<number, Record<string, number>>();
  for (const day of accounted) {
    const { metric, at } = account(day);
    const hour = Math.floor(at / hourMs);
    const before = counts.get(hour) ?? {};
    counts.set(hour, { ...before, [metric]: (before[metric] ?? 0) + 1 });
  }
  const from = (missing ?? accounted[5]!) * 24;
  const to = (missing === undefined ? accounted.at(-1)! : missing + 6) * 24;
  const found: number[] = [];
  let silent = 0;
  for (let hour = from - alarm.hours; hour < to; hour++) {
    silent = alarm.value(hour * hourMs, counts.get(hour) ?? {}) < 1 ? silent + 1 : 0;
    if (hour >= from && silent >= alarm.hours) found.push((hour + 1) * hourMs);
  }
  return found;
}

function silenceAlarm(runbook: string): SilenceAlarm {
  const alarm = templates.all('AWS::CloudWatch::Alarm').find((one) => one.text('AlarmDescription').endsWith(`#${runbook}`))!;
  const { expression, metrics } = metricsOf(alarm);
  expect(metrics.map(({ period }) => period)).toEqual(metrics.map(() => 3600));
  expect(alarm.at('ComparisonOperator')).toBe('LessThanThreshold');
  expect(alarm.at('Threshold')).toBe(1);
  // CloudWatch takes at most seven days of hours.
  const hours = Number(alarm.at('EvaluationPeriods'));
  expect(hours).toBeLessThanOrEqual(7 * 24);
  const evaluate = compiled(expression);
  return {
    hours,
    value(hour, counts) {
      const at = new Date(hour);
      return evaluate(((at.getUTCDay() + 6) % 7) + 1, at.getUTCHours(), counts);
    },
  };
}

function metricsOf(alarm: Resource): { readonly expression: string; readonly metrics: readonly { readonly period: Json | undefined }[] } {
  const parts = alarm.list('Metrics').filter(isObject);
  const metrics = parts.map(({ MetricStat }) => MetricStat).filter(isObject);
  return {
    expression: String(parts.find(({ Expression }) => Expression !== undefined)!.Expression),
    metrics: metrics.map(({ Period }) => ({ period: Period })),
  };
}

type Expression = (day: number, hour: number, counts: Readonly<Record<string, number>>) => number;

/** The metric-math expression as JavaScript; anything in it that is not known here does not compile. */
function compiled(expression: string): Expression {
  const script = expression
    .replaceAll(/\bDAY\(\w+\)/g, 'day')
    .replaceAll(/\bHOUR\(\w+\)/g, 'hour')
    .replaceAll(/\bFILL\((\w+), 0\)/g, '(counts.$1 ?? 0)')
    .replaceAll(' AND ', ' && ')
    .replaceAll(' OR ', ' || ');
  if (/\b(?!IF\b|counts\b)[A-Z]{2,}\b/.test(script)) throw new Error(`The expression uses what this test does not know: ${expression}`);
  return new Function('day', 'hour', 'counts', `const IF = (holds, yes, no) => (holds ? yes : no); return ${script};`) as Expression;
}

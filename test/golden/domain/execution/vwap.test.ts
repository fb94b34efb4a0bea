/**
 * Slippage of schedules on real minutes against make-vwap.py, which works it out a second time with Python's standard library. The values were
 * made on 2026-11-21 from the minutes of the market data pack (sources and licences are in its SOURCES.md); the minutes are not here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ExecutionPlan, planExecution } from '../../../../shared/domain/execution/algos/plan-execution.ts';
import { sessionClose, sessionOpen } from '../../../../shared/domain/market/calendar.ts';
import { parseDay } from '../../../../shared/kernel/days.ts';
import type { Ticker } from '../../../../shared/kernel/units.ts';
import { readMinuteBars } from '../../../../shared/providers/files/minute-bars.ts';
import golden from './vwap.golden.json' with { type: 'json' };

const folder = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'minute');
const present = existsSync(folder);

describe.skipIf(!present)(`schedules on real minutes (${present ? folder : 'skipped: there are none'})`, () => {
  test.each(golden)(
    '$symbol on $day: the VWAP schedule $vwapBps bps, an even one $twapBps bps from the market',
    ({ file, symbol, day: text, vwapBps, twapBps }) => {
      const day = parseDay(text);
      const sessions = readMinuteBars(readFileSync(join(folder, file)), file, 'start').sessions(symbol as Ticker);
      const plan = planExecution(sessions, {
        ...{ kind: 'vwap', side: 'BUY', day, quantity: 100_000, lotShares: 0.0001, startsAt: sessionOpen(day), endsAt: sessionClose(day) },
        ...{ bucketMinutes: 5, participationFracMax: null, impactCoefficient: 1 },
        profileRule: { sessionsMin: 2, lookbackSessions: 21, shortLookbackSessions: 756 },
      }) as ExecutionPlan;
      expect(plan.replay!.schedule.slippageBps).toBeCloseTo(vwapBps, 5);
      expect(plan.replay!.other.slippageBps).toBeCloseTo(twapBps, 5);
    },
  );
});

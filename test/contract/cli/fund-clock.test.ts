/** The clock of a fund on this machine, from one command to the next: time goes on where the last cycle left it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { Fund } from '../../../apps/cli/fund.ts';
import { StateDirectory } from '../../../apps/cli/state-directory.ts';
import { alertOf } from '../../../shared/domain/alerts/alert.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';

const io = { out: () => {}, err: () => {}, colors: pc.createColors(false), interactive: false };

async function opened<T>(state: string, work: (fund: Fund) => Promise<T>): Promise<T> {
  const directory = StateDirectory.acquire({ state });
  try {
    const fund = await Fund.open({ directory, io });
    try {
      return await work(fund);
    } finally {
      await fund.close();
    }
  } finally {
    directory.release();
  }
}

test('what a cycle of an earlier year left for some time is there at the next command, though it would be over by now', async () => {
  const state = mkdtempSync(join(tmpdir(), 'ballast-clock-'));
  try {
    const at = Date.parse('2023-06-01T19:45:00Z') as EpochMs;
    const draft = {
      kind: 'CycleFailed',
      subject: 'x',
      occurrence: 'x',
      severity: 'HIGH',
      category: 'SYSTEM',
      title: 'A cycle failed',
    } as const;
    const alert = alertOf({ ...draft, at: new Date(at).toISOString() });
    await opened(state, async (fund) => {
      fund.clock.travelTo(at);
      await fund.auditTrail.append('cycle-2023-06-01T19-45-00Z', 'refused', [{ type: 'cycle', record: { outcome: 'failed' } }]);
      await fund.alerts.open({ alert, at, windowMs: 600_000, heldUntilMs: null, escalation: null });
    });
    await opened(state, async (fund) => {
      expect(new Date(fund.clock.now()).toISOString()).toBe('2023-06-01T20:15:00.000Z');
      expect((await fund.alerts.ofSeverity('HIGH')).map((record) => record.alert.alertId)).toContain(alert.alertId);
    });
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
});

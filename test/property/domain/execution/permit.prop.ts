/** What risk permits always covers what is planned from it: no cycle is stopped by its own permit, at any price within the collar. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { issuePermit } from '../../../../shared/domain/execution/issue-permit.ts';
import { permitRefusal } from '../../../../shared/domain/execution/permit.ts';
import { planOrders } from '../../../../shared/domain/execution/plan-orders.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import type { CycleId, EpochMs, Ticker } from '../../../../shared/kernel/units.ts';

const now = Date.UTC(2024, 11, 2, 20, 45) as EpochMs;
const { priceCollarFrac } = defaultPolicy.execution;

/** Evenly spread, where fast-check's own doubles crowd around zero. */
const evenly = (from: number, to: number) => fc.integer({ min: 0, max: 1e6 }).map((step) => from + ((to - from) * step) / 1e6);

const position = fc.record({
  close: evenly(0.5, 900),
  /** Where in the collar the market stands: 0 is its lower end, 1 its upper. */
  within: evenly(0.0001, 0.9999),
  weight: evenly(-0.095, 0.095),
  heldFrac: evenly(-0.12, 0.12),
  fractional: fc.boolean(),
  flat: fc.boolean(),
});

test.each([true, false])('every planned order is within its permit (whole shares only: %s)', (wholeSharesOnly) => {
  let planned = 0;
  fc.assert(
    fc.property(fc.array(position, { minLength: 1, maxLength: 8, size: 'max' }), (drawn) => {
      const equityUsd = 1_000_000;
      const positions = drawn.map(({ close, within, weight, heldFrac, fractional, flat }, index) => {
        const [low, high] = [close / (1 + priceCollarFrac), close / (1 - priceCollarFrac)];
        const held = (heldFrac * equityUsd) / close;
        return {
          symbol: `S${index}` as Ticker,
          targetWeight: flat ? 0 : weight,
          heldShares: fractional ? Math.round(held * 1e4) / 1e4 : Math.round(held),
          reference: { priceUsd: low + within * (high - low), at: now },
          decidedAtUsd: close,
          averageDailyVolume: 1e9,
          sharesToLend: true,
        };
      });
      const { orders } = planOrders({
        ...{ fund: 'ballast', cycleId: 'cycle-1' as CycleId, now, equityUsd, positions, openOrders: [] },
        limits: { ...defaultPolicy.execution, wholeSharesOnly },
      });
      const permit = issuePermit({
        ...{ cycleId: 'cycle-1' as CycleId, controlEpoch: 1, policySha256: '', validUntil: now, equityUsd, priceCollarFrac },
        positions: positions.map(({ targetWeight, ...rest }) => ({ ...rest, approvedWeight: targetWeight })),
      });
      const taken = new Map<string, number>();
      for (const { intent } of orders) {
        const side = intent.side === 'buy' ? ('BUY' as const) : ('SELL' as const);
        const before = taken.get(intent.symbol) ?? 0;
        expect(permitRefusal(permit, { symbol: intent.symbol, side, quantity: intent.quantity }, before, now)).toBeNull();
        taken.set(intent.symbol, before + intent.quantity);
        planned++;
      }
    }),
    { numRuns: 400 },
  );
  expect(planned).toBeGreaterThan(500);
});

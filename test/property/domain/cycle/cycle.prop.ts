/** Permuting the symbols permutes nothing: every output of every step is the same text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  assembleDecisions,
  runAllocation,
  runOrderPlan,
  runRisk,
  runSignals,
  type SymbolInput,
} from '../../../../shared/domain/cycle/index.ts';
import { initialRiskState } from '../../../../shared/domain/risk/risk-state.ts';
import { canonicalJson } from '../../../../shared/kernel/canonical-json.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { cashOnly, contextOf, quietMarket, symbolInput, ticker, walk } from '../../../unit/domain/fixtures.ts';

const context = contextOf();
const market = quietMarket();
const symbols = Array.from({ length: 10 }, (_, i) =>
  symbolInput(`S${i}`, walk(`S${i}`, i === 7 ? 1259 : 1280), i % 2 === 0 ? 'Energy' : null),
);
const portfolio = {
  ...cashOnly(),
  positions: [3, 5].map((i) => ({ symbol: ticker(`S${i}`), quantity: 100, priceUsd: 90 })),
};

function outcome(order: readonly SymbolInput[]): string {
  const signals = runSignals({ context, symbols: order, market, portfolio });
  const allocation = runAllocation({ context, signals, symbols: order, market, portfolio, riskOverride: null });
  if (isRefusal(allocation)) throw new Error(allocation.reason);
  const risk = runRisk({ context, allocation, symbols: order, portfolio, riskState: initialRiskState, operatorOverride: null });
  if (isRefusal(risk)) throw new Error(risk.reason);
  const references = order.map(({ symbol }) => ({ symbol, priceUsd: 90, at: context.scheduledAt }));
  const plan = runOrderPlan({
    context,
    signals,
    risk,
    portfolio,
    references,
    lendable: [],
    openOrders: [],
    skewMs: 0,
    now: context.scheduledAt,
  });
  return canonicalJson({ plan, decisions: assembleDecisions({ context, signals, allocation, risk, plan, withdrawn: [], endedBy: null }) });
}

test('the order of the symbols changes no decision and no order', () => {
  const expected = outcome(symbols);
  fc.assert(
    fc.property(fc.shuffledSubarray(symbols, { minLength: symbols.length }), (shuffled) => {
      expect(outcome(shuffled)).toBe(expected);
    }),
    { numRuns: 15 },
  );
});

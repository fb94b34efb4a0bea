import { beforeAll, describe, expect, test } from 'vitest';
import { decisionFields } from '../../../../shared/domain/audit/decision-record.ts';
import {
  type AllocationOutput,
  assembleDecisions,
  type PortfolioInput,
  type RiskInput,
  type RiskOutput,
  runAllocation,
  runOrderPlan,
  runRisk,
  runSignals,
  type SignalsOutput,
  type SymbolInput,
} from '../../../../shared/domain/cycle/index.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { initialRiskState } from '../../../../shared/domain/risk/risk-state.ts';
import { canonicalJson } from '../../../../shared/kernel/canonical-json.ts';
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import { cashOnly, contextOf, quietMarket, symbolInput, ticker, walk } from '../fixtures.ts';

const context = contextOf();
const market = quietMarket();
const sectors = ['Energy', 'Utilities', 'Materials', 'Financials', 'Industrials', 'Health Care'];
const good = Array.from({ length: 12 }, (_, i) => symbolInput(`GOOD${i}`, walk(`GOOD${i}`, 1300), sectors[i % 6]));

function must<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`expected a result, was refused: ${value.reason}`);
  return value;
}

interface Ran {
  signals: SignalsOutput;
  allocation: AllocationOutput;
  risk: RiskOutput;
  plan: ReturnType<typeof runOrderPlan>;
  decisions: ReturnType<typeof assembleDecisions>;
}

function run(symbols: readonly SymbolInput[], portfolio: PortfolioInput = cashOnly(), riskChange: Partial<RiskInput> = {}): Ran {
  const signals = runSignals({ context, symbols, market, portfolio });
  const allocation = must(runAllocation({ context, signals, symbols, market, portfolio, riskOverride: null }));
  const risk = must(
    runRisk({ context, allocation, symbols, portfolio, riskState: initialRiskState, operatorOverride: null, ...riskChange }),
  );
  const prices = signals.symbols.flatMap(({ symbol, market }) =>
    market ? [{ symbol, priceUsd: market.closeUsd, at: context.scheduledAt }] : [],
  );
  const plan = runOrderPlan({
    context,
    signals,
    risk,
    portfolio,
    references: prices,
    lendable: [],
    openOrders: [],
    skewMs: 0,
    now: context.scheduledAt,
  });
  return {
    signals,
    allocation,
    risk,
    plan,
    decisions: assembleDecisions({ context, signals, allocation, risk, plan, withdrawn: [], endedBy: null }),
  };
}

describe('a cycle', () => {
  let ran: Ran;
  beforeAll(() => {
    ran = run(good);
  });

  test('ends with orders, and a record of fifteen fields for every symbol', () => {
    expect(ran.plan.orders.length).toBeGreaterThan(0);
    expect(ran.decisions.map(({ symbol }) => symbol)).toEqual(good.map(({ symbol }) => symbol).sort());
    for (const decision of ran.decisions) {
      expect(Object.keys(decision)).toEqual([...decisionFields]);
      expect(decision.timestamp).toBe('2019-06-14T19:45:00.000Z');
      expect(decision.reason_codes.length).toBeGreaterThan(0);
    }
  });

  test('records a buy with its size, its stop and everything it rests on', () => {
    const buy = ran.decisions.find(({ final_decision }) => final_decision === 'EXECUTE_BUY')!;
    const market = ran.signals.symbols.find(({ symbol }) => symbol === buy.symbol)!.market!;
    expect(buy.position_size).toBeGreaterThan(0);
    const stop = ran.allocation.symbols.find(({ symbol }) => symbol === buy.symbol)!.stop!;
    expect(buy.stop_loss).toBe(stop.stopUsd);
    expect(buy.stop_loss).toBeLessThan(market.closeUsd);
    expect(buy.agent_results).toHaveLength(defaultPolicy.agents.length);
    expect(buy.metadata).toMatchObject({ ensemble: { proposal: 'BUY' }, orders: [{ side: 'buy' }], governance: { state: 'ACTIVE' } });
    expect(buy.risk_checks).toMatchObject({ decision: 'ALLOW', preTrade: expect.any(Array) });
  });

  test('has outputs that are plain JSON, the same on every run', () => {
    expect(canonicalJson(run(good))).toBe(canonicalJson(ran));
    expect(JSON.parse(canonicalJson(ran.risk))).toEqual(JSON.parse(JSON.stringify(ran.risk)));
  });

  test.each([
    ['1,259 rows', walk('BAD', 1259), 'history-too-short'],
    ['a negative price', walk('BAD', 1300).map((row, i) => (i === 900 ? { ...row, low: -1 } : row)), 'zero-or-negative-price'],
    ['a repeated date', walk('BAD', 1300).flatMap((row, i) => (i === 900 ? [row, row] : [row])), 'duplicate-date'],
    [
      'an unexplained fall by half',
      walk('BAD', 1300).map((row, i) =>
        i < 900 ? row : { ...row, open: row.open / 2, high: row.high / 2, low: row.low / 2, close: row.close / 2 },
      ),
      'unexplained-split-like-move',
    ],
  ])('rejects a symbol with %s for that reason, and trades the others as if it were not there', (_, rows, reason) => {
    const { decisions, plan } = run([...good, symbolInput('BAD', rows)]);
    const bad = decisions.find(({ symbol }) => symbol === 'BAD')!;
    expect(bad).toMatchObject({ final_decision: 'REJECT', reason_codes: [reason], position_size: 0, agent_results: [] });
    expect(plan.orders.map(({ intent }) => intent)).toEqual(ran.plan.orders.map(({ intent }) => intent));
  });

  test('rejects a symbol whose loaded bars reach the session it trades, or are missing', () => {
    const peeking = { ...good[0]!, bars: { ...good[0]!.bars!, day: good[0]!.bars!.day.map((day) => day + 7) } };
    expect(run([peeking, ...good.slice(1)]).decisions[0]).toMatchObject({
      final_decision: 'REJECT',
      reason_codes: ['bars-reach-past-as-of'],
    });
    expect(run([{ ...good[0]!, bars: null }, ...good.slice(1)]).decisions[0]).toMatchObject({ reason_codes: ['bars-missing'] });
  });

  test('rejects a symbol whose bars hold no number, without harm to the others', () => {
    const bars = good[0]!.bars!;
    const holed = { ...good[0]!, bars: { ...bars, close: bars.close.map((close, i) => (i === 100 ? Number.NaN : close)) } };
    const { decisions } = run([holed, ...good.slice(1)]);
    expect(decisions[0]).toMatchObject({ final_decision: 'REJECT', reason_codes: ['measures-not-finite'] });
    expect(decisions.some(({ final_decision }) => final_decision === 'EXECUTE_BUY')).toBe(true);
  });

  test('ends without orders, and says why on every record, when risk freezes', () => {
    const { plan, decisions } = run(good, cashOnly(), { operatorOverride: 'FREEZE' });
    expect(plan.orders).toEqual([]);
    const wanted = decisions.filter(({ reason_codes }) => reason_codes[0] === 'risk-freeze');
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.every(({ final_decision }) => final_decision === 'REJECT')).toBe(true);
  });

  test('sells everything that has a price when the operator liquidates', () => {
    const portfolio = { ...cashOnly(), cashUsd: 980_000, positions: [{ symbol: ticker('GOOD3'), quantity: 120.5, priceUsd: 100 }] };
    const { plan } = run(good, portfolio, { operatorOverride: 'LIQUIDATE' });
    expect(plan.orders.map(({ intent }) => [intent.side, intent.symbol, intent.quantity])).toEqual([['sell', 'GOOD3', 120.5]]);
  });

  test('keeps a position whose symbol was blocked meanwhile', () => {
    const blocked = symbolInput('BAD', walk('BAD', 1259));
    const portfolio = { ...cashOnly(), positions: [{ symbol: ticker('BAD'), quantity: 100, priceUsd: 80 }] };
    const { plan, decisions } = run([...good, blocked], portfolio);
    expect(plan.orders.some(({ intent }) => intent.symbol === 'BAD')).toBe(false);
    expect(decisions.find(({ symbol }) => symbol === 'BAD')).toMatchObject({ final_decision: 'REJECT', position_size: 0.008 });
  });

  test('closes what fell through its volatility stop, though no opinion says so, and opens nothing beyond one', () => {
    const falling = (symbol: string) => {
      const rows = walk(symbol, 1300);
      const last = rows.at(-1)!;
      const fallen = last.close * 0.8;
      return symbolInput(symbol, [...rows.slice(0, -1), { ...last, low: fallen * 0.99, close: fallen }], 'Energy');
    };
    const held = { ...cashOnly(), positions: [{ symbol: ticker('FALL'), quantity: 100, priceUsd: 60 }] };
    const { allocation, plan, decisions } = run([...good, falling('FALL'), falling('DROP')], held);
    const ofSymbol = (symbol: string) => allocation.symbols.find((one) => one.symbol === symbol)!;
    expect(ofSymbol('FALL')).toMatchObject({ targetWeight: 0, forced: true, stop: { stopped: true } });
    expect(plan.orders.find(({ intent }) => intent.symbol === 'FALL')?.intent).toMatchObject({ side: 'sell', quantity: 100 });
    expect(decisions.find(({ symbol }) => symbol === 'FALL')).toMatchObject({
      final_decision: 'EXECUTE_SELL',
      reason_codes: ['volatility-stop'],
    });
    expect(ofSymbol('DROP').targetWeight).toBe(0);
  });

  test('allocates nothing without a regime, and every symbol still gets its decision', () => {
    const unknown = { ...market, day: market.day.slice(-100), simpleReturn: market.simpleReturn.slice(-100) };
    const signals = runSignals({ context, symbols: good, market: unknown, portfolio: cashOnly() });
    expect(signals.regime).toMatchObject({ kind: 'refused', reason: 'market-history-too-short' });
    const allocation = runAllocation({ context, signals, symbols: good, market: unknown, portfolio: cashOnly(), riskOverride: null });
    expect(allocation).toMatchObject({ kind: 'refused', reason: 'market-history-too-short' });
    const decisions = assembleDecisions({
      context,
      signals,
      allocation: null,
      risk: null,
      plan: null,
      withdrawn: [],
      endedBy: 'market-history-too-short',
    });
    expect(decisions.map(({ final_decision: decision }) => decision)).toEqual(good.map(() => 'REJECT'));
  });

  test('in a crisis aims for nothing and closes what is held', () => {
    const stormy = { ...market, simpleReturn: market.simpleReturn.map((value, i) => (i >= 1220 ? 6 * value - 0.01 : value)) };
    const held = { ...cashOnly(), positions: [{ symbol: ticker('GOOD3'), quantity: 100, priceUsd: 80 }] };
    const signals = runSignals({ context, symbols: good, market: stormy, portfolio: held });
    expect(signals.regime).toMatchObject({ name: 'BEAR_CRISIS', exposureFrac: 0 });
    const { symbols } = must(runAllocation({ context, signals, symbols: good, market: stormy, portfolio: held, riskOverride: null }));
    expect(symbols.every(({ targetWeight }) => targetWeight === 0)).toBe(true);
    expect(symbols.find(({ symbol }) => symbol === 'GOOD3')).toMatchObject({ forced: true });
  });

  test('blocks everything under a risk override', () => {
    const portfolio = cashOnly();
    const signals = runSignals({ context, symbols: good, market, portfolio });
    const { symbols } = must(runAllocation({ context, signals, symbols: good, market, portfolio, riskOverride: 'regime-crisis' }));
    expect(symbols.every(({ ensemble, targetWeight }) => ensemble?.proposal === 'REJECT' && targetWeight === 0)).toBe(true);
  });

  test('records an early end on every symbol that would have traded', () => {
    const decisions = assembleDecisions({
      context,
      signals: ran.signals,
      allocation: ran.allocation,
      risk: ran.risk,
      plan: null,
      withdrawn: [],
      endedBy: 'trading-paused',
    });
    expect(decisions.some(({ final_decision, reason_codes }) => final_decision === 'REJECT' && reason_codes[0] === 'trading-paused')).toBe(
      true,
    );
    expect(decisions.some(({ final_decision }) => final_decision.startsWith('EXECUTE'))).toBe(false);
    const earlier = assembleDecisions({
      context,
      signals: ran.signals,
      allocation: null,
      risk: null,
      plan: null,
      withdrawn: [],
      endedBy: 'equity-not-positive',
    });
    expect(earlier.every(({ reason_codes }) => reason_codes[0] === 'equity-not-positive')).toBe(true);
  });

  test('an order that was held back when it was to be sent is no decision to trade: it says why', () => {
    const { orders } = ran.plan;
    const { clientOrderId, symbol } = orders[0]!.intent;
    const withdrawn = [{ clientOrderId, reason: 'symbol-stopped' }];
    const decisions = assembleDecisions({ context, ...ran, withdrawn, endedBy: null });
    const heldBack = decisions.find((record) => record.symbol === symbol)!;
    expect(heldBack).toMatchObject({ final_decision: 'REJECT', reason_codes: ['symbol-stopped'], position_size: 0 });
    expect(heldBack.metadata).toMatchObject({ orders: [{ clientOrderId }] });
    const rest = (records: typeof decisions) => records.filter((record) => record.symbol !== symbol);
    expect(rest(decisions)).toEqual(rest(ran.decisions));
  });

  test('has no opinion without agents, so it trades nothing', () => {
    const quiet = contextOf({ ...defaultPolicy, agents: ['sentiment', 'valuation', 'fundamental'] });
    const portfolio = cashOnly();
    const signals = runSignals({ context: quiet, symbols: good, market, portfolio });
    const { symbols } = must(runAllocation({ context: quiet, signals, symbols: good, market, portfolio, riskOverride: null }));
    expect(symbols.every(({ ensemble }) => ensemble?.reasonCodes[0] === 'no-valid-opinion')).toBe(true);
  });

  test.each([
    ['equity that is no number', { equityUsd: Number.NaN }, 'equity-not-positive'],
    ['a high that is no number', { peakEquityUsd: Number.NaN }, 'equity-high-not-positive'],
    ['a position nobody knows', { positions: [{ symbol: ticker('ZZZ'), quantity: 1, priceUsd: 1 }] }, 'position-outside-universe'],
    ['a position without a price', { positions: [{ symbol: ticker('GOOD1'), quantity: 1, priceUsd: Number.NaN }] }, 'weight-not-finite'],
  ])('refuses to allocate a portfolio with %s', (_, change, reason) => {
    const portfolio = { ...cashOnly(), ...change };
    const allocation = runAllocation({ context, signals: ran.signals, symbols: good, market, portfolio, riskOverride: null });
    expect(allocation).toMatchObject({ kind: 'refused', reason });
  });

  test('answers an empty universe with nothing', () => {
    expect(run([])).toMatchObject({ plan: { orders: [] }, decisions: [] });
  });
});

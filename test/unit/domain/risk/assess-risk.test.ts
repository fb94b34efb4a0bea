import { describe, expect, test } from 'vitest';
import { nextSession, sessionsBack } from '../../../../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { assessRisk, type RiskAssessment, type RiskQuestion } from '../../../../shared/domain/risk/assess-risk.ts';
import type { RiskPosition } from '../../../../shared/domain/risk/measure-book.ts';
import type { ReturnPanel } from '../../../../shared/domain/risk/return-panel.ts';
import { initialRiskState } from '../../../../shared/domain/risk/risk-state.ts';
import { isRefusal, refuse } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { asOf, ticker } from '../fixtures.ts';

const names = ['A', 'B', 'C', 'D', 'E', 'F'];
const sectors = ['Energy', 'Utilities', 'Materials', 'Financials', 'Industrials', 'Real Estate'];

/** Independent returns of a given daily volatility; or, with `common`, moves that all share. */
function panelOf(dailyVol: number, common = 0): ReturnPanel {
  const rng = seededRng('panel');
  const market = Array.from({ length: 251 }, () => rng.normal());
  const mixed = (k: number): number => common * market[k]! + Math.sqrt(1 - common ** 2) * rng.normal();
  return {
    kind: 'panel',
    days: new Int32Array(251),
    symbols: names.map(ticker),
    returns: names.map(() => Float64Array.from({ length: 251 }, (_, k) => dailyVol * mixed(k))),
  };
}

const positions = (weight: number): RiskPosition[] =>
  names.map((name, i) => ({ symbol: ticker(name), sector: sectors[i]!, currentWeight: 0, targetWeight: weight }));

const question = (change: Partial<RiskQuestion> = {}): RiskQuestion => ({
  day: asOf,
  positions: positions(0.08),
  panel: panelOf(0.012),
  equityUsd: 1_000_000,
  allTimeHighUsd: 1_000_000,
  state: initialRiskState,
  operatorOverride: null,
  policy: defaultPolicy,
  sessionsPerYear: 252,
  ...change,
});

function assessed(change: Partial<RiskQuestion> = {}): RiskAssessment {
  const result = assessRisk(question(change));
  if (isRefusal(result)) throw new Error(`expected an assessment, was refused: ${result.reason}`);
  return result;
}

const shortened = (panel: ReturnPanel, sessions: number): ReturnPanel => ({
  ...panel,
  days: panel.days.subarray(0, sessions),
  returns: panel.returns.map((series) => series.subarray(0, sessions)),
});

function holed(panel: ReturnPanel): ReturnPanel {
  panel.returns[2]![100] = Number.NaN;
  return panel;
}

const withLimits = (risk: Partial<typeof defaultPolicy.risk>) => ({ ...defaultPolicy, risk: { ...defaultPolicy.risk, ...risk } });

describe('risk assessment', () => {
  test('allows a small, spread book', () => {
    expect(assessed()).toMatchObject({ decision: 'ALLOW', scaleFrac: 1, breaches: [], reasons: [] });
  });

  test('scales a book whose gross is over its limit, to the limit', () => {
    const { decision, scaleFrac, breaches } = assessed({
      positions: positions(0.2),
      policy: { ...withLimits({ sectorFracMax: 1 }), stress: [] },
    });
    expect(decision).toBe('SCALE');
    expect(scaleFrac).toBeCloseTo(1 / 1.2, 12);
    expect(breaches).toMatchObject([{ limit: 'gross-leverage', limitValue: 1, action: 'SCALE' }]);
  });

  test('scales a sector over its limit and names it', () => {
    const crowded = positions(0.08).map((position) => ({ ...position, sector: null }));
    const { decision, scaleFrac, breaches } = assessed({ positions: crowded });
    expect(decision).toBe('SCALE');
    expect(scaleFrac).toBeCloseTo(0.15 / 0.48, 12);
    expect(breaches).toMatchObject([{ limit: 'sector-exposure', subject: 'UNCLASSIFIED' }]);
  });

  test('scales tail losses over their limits', () => {
    const { breaches, decision } = assessed({ policy: withLimits({ varFracMax: 0.001, cvarFracMax: 0.001 }) });
    expect(decision).toBe('SCALE');
    expect(breaches.map(({ limit }) => limit)).toEqual(['var', 'cvar']);
  });

  test('scales a book whose names move as one', () => {
    const { breaches, metrics } = assessed({ panel: panelOf(0.012, 0.95) });
    expect(metrics.averageCorrelation).toBeGreaterThan(0.7);
    expect(breaches.map(({ limit }) => limit)).toEqual(['average-correlation']);
  });

  test('rejects a book that a known crisis would cost a quarter', () => {
    const policy = { ...withLimits({ sectorFracMax: 1 }), stress: [{ name: 'end-of-days', indexReturnFrac: -0.6, source: 'test' }] };
    const result = assessed({ positions: positions(0.1), policy });
    expect(result).toMatchObject({ decision: 'REJECT', scaleFrac: 0, reasons: ['stress-loss-over-limit'] });
    expect(result.breaches).toMatchObject([{ limit: 'stress-loss', subject: 'end-of-days' }]);
  });

  test('rejects at a drawdown over 18 %, but not a trade that only reduces', () => {
    const deep = { state: { ...initialRiskState, peakEquityUsd: 1_000_000 }, equityUsd: 810_000 };
    expect(assessed(deep)).toMatchObject({ decision: 'REJECT', reasons: ['drawdown-over-limit'] });
    const reducing = positions(0.04).map((position) => ({ ...position, currentWeight: 0.06 }));
    expect(assessed({ ...deep, positions: reducing }).decision).toBe('ALLOW');
    expect(assessed({ ...deep, equityUsd: 820_000 }).decision).toBe('ALLOW');
  });

  test('cuts to a quarter when volatility doubles its target', () => {
    const result = assessed({ panel: panelOf(0.12), policy: withLimits({ varFracMax: 1, cvarFracMax: 1 }) });
    expect(result.metrics.annualizedVol).toBeGreaterThan(0.3);
    expect(result).toMatchObject({ decision: 'SCALE', scaleFrac: 0.25, reasons: ['breaker-tier-2'], nextState: { tier: 2 } });
  });

  test('freezes when drawdown and high volatility meet', () => {
    const result = assessed({
      panel: panelOf(0.12),
      equityUsd: 810_000,
      state: { ...initialRiskState, peakEquityUsd: 1_000_000 },
    });
    expect(result.decision).toBe('FREEZE');
    expect(result.reasons).toContain('breaker-tier-3');
    expect(result.nextState.recovery).toEqual({ kind: 'cooldown', frozenOn: asOf });
    expect(result.effects).toContainEqual({ kind: 'freeze', day: asOf });
  });

  test('halts at a loss of a quarter from the high, and freezes', () => {
    const result = assessed({ equityUsd: 750_000 });
    expect(result.decision).toBe('FREEZE');
    expect(result.effects).toContainEqual(expect.objectContaining({ kind: 'halt', reason: 'loss-limit' }));
  });

  test('obeys the operator before any measure', () => {
    expect(assessed({ operatorOverride: 'FREEZE' })).toMatchObject({ decision: 'FREEZE', reasons: ['operator-freezes'] });
    const broken = { panel: refuse('history-too-short'), positions: positions(0.9) };
    expect(assessed({ operatorOverride: 'LIQUIDATE', ...broken })).toMatchObject({ decision: 'LIQUIDATE', scaleFrac: 0 });
  });

  test('measures nothing for an empty book, even without returns', () => {
    expect(assessed({ positions: [], panel: refuse('history-too-short') })).toMatchObject({ decision: 'ALLOW', metrics: { cvarFrac: 0 } });
  });

  test.each([
    ['equity that is no number', { equityUsd: Number.NaN }, 'equity-not-positive'],
    ['equity of zero', { equityUsd: 0 }, 'equity-not-positive'],
    ['equity without bound', { equityUsd: Number.POSITIVE_INFINITY }, 'equity-not-positive'],
    ['a high that is no number', { allTimeHighUsd: Number.NaN }, 'equity-high-not-positive'],
    ['a high of zero', { allTimeHighUsd: 0 }, 'equity-high-not-positive'],
    ['a high without bound', { allTimeHighUsd: Number.POSITIVE_INFINITY }, 'equity-high-not-positive'],
    ['a weight that is no number', { positions: positions(Number.NaN) }, 'weight-not-finite'],
    ['a held weight that is no number', { positions: [{ ...positions(0.05)[0]!, currentWeight: Number.NaN }] }, 'weight-not-finite'],
    ['returns that are missing', { panel: refuse('history-too-short') }, 'history-too-short'],
    ['a new position without returns', { positions: [{ ...positions(0.05)[0]!, symbol: ticker('Z') }] }, 'returns-missing'],
  ] as ReadonlyArray<readonly [string, Partial<RiskQuestion>, string]>)('refuses %s', (_, change, reason) => {
    expect(assessRisk(question(change))).toMatchObject({ kind: 'refused', reason });
  });

  test('counts a held position that cannot be measured as the wildest there is', () => {
    const unmeasured = { symbol: ticker('Z'), sector: null, currentWeight: 0.05, targetWeight: 0.05 };
    const wilder = panelOf(0.012);
    wilder.returns[3]!.forEach((value, k) => {
      wilder.returns[3]![k] = value * 3;
    });
    const shares = assessed({ panel: wilder, positions: [...positions(0.01), unmeasured] }).perSymbol;
    expect(shares.find(({ symbol }) => symbol === 'Z')!.beta).toBe(shares.find(({ symbol }) => symbol === 'D')!.beta);
  });
});

describe('tail of the book', () => {
  test('the limits hold the worst of the methods, and the record has all of them', () => {
    const { metrics } = assessed();
    const { historical, cornishFisher, evt } = metrics.tail;
    if (historical.kind === 'refused' || cornishFisher.kind === 'refused') throw new Error('expected both readings');
    expect(metrics.varFrac).toBe(Math.max(historical.varFrac, cornishFisher.varFrac));
    expect(metrics.cvarFrac).toBe(Math.max(historical.cvarFrac, cornishFisher.cvarFrac));
    expect(evt).toMatchObject({ kind: 'refused', reason: 'too-few-exceedances' });
    expect(metrics.worstTail.refused).toEqual(['evt']);
    expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics);
  });

  test('a year that was calm does not hide what its shape implies: a breach by Cornish–Fisher alone scales the book', () => {
    const { metrics } = assessed();
    const { historical, cornishFisher } = metrics.tail;
    if (historical.kind === 'refused' || cornishFisher.kind === 'refused') throw new Error('expected both readings');
    const limit = (low: number, high: number): number => (low + high) / 2;
    expect(cornishFisher.varFrac).not.toBe(historical.varFrac);
    const between = limit(historical.varFrac, cornishFisher.varFrac);
    const result = assessed({ policy: withLimits({ varFracMax: between }) });
    expect(result.breaches).toMatchObject([{ limit: 'var', value: metrics.varFrac }]);
    expect(result.scaleFrac).toBeCloseTo(between / metrics.varFrac, 12);
  });

  test('a book cut by the factor asked for is at its limit, whatever the method', () => {
    const policy = withLimits({ cvarFracMax: 0.004 });
    const { scaleFrac } = assessed({ policy });
    const cut = assessed({ policy, positions: positions(0.08 * scaleFrac) });
    expect(cut.metrics.cvarFrac).toBeCloseTo(0.004, 12);
  });

  test('two years and more give the Pareto tail too', () => {
    const rng = seededRng('long');
    const returns = names.map(() => Float64Array.from({ length: 600 }, () => 0.012 * rng.normal()));
    const panel: ReturnPanel = { kind: 'panel', days: new Int32Array(600), symbols: names.map(ticker), returns };
    const { metrics } = assessed({ panel });
    expect(metrics.tail.evt).toMatchObject({ kind: 'reading', evidence: { exceedances: 60, shapeStandardError: expect.any(Number) } });
    expect(metrics.worstTail.refused).not.toContain('evt');
  });

  test('each symbol has its share of VaR and of CVaR, and they sum to the historical measures', () => {
    const { perSymbol, metrics } = assessed();
    const { historical } = metrics.tail;
    if (historical.kind === 'refused') throw new Error('expected a reading');
    expect(perSymbol.reduce((sum, { componentVarFrac }) => sum + componentVarFrac!, 0)).toBeCloseTo(historical.varFrac, 12);
    expect(perSymbol.reduce((sum, { componentCvarFrac }) => sum + componentCvarFrac, 0)).toBeCloseTo(historical.cvarFrac, 12);
  });

  test('the order of positions and columns changes no bit', () => {
    const panel = panelOf(0.012, 0.4);
    const turned = { ...panel, symbols: panel.symbols.toReversed(), returns: panel.returns.toReversed() };
    expect(assessed({ panel: turned, positions: positions(0.07).toReversed() })).toEqual(assessed({ panel, positions: positions(0.07) }));
  });

  test.each([
    ['too short a history for the historical tail', { panel: shortened(panelOf(0.012), 15) }, 'history-too-short'],
    ['a return that is no number', { panel: holed(panelOf(0.012)) }, 'return-not-finite'],
    ['a limit that is no number', { policy: withLimits({ varFracMax: Number.NaN }) }, 'measure-not-finite'],
    ['a year without length', { sessionsPerYear: Number.NaN }, 'measure-not-finite'],
    ['a remembered high that is no number', { state: { ...initialRiskState, peakEquityUsd: Number.NaN } }, 'measure-not-finite'],
    [
      'a scenario that is no number',
      { policy: { ...defaultPolicy, stress: [{ name: 's', indexReturnFrac: Number.NaN, source: '' }] } },
      'scenario-not-finite',
    ],
    ['a shock beyond one', { policy: { ...defaultPolicy, tail: { ...defaultPolicy.tail, correlationShockFrac: 2 } } }, 'shock-outside-0-1'],
  ] as ReadonlyArray<readonly [string, Partial<RiskQuestion>, string]>)('refuses %s', (_, change, reason) => {
    expect(assessRisk(question(change))).toMatchObject({ kind: 'refused', reason });
  });
});

describe('the answer of the risk engine', () => {
  const ramp = { ...initialRiskState, recovery: { kind: 'ramp', frozenOn: (asOf - 17) as EpochDay, step: 0 } } as const;

  test('says what was refused, and of whom', () => {
    const refusal = (change: Partial<RiskQuestion>) => assessRisk(question(change));
    expect(refusal({ equityUsd: -5 })).toEqual(refuse('equity-not-positive', { equityUsd: -5 }));
    expect(refusal({ allTimeHighUsd: -5 })).toEqual(refuse('equity-high-not-positive', { allTimeHighUsd: -5 }));
    const bad = positions(0.05).map((one, i) => (i === 3 ? { ...one, targetWeight: Number.NaN } : one));
    expect(refusal({ positions: bad })).toEqual(refuse('weight-not-finite', { symbol: 'D' }));
    expect(refusal({ sessionsPerYear: Number.NaN })).toEqual(refuse('measure-not-finite', { measure: 'annualized-vol' }));
    const unlimited = { policy: withLimits({ sectorFracMax: Number.NaN }) };
    expect(refusal(unlimited)).toEqual(refuse('measure-not-finite', { measure: 'sector-exposure', subject: 'Energy' }));
  });

  test('is an assessment, also when the operator liquidates', () => {
    expect(assessed().kind).toBe('assessment');
    expect(assessed({ operatorOverride: 'LIQUIDATE' })).toMatchObject({ reasons: ['operator-liquidates'], metrics: { grossFrac: 0 } });
  });

  test('freezes in the cooldown and while halted, with the reason and what else is over', () => {
    const cooling = { ...initialRiskState, recovery: { kind: 'cooldown', frozenOn: asOf } } as const;
    expect(assessed({ state: cooling })).toMatchObject({ decision: 'FREEZE', scaleFrac: 0, reasons: ['recovery-cooldown'] });
    const halted = { ...initialRiskState, halted: { reason: 'cvar-persistence', day: asOf } } as const;
    const over = { state: halted, policy: withLimits({ grossFracMax: 0.1 }) };
    expect(assessed(over)).toMatchObject({ decision: 'FREEZE', reasons: ['halted-cvar-persistence', 'gross-leverage-over-limit'] });
  });

  test('lets a recovering fund trade at the step of its ramp, or less where a limit asks for less', () => {
    expect(assessed({ state: ramp, day: (asOf + 3) as EpochDay })).toMatchObject({ decision: 'RECOVERY', reasons: ['recovery-ramp'] });
    const scaleFrac = defaultPolicy.recovery.rampFracs[1]!;
    const day = nextSession(asOf);
    const frozenOn = sessionsBack(asOf, 11);
    const state = { ...ramp, recovery: { ...ramp.recovery, frozenOn } };
    expect(assessed({ state, day: asOf }).scaleFrac).toBe(defaultPolicy.recovery.rampFracs[0]);
    expect(assessed({ state, day }).scaleFrac).toBe(scaleFrac);
    const tight = assessed({ state, day, policy: withLimits({ grossFracMax: 0.048 }) });
    expect(tight).toMatchObject({ decision: 'RECOVERY', reasons: ['recovery-ramp', 'gross-leverage-over-limit'] });
    expect(tight.scaleFrac).toBeCloseTo(0.1, 12);
  });

  test('names the tier that scales', () => {
    const policy = withLimits({ varFracMax: assessed().metrics.varFrac / 1.2 });
    const { decision, reasons, scaleFrac } = assessed({ policy });
    expect({ decision, reasons }).toEqual({ decision: 'SCALE', reasons: ['var-over-limit', 'breaker-tier-1'] });
    expect(scaleFrac).toBeCloseTo(1 / 1.2, 12);
  });

  test('scales names that move as one by the limit of their correlation', () => {
    const { decision, scaleFrac, metrics } = assessed({ panel: panelOf(0.012, 0.95) });
    expect(decision).toBe('SCALE');
    expect(scaleFrac).toBeCloseTo(0.7 / metrics.averageCorrelation!, 12);
  });

  describe('over a limit that rejects', () => {
    const deep = { state: { ...initialRiskState, peakEquityUsd: 1_000_000 }, equityUsd: 810_000 };
    const decisionFor = (...moves: ReadonlyArray<readonly [currentWeight: number, targetWeight: number]>) =>
      assessed({
        ...deep,
        positions: moves.map(([currentWeight, targetWeight], i) => ({ ...positions(0)[i]!, currentWeight, targetWeight })),
      }).decision;

    test.each([
      ['a position cut', [0.08, 0.04], 'ALLOW'],
      ['a position kept', [0.08, 0.08], 'ALLOW'],
      ['a position closed', [0.08, 0], 'ALLOW'],
      ['a short cut', [-0.08, -0.04], 'ALLOW'],
      ['a position never held', [0, 0], 'ALLOW'],
      ['a position grown', [0.04, 0.0401], 'REJECT'],
      ['a position opened', [0, 0.01], 'REJECT'],
      ['a position turned into a smaller short', [0.08, -0.04], 'REJECT'],
    ] as const)('%s', (_, move, decision) => {
      expect(decisionFor(move)).toBe(decision);
    });

    test('one position that grows rejects the book that otherwise shrinks', () => {
      expect(decisionFor([0.08, 0.01], [0.01, 0.02])).toBe('REJECT');
    });
  });
});

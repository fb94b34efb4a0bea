import { describe, expect, test } from 'vitest';
import {
  type AppliedStrategyEvent,
  applyStrategyEvent,
  defaultStrategyRules,
  type StrategyEvent,
  type StrategyRules,
  type StrategyState,
} from '../../../../shared/domain/research/lifecycle.ts';
import {
  approverGate,
  type BacktestEvidence,
  backtestGates,
  type GateName,
  type GateOutcome,
  noSessions,
  shadowGates,
} from '../../../../shared/domain/research/promotion-gates.ts';
import { goodEvidence, track } from './strategy-evidence.ts';

const rules = defaultStrategyRules;
const at = '2026-03-02T21:00:00Z';
const day = (k: number): string => `2026-03-${String(k + 1).padStart(2, '0')}`;

const events = {
  registered: { kind: 'registered', strategyId: 'evolved-1', author: 'Ada', at },
  backtested: { kind: 'backtested', evidence: goodEvidence, at },
  approved: { kind: 'approved', approver: 'Grace', evidenceId: goodEvidence.evidenceId, at },
} as const satisfies Record<string, StrategyEvent>;

const closed = (k: number, simpleReturn: number): StrategyEvent => ({ kind: 'session-closed', day: day(k), simpleReturn, at });

const told = (state: StrategyState | null, ...events: readonly StrategyEvent[]): AppliedStrategyEvent => toldUnder(rules, state, events);

function toldUnder(under: StrategyRules, state: StrategyState | null, told: readonly StrategyEvent[]): AppliedStrategyEvent {
  let last: AppliedStrategyEvent | null = null;
  let now = state;
  for (const event of told) {
    const result = applyStrategyEvent(now, event, under);
    if (result.kind === 'refused') throw new Error(`${event.kind}: ${result.reason} ${JSON.stringify(result.details)}`);
    [last, now] = [result, result.state];
  }
  return last!;
}

const week = Array.from({ length: 7 }, (_, k) => closed(k, 0.002));
const shadow = told(null, events.registered, events.backtested).state;
const live = told(shadow, ...week, events.approved).state;

describe('the way up', () => {
  test('good evidence goes into shadow, seven sessions and an approval make it live', () => {
    expect(shadow.stage).toBe('SHADOW');
    const done = told(shadow, ...week, events.approved);
    expect(done.state).toMatchObject({ stage: 'LIVE', approval: { approver: 'Grace' }, record: { sessions: 0 } });
    expect(done.effects).toMatchObject([{ kind: 'StrategyPromoted', from: 'SHADOW', to: 'LIVE', actor: 'Grace' }]);
    expect(done.effects[0]!.gates.map(({ gate }) => gate)).toEqual([
      'annual-sharpe',
      'win-rate',
      'deflated-training',
      'deflated-hold-out',
      'track-record',
      'shadow-length',
      'shadow-mean',
      'shadow-drawdown',
      'approver',
    ]);
  });

  test.each([
    ['the sixth session', week.slice(0, 6), events.approved, 'shadow-length'],
    ['no session', [], events.approved, 'shadow-length'],
    ['its author', week, { ...events.approved, approver: ' ada ' }, 'approver'],
    ['nobody', week, { ...events.approved, approver: ' ' }, 'approver'],
    ['who saw other evidence', week, { ...events.approved, evidenceId: 'another' }, 'approver'],
    ['a shadow far below its promise', Array.from({ length: 7 }, (_, k) => closed(k, -0.005)), events.approved, 'shadow-mean'],
  ] as const)('is not approved by or after %s', (_, sessions, approval, gate) => {
    const state = sessions.length === 0 ? shadow : told(shadow, ...sessions).state;
    const refused = applyStrategyEvent(state, approval, rules);
    if (refused.kind === 'applied') throw new Error('the approval was taken');
    expect(refused.reason).toBe('gates-closed');
    expect((refused.details.gates as readonly GateOutcome[])[0]).toMatchObject({ gate, isOpen: false });
  });

  test('evidence behind a closed gate is kept and goes nowhere', () => {
    const poor = { ...goodEvidence, holdOut: { ...goodEvidence.holdOut, winFrac: 0.65 } };
    const done = told(null, events.registered, { ...events.backtested, evidence: poor });
    expect(done.state).toMatchObject({ stage: 'BACKTEST', evidence: poor });
    expect(done.effects).toEqual([]);
    expect(done.gates.filter(({ isOpen }) => !isOpen)).toMatchObject([{ gate: 'win-rate', measured: 0.65, required: 0.65 }]);
  });
});

describe('each backtest gate alone keeps a strategy out', () => {
  const { training, holdOut, trials } = goodEvidence;
  const cases: ReadonlyArray<readonly [GateName, Partial<BacktestEvidence>]> = [
    ['annual-sharpe', { barsPerYear: 100 }],
    ['win-rate', { holdOut: { ...holdOut, winFrac: null, trades: 0 } }],
    ['deflated-training', { training: track({ perBar: 0.1, bars: 300 }) }],
    ['deflated-hold-out', { holdOut: track({ perBar: 0.13, bars: 600 }), training }],
    ['track-record', { holdOut: track({ perBar: 0.19, bars: 60 }), trials: { trials: 1, sharpe: trials.sharpe } }],
  ];
  test.each(cases)('%s', (gate, worse) => {
    const outcome = backtestGates({ ...goodEvidence, ...worse }, rules);
    const shut = outcome.filter(({ isOpen }) => !isOpen).map((closedGate) => closedGate.gate);
    expect(shut).toContain(gate);
    expect(backtestGates(goodEvidence, rules).every(({ isOpen }) => isOpen)).toBe(true);
  });

  test('a figure that cannot be computed closes its gate and says why', () => {
    const unknown = { ...goodEvidence, trials: { trials: 500, sharpe: { count: 1, squares: 0 } } };
    expect(backtestGates(unknown, rules).find(({ gate }) => gate === 'deflated-training')).toMatchObject({
      isOpen: false,
      measured: null,
      says: 'cannot be computed: trial-spread-unknown',
    });
  });

  test('more trials close the deflated gates that fewer left open', () => {
    const crowded = { ...goodEvidence, trials: { ...trials, trials: 100_000_000 } };
    const shut = backtestGates(crowded, rules).filter(({ isOpen }) => !isOpen);
    expect(shut.map(({ gate }) => gate)).toContain('deflated-hold-out');
  });
});

describe('the way down', () => {
  test('a shadow that falls deeper than its hold-out needs new evidence', () => {
    const done = told(shadow, closed(0, -0.06));
    expect(done.state).toMatchObject({ stage: 'BACKTEST', evidence: null });
    expect(done.effects).toMatchObject([{ kind: 'StrategyDemoted', from: 'SHADOW', to: 'BACKTEST', actor: 'rules' }]);
  });

  test('a live strategy that falls too deep goes back to shadow with nothing left of its approval, and the next time retires', () => {
    const fallen = told(live, closed(8, -0.08));
    expect(fallen.state).toMatchObject({ stage: 'SHADOW', approval: null, demotions: 1, record: { sessions: 0 } });
    const again = told(fallen.state, ...Array.from({ length: 7 }, (_, k) => closed(9 + k, 0.002)), events.approved);
    expect(again.state.stage).toBe('LIVE');
    const gone = told(again.state, closed(17, -0.08));
    expect(gone.state.stage).toBe('RETIRED');
    expect(gone.effects).toMatchObject([{ kind: 'StrategyRetired', from: 'LIVE', to: 'RETIRED' }]);
  });

  test('a live mean that is too far below the promised one demotes only after enough sessions', () => {
    const dull = Array.from({ length: 20 }, (_, k) => closed(8 + k, k % 2 === 0 ? -0.011 : 0.0055));
    const strict = { ...rules, liveConfidenceLevel: 0.95 };
    expect(toldUnder(strict, live, dull.slice(0, 19)).state.stage).toBe('LIVE');
    expect(told(live, ...dull).state.stage).toBe('LIVE');
    expect(toldUnder(strict, live, dull).effects).toMatchObject([
      { kind: 'StrategyDemoted', reason: expect.stringContaining('standard errors below') },
    ]);
  });

  test('a person demotes and retires, by name', () => {
    const demoted = told(live, { kind: 'demoted', actor: 'Ada', reason: 'venue closed', at });
    expect(demoted.effects).toMatchObject([{ kind: 'StrategyDemoted', to: 'SHADOW', actor: 'Ada', reason: 'venue closed' }]);
    expect(told(demoted.state, { kind: 'demoted', actor: 'Ada', reason: 'again', at }).state.stage).toBe('BACKTEST');
    expect(told(live, { kind: 'retired', actor: 'Ada', reason: 'enough', at }).state.stage).toBe('RETIRED');
    expect(applyStrategyEvent(live, { kind: 'retired', actor: '', reason: 'enough', at }, rules)).toMatchObject({ reason: 'name-missing' });
  });
});

describe('refused', () => {
  const retired = told(live, { kind: 'retired', actor: 'Ada', reason: 'enough', at }).state;
  test.each([
    ['an event of a strategy that nobody registered', null, events.backtested, 'strategy-unknown'],
    ['a second registration', shadow, events.registered, 'strategy-known'],
    ['a registration without an author', null, { ...events.registered, author: '' }, 'name-missing'],
    ['evidence while it trades', live, events.backtested, 'stage-has-no-use-for-it'],
    ['an approval while it trades', live, events.approved, 'stage-has-no-use-for-it'],
    ['a session before there is evidence', told(null, events.registered).state, closed(0, 0), 'stage-has-no-use-for-it'],
    ['a return that is no number', shadow, closed(0, Number.NaN), 'return-invalid'],
    ['a loss of more than everything', shadow, closed(0, -1.01), 'return-invalid'],
    ['anything after retirement', retired, closed(20, 0.01), 'stage-has-no-use-for-it'],
  ] as const)('%s', (_, state, event, reason) => {
    expect(applyStrategyEvent(state, event, rules)).toMatchObject({ kind: 'refused', reason });
  });
});

test('a session told twice, or late, changes nothing', () => {
  const once = told(shadow, closed(3, 0.01)).state;
  expect(told(once, closed(3, 0.02)).state).toEqual(once);
  expect(told(once, closed(2, -0.5)).state).toEqual(once);
});

test('the shadow is held against the hold-out by its standard error', () => {
  const record = { ...noSessions, sessions: 9, meanFrac: 0.001 };
  const gate = shadowGates(goodEvidence, record, rules).find((outcome) => outcome.gate === 'shadow-mean')!;
  // The hold-out's mean is 0.002 and its deviation 0.01: 0.001 short, of a third of 0.01.
  expect(gate.measured).toBeCloseTo(-0.3, 12);
  expect(gate.required).toBeCloseTo(-1.6448536269514722, 12);
});

test('nobody approves what nobody approved', () => {
  expect(approverGate('Ada', 'e', null)).toMatchObject({ isOpen: false, says: 'nobody approved' });
});

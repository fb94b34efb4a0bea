/** Every event of the catalogue, and what people hear of it. */
import { describe, expect, test } from 'vitest';
import { type BallastEvent, type EventType, eventSchemas } from '../../../../shared/contracts/events.ts';
import { alarmNoticeOf } from '../../../../shared/runtime/alerts/alarm-notice.ts';
import { alertedTypes, alertOfEvent, alertRoutes, matterEndedBy } from '../../../../shared/runtime/alerts/alert-of-event.ts';

const at = '2024-12-02T20:45:00.000Z';
const cycleId = 'cycle-2024-12-02T20-45-00Z';
const base = { eventId: 'one', at, summary: 'What happened.' };
const event = (type: EventType, detail: object): BallastEvent => ({ type, detail: { ...base, ...detail } }) as BallastEvent;
const heard = (type: EventType, detail: object): string => {
  const alert = alertOfEvent(event(type, detail));
  return alert === null ? 'nothing' : `${alert.severity} ${alert.category}: ${alert.title}`;
};

test('every type of the catalogue is told, or says why it is not', () => {
  expect(Object.keys(alertRoutes).sort()).toEqual(Object.keys(eventSchemas).sort());
  for (const [type, route] of Object.entries(alertRoutes))
    if (route.kind === 'silent') expect(route.because.length, type).toBeGreaterThan(20);
  expect(alertedTypes).toContain('AuditBroken');
  expect(alertedTypes).not.toContain('CycleCompleted');
});

const strategy = { strategyId: 's-1', version: 12, author: 'operator/ada', actor: 'operator/grace', reason: 'x', gates: [] };
const halt = { state: 'HALTED', actor: `cycle/${cycleId}`, scope: { kind: 'fund' } };

test.each([
  ['CycleFailed', { cycleId, error: 'TransientFailure' }, 'HIGH SYSTEM: Trading cycle failed: TransientFailure'],
  ['CycleDied', { cycleId, ended: 'TIMED_OUT', openOrders: 3 }, 'CRITICAL SYSTEM: Trading cycle died with 3 open orders'],
  ['CycleMissed', { cycleId, scheduledAt: at }, 'CRITICAL SYSTEM: A scheduled trading cycle did not run to its end'],
  ['CycleRefused', { cycleId, reason: 'trading-halted' }, 'LOW TRADING: Trading cycle refused: trading-halted'],
  ['CycleRefused', { cycleId, reason: 'quality-too-low' }, 'MEDIUM DATA_QUALITY: Trading cycle refused: quality-too-low'],
  ['CycleRefused', { cycleId, reason: 'market-closed' }, 'nothing'],
  ['RiskBreached', { cycleId, decision: 'SCALE', breaches: ['beta'] }, 'MEDIUM RISK: Risk says SCALE: beta'],
  ['RiskBreached', { cycleId, decision: 'LIQUIDATE', breaches: ['loss'] }, 'CRITICAL RISK: Risk says LIQUIDATE: loss'],
  [
    'TradingPaused',
    { ...halt, reason: 'RiskHalt: cvar-persistence {"breachesInARow":3,"cvarFrac":0.0412,"lossFrac":0.1}' },
    'CRITICAL RISK: Trading is HALTED: CVaR was over its limit in 3 cycles running',
  ],
  [
    'TradingPaused',
    { ...halt, reason: 'RiskHalt: loss-limit {"breachesInARow":1,"cvarFrac":0.0412,"lossFrac":0.2513}' },
    'CRITICAL RISK: Trading is HALTED: the fund lost 25.13 % from its all-time high',
  ],
  ['TradingPaused', { ...halt, state: 'PAUSED', reason: 'lunch', actor: 'operator/ann' }, 'HIGH TRADING: What happened.'],
  ['TradingPaused', { ...halt, scope: { kind: 'symbol', name: 'AAPL' }, state: 'PAUSED', reason: 'x' }, 'MEDIUM TRADING: What happened.'],
  ['TradingPaused', { ...halt, scope: undefined, state: 'PAUSED', reason: 'x' }, 'CRITICAL TRADING: What happened.'],
  [
    'ReconciliationFailed',
    { reconciliationId: 'r', adjustments: 0, outcome: 'refused', symbols: [], unexplainedCashUsd: 7 },
    'CRITICAL TRADING: Books differ: reconciliation refused',
  ],
  [
    'ReconciliationFailed',
    { reconciliationId: 'r', adjustments: 0, outcome: 'stopped', symbols: ['AAPL'], unexplainedCashUsd: 0 },
    'HIGH TRADING: Books differ: AAPL stopped',
  ],
  ['PositionsFlattened', { scope: { kind: 'fund' }, orders: 2, symbolsLeft: ['AAPL'] }, 'CRITICAL TRADING: 1 positions could not be sold'],
  ['HealthStatusChanged', { part: 'audit', status: 'down', was: 'healthy', reasons: ['x'] }, 'CRITICAL SYSTEM: audit is down, was healthy'],
  ['HealthStatusChanged', { part: 'data', status: 'degraded', was: null, reasons: [] }, 'MEDIUM MARKET_DATA: data is degraded'],
  ['HealthStatusChanged', { part: 'data', status: 'healthy', was: null, reasons: [] }, 'nothing'],
  ['StrategyPromoted', { ...strategy, from: 'SHADOW', to: 'LIVE' }, 'MEDIUM PERFORMANCE: Strategy s-1 is LIVE, was SHADOW'],
  ['StrategyDemoted', { ...strategy, from: 'LIVE', to: 'SHADOW' }, 'HIGH PERFORMANCE: Strategy s-1 is SHADOW, was LIVE'],
  ['StrategyDemoted', { ...strategy, from: 'SHADOW', to: 'BACKTEST' }, 'MEDIUM PERFORMANCE: Strategy s-1 is BACKTEST, was SHADOW'],
  ['StrategyRetired', { ...strategy, from: 'LIVE', to: 'RETIRED' }, 'HIGH PERFORMANCE: Strategy s-1 is RETIRED, was LIVE'],
  ['StrategyRetired', { ...strategy, from: 'SHADOW', to: 'RETIRED' }, 'LOW PERFORMANCE: Strategy s-1 is RETIRED, was SHADOW'],
  ['DataIngested', { datasetId: 'd', symbols: 100, quarantined: 0 }, 'nothing'],
  ['DataIngested', { datasetId: 'd', symbols: 100, quarantined: 2 }, 'LOW DATA_QUALITY: 2 of 100 symbols were put into quarantine'],
  [
    'AuditBroken',
    { fault: 'reorder', sequence: 17, finding: 'f' },
    'CRITICAL SYSTEM: The audit trail is not what was signed: reorder at record 17',
  ],
  ['TradeExecuted', { cycleId, orderId: 'o', symbol: 'A', side: 'buy', quantity: 1, price: 1 }, 'nothing'],
  ['ReportPublished', { day: '2024-12-02', key: 'k' }, 'LOW PERFORMANCE: End-of-day report of 2024-12-02'],
] as const satisfies readonly (readonly [EventType, object, string])[])('%s of %o is told as "%s"', (type, detail, expected) => {
  expect(heard(type, detail)).toBe(expected);
});

describe('a change of policy', () => {
  const change = (path: string, effect: string) => ({ path, from: 1, to: 2, effect });
  const updated = (changes: object[]) => ({
    version: 7,
    previousVersion: 6,
    sha256: 's',
    actor: 'operator/ann',
    reason: 'r',
    mode: 'DEFENSIVE',
    changes,
  });
  test('is HIGH when it loosens a limit, MEDIUM when the mode moves, LOW otherwise', () => {
    expect(heard('PolicyUpdated', updated([change('risk.varFracMax', 'loosens')]))).toBe('HIGH RISK: Policy version 7 loosens limits');
    expect(heard('PolicyUpdated', updated([change('steering.mode', 'tightens')]))).toBe('MEDIUM RISK: Risk mode is now DEFENSIVE');
    expect(heard('PolicyUpdated', updated([change('risk.varFracMax', 'tightens')]))).toBe('LOW RISK: Policy version 7');
  });
});

test('what is about the same cycle in another cycle has the same fingerprint, and another symbol has another', () => {
  const incident = (id: string, symbol: string) =>
    alertOfEvent(event('OrderIncident', { eventId: id, cycleId: id, orderId: id, symbol, incidents: ['filled-after-final'] }))!.fingerprint;
  expect(incident('cycle-2024-12-02T20-45-00Z', 'AAPL')).toBe(incident('cycle-2024-12-03T20-45-00Z', 'AAPL'));
  expect(incident('a', 'AAPL')).not.toBe(incident('a', 'MSFT'));
});

test('a resumption ends what is told of the stop of the same scope, and recovery what is told of the part', () => {
  const paused = alertOfEvent(event('TradingPaused', { ...halt, reason: 'x' }))!;
  expect(matterEndedBy(event('TradingResumed', { reason: 'x', actor: 'a', scope: { kind: 'fund' } }))).toEqual({
    matter: paused.matter,
    at,
  });
  expect(matterEndedBy(event('HealthStatusChanged', { part: 'audit', status: 'healthy', was: 'down', reasons: [] }))).toEqual({
    matter: 'health/audit',
    at,
  });
  expect(matterEndedBy(event('HealthStatusChanged', { part: 'audit', status: 'degraded', was: 'down', reasons: [] }))).toBeNull();
  expect(matterEndedBy(event('CycleCompleted', {}))).toBeNull();
});

describe('an alarm of CloudWatch', () => {
  const alarm = (more: object = {}) =>
    JSON.stringify({
      AlarmName: 'ballast-dev-events-DeadLettersWaiting4E2A',
      AlarmDescription: 'An event could not be delivered. Runbook: docs/runbook.md#dead-letters-waiting',
      NewStateValue: 'ALARM',
      NewStateReason: 'Threshold Crossed: 1 datapoint [1.0] was greater than or equal to the threshold (1.0).',
      StateChangeTime: '2024-12-02T20:45:00.123+0000',
      ...more,
    });
  test('is an alert that names its section of the runbook, left out of the topic that it came by', () => {
    expect(alarmNoticeOf(alarm())!.alert).toMatchObject({
      severity: 'HIGH',
      title: 'An event could not be delivered.',
      runbook: 'dead-letters-waiting',
      at: '2024-12-02T20:45:00.123Z',
      onTopicByRule: true,
    });
  });

  test('is over when it says OK, and ends what it stood for', () => {
    const over = alarmNoticeOf(alarm({ NewStateValue: 'OK' }))!;
    expect(over.alert).toMatchObject({ severity: 'LOW', title: 'Over: An event could not be delivered.' });
    expect(over.ended).toEqual({ matter: alarmNoticeOf(alarm())!.alert!.matter, at: '2024-12-02T20:45:00.123Z' });
  });

  test('is left to the event that says more, where there is one, and to nobody without data', () => {
    expect(alarmNoticeOf(alarm({ AlarmDescription: 'Trading was paused. Runbook: docs/runbook.md#trading-stopped' }))).toEqual({
      alert: null,
      ended: null,
    });
    expect(alarmNoticeOf(alarm({ NewStateValue: 'INSUFFICIENT_DATA' }))).toEqual({ alert: null, ended: null });
  });

  test('is none in another message of the topic', () => {
    expect(alarmNoticeOf('Ballast RiskBreached: Risk says SCALE')).toBeNull();
    expect(alarmNoticeOf('{"AlarmName": 7}')).toBeNull();
  });
});

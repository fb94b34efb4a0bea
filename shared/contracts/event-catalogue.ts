/**
 * What each event of the bus is for, with one example of it. Who publishes and who hears an event is not said here: it is read from the
 * sources and the templates (docs/reference/events.md), so that it cannot be wrong.
 */
import type { BallastEvent, EventType } from './events.ts';

export interface CatalogueEntry<Type extends EventType = EventType> {
  /** One sentence: what has happened when it is on the bus. */
  readonly purpose: string;
  readonly example: Extract<BallastEvent, { type: Type }>['detail'];
}

const at = '2026-01-05T20:45:00.000Z';
const cycleId = 'cycle-2026-01-05T20-45-00Z';
const told = (eventId: string, summary: string) => ({ eventId, at, summary });
const changes = [{ path: 'steering.mode', from: 'NORMAL', to: 'DEFENSIVE', effect: 'tightens' as const }];
const strategy = { strategyId: 'evolved-0a1b2c3d4e5f6071', author: 'operator/ada' };
const gate = { gate: 'shadow-length', isOpen: true, measured: 9, required: 7, says: '9 sessions in shadow, at least 7' };

export const eventCatalogue: { readonly [Type in EventType]: CatalogueEntry<Type> } = {
  DataIngested: {
    purpose: 'A data set is in the lake and is the current one.',
    example: { ...told('ingest/nightly/2026-01-02', '503 symbols until 2026-01-02.'), datasetId: 'nightly', symbols: 503, quarantined: 2 },
  },
  CycleCompleted: {
    purpose: 'A cycle has decided, traded or not, and its records are in the audit trail.',
    example: {
      ...told(`${cycleId}/completed`, `Cycle ${cycleId}: 503 decisions, 12 of 12 orders filled, risk says ALLOW.`),
      ...{ cycleId, outcome: 'traded', decisions: 503, orders: 12, auditHead: 'b'.repeat(64) },
    },
  },
  CycleRefused: {
    purpose: 'A cycle ended before it decided, because a rule of the house did not let it begin.',
    example: { ...told(`${cycleId}/refused`, `Cycle ${cycleId} was refused: trading-paused.`), cycleId, reason: 'trading-paused' },
  },
  CycleFailed: {
    purpose: 'A cycle ended by an error that nobody expected.',
    example: { ...told(`${cycleId}/failed`, `Cycle ${cycleId} failed: TransientFailure.`), cycleId, error: 'TransientFailure' },
  },
  RiskBreached: {
    purpose: 'The book, or what it was to become, is over a limit, and risk said what is done about it.',
    example: {
      ...told(`${cycleId}/risk`, 'Risk says SCALE: CVaR is at its limit.'),
      ...{ cycleId, decision: 'SCALE', breaches: ['cvar'] },
    },
  },
  TradeExecuted: {
    purpose: 'An order is over and has filled, whole or in part.',
    example: {
      ...told('ballast-MSFT-b-1/10', 'buy 10 MSFT at 420.1'),
      ...{ cycleId, orderId: 'ballast-MSFT-b-1', symbol: 'MSFT', side: 'buy', quantity: 10, price: 420.1 },
    },
  },
  OrderIncident: {
    purpose: 'An order did what should not happen; it is booked, and a person must look.',
    example: {
      ...told('ballast-MSFT-b-1/incidents/1', 'Order ballast-MSFT-b-1 (MSFT, CANCELLED): late-fill.'),
      ...{ cycleId, orderId: 'ballast-MSFT-b-1', symbol: 'MSFT', incidents: ['late-fill'] },
    },
  },
  TradingPaused: {
    purpose: 'A control item says that the fund, or a part of it, does not trade freely any more.',
    example: {
      ...told('control/1', 'Trading is HALTED by operator/ada: a drill'),
      ...{ state: 'HALTED', reason: 'a drill', actor: 'operator/ada', scope: { kind: 'fund' } },
    },
  },
  TradingResumed: {
    purpose: 'A control item lets the fund, or a part of it, trade again.',
    example: {
      ...told('control/2', 'Trading is RUNNING by operator/ada: the drill is over'),
      ...{ reason: 'the drill is over', actor: 'operator/ada', scope: { kind: 'fund' } },
    },
  },
  StopRequested: {
    purpose: 'Somebody wants trading to stop; it is heard without a question, and only ever makes a scope stricter.',
    example: { scope: { kind: 'fund' }, state: 'HALTED', reason: 'the book is not what it should be', actor: 'risk-desk' },
  },
  Reconciled: {
    purpose: 'The ledger and the broker’s account agree, or every difference has an explanation.',
    example: {
      ...told('reconcile-2026-01-05/reconciled', 'Ledger and broker agree: 12 positions.'),
      ...{ reconciliationId: 'reconcile-2026-01-05', adjustments: 0, outcome: 'agrees' },
    },
  },
  ReconciliationFailed: {
    purpose: 'The ledger and the broker’s account differ by something that nothing explains, or they could not be compared.',
    example: {
      ...told('reconcile-2026-01-05/reconciled', 'MSFT is stopped: 3 shares are unexplained.'),
      ...{ reconciliationId: 'reconcile-2026-01-05', adjustments: 0, outcome: 'stopped', symbols: ['MSFT'], unexplainedCashUsd: 0 },
    },
  },
  StrayOrdersFound: {
    purpose: 'A sweep found orders of ours working that the ledger held for over, and cancelled them.',
    example: { ...told('stray-orders/0a1b2c3d4e5f6071', 'Cancelled 1 stray order.'), orderIds: ['ballast-MSFT-b-1'] },
  },
  CycleDied: {
    purpose: 'The dead-man check found a cycle whose execution is gone; its lease was taken and its orders are cancelled.',
    example: { ...told(`${cycleId}/died`, `Cycle ${cycleId} died: ABORTED.`), cycleId, ended: 'ABORTED', openOrders: 2 },
  },
  PositionsFlattened: {
    purpose: 'After a halt that asked for it, what was held was sold, as far as that was possible.',
    example: {
      ...told('stop-fund-1/flattened', 'Sold 12 positions; MSFT is left.'),
      ...{ scope: { kind: 'fund' }, orders: 12, symbolsLeft: ['MSFT'] },
    },
  },
  PolicyUpdated: {
    purpose: 'Another version of the policy is in force, whoever put it there.',
    example: {
      ...told('policy/8', 'Policy 8 by controller/steering: mode NORMAL → DEFENSIVE.'),
      ...{ version: 8, previousVersion: 7, sha256: 'a'.repeat(64), actor: 'controller/steering', reason: 'data is down' },
      ...{ mode: 'DEFENSIVE', changes },
    },
  },
  PolicyProposed: {
    purpose: 'A person wants to loosen a hard limit; a second person must approve before it counts.',
    example: {
      ...told('policy-proposal/0a1b2c3d', 'operator/ada proposes to raise risk.cvarFracMax.'),
      ...{ proposalId: '0a1b2c3d', actor: 'operator/ada', reason: 'measured for a year' },
      changes: [{ path: 'risk.cvarFracMax', from: 0.03, to: 0.04, effect: 'loosens' }],
    },
  },
  HealthStatusChanged: {
    purpose: 'A part that trading rests on is healthier, or less healthy, than it was.',
    example: {
      ...told('health/data/12', 'data is down: the last data set is 4 sessions old.'),
      ...{ part: 'data', status: 'down', was: 'healthy', reasons: ['dataset-stale'] },
    },
  },
  OpportunitiesUpdated: {
    purpose: 'The ranked list that the next cycle looks at is new.',
    example: {
      ...told('opportunities/2026-01-05T20', '20 of 503 symbols are ranked; MSFT leads.'),
      ...{ listId: '2026-01-05T20', session: '2026-01-05', datasetId: 'nightly', considered: 503, symbols: ['MSFT', 'AAPL'] },
    },
  },
  AuditBroken: {
    purpose: 'The audit trail, or its copy, is not what was signed.',
    example: {
      ...told('audit-broken/17', 'Record 17 of the audit trail was changed.'),
      ...{ fault: 'mutation', sequence: 17, finding: 'record 17 hashes to another value than it carries' },
    },
  },
  CycleMissed: {
    purpose: 'A scheduled cycle neither completed nor said why not.',
    example: { ...told(`${cycleId}/missed`, `Cycle ${cycleId} did not end.`), cycleId, scheduledAt: at },
  },
  StrategyPromoted: {
    purpose: 'A strategy went one stage up: into shadow by its gates, or live by a person’s approval; nothing trades because of it.',
    example: {
      ...told('strategy/evolved-0a1b2c3d4e5f6071/12', 'evolved-0a1b2c3d4e5f6071 is LIVE, approved by operator/grace.'),
      ...{ ...strategy, version: 12, from: 'SHADOW', to: 'LIVE', actor: 'operator/grace', reason: 'every gate is open', gates: [gate] },
    },
  },
  StrategyDemoted: {
    purpose: 'A strategy went one stage back, because it fell past a bound or a person said so.',
    example: {
      ...told('strategy/evolved-0a1b2c3d4e5f6071/40', 'evolved-0a1b2c3d4e5f6071 is back in SHADOW: live: drawdown 0.09 is past 0.075.'),
      ...{ ...strategy, version: 40, from: 'LIVE', to: 'SHADOW', actor: 'rules', reason: 'live: drawdown 0.09 is past 0.075', gates: [] },
    },
  },
  StrategyRetired: {
    purpose: 'A strategy is over, for good.',
    example: {
      ...told('strategy/evolved-0a1b2c3d4e5f6071/41', 'evolved-0a1b2c3d4e5f6071 is retired by operator/ada: its market is gone.'),
      ...{ ...strategy, version: 41, from: 'SHADOW', to: 'RETIRED', actor: 'operator/ada', reason: 'its market is gone', gates: [] },
    },
  },
  ReportPublished: {
    purpose: 'The report of a day lies in the lake.',
    example: {
      ...told('report/2026-01-05/1', 'Report of 2026-01-05: equity 1,004,210 USD, +0.4 %.'),
      ...{ day: '2026-01-05', key: 'reports/2026-01-05/report.html' },
    },
  },
};

/**
 * What people hear of cycles, orders, books and stops. Severities: CRITICAL is for what somebody must do something about now (the fund
 * stands still by its own decision, orders work that nobody looks after, positions could not be sold), HIGH for what somebody must look at
 * today, MEDIUM for what they should know tomorrow, LOW for the record.
 */
import { scopeText } from '../../contracts/control.ts';
import { tryParseJson } from '../../kernel/json.ts';
import type { AlertRoute, Detail, Told } from './alert-route.ts';

/** The rules of the bus that put an event on the topic as plain text; see cdk/constructs/alerts/alerting.ts. */
export const onTopicByRule = [
  'TradingPaused',
  'RiskBreached',
  'CycleFailed',
  'CycleDied',
  'OrderIncident',
  'StrayOrdersFound',
  'PositionsFlattened',
  'ReconciliationFailed',
] as const;

export const tradingRoutes = {
  CycleCompleted: { kind: 'silent', because: 'the heartbeat says what the last cycle did; a cycle that is missing is an alert of its own' },
  CycleRefused: { kind: 'told', tell: refusedCycle },
  CycleFailed: {
    kind: 'told',
    tell: ({ cycleId, error, summary }) => ({
      severity: 'HIGH',
      category: 'SYSTEM',
      subject: error,
      title: `Trading cycle failed: ${error}`,
      lines: [summary],
      facts: { cycle: cycleId },
      runbook: 'trading-cycle-failed',
    }),
  },
  CycleDied: {
    kind: 'told',
    tell: ({ cycleId, ended, openOrders, summary }) => ({
      severity: 'CRITICAL',
      category: 'SYSTEM',
      subject: ended,
      title: `Trading cycle died with ${openOrders} open orders`,
      lines: [summary],
      facts: { cycle: cycleId, ended, 'open orders': openOrders },
      runbook: 'cycle-died',
    }),
  },
  CycleMissed: {
    kind: 'told',
    tell: ({ cycleId, scheduledAt, summary }) => ({
      severity: 'CRITICAL',
      category: 'SYSTEM',
      subject: 'a scheduled cycle',
      title: 'A scheduled trading cycle did not run to its end',
      lines: [summary],
      facts: { cycle: cycleId, 'scheduled at': scheduledAt },
      runbook: 'cycle-missing',
    }),
  },
  RiskBreached: { kind: 'told', tell: breach },
  TradeExecuted: { kind: 'silent', because: 'a fill is what trading is for; orders and fills stand in the report and in "ballast orders"' },
  OrderIncident: {
    kind: 'told',
    tell: ({ orderId, symbol, incidents, summary }) => ({
      severity: 'HIGH',
      category: 'TRADING',
      subject: `${symbol} ${incidents.join(' ')}`,
      title: `Order of ${symbol}: ${incidents.join(', ')}`,
      lines: [summary],
      facts: { order: orderId, symbol },
      runbook: 'answer-an-orderincident',
    }),
  },
  StrayOrdersFound: {
    kind: 'told',
    tell: ({ orderIds, summary }) => ({
      severity: 'HIGH',
      category: 'TRADING',
      subject: 'stray orders',
      title: `${orderIds.length} orders worked at the broker that the ledger held for over`,
      lines: [summary],
      facts: { orders: orderIds.slice(0, 5).join(', ') },
      runbook: 'books-differ',
    }),
  },
  TradingPaused: {
    kind: 'told',
    tell: stop,
  },
  TradingResumed: {
    kind: 'told',
    tell: ({ reason, actor, scope, summary }) => ({
      severity: 'MEDIUM',
      category: 'TRADING',
      subject: scope === undefined ? 'nothing' : scopeText(scope),
      title: summary,
      facts: { by: actor, reason },
    }),
    ends: ({ scope }) => matterOfStop(scope),
  },
  StopRequested: {
    kind: 'silent',
    because: 'the TradingPaused that comes of it says what was stopped; a request that stops nothing more is no news',
  },
  Reconciled: { kind: 'silent', because: 'the books agree, as they should' },
  ReconciliationFailed: {
    kind: 'told',
    tell: ({ outcome, symbols, unexplainedCashUsd, summary }) => ({
      severity: outcome === 'refused' || outcome === 'halted' ? 'CRITICAL' : 'HIGH',
      category: 'TRADING',
      subject: `${outcome} ${symbols.join(' ')}`,
      title: outcome === 'stopped' ? `Books differ: ${symbols.join(', ')} stopped` : `Books differ: reconciliation ${outcome}`,
      lines: [summary],
      facts: { outcome, symbols: symbols.join(', ') || 'none', 'unexplained cash': `${unexplainedCashUsd} USD` },
      runbook: outcome === 'failed' || outcome === 'halted' ? 'reconcile-failed' : 'books-differ',
    }),
  },
  PositionsFlattened: {
    kind: 'told',
    tell: ({ scope, orders, symbolsLeft, summary }) => ({
      severity: symbolsLeft.length > 0 ? 'CRITICAL' : 'HIGH',
      category: 'TRADING',
      subject: scopeText(scope),
      title: symbolsLeft.length > 0 ? `${symbolsLeft.length} positions could not be sold` : `Positions of ${scopeText(scope)} were sold`,
      lines: [summary],
      facts: { orders, left: symbolsLeft.join(', ') || 'nothing' },
      runbook: 'stop-failed',
    }),
  },
} as const satisfies { readonly [Type in TradingType]: AlertRoute<Type> };

type TradingType =
  | 'CycleCompleted'
  | 'CycleRefused'
  | 'CycleFailed'
  | 'CycleDied'
  | 'CycleMissed'
  | 'RiskBreached'
  | 'TradeExecuted'
  | 'OrderIncident'
  | 'StrayOrdersFound'
  | 'TradingPaused'
  | 'TradingResumed'
  | 'StopRequested'
  | 'Reconciled'
  | 'ReconciliationFailed'
  | 'PositionsFlattened';

/** A fund that is stopped refuses every cycle, and whoever stopped it has been told. */
function refusedCycle({ cycleId, reason, summary }: Detail<'CycleRefused'>): Told | null {
  if (reason === 'market-closed') return null;
  const stopped = /^trading-(paused|halted)$|^control-/.test(reason);
  return {
    severity: stopped ? 'LOW' : 'MEDIUM',
    category: /quality|data|stale|rows/.test(reason) ? 'DATA_QUALITY' : 'TRADING',
    subject: reason,
    title: `Trading cycle refused: ${reason}`,
    lines: [summary],
    facts: { cycle: cycleId },
  };
}

function breach({ cycleId, decision, breaches, summary }: Detail<'RiskBreached'>): Told {
  const severity = decision === 'LIQUIDATE' ? 'CRITICAL' : decision === 'FREEZE' || decision === 'REJECT' ? 'HIGH' : 'MEDIUM';
  return {
    severity,
    category: 'RISK',
    subject: `${decision} ${breaches.toSorted().join(' ')}`,
    title: `Risk says ${decision}: ${breaches.join(', ') || 'no breach'}`,
    lines: [summary],
    facts: { cycle: cycleId },
  };
}

/** A stop by a person is for others to know; one by the fund itself is for somebody to act on. */
function stop({ state, reason, actor, scope, summary }: Detail<'TradingPaused'>): Told {
  const risk = haltOfRisk(reason);
  const byItself = state === 'HALTED' || scope === undefined;
  const wholeFund = scope === undefined || scope.kind === 'fund';
  const matter = matterOfStop(scope);
  return {
    severity: wholeFund ? (byItself ? 'CRITICAL' : 'HIGH') : state === 'HALTED' ? 'HIGH' : 'MEDIUM',
    category: risk === null ? 'TRADING' : 'RISK',
    subject: `${state} ${scope === undefined ? 'nothing' : scopeText(scope)} ${risk?.kind ?? reason}`,
    title: risk === null ? summary : `Trading is HALTED: ${risk.title}`,
    lines: risk === null ? [reason] : [...risk.lines, summary],
    facts: { state, scope: scope === undefined ? 'nothing' : scopeText(scope), by: actor },
    runbook: 'trading-stopped',
    ...(matter !== null && { matter }),
  };
}

const matterOfStop = (scope: Detail<'TradingPaused'>['scope']): string | null => (scope === undefined ? null : `stop/${scopeText(scope)}`);

/** Null for a stop that the risk engine did not ask for; its reason reads `RiskHalt: <kind> <details as JSON>`. */
function haltOfRisk(reason: string): { readonly kind: string; readonly title: string; readonly lines: readonly string[] } | null {
  const [, kind, json] = /^RiskHalt: ([a-z-]+) (\{.*\})$/.exec(reason) ?? [];
  if (kind === undefined || json === undefined) return null;
  const { breachesInARow, cvarFrac, lossFrac } = (tryParseJson(json) ?? {}) as Partial<
    Record<'breachesInARow' | 'cvarFrac' | 'lossFrac', number>
  >;
  if (kind === 'cvar-persistence') {
    return {
      kind,
      title: `CVaR was over its limit in ${breachesInARow ?? 'several'} cycles running`,
      lines: [`CVaR ${percent(cvarFrac)} of equity. Going on is a decision about money, for those who own the policy.`],
    };
  }
  return { kind, title: kind === 'loss-limit' ? `the fund lost ${percent(lossFrac)} from its all-time high` : kind, lines: [] };
}

const percent = (frac: number | undefined): string => (frac === undefined ? 'of unknown size' : `${(frac * 100).toFixed(2)} %`);

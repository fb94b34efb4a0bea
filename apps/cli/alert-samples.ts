/** One alert of each severity, with everything in it that a channel must not take for markup: what "ballast alerts preview" shows, and what tests hold against files. */
import { type Alert, alertOf } from '../../shared/domain/alerts/alert.ts';
import { type AlertMessage, messageOf } from '../../shared/domain/alerts/message.ts';
import type { Severity } from '../../shared/domain/policy/alert-rules.ts';
import type { EpochMs } from '../../shared/kernel/units.ts';

const at = '2024-12-02T20:45:00.000Z';

export const sampleAlerts: Readonly<Record<Severity, Alert>> = {
  LOW: alertOf({
    kind: 'ReportPublished',
    subject: 'a day',
    occurrence: 'report/2024-12-02',
    severity: 'LOW',
    category: 'PERFORMANCE',
    title: 'End-of-day report of 2024-12-02',
    lines: ['Equity 1,004,210.55 USD, +0.42 % on the day.'],
    facts: { report: 'reports/2024-12-02/report.html' },
    at,
  }),
  MEDIUM: alertOf({
    kind: 'HealthStatusChanged',
    subject: 'data degraded',
    occurrence: 'health/data/17',
    severity: 'MEDIUM',
    category: 'MARKET_DATA',
    title: 'data is degraded, was healthy',
    lines: ['the newest bar is 2 sessions old', '3 of 14 symbols failed a check (*volume*, _gap_)'],
    facts: { part: 'data', status: 'degraded' },
    at,
  }),
  HIGH: alertOf({
    kind: 'RiskBreached',
    subject: 'FREEZE',
    occurrence: 'cycle-2024-12-02T20-45-00Z/risk',
    severity: 'HIGH',
    category: 'RISK',
    title: 'Risk says FREEZE: drawdown, var',
    lines: ['VaR <95 %> & "CVaR" are over [their limits](https://example.com) @everyone <!channel> <@U123>'],
    facts: { cycle: 'cycle-2024-12-02T20-45-00Z', 'VaR / limit': '0.031 > 0.025' },
    at,
  }),
  CRITICAL: alertOf({
    kind: 'TradingPaused',
    subject: 'HALTED the fund cvar-persistence',
    occurrence: 'control/1f0a',
    severity: 'CRITICAL',
    category: 'RISK',
    title: 'Trading is HALTED: CVaR was over its limit in 3 cycles running',
    lines: ['CVaR 4.12 % of equity. Going on is a decision about money, for those who own the policy.'],
    facts: { state: 'HALTED', scope: 'the fund', by: 'cycle/cycle-2024-12-02T20-45-00Z' },
    runbook: 'trading-stopped',
    matter: 'stop/the fund',
    at,
  }),
};

/** As the first message of it, or for CRITICAL as its second reminder. */
export const sampleMessage = (severity: Severity): AlertMessage =>
  messageOf(sampleAlerts[severity], {
    stage: 'paper',
    repeats: severity === 'HIGH' ? { count: 3, since: '2024-12-02T20:02:00.000Z' } : null,
    round: severity === 'CRITICAL' ? 2 : 0,
    roundsMax: 3,
    sentAt: Date.parse('2024-12-02T21:15:00.000Z') as EpochMs,
  });

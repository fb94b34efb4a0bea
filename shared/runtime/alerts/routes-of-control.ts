/** What people hear of data, policy, health, opportunities, the audit trail, strategies and reports. */
import type { AlertRoute, Detail, Told } from './alert-route.ts';

export const controlRoutes = {
  DataIngested: { kind: 'told', tell: ingested },
  PolicyUpdated: { kind: 'told', tell: policyUpdated },
  PolicyProposed: {
    kind: 'told',
    tell: ({ proposalId, actor, reason, changes }) => ({
      severity: 'MEDIUM',
      category: 'RISK',
      subject: proposalId,
      title: `${actor} asks a second person to loosen a hard limit`,
      lines: [reason],
      facts: { proposal: proposalId, ...changeFacts(changes) },
    }),
  },
  HealthStatusChanged: {
    kind: 'told',
    tell: healthChanged,
    ends: ({ part, status }) => (status === 'healthy' ? `health/${part}` : null),
  },
  OpportunitiesUpdated: { kind: 'silent', because: 'the list is for the cycle to read; it is made every hour' },
  AuditBroken: {
    kind: 'told',
    tell: ({ fault, sequence, finding, summary }) => ({
      severity: 'CRITICAL',
      category: 'SYSTEM',
      subject: fault,
      title: `The audit trail is not what was signed: ${fault} at record ${sequence}`,
      lines: [summary, finding],
      facts: { fault, 'first bad record': sequence },
      runbook: 'audit-broken',
    }),
  },
  StrategyPromoted: { kind: 'told', tell: (detail) => stageChanged(detail, 'MEDIUM') },
  StrategyDemoted: { kind: 'told', tell: (detail) => stageChanged(detail, detail.from === 'LIVE' ? 'HIGH' : 'MEDIUM') },
  StrategyRetired: { kind: 'told', tell: (detail) => stageChanged(detail, detail.from === 'LIVE' ? 'HIGH' : 'LOW') },
  ReportPublished: {
    kind: 'told',
    tell: ({ day, key, summary }) => ({
      severity: 'LOW',
      category: 'PERFORMANCE',
      subject: day,
      title: `End-of-day report of ${day}`,
      lines: [summary],
      facts: { report: key },
    }),
  },
} as const satisfies { readonly [Type in ControlType]: AlertRoute<Type> };

type ControlType =
  | 'DataIngested'
  | 'PolicyUpdated'
  | 'PolicyProposed'
  | 'HealthStatusChanged'
  | 'OpportunitiesUpdated'
  | 'AuditBroken'
  | 'StrategyPromoted'
  | 'StrategyDemoted'
  | 'StrategyRetired'
  | 'ReportPublished';

/** One symbol in twenty is a bad night of the provider; fewer is a fact to know. */
function ingested({ datasetId, symbols, quarantined, summary }: Detail<'DataIngested'>): Told | null {
  if (quarantined === 0) return null;
  return {
    severity: quarantined * 20 >= symbols ? 'MEDIUM' : 'LOW',
    category: 'DATA_QUALITY',
    subject: 'quarantined symbols',
    title: `${quarantined} of ${symbols} symbols were put into quarantine`,
    lines: [summary],
    facts: { 'data set': datasetId },
  };
}

/** A loosened limit is for somebody to look at today, whoever loosened it; a tightened one can wait until morning. */
function policyUpdated({ version, actor, reason, mode, changes }: Detail<'PolicyUpdated'>): Told {
  const loosened = changes.some(({ effect }) => effect === 'loosens');
  const modeMoved = changes.some(({ path }) => path === 'steering.mode' || path === '/steering/mode');
  return {
    severity: loosened && !modeMoved ? 'HIGH' : modeMoved ? 'MEDIUM' : 'LOW',
    category: 'RISK',
    subject: modeMoved ? `mode ${mode}` : changes.map(({ path }) => path).join(' '),
    title: modeMoved ? `Risk mode is now ${mode}` : `Policy version ${version}${loosened ? ' loosens limits' : ''}`,
    lines: [reason],
    facts: { version, by: actor, mode, ...changeFacts(changes) },
  };
}

function healthChanged({ part, status, was, reasons, summary }: Detail<'HealthStatusChanged'>): Told | null {
  // A part that is well when it is first looked at is no news.
  if (status === 'healthy' && was === null) return null;
  const severities = { healthy: 'LOW', degraded: 'MEDIUM', down: part === 'audit' ? 'CRITICAL' : 'HIGH' } as const;
  const categories = { data: 'MARKET_DATA', broker: 'TRADING', audit: 'SYSTEM', cycle: 'SYSTEM' } as const;
  return {
    severity: severities[status],
    category: categories[part],
    subject: `${part} ${status}`,
    title: `${part} is ${status}${was === null ? '' : `, was ${was}`}`,
    lines: reasons.length > 0 ? reasons : [summary],
    facts: { part, status },
    matter: `health/${part}`,
  };
}

/** What was live and is not any more is for somebody to look at today. */
function stageChanged(
  { strategyId, from, to, author, actor, reason, gates }: Detail<'StrategyPromoted'>,
  severity: Told['severity'],
): Told {
  return {
    severity,
    category: 'PERFORMANCE',
    subject: `${strategyId} ${to}`,
    title: `Strategy ${strategyId} is ${to}, was ${from}`,
    lines: [reason, ...gates.map(({ gate, says }) => `${gate}: ${says}`)],
    facts: { author, by: actor },
  };
}

function changeFacts(changes: Detail<'PolicyUpdated'>['changes']): Record<string, string> {
  const shown = changes
    .slice(0, 6)
    .map(({ path, from, to }) => [path, `${JSON.stringify(from) ?? 'absent'} → ${JSON.stringify(to) ?? 'absent'}`]);
  return { ...Object.fromEntries(shown), ...(changes.length > 6 ? { 'and more': String(changes.length - 6) } : {}) };
}

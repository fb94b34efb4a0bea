/** What the fund says of itself once a day: that it is alive, may trade or not, what it did last, and what it has. */
import { type Alert, alertOf } from '../../domain/alerts/alert.ts';
import { newYorkDay } from '../../domain/market/calendar.ts';
import { formatDay } from '../../kernel/days.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import type { EpochMs } from '../../kernel/units.ts';
import type { AuditStore } from '../../stores/audit.ts';
import type { ControlStore } from '../../stores/control.ts';
import type { LakeDocuments } from '../../stores/lake/documents.ts';
import type { Ledger } from '../../stores/ledger/index.ts';
import type { PolicyStore } from '../../stores/policies.ts';
import type { ChannelStatus } from '../connect-alert-channels.ts';
import { CycleDocuments } from '../cycle-documents.ts';

export interface HeartbeatParts {
  readonly control: Pick<ControlStore, 'read' | 'stops'>;
  readonly policies: Pick<PolicyStore, 'inForce'>;
  readonly audit: Pick<AuditStore, 'cycles' | 'head' | 'recordsOf'>;
  readonly ledger: Pick<Ledger, 'openOrders' | 'account'>;
  readonly documents: LakeDocuments;
  readonly channels: Readonly<Record<string, ChannelStatus>>;
}

export async function heartbeatOf(parts: HeartbeatParts, at: EpochMs): Promise<Alert> {
  const day = formatDay(newYorkDay(at));
  const [control, stops, mode, last, head, open] = await Promise.all([
    parts.control.read(),
    parts.control.stops(),
    modeInForce(parts.policies),
    lastCycle(parts),
    parts.audit.head(),
    parts.ledger.openOrders(),
  ]);
  const state = isRefusal(control) ? control.reason : control.state;
  const off = Object.entries(parts.channels).filter(([, status]) => status === 'not-understood');
  return alertOf({
    kind: 'heartbeat',
    subject: 'daily',
    occurrence: day,
    severity: 'LOW',
    category: 'SYSTEM',
    title: `Alive: ${state}, ${mode}`,
    lines: off.map(([channel]) => `The channel ${channel} is off: its part of the secret is not understood.`),
    facts: {
      control: state,
      ...(stops.length > 0 && { 'stopped parts': stops.length }),
      mode,
      ...last,
      'open orders': open.length,
      'audit head': head === null ? 'no record yet' : `${head.sequence} ${head.hash.slice(0, 16)}`,
      channels: Object.entries(parts.channels)
        .map(([channel, status]) => `${channel} ${status}`)
        .join(', '),
    },
    at: new Date(at).toISOString(),
  });
}

/** A policy that was changed by hand is told of by what it stops; the heartbeat goes on. */
async function modeInForce(policies: HeartbeatParts['policies']): Promise<string> {
  try {
    const inForce = await policies.inForce();
    return isRefusal(inForce) ? inForce.reason : inForce.policy.steering.mode;
  } catch (error) {
    return `the policy is unreadable: ${(error as Error).message}`;
  }
}

/** Equity as the cycle saw it; of one that was refused before it looked there is none, and cash is said. */
async function lastCycle({ audit, documents, ledger }: HeartbeatParts): Promise<Record<string, string>> {
  const cycleId = (await audit.cycles()).at(-1);
  if (cycleId === undefined) return { 'last cycle': 'none yet' };
  const [records, portfolio, account] = await Promise.all([
    audit.recordsOf(cycleId),
    new CycleDocuments(documents, cycleId).find('portfolio'),
    ledger.account(),
  ]);
  const closing = records.findLast(({ record }) => record.type === 'cycle')?.record.record;
  const outcome = String(closing?.outcome ?? 'under way');
  const worth =
    portfolio !== undefined
      ? { equity: dollars(portfolio.equityUsd) }
      : { cash: isRefusal(account) ? account.reason : dollars(account.cashUsd) };
  return { 'last cycle': `${cycleId} ${outcome}`, ...worth };
}

const dollars = (usd: number): string => `${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} USD`;

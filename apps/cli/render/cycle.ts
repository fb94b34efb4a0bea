/** A cycle as a person reads it: phases, the regime, who had opinions, what was decided and why, orders, the book, the audit head. */
import type { DecisionRecord } from '../../../shared/domain/audit/decision-record.ts';
import type { RegimeReading } from '../../../shared/domain/regime/regime.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import type { CycleReport, PhaseReport } from '../cycle-run.ts';
import type { Io } from '../io.ts';
import { allInWords, inWords } from './explain/words.ts';
import { ordersTable } from './orders.ts';
import { explainRefusal } from './refusals.ts';
import { formatPct, formatUsd, renderTable } from './table.ts';

export function formatPhase({ name, ms, outcome }: PhaseReport, { colors }: Io): string {
  const mark = outcome === 'done' ? colors.green('✓') : colors.red('✗');
  return `  ${mark} ${name.padEnd(16)} ${`${ms.toFixed(0)} ms`.padStart(8)}${outcome === 'done' ? '' : `  ${outcome}`}`;
}

/** `regime` is null for a cycle that did not come to its decisions. */
export function explainCycle(report: CycleReport, regime: RegimeReading | Refusal | null, io: Io): string {
  const { colors } = io;
  const parts = [[outcomeLine(report, io), ...circumstances(report, regime, io)].join('\n')];
  if (report.decisions.length > 0)
    parts.push(decisionsTable(report.decisions, io), passiveSummary(report.decisions, io), blockedList(report.decisions, io));
  if (report.orders.length > 0) parts.push(ordersTable(report.orders, io));
  parts.push(
    bookLine(report, io),
    colors.dim(`Audit: ${report.audit.records} records, head ${report.audit.head?.slice(0, 16) ?? 'none'}. Cycle ${report.cycleId}.`),
  );
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The regime, the opinions, and what held the whole book back. */
function circumstances({ decisions }: CycleReport, regime: RegimeReading | Refusal | null, { colors }: Io): string[] {
  if (regime === null) return [];
  const lines = [`${colors.dim('Regime   ')} ${regimeText(regime)}`, `${colors.dim('Opinions ')} ${opinionsText(decisions)}`];
  const held = heldBack(decisions, regime);
  return held === '' ? lines : [...lines, `${colors.dim('Held back')} ${colors.yellow(held)}`];
}

function regimeText(regime: RegimeReading | Refusal): string {
  if (isRefusal(regime)) return `none: ${inWords(regime.reason)}`;
  return `${regime.name} since ${formatDay(regime.since)}, leaves ${formatPct(regime.exposureFrac, 0)} of the exposure limits (${regime.market})`;
}

/** By agent, of the symbols that were looked at. */
function opinionsText(decisions: readonly DecisionRecord[]): string {
  const asked = decisions.filter(({ agent_results }) => agent_results.length > 0);
  const given = new Map<string, number>();
  for (const { agent_results } of asked)
    for (const { agent, kind } of agent_results) given.set(agent, (given.get(agent) ?? 0) + (kind === 'opinion' ? 1 : 0));
  if (asked.length === 0) return 'none: no symbol could be looked at';
  return `${[...given].map(([agent, count]) => `${agent} ${count}`).join(', ')} of ${asked.length} symbols`;
}

/** Empty when nothing but the symbols' own merits decided. */
function heldBack(decisions: readonly DecisionRecord[], regime: RegimeReading | Refusal): string {
  if (isRefusal(regime)) return 'without a regime nothing is allocated';
  const { decision, scaleFrac, reasons } = (decisions[0]?.risk_checks ?? {}) as RecordedRisk;
  if (decision && decision !== 'ALLOW') {
    const scaled = scaleFrac && scaleFrac < 1 ? `, sizes × ${scaleFrac.toFixed(2)}` : '';
    return `risk says ${decision}${scaled}: ${allInWords(reasons ?? []) || 'no reason given'}`;
  }
  if (regime.exposureFrac === 0) return 'the regime: nothing may be opened in it';
  return '';
}

interface RecordedRisk {
  readonly decision?: string | null;
  readonly scaleFrac?: number | null;
  readonly reasons?: readonly string[];
}

function outcomeLine({ outcome, refusal, orders, decisions }: CycleReport, { colors }: Io): string {
  if (refusal) {
    const advice = outcome === 'refused' ? '' : `\n${afterwards[outcome === 'halted' ? 'halted' : 'failed']}`;
    return `${colors.red(outcome === 'refused' ? 'Refused' : outcome === 'halted' ? 'HALTED' : 'Failed')}: ${explainRefusal(refusal)}${advice}`;
  }
  const filled = orders.filter(({ state }) => state === 'FILLED').length;
  return outcome === 'traded'
    ? colors.green(`Traded: ${filled} of ${orders.length} orders filled.`)
    : colors.yellow(`No trade. ${stoppedOf(decisions) ?? commonestReason(decisions)}`);
}

/** A stop of a part is what a person did, and comes before what the fund thought of the rest. */
function stoppedOf(decisions: readonly DecisionRecord[]): string | undefined {
  const stopped = decisions.filter(({ reason_codes: [first] }) => partStops.includes(first ?? '')).length;
  const orders = stopped === 1 ? 'One order was' : `${stopped} orders were`;
  return stopped === 0 ? undefined : `${orders} held back by a stop: "ballast status" says by whom, and why.`;
}

const partStops: readonly string[] = ['symbol-stopped', 'strategy-stopped', 'broker-stopped'];

function commonestReason(decisions: readonly DecisionRecord[]): string {
  const counts = new Map<string, number>();
  for (const { reason_codes } of decisions) {
    const reason = reason_codes[0] ?? 'no-reason';
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const [commonest] = [...counts].sort(([, a], [, b]) => b - a);
  return commonest === undefined
    ? 'There was no symbol to decide on.'
    : `The commonest reason, of ${commonest[1]} of ${decisions.length} symbols: ${inWords(commonest[0])}.`;
}

const afterwards = {
  halted: 'Nothing trades until a person has found out why and says "ballast resume --after-halt --reason …".',
  failed: 'What the functions logged lies in log/ of the state directory; orders that were sent are listed below.',
} as const;

function decisionsTable(decisions: readonly DecisionRecord[], { colors }: Io): string {
  const acted = decisions
    .filter(({ final_decision }) => final_decision.startsWith('EXECUTE'))
    .sort((a, b) => (b.conviction ?? 0) - (a.conviction ?? 0));
  if (acted.length === 0) return '';
  return renderTable<DecisionRecord>(
    [
      { title: 'symbol', text: ({ symbol }) => symbol },
      {
        title: 'decision',
        text: ({ final_decision }) => final_decision.replace('EXECUTE_', ''),
        dress: (cell, { final_decision }) => (final_decision === 'EXECUTE_BUY' ? colors.green(cell) : colors.red(cell)),
      },
      { title: 'target', align: 'right', text: ({ position_size }) => formatPct(position_size, 2) },
      { title: 'mu/day', align: 'right', text: ({ mu_hat }) => (mu_hat === null ? '' : formatPct(mu_hat, 3)) },
      { title: 'sigma/day', align: 'right', text: ({ sigma_hat }) => (sigma_hat === null ? '' : formatPct(sigma_hat, 2)) },
      { title: 'conviction', align: 'right', text: ({ conviction }) => conviction?.toFixed(3) ?? '' },
      { title: 'stop', align: 'right', text: ({ stop_loss }) => stop_loss?.toFixed(2) ?? '' },
      { title: 'reasons', text: ({ reason_codes }) => [...new Set(reason_codes)].join(', ') },
    ],
    acted,
    colors.dim,
  );
}

/** Held and rejected symbols by their deciding reason; governance blocks are listed one by one below. */
function passiveSummary(decisions: readonly DecisionRecord[], { colors }: Io): string {
  const counts = new Map<string, string[]>();
  for (const { symbol, final_decision, reason_codes, metadata } of decisions) {
    if (final_decision.startsWith('EXECUTE') || isBlocked(metadata)) continue;
    const key = `${final_decision.padEnd('REJECT'.length)}  ${reason_codes[0] ?? 'no reason'}`;
    counts.set(key, [...(counts.get(key) ?? []), symbol]);
  }
  const lines = [...counts]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([key, symbols]) => `  ${key.padEnd(44)} ${String(symbols.length).padStart(4)}  ${colors.dim(shortList(symbols))}`);
  return lines.length === 0
    ? ''
    : [colors.dim('not traded ("ballast explain latest SYMBOL" tells why, step by step)'), ...lines].join('\n');
}

function blockedList(decisions: readonly DecisionRecord[], { colors }: Io): string {
  const blocked = decisions.filter(({ metadata }) => isBlocked(metadata));
  if (blocked.length === 0) return '';
  const byReason = Map.groupBy(blocked, ({ reason_codes }) => reason_codes.join(', '));
  const width = Math.max(...[...byReason.keys()].map((reason) => reason.length));
  const lines = [...byReason].flatMap(([reason, records]) =>
    wrapped(records.map(({ symbol }) => symbol)).map((symbols, index) => `  ${(index === 0 ? reason : '').padEnd(width)}  ${symbols}`),
  );
  return [colors.dim(`blocked by governance (${blocked.length}; "ballast symbols --blocked" says why)`), ...lines].join('\n');
}

function isBlocked(metadata: DecisionRecord['metadata']): boolean {
  const { governance } = metadata as { governance?: { state?: string } };
  return governance?.state !== undefined && governance.state !== 'ACTIVE';
}

/** Every name, a few to the line. */
function wrapped(names: readonly string[], perLine = 12): string[] {
  return Array.from({ length: Math.ceil(names.length / perLine) }, (_, line) =>
    names.slice(line * perLine, (line + 1) * perLine).join(' '),
  );
}

const shortList = (symbols: readonly string[]): string => (symbols.length <= 8 ? symbols.join(' ') : `${symbols.slice(0, 8).join(' ')} …`);

function bookLine({ cash, equity, positions }: CycleReport, { colors }: Io): string {
  const invested = positions.reduce((sum, { value }) => sum + value, 0);
  return `${colors.bold('Book')}  equity ${formatUsd(equity)}  cash ${formatUsd(cash)}  invested ${formatUsd(invested)} in ${positions.length} positions (${formatPct(equity > 0 ? invested / equity : 0)})`;
}

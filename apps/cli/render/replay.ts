/** What a replay found, for a person: identical or where it differs, and what another policy would have changed. */
import type { Difference, ReplayComparison } from '../../../shared/domain/audit/replay.ts';
import type { Io } from '../io.ts';
import type { ChangedDecision, ReplayReport, WhatIf } from '../replaying.ts';
import { formatPct, renderTable } from './table.ts';

type Painted = Pick<Io, 'colors'>;

const textMax = 60;

export function comparisonText({ cycleId, compared, differences }: ReplayComparison, { colors }: Painted): string {
  const lines = compared.map(
    ({ part, bytes }) => `  ${colors.green('✓')} ${part.padEnd(11)} ${bytes.toLocaleString('en-US')} bytes, identical`,
  );
  const differing = differences.map((one) => `  ${colors.red('✗')} ${differenceText(one)}`);
  const verdict =
    differences.length === 0
      ? colors.green(`${cycleId} decided again: identical, byte for byte.`)
      : colors.red(`${cycleId} decided again: ${differences.length} of ${compared.length + differences.length} parts differ.`);
  return [verdict, ...lines, ...differing].join('\n');
}

const differenceText = ({ part, path, recorded, replayed }: Difference): string =>
  `${part.padEnd(11)} first at ${path || 'its whole'}: recorded ${short(recorded)}, replayed ${short(replayed)}`;

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= textMax ? text : `${text.slice(0, textMax - 1)}…`;
}

export function replayReportText(report: ReplayReport, { colors }: Painted): string {
  const { cycles, identical, differing, unknown, undecided } = report;
  const beside = undecided === 0 ? '' : ` ${undecided} ended before they decided.`;
  if (cycles === 0) return `No cycle has decided anything yet.${beside}`;
  const verdict = `${identical} of ${cycles} cycles are identical, byte for byte.${beside}`;
  const lines = [identical === cycles ? colors.green(verdict) : colors.red(verdict)];
  if (differing.length > 0) {
    const rows = differing.map(({ cycleId, differences }) => ({ cycleId, first: differences[0]! }));
    lines.push(
      '',
      renderTable<(typeof rows)[number]>(
        [
          { title: 'differs', text: ({ cycleId }) => cycleId },
          { title: 'part', text: ({ first }) => first.part },
          { title: 'first at', text: ({ first }) => first.path || 'its whole' },
          { title: 'recorded', text: ({ first }) => short(first.recorded) },
          { title: 'replayed', text: ({ first }) => short(first.replayed) },
        ],
        rows,
        colors.dim,
      ),
    );
  }
  if (unknown.length > 0)
    lines.push('', ...unknown.map((one) => colors.red(`${one.cycleId} cannot be decided again: ${unknownText(one)}.`)));
  return lines.join('\n');
}

const reasons: Readonly<Record<string, string>> = {
  'decided-nothing': 'it ended before it decided',
  'inputs-missing': 'documents or the snapshot it decided on are gone',
  'policy-not-the-recorded-one': 'the policy document is not the one whose hash is on record',
};

export const unknownText = ({ reason }: { readonly reason: string }): string => reasons[reason] ?? reason;

export function whatIfText(cycleId: string, policy: string, whatIf: WhatIf, { colors }: Painted): string {
  const { riskWas, riskWouldBe, ordersWere, ordersWouldBe, decisions, changed } = whatIf;
  const head = [
    `${cycleId} under ${policy}: ${changed.length === 0 ? 'no decision changes' : `${changed.length} of ${decisions} decisions change`}.`,
    `Risk ${arrow(riskWas, riskWouldBe)}. Orders planned ${arrow(String(ordersWere), String(ordersWouldBe))}.`,
  ];
  if (changed.length === 0) return head.join('\n');
  return [...head, '', changesTable(changed, colors.dim), '', colors.dim(limits)].join('\n');
}

const limits =
  'Decided on what the cycle loaded: a symbol or a longer history that its own policy did not ask for is not there. Prices nobody asked the broker for are the last closes.';

const arrow = (was: string, wouldBe: string): string => (was === wouldBe ? `${was} as before` : `${was} → ${wouldBe}`);

const changesTable = (changed: readonly ChangedDecision[], dim: (text: string) => string): string =>
  renderTable<ChangedDecision>(
    [
      { title: 'symbol', text: ({ symbol }) => symbol },
      { title: 'was', text: ({ was }) => was.decision },
      { title: 'weight', align: 'right', text: ({ was }) => formatPct(was.positionFrac, 2) },
      { title: 'would be', text: ({ wouldBe }) => wouldBe.decision },
      { title: 'weight', align: 'right', text: ({ wouldBe }) => formatPct(wouldBe.positionFrac, 2) },
      { title: 'because', text: ({ wouldBe }) => wouldBe.reasons.join(', ') },
    ],
    changed,
    dim,
  );

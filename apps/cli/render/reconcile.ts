/** A report of a reconciliation for a person: what agrees, each difference with its explanation, what was booked, who was stopped. */
import type { ReconciliationReport } from '../../../shared/contracts/reconciliation.ts';
import type { Io } from '../io.ts';
import { formatUsd, renderTable } from './table.ts';

type Difference = ReconciliationReport['differences'][number];

export function reconciliationText(report: ReconciliationReport, { colors }: Pick<Io, 'colors'>): string {
  const { at, outcome, agreeing, differences, booked, stopped, orders } = report;
  const well = outcome === 'agrees' || outcome === 'explained';
  const heading = `${well ? colors.green(headings[outcome]) : colors.red(headings[outcome])} ${at.slice(0, 16).replace('T', ' ')} UTC`;
  const settled = orders.settled.length === 0 ? 'none was open' : `${orders.settled.length} settled, ${orders.stillOpen} still open`;
  const lines = [heading, `Agreeing positions: ${agreeing}. Orders: ${settled}.`];
  if (differences.length > 0) lines.push('', differencesTable(differences, { colors }));
  if (booked.length > 0)
    lines.push(
      '',
      `Booked: ${booked.map(({ kind, symbol, activityId }) => [kind, symbol, `(${activityId})`].filter(Boolean).join(' ')).join(', ')}.`,
    );
  const troubles = [
    ...orders.lateFills.map(({ orderId }) => `A fill of ${orderId} came after it was over; it is booked.`),
    ...orders.vanished.map(({ orderId }) => `The broker had ${orderId}, and says now that it has not.`),
    ...orders.strays.map(({ clientOrderId, symbol, ours }) =>
      ours
        ? `${clientOrderId} works at the broker, and the ledger does not have it open.`
        : `Not ours, working at the broker: ${clientOrderId} (${symbol}).`,
    ),
    ...report.notUnderstood.map(({ activityId, brokerKind }) => `The broker’s activity ${brokerKind} (${activityId}) has no meaning here.`),
  ];
  if (troubles.length > 0) lines.push('', ...troubles);
  if (stopped.length > 0)
    lines.push(
      '',
      ...stopped.map(({ symbol, causes }) =>
        colors.yellow(`${symbol} is PAUSED: ${causes.join(', ')}. "ballast resume --symbol ${symbol}" lets it go on.`),
      ),
    );
  if (outcome === 'refused')
    lines.push(
      '',
      colors.red('No cycle begins while cash is unexplained. Once you know what it was: "ballast reconcile --accept cash --reason …".'),
    );
  return lines.join('\n');
}

const headings: Record<ReconciliationReport['outcome'], string> = {
  agrees: 'Ledger and broker agree.',
  explained: 'Ledger and broker agree: every difference was explained and booked.',
  stopped: 'Ledger and broker do not agree by themselves.',
  refused: 'Ledger and broker do not agree: cash is unexplained.',
};

const differencesTable = (differences: readonly Difference[], { colors }: Pick<Io, 'colors'>): string =>
  renderTable<Difference>(
    [
      { title: 'what', text: ({ symbol }) => symbol ?? 'cash' },
      { title: 'ledger', align: 'right', text: (difference) => amount(difference, difference.ledger) },
      { title: 'broker', align: 'right', text: (difference) => amount(difference, difference.broker) },
      {
        title: 'explained by',
        text: (difference) => difference.explainedBy.map((one) => `${one.kind} ${amount(difference, one.amount)}`).join(', ') || 'nothing',
      },
      {
        title: 'unexplained',
        align: 'right',
        text: (difference) => (difference.unexplained === 0 ? '' : amount(difference, difference.unexplained)),
        dress: (cell) => colors.red(cell),
      },
    ],
    differences,
    colors.dim,
  );

const amount = ({ symbol }: Difference, value: number): string => (symbol === null ? formatUsd(value) : String(value));

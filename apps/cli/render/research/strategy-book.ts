/** Strategies and their gates as a person reads them, and as a script does. */
import { describe } from '../../../../shared/domain/research/evolution/describe-genome.ts';
import type { GateOutcome, TrackEvidence } from '../../../../shared/domain/research/promotion-gates.ts';
import type { StrategyEntry, StrategyRecord } from '../../../../shared/stores/strategy-book.ts';
import type { Io } from '../../io.ts';
import { count, figures, fixed, pct, signedPct, wrapped } from '../explain/layout.ts';
import { type Column, renderTable } from '../table.ts';
import { parameterText } from './headline.ts';

interface Shown {
  readonly record: StrategyRecord;
  readonly gates: readonly GateOutcome[];
}

type Painted = Pick<Io, 'colors'>;

const textWidth = 100;

export const strategyDocument = ({ state, work, version }: StrategyRecord, gates: readonly GateOutcome[]): object => ({
  ...state,
  version,
  work,
  reads: readsOf({ state, work, version }),
  gates,
});

export function renderStrategyList(shown: readonly Shown[], { colors }: Painted): string {
  if (shown.length === 0) return 'No strategy was proposed yet. "ballast strategies propose" proposes one.';
  const columns: readonly Column<Shown>[] = [
    { title: 'strategy', text: ({ record }) => record.state.strategyId },
    { title: 'stage', text: ({ record }) => record.state.stage },
    { title: 'since', text: ({ record }) => minute(record.state.since) },
    { title: 'author', text: ({ record }) => record.state.author },
    { title: 'sessions', align: 'right', text: ({ record }) => count(record.state.record.sessions) },
    { title: 'gates open', align: 'right', text: ({ gates }) => (gates.length === 0 ? '' : `${openOf(gates)} of ${gates.length}`) },
    { title: 'closed', text: ({ gates }) => closedNames(gates) },
  ];
  return renderTable(columns, shown, colors.dim);
}

export function renderStrategy({ record, gates, history }: Shown & { readonly history: readonly StrategyEntry[] }, io: Painted): string {
  const { colors } = io;
  const { strategyId, stage, since, author, approval, demotions, record: sessions } = record.state;
  const { kind, symbols } = record.work;
  return [
    [
      `${colors.bold(strategyId)}  ${stage} since ${minute(since)}, by ${author}`,
      ...wrapped(readsOf(record), textWidth),
      `${kind === 'genome' ? 'Bred' : 'Written'}; judged on ${symbols.length <= 5 ? symbols.join(', ') : `${count(symbols.length)} symbols`}`,
      ...(approval === null ? [] : [`Approved by ${approval.approver} at ${minute(approval.at)}`]),
      ...(demotions === 0 ? [] : [`Fell out of LIVE ${count(demotions)} times`]),
      ...(sessions.sessions === 0
        ? []
        : [
            `${count(sessions.sessions)} sessions in ${stage} until ${sessions.lastDay}: ${signedPct(sessions.equity - 1)}, drawdown ${pct(sessions.maxDrawdownFrac)}`,
          ]),
    ].join('\n'),
    ...evidenceText(record, io),
    ...(gates.length === 0 ? [] : [renderGates(gates, io)]),
    `${colors.bold('What was told of it')}\n${historyText(history, io)}`,
  ].join('\n\n');
}

export function renderGates(gates: readonly GateOutcome[], { colors }: Painted): string {
  return renderTable<GateOutcome>(
    [
      { title: 'gate', text: ({ gate }) => gate },
      {
        title: '',
        text: ({ isOpen }) => (isOpen ? 'open' : 'closed'),
        dress: (cell, { isOpen }) => (isOpen ? colors.green(cell) : colors.red(cell)),
      },
      { title: 'measured', align: 'right', text: ({ measured }) => figureText(measured) },
      { title: 'wanted', align: 'right', text: ({ required }) => figureText(required) },
      { title: '', text: ({ says }) => says, dress: (cell) => colors.dim(cell) },
    ],
    gates,
    colors.dim,
  );
}

function evidenceText({ state: { evidence } }: StrategyRecord, { colors }: Painted): string[] {
  if (evidence === null) return [];
  const root = Math.sqrt(evidence.barsPerYear);
  const rows = [
    { where: 'training', track: evidence.training },
    { where: 'hold-out', track: evidence.holdOut },
  ];
  const of = (read: (track: TrackEvidence) => string) => (row: (typeof rows)[number]) => read(row.track);
  const table = renderTable<(typeof rows)[number]>(
    [
      { title: `evidence ${evidence.evidenceId.slice(0, 12)}`, text: ({ where }) => where },
      { title: 'bars', align: 'right', text: of(({ sharpe }) => count(sharpe.bars)) },
      { title: 'Sharpe a year', align: 'right', text: of(({ sharpe }) => fixed(sharpe.perBar * root)) },
      { title: 'drawdown', align: 'right', text: of(({ maxDrawdownFrac }) => pct(maxDrawdownFrac, 1)) },
      { title: 'round trips', align: 'right', text: of(({ trades }) => count(trades)) },
      { title: 'won', align: 'right', text: of(({ winFrac }) => (winFrac === null ? 'none' : pct(winFrac, 1))) },
    ],
    rows,
    colors.dim,
  );
  return [`${table}\n${count(evidence.trials.trials)} trials were counted when it was proposed.`];
}

const historyText = (history: readonly StrategyEntry[], { colors }: Painted): string =>
  renderTable<StrategyEntry>(
    [
      { title: '', align: 'right', text: ({ version }) => String(version), dress: (cell) => colors.dim(cell) },
      { title: 'at', text: ({ event }) => minute(event.at) },
      {
        title: 'what',
        text: ({ event }) => (event.kind === 'session-closed' ? `${event.day} ${signedPct(event.simpleReturn)}` : event.kind),
      },
      { title: 'by', text: ({ actor }) => actor },
      { title: 'reason', text: ({ reason }) => reason },
    ],
    history,
    colors.dim,
  );

const readsOf = ({ work }: StrategyRecord): string =>
  work.kind === 'genome' ? describe(work.genome) : `${work.strategy} ${parameterText(work.parameters)}`.trimEnd();

const openOf = (gates: readonly GateOutcome[]): number => gates.filter(({ isOpen }) => isOpen).length;
const closedNames = (gates: readonly GateOutcome[]): string =>
  gates
    .filter(({ isOpen }) => !isOpen)
    .map(({ gate }) => gate)
    .join(' ');
const figureText = (value: number | null): string => (value === null ? '' : figures(value));
const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');

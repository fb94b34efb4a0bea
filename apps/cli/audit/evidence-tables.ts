/** The tables of an evidence pack: which records each is made of, and its columns. CSV as in RFC 4180. */
export interface EvidenceTable {
  readonly file: string;
  /** Each begins with where the row comes from. */
  readonly columns: readonly string[];
  /** None for a record that the table is not about. */
  rows(type: string, record: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[];
}

type Fields = Readonly<Record<string, unknown>>;

const where = ['sequence', 'at', 'trail_id'] as const;
const decisionColumns = ['symbol', 'final_decision', 'position_size', 'stop_loss', 'reason_codes', 'mu_hat', 'sigma_hat', 'conviction'];
const orderColumns = [
  'cycle_id',
  'order_id',
  'symbol',
  'side',
  'strategy',
  'broker',
  'quantity',
  'state',
  'filled',
  'average_price',
  'note',
];

/** What a record says, without the lists that lie within. */
const when =
  (...types: readonly string[]) =>
  (type: string, record: Fields): readonly Fields[] =>
    types.includes(type) ? [record] : [];

export const evidenceTables: readonly EvidenceTable[] = [
  {
    file: 'decisions.csv',
    columns: [...where, 'cycle_id', ...decisionColumns, 'data_quality_score', 'provider_confidence'],
    rows: when('decision'),
  },
  {
    file: 'orders.csv',
    columns: [...where, ...orderColumns, 'closed_by', 'incidents'],
    rows: (type, record) => (type === 'flatten' ? ordersOf(record) : when('order')(type, record)),
  },
  {
    file: 'overrides.csv',
    columns: [...where, 'kind', 'actor', 'reason', 'what'],
    rows: (type, record) => (overrides.has(type) ? [{ kind: type, actor: record.actor, reason: record.reason, what: record }] : []),
  },
  {
    file: 'breaches.csv',
    columns: [...where, 'cycle_id', 'outcome', 'risk_decision', 'ended_by', 'reason'],
    rows: (type, record) => (type === 'cycle' && isBreach(record) ? [record] : []),
  },
];

/** What a person did, beside the cycles. */
const overrides = new Set(['policy', 'control', 'hold', 'flatten']);

/** Risk did not simply allow, or the cycle was halted. */
const isBreach = ({ risk_decision, outcome }: Fields): boolean =>
  outcome === 'halted' || (typeof risk_decision === 'string' && risk_decision !== 'ALLOW');

const ordersOf = ({ liquidation_id, orders }: Fields): readonly Fields[] =>
  Array.isArray(orders) ? orders.map((order: Fields) => ({ cycle_id: liquidation_id, strategy: 'liquidation', ...order })) : [];

/** One line with its end. A cell that a spreadsheet would take for a formula is kept as text. */
export const csvLine = (cells: readonly unknown[]): string => `${cells.map(cellText).join(',')}\r\n`;

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(' ') : textOf(value);
  const harmless = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * What truly happened in a schedule, in the order in which it happened: written down where the effect takes place (in the tables, in the
 * broker's book), never by the code under test. The checker reads it; a replay prints it.
 */
import type { ControlState } from '../../../shared/contracts/control.ts';
import type { ReconciliationReport } from '../../../shared/contracts/reconciliation.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';

export type Happening =
  /** A request arrived, or something befell it. */
  | {
      readonly kind: 'call';
      readonly point: number;
      readonly by: string;
      readonly service: string;
      readonly operation: string;
      readonly about: string;
      readonly outcome: string;
    }
  /** A control item now reads so; null: it is not there. */
  | { readonly kind: 'control'; readonly item: string; readonly state: ControlState | null; readonly epoch: number | null }
  /** An order now stands so in the ledger. */
  | { readonly kind: 'ledger-order'; readonly by: string; readonly order: StoredOrder }
  /** The broker read a request for an order. */
  | {
      readonly kind: 'broker-read';
      readonly by: string;
      readonly clientOrderId: string;
      readonly symbol: Ticker;
      readonly accepted: boolean;
      /** How many orders in that symbol now work there. */
      readonly working: number;
      /** Its caller had given up waiting. */
      readonly late: boolean;
    }
  | { readonly kind: 'broker-turned-away'; readonly clientOrderId: string }
  | { readonly kind: 'sending'; readonly by: string; readonly clientOrderId: string }
  /** Code under test threw what it never should. */
  | { readonly kind: 'own-rule-broken'; readonly text: string }
  /** The fund has done what it does by itself; these orders still work at the broker, by client id. */
  | { readonly kind: 'at-rest'; readonly working: readonly string[] }
  /** A sweep says that nothing in its scope is open any more; these orders still work at the broker. Its last pass began after so many entries. */
  | { readonly kind: 'swept'; readonly item: string; readonly passBegan: number; readonly working: readonly string[] }
  /** What a reconciliation came to; null when it came to nothing. */
  | { readonly kind: 'reconciled'; readonly isLast: boolean; readonly outcome: string; readonly report: ReconciliationReport | null }
  /** What the broker reported was booked, and is no order of ours. */
  | { readonly kind: 'adjusted'; readonly activityId: string }
  /** The bus took an event. */
  | { readonly kind: 'told'; readonly eventId: string }
  /** A cycle was let in under that control epoch. */
  | { readonly kind: 'authorised'; readonly by: string; readonly epoch: number }
  | { readonly kind: 'note'; readonly text: string };

/** The part of a stored order that an observer needs. */
export interface StoredOrder {
  readonly orderId: string;
  readonly cycleId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly strategy: string;
  readonly broker: string;
  readonly quantity: number;
  readonly reducing: boolean;
  readonly worstCaseUsd: number;
  readonly state: string;
  readonly cumulativeQuantity: number;
  readonly reservedAt: number;
  readonly closedBy?: string;
}

export type Entry = Happening & { readonly at: number };

export class History {
  readonly entries: Entry[] = [];
  /** Hears of each change of a control item. */
  onControl: (item: string, state: ControlState | null) => void = () => {};
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(happening: Happening): void {
    this.entries.push({ ...happening, at: this.#now() });
    if (happening.kind === 'control') this.onControl(happening.item, happening.state);
  }
}

/** One line an entry, with seconds since the first. */
export function render(entries: readonly Entry[]): string {
  const start = entries[0]?.at ?? 0;
  return entries.map((entry) => `${((entry.at - start) / 1000).toFixed(3).padStart(9)}s  ${text(entry)}`).join('\n');
}

function text(entry: Entry): string {
  switch (entry.kind) {
    case 'call':
      return `#${String(entry.point).padEnd(4)} ${entry.by.padEnd(18)} ${entry.service} ${entry.operation} ${entry.about} → ${entry.outcome}`;
    case 'control':
      return `      CONTROL ${entry.item} is ${entry.state ?? 'absent'}${entry.epoch === null ? '' : `, epoch ${entry.epoch}`}`;
    case 'ledger-order': {
      const { orderId, state, cumulativeQuantity, closedBy } = entry.order;
      return `      LEDGER ${orderId} ${state} ${cumulativeQuantity}${closedBy === undefined ? '' : ` closed by ${closedBy}`} (${entry.by})`;
    }
    case 'sending':
      return `      SENDS ${entry.clientOrderId} (${entry.by})`;
    case 'broker-read':
      return `      BROKER ${entry.accepted ? 'accepts' : 'refuses'} ${entry.clientOrderId} ${entry.symbol} (${entry.by})`;
    case 'broker-turned-away':
      return `      BROKER turns ${entry.clientOrderId} away unread`;
    case 'own-rule-broken':
      return `      OWN RULE BROKEN: ${entry.text}`;
    case 'at-rest':
      return `      AT REST, working at the broker: ${entry.working.join(', ') || 'nothing'}`;
    case 'reconciled':
      return `      RECONCILED: ${entry.outcome}${reportText(entry.report)}`;
    case 'swept':
      return `      SWEPT ${entry.item}, working at the broker: ${entry.working.join(', ') || 'nothing'}`;
    case 'adjusted':
      return `      BOOKED ${entry.activityId}`;
    case 'told':
      return `      TOLD ${entry.eventId}`;
    case 'authorised':
      return `      LET IN ${entry.by} under epoch ${entry.epoch}`;
    case 'note':
      return `      ${entry.text}`;
  }
}

function reportText(report: ReconciliationReport | null): string {
  if (report === null) return '';
  const stopped = report.stopped.map(({ symbol, causes }) => `${symbol} (${causes.join(', ')})`);
  return `; booked ${report.booked.map(({ activityId }) => activityId).join(', ') || 'nothing'}; stopped ${stopped.join(', ') || 'nothing'}`;
}

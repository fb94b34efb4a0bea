/**
 * The alerts there were, in the operations table: who was told of each, how often it happened again, and whether anybody has acknowledged it.
 *
 *   alert#<severity> | <alertId>        the alert, its deliveries, its escalation; expires.
 *   alert-window     | <fingerprint>    the alert that stands for this fingerprint now, and until when.
 *   alert-matter     | <matter>         when what the alerts of this matter were about was last put right.
 *
 * A window is over before its time when its alert was acknowledged or its matter put right: what happens after that happens anew.
 * An alert is written together with its window, on the condition that the window is over or was never there, so that of two senders at once
 * exactly one opens it. The other, and whatever comes while the window is open, is counted at the alert that stands: as a set of what
 * happened, so that an event delivered twice counts once. A delivery is marked by round and channel when the channel has taken it, and
 * before that the sender holds the alert for a minute; so a sender that died is followed by one that tells those who were not told.
 * Between a channel's answer and its mark lies a moment in which a crash means that the channel is told twice.
 *
 * A fund on a laptop is set up now and then trades a day of another year, so its clock goes back. What was stored before that lies ahead of
 * the clock, further than any two clocks are apart: it holds nothing up. A window, a sender's hold and the end of a matter count only when
 * they began before now.
 */
import * as z from 'zod';
import { type Alert, alertCategories, severityOfId } from '../domain/alerts/alert.ts';
import type { Escalation } from '../domain/alerts/escalation.ts';
import { type AlertChannel, type Severity, severities } from '../domain/policy/alert-rules.ts';
import { InvariantViolation, TransientFailure } from '../kernel/errors.ts';
import { type Refusal, refuse } from '../kernel/refusal.ts';
import type { EpochMs } from '../kernel/units.ts';
import { cancellationCodes, isNamed } from './aws-errors.ts';
import type { Item, Key, Table } from './table.ts';

/** Long enough to look back over a quarter. */
const keptMs = 100 * 24 * 3_600_000;
const holdMs = 60_000;
const attemptsMax = 10;
/** Clocks of two machines are no further apart; what is dated later was dated before the clock was set back. */
const skewMsMax = 5 * 60_000;
/** Of a storm, so many are told apart; an item has its limit. */
const repeatsMax = 2_000;

export interface AlertRecord {
  readonly alert: Alert;
  /** Those before this one that were counted and not sent. */
  readonly before: Repeats | null;
  /** Those since. */
  readonly repeats: Repeats | null;
  /** `<round>:<channel>` → when it was taken, or `by-rule`. */
  readonly deliveries: Readonly<Record<string, string>>;
  /** Of those that did not take it: why, last time. */
  readonly failures: Readonly<Record<string, string>>;
  readonly heldUntilMs: number | null;
  /** The digest it was told in, after it was held. */
  readonly digest: string | null;
  /** Of a CRITICAL alert. */
  readonly escalation: Escalation | null;
}

export interface Repeats {
  readonly count: number;
  readonly since: string;
}

export type Opened =
  | { readonly kind: 'opened' | 'known'; readonly record: AlertRecord }
  | { readonly kind: 'repeated'; readonly standing: string };

const RepeatsShape = z.object({ count: z.number(), since: z.string() });
const EscalationShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['open', 'given-up']), roundsTold: z.number(), lastToldAtMs: z.number() }),
  z.object({ kind: z.literal('acknowledged'), by: z.string(), atMs: z.number() }),
]);
const AlertShape = z.object({
  alertId: z.string(),
  fingerprint: z.string(),
  severity: z.enum(severities),
  category: z.enum(alertCategories),
  title: z.string(),
  lines: z.array(z.string()),
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  runbook: z.string().nullable(),
  at: z.string(),
  matter: z.string().nullable(),
  onTopicByRule: z.boolean(),
});
const RecordShape = z.object({
  alert: AlertShape,
  before: RepeatsShape.nullable(),
  repeatsSince: z.string().optional(),
  repeatIds: z.set(z.string()).optional(),
  deliveries: z.record(z.string(), z.string()),
  failures: z.record(z.string(), z.string()),
  heldUntilMs: z.number().nullable(),
  digest: z.string().nullable(),
  escalation: EscalationShape.nullable(),
});

export interface Opening {
  readonly alert: Alert;
  readonly at: EpochMs;
  /** Length of the window; 0 for an alert that nothing is the same as. */
  readonly windowMs: number;
  readonly heldUntilMs: number | null;
  readonly escalation: Escalation | null;
}

export class AlertStore {
  readonly #table: Table;

  constructor(operationsTable: Table) {
    this.#table = operationsTable;
  }

  /** `known`: it was opened before, by a delivery of the same event. `repeated`: it was counted at the alert that stands. */
  async open(opening: Opening): Promise<Opened> {
    const { alert, at, windowMs } = opening;
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      const known = await this.find(alert.alertId);
      if (known) return { kind: 'known', record: known };
      const window = windowMs > 0 ? await this.#table.get(windowKey(alert)) : undefined;
      const standing = window && (await this.find(String(window.alertId)));
      if (standing && isOpenAt(window, at, windowMs) && !(await this.#isOver(standing, at))) {
        await this.#count(standing.alert.alertId, alert.alertId, at);
        return { kind: 'repeated', standing: standing.alert.alertId };
      }
      const record = await this.#recordOf(opening, standing?.repeats ?? null);
      if (await this.#transacted(this.#opening(record, opening, window))) return { kind: 'opened', record };
    }
    throw new TransientFailure('Alerts of the same fingerprint came too fast to tell which was first', { alertId: alert.alertId });
  }

  async #recordOf({ alert, at, heldUntilMs, escalation }: Opening, before: Repeats | null): Promise<AlertRecord> {
    const putRight: Escalation = { kind: 'acknowledged', by: 'put right before it was heard', atMs: at };
    const standing = escalation !== null && (await this.#isPutRight(alert, at)) ? putRight : escalation;
    return { alert, before, repeats: null, deliveries: {}, failures: {}, heldUntilMs, digest: null, escalation: standing };
  }

  /** The alert, and with it the window that it stands for, in the place of the one that was seen. */
  #opening({ repeats: _none, ...stored }: AlertRecord, { alert, at, windowMs }: Opening, seen: Item | undefined) {
    const expiresAt = expiry(at);
    const put = this.#table.putting({ ...keyOf(alert.alertId), ...stored, expiresAt }, 'attribute_not_exists(pk)');
    if (windowMs === 0) return [put];
    const window = { ...windowKey(alert), alertId: alert.alertId, closesAtMs: at + windowMs, expiresAt };
    const unmoved = seen
      ? this.#table.putting(window, 'alertId = :seen', { ':seen': seen.alertId })
      : this.#table.putting(window, 'attribute_not_exists(pk)');
    return [put, unmoved];
  }

  async find(alertId: string): Promise<AlertRecord | undefined> {
    if (severityOfId(alertId) === undefined) return undefined;
    const item = await this.#table.get(keyOf(alertId));
    return item && recordIn(item);
  }

  /** Oldest first. */
  async ofSeverity(severity: Severity): Promise<AlertRecord[]> {
    return (await this.#table.query(`alert#${severity}`)).map(recordIn);
  }

  /** The alert as it stands, for this sender alone; null while another sender has it. A sender that died has it for a minute. */
  async hold(alertId: string, at: EpochMs): Promise<AlertRecord | null> {
    const item = await this.#updated(alertId, {
      UpdateExpression: 'SET sendingUntilMs = :until',
      ConditionExpression:
        'attribute_exists(pk) AND (attribute_not_exists(sendingUntilMs) OR sendingUntilMs <= :now OR sendingUntilMs > :latest)',
      values: { ':until': at + holdMs, ':now': at, ':latest': at + holdMs + skewMsMax },
    });
    return item && recordIn(item);
  }

  async release(alertId: string): Promise<void> {
    await this.#table.update(keyOf(alertId), { UpdateExpression: 'REMOVE sendingUntilMs' });
  }

  async markDelivered(alertId: string, round: number, channel: AlertChannel, how: string): Promise<void> {
    await this.#note(alertId, 'deliveries', `${round}:${channel}`, how);
  }

  async markFailed(alertId: string, round: number, channel: AlertChannel, why: string): Promise<void> {
    await this.#note(alertId, 'failures', `${round}:${channel}`, why);
  }

  async markDigested(alertId: string, digest: string): Promise<void> {
    await this.#table.update(keyOf(alertId), { UpdateExpression: 'SET digest = :digest', values: { ':digest': digest } });
  }

  /** False when it moved meanwhile: whoever moved it knows better. */
  async moveEscalation(alertId: string, from: Escalation, to: Escalation): Promise<boolean> {
    const moved = await this.#updated(alertId, {
      UpdateExpression: 'SET escalation = :to',
      ConditionExpression: 'escalation = :from',
      values: { ':from': from, ':to': to },
    });
    return moved !== null;
  }

  /** Refuses an id that nothing has, and an alert that asks for no acknowledgement. */
  async acknowledge(
    alertId: string,
    by: string,
    at: EpochMs,
  ): Promise<AlertRecord | Refusal<'alert-unknown' | 'nothing-to-acknowledge' | 'already-acknowledged'>> {
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      const record = await this.find(alertId);
      if (!record) return refuse('alert-unknown', { alertId });
      const { escalation, alert } = record;
      if (escalation === null) return refuse('nothing-to-acknowledge', { alertId, severity: alert.severity });
      if (escalation.kind === 'acknowledged') return refuse('already-acknowledged', { alertId, by: escalation.by });
      const acknowledged: Escalation = { kind: 'acknowledged', by, atMs: at };
      if (await this.moveEscalation(alertId, escalation, acknowledged)) return { ...record, escalation: acknowledged };
    }
    throw new TransientFailure('The alert was moving at every attempt to acknowledge it', { alertId });
  }

  async #isOver({ alert, escalation }: AlertRecord, at: EpochMs): Promise<boolean> {
    return escalation?.kind === 'acknowledged' || (await this.#isPutRight(alert, at));
  }

  /** What the alerts of this matter were about was put right at that time; an earlier end that arrives later changes nothing. */
  async endMatter(matter: string, endedAt: EpochMs, at: EpochMs): Promise<void> {
    await this.#updatedAt(matterKey(matter), {
      UpdateExpression: 'SET endedAtMs = :ended, expiresAt = :expires',
      ConditionExpression: 'attribute_not_exists(pk) OR endedAtMs < :ended OR endedAtMs > :latest',
      values: { ':ended': endedAt, ':expires': expiry(at), ':latest': at + skewMsMax },
    });
  }

  /** Whether what that alert is about was put right after it happened. */
  async #isPutRight({ matter, at }: Alert, now: EpochMs): Promise<boolean> {
    const ended = matter === null ? undefined : await this.#table.get(matterKey(matter));
    if (ended === undefined) return false;
    const endedAt = Number(ended.endedAtMs);
    // At the same instant nobody knows which came first: told in vain is better than not told.
    return endedAt > Date.parse(at) && endedAt <= now + skewMsMax;
  }

  async #count(standing: string, occurrence: string, at: EpochMs): Promise<void> {
    const digest = occurrence.slice(-8) + occurrence.slice(2, 17).replace('-', '');
    await this.#updated(standing, {
      UpdateExpression: 'SET repeatsSince = if_not_exists(repeatsSince, :at) ADD repeatIds :one',
      ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(repeatIds) OR size(repeatIds) < :most)',
      values: { ':at': new Date(at).toISOString(), ':one': new Set([digest]), ':most': repeatsMax },
    });
  }

  async #note(alertId: string, map: 'deliveries' | 'failures', name: string, value: string): Promise<void> {
    await this.#table.update(keyOf(alertId), {
      UpdateExpression: 'SET #map.#name = :value',
      ExpressionAttributeNames: { '#map': map, '#name': name },
      values: { ':value': value },
    });
  }

  #updated(alertId: string, update: Parameters<Table['update']>[1]): Promise<Item | null> {
    return this.#updatedAt(keyOf(alertId), update);
  }

  /** Null when its condition does not hold. */
  async #updatedAt(key: Key, update: Parameters<Table['update']>[1]): Promise<Item | null> {
    try {
      return await this.#table.update(key, update);
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException')) return null;
      throw error;
    }
  }

  async #transacted(parts: Parameters<Table['transact']>[0]): Promise<boolean> {
    try {
      await this.#table.transact(parts);
      return true;
    } catch (error) {
      const codes = cancellationCodes(error);
      if (codes?.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict')) return false;
      throw error;
    }
  }
}

/** @throws InvariantViolation for a text that is no id of an alert. */
function keyOf(alertId: string): Key {
  const severity = severityOfId(alertId);
  if (severity === undefined) throw new InvariantViolation('an alert is kept under an id of its own making', { alertId });
  return { pk: `alert#${severity}`, sk: alertId };
}

/** A window that closes later than one that opens now was opened before the clock was set back. */
function isOpenAt({ closesAtMs }: Item, at: EpochMs, windowMs: number): boolean {
  return Number(closesAtMs) > at && Number(closesAtMs) <= at + windowMs + skewMsMax;
}

const windowKey = ({ fingerprint }: Alert): Key => ({ pk: 'alert-window', sk: fingerprint });
const matterKey = (matter: string): Key => ({ pk: 'alert-matter', sk: matter });

const expiry = (at: EpochMs): number => Math.ceil((at + keptMs) / 1000);

function recordIn(item: Item): AlertRecord {
  const parsed = RecordShape.safeParse(item);
  if (!parsed.success) throw new InvariantViolation('an alert is kept as it was written', { issues: parsed.error.issues.slice(0, 3) });
  const { repeatIds, repeatsSince, ...record } = parsed.data;
  return { ...record, repeats: repeatIds && repeatsSince !== undefined ? { count: repeatIds.size, since: repeatsSince } : null };
}

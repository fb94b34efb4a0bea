/**
 * Who has an alert to tell hands it in here. The desk opens it, or counts it at the one that stands; tells the channels it is for, each on
 * its own; and notes who took it. Later it tells again what nobody acknowledged, and tells what waited through the quiet hours.
 *
 * What reached one channel is told, and what the others said is on the alert. What reached none that it was for is a TransientFailure: the
 * call is made again, tells only those that were not told, and in the end lies with the dead letters, which has an alarm of its own.
 */
import type { Logger } from '@aws-lambda-powertools/logger';
import { type Alert, withTexts } from '../../domain/alerts/alert.ts';
import { escalationChannels, planOf } from '../../domain/alerts/delivery-plan.ts';
import { digestOf } from '../../domain/alerts/digest.ts';
import { applyEscalation, type Escalation, opened } from '../../domain/alerts/escalation.ts';
import { messageOf } from '../../domain/alerts/message.ts';
import { quietUntil } from '../../domain/alerts/quiet-hours.ts';
import type { AlertChannel, AlertRules } from '../../domain/policy/alert-rules.ts';
import type { Clock } from '../../kernel/clock.ts';
import { TransientFailure } from '../../kernel/errors.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import type { EpochMs } from '../../kernel/units.ts';
import type { AlertRecord, AlertStore, Repeats } from '../../stores/alerts.ts';
import type { PolicyStore } from '../../stores/policies.ts';
import type { AlertChannels } from '../connect-alert-channels.ts';
import { rulesInForce } from './rules-in-force.ts';

export interface DeskParts {
  readonly alerts: AlertStore;
  readonly policies: Pick<PolicyStore, 'inForce'>;
  /** Connects: reads the secret. */
  readonly alertChannels: () => Promise<AlertChannels>;
  readonly stage: string;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

export type ChannelOutcomes = Readonly<Partial<Record<AlertChannel, string>>>;

export type Raised =
  | { readonly kind: 'told'; readonly alertId: string; readonly channels: ChannelOutcomes }
  | { readonly kind: 'held' | 'repeated' | 'listed'; readonly alertId: string };

interface Round {
  readonly record: AlertRecord;
  readonly channels: readonly AlertChannel[];
  readonly round: number;
  readonly repeats: Repeats | null;
  readonly byRule: boolean;
}

export class AlertDesk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** @throws TransientFailure when no channel that it was for took it, or another sender is at it. */
  async raise(given: Alert): Promise<Raised> {
    const { alerts, clock } = this.#parts;
    const [rules, channels, at] = [await this.#rules(), await this.#parts.alertChannels(), clock.now()];
    // Before it is stored: the list is read by more people than the secret.
    const alert = withTexts(given, channels.withoutSecrets);
    const plan = planOf(alert, rules, [...channels.senders.keys()], at);
    const { alertId } = alert;
    const found = await alerts.open({
      alert,
      at,
      windowMs: rules.repeatMinutesMin * 60_000,
      heldUntilMs: plan.kind === 'later' ? plan.untilMs : null,
      escalation: alert.severity === 'CRITICAL' ? opened(at) : null,
    });
    if (found.kind === 'repeated') return { kind: 'repeated', alertId: found.standing };
    const { record } = found;
    if (plan.kind === 'later' || record.heldUntilMs !== null) return { kind: 'held', alertId };
    if (plan.channels.length === 0 && !plan.byRule) {
      this.#parts.log.warn('alert-unheard', { alertId, severity: alert.severity, channels: channels.status });
      return { kind: 'listed', alertId };
    }
    const round = { record, channels: plan.channels, round: 0, repeats: record.before, byRule: plan.byRule };
    return { kind: 'told', alertId, channels: await this.#tell(round, channels, rules) };
  }

  /**
   * What that matter was about was put right at that time: its CRITICAL alerts from before count as acknowledged, and what happens later is
   * told again. Events come in any order: an alert that arrives after its end is told once, and nobody is reminded of it.
   */
  async end({ matter, at }: { readonly matter: string; readonly at: string }, by: string): Promise<readonly string[]> {
    const { alerts, clock } = this.#parts;
    await alerts.endMatter(matter, Date.parse(at) as EpochMs, clock.now());
    const about = (await alerts.ofSeverity('CRITICAL')).filter(
      ({ alert, escalation }) => alert.matter === matter && alert.at <= at && isOpen(escalation),
    );
    for (const { alert } of about) await alerts.acknowledge(alert.alertId, by, clock.now());
    return about.map(({ alert }) => alert.alertId);
  }

  /** Tells again what nobody acknowledged and is due. One that reaches nobody is due again at the next look. */
  async remind(): Promise<{ readonly told: readonly string[]; readonly untold: readonly string[] }> {
    const { alerts } = this.#parts;
    const open = (await alerts.ofSeverity('CRITICAL')).filter(({ escalation }) => escalation?.kind === 'open');
    if (open.length === 0) return { told: [], untold: [] };
    const rules = await this.#rules();
    const channels = await this.#parts.alertChannels();
    const outcomes = await Promise.all(
      open.map(async (record) => [record.alert.alertId, await this.#remindOf(record, channels, rules)] as const),
    );
    const those = (wanted: string): string[] => outcomes.flatMap(([alertId, outcome]) => (outcome === wanted ? [alertId] : []));
    return { told: those('told'), untold: those('untold') };
  }

  async #remindOf(record: AlertRecord, channels: AlertChannels, rules: AlertRules): Promise<'told' | 'untold' | 'not-due'> {
    const { alerts, clock, log } = this.#parts;
    const { alertId } = record.alert;
    const before = record.escalation!;
    const { state, effects } = applyEscalation(before, { kind: 'looked', atMs: clock.now() }, rules);
    const [effect] = effects;
    if (effect === undefined) return 'not-due';
    if (effect.kind === 'give-up') {
      if (await alerts.moveEscalation(alertId, before, state)) log.error('alert-given-up', { alertId, told: rules.escalationsMax + 1 });
      return 'not-due';
    }
    const { round } = effect;
    const to = escalationChannels([...channels.senders.keys()]);
    try {
      await this.#tell({ record, channels: to, round, repeats: record.repeats, byRule: false }, channels, rules);
    } catch (error) {
      if (error instanceof TransientFailure) return 'untold';
      throw error;
    }
    const after = applyEscalation(before, { kind: 'told', round, atMs: clock.now() }, rules).state;
    await alerts.moveEscalation(alertId, before, after);
    return 'told';
  }

  /** One message for all that waited and need not wait any more; null when nothing did. */
  async tellHeld(): Promise<{ readonly digest: string; readonly members: readonly string[] } | null> {
    const { alerts, clock } = this.#parts;
    const at = clock.now();
    const waiting = [...(await alerts.ofSeverity('LOW')), ...(await alerts.ofSeverity('MEDIUM'))].filter(
      ({ heldUntilMs, digest }) => heldUntilMs !== null && !isHeld(heldUntilMs, at) && digest === null,
    );
    if (waiting.length === 0) return null;
    const rules = await this.#rules();
    if (quietUntil(rules.quietHours, at) !== null) return null;
    const digest = digestOf(
      waiting.map(({ alert, repeats }) => ({ alert, repeats: repeats?.count ?? 0 })),
      Math.max(...waiting.map(({ heldUntilMs }) => heldUntilMs!)) as EpochMs,
    )!;
    const channels = await this.#parts.alertChannels();
    const found = await alerts.open({ alert: digest, at, windowMs: 0, heldUntilMs: null, escalation: null });
    const plan = planOf(digest, rules, [...channels.senders.keys()], at);
    if (found.kind !== 'repeated' && plan.kind === 'now' && plan.channels.length > 0)
      await this.#tell({ record: found.record, channels: plan.channels, round: 0, repeats: null, byRule: false }, channels, rules);
    const members = waiting.map(({ alert }) => alert.alertId);
    for (const member of members) await alerts.markDigested(member, digest.alertId);
    return { digest: digest.alertId, members };
  }

  async #tell({ record, channels, round, repeats, byRule }: Round, connected: AlertChannels, rules: AlertRules): Promise<ChannelOutcomes> {
    const { alerts, clock, stage } = this.#parts;
    const { alert } = record;
    const { alertId } = alert;
    const isToldTo =
      ({ deliveries }: AlertRecord) =>
      (channel: AlertChannel): boolean =>
        deliveries[`${round}:${channel}`] !== undefined;
    const all: readonly AlertChannel[] = byRule ? ['sns', ...channels] : channels;
    if (all.every(isToldTo(record))) return Object.fromEntries(all.map((channel) => [channel, 'told-before']));
    const held = await alerts.hold(alertId, clock.now());
    if (held === null) throw new TransientFailure('Another sender is telling of this alert', { alertId, round });
    if (byRule) await alerts.markDelivered(alertId, round, 'sns', 'by-rule');
    const open = channels.filter((channel) => !isToldTo(held)(channel));
    const message = messageOf(alert, { stage, repeats, round, roundsMax: rules.escalationsMax, sentAt: clock.now() });
    const outcomes = await Promise.all(
      open.map(async (channel): Promise<readonly [AlertChannel, string]> => {
        const delivery = await connected.senders.get(channel)!.send(message);
        if (!isRefusal(delivery)) {
          await alerts.markDelivered(alertId, round, channel, new Date(clock.now()).toISOString());
          return [channel, 'delivered'];
        }
        this.#parts.log.warn('channel-did-not-take-it', { alertId, channel, reason: delivery.reason, details: delivery.details });
        await alerts.markFailed(alertId, round, channel, delivery.reason);
        return [channel, delivery.reason];
      }),
    );
    await alerts.release(alertId);
    const heard = byRule || channels.length > open.length || outcomes.some(([, outcome]) => outcome === 'delivered');
    const by = Object.fromEntries(outcomes);
    if (!heard) throw new TransientFailure('No channel took the alert', { alertId, round, channels: by });
    return by;
  }

  #rules(): Promise<AlertRules> {
    return rulesInForce(this.#parts.policies, this.#parts.log);
  }
}

/** Quiet hours are shorter than a day: who waits for longer waits for a time before the clock was set back. */
const isHeld = (untilMs: number, at: EpochMs): boolean => untilMs > at && untilMs <= at + dayMs;
const dayMs = 24 * 3_600_000;

const isOpen = (escalation: Escalation | null): boolean => escalation !== null && escalation.kind !== 'acknowledged';

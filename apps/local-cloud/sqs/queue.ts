/**
 * One queue: messages in order of arrival, each visible from an instant on. Receiving hides a message; deleting takes
 * the receipt of its last receive; a message received too often moves to the dead-letter queue instead of being
 * received once more. A FIFO queue lets no message of a group past one that is in flight, and drops duplicates within
 * five minutes.
 */
import type { EpochMs } from '../../../shared/kernel/units.ts';
import type { KeptMap } from '../events/kept-map.ts';
import { AwsError } from '../service.ts';
import type { QueueCounts, QueueSettings } from './queue-attributes.ts';
import type { StoredMessage } from './stored-message.ts';

const DEDUPLICATION_MS = 300_000;

export class Queue {
  readonly settings: QueueSettings;
  readonly #messages = new Map<string, StoredMessage>();
  readonly #kept: KeptMap<StoredMessage>;
  readonly #recentIds = new Map<string, StoredMessage>();
  /** Aborted, and replaced, whenever a message arrives: wakes those who wait. */
  #arrival = new AbortController();

  constructor(settings: QueueSettings, kept: KeptMap<StoredMessage>) {
    this.settings = settings;
    this.#kept = kept;
    for (const message of kept.values()) {
      if (message.queue !== settings.name) continue;
      this.#messages.set(message.id, message);
      if (message.deduplicationId) this.#recentIds.set(message.deduplicationId, message);
    }
  }

  get arrival(): AbortSignal {
    return this.#arrival.signal;
  }

  /** Returns the message stored: an earlier one when this is its duplicate. */
  send(message: StoredMessage): StoredMessage {
    if (message.deduplicationId !== undefined) {
      const earlier = this.#recentIds.get(message.deduplicationId);
      if (earlier && message.sentAt - earlier.sentAt < DEDUPLICATION_MS) return earlier;
      this.#recentIds.set(message.deduplicationId, message);
    }
    this.#store(message);
    this.#arrival.abort();
    this.#arrival = new AbortController();
    return message;
  }

  /** `moveToDeadLetters` takes what was received too often, and says whether it could. */
  receive(options: {
    now: EpochMs;
    countMax: number;
    visibilityMs: number;
    newReceipt: () => string;
    moveToDeadLetters: (message: StoredMessage) => boolean;
  }): StoredMessage[] {
    const { now, countMax, visibilityMs, newReceipt, moveToDeadLetters } = options;
    this.#dropExpired(now);
    const received: StoredMessage[] = [];
    const busyGroups = this.settings.fifo ? this.#groupsInFlight(now) : new Set<string>();
    for (const message of [...this.#messages.values()]) {
      if (received.length >= countMax) break;
      if (message.visibleAt > now || (message.group !== undefined && busyGroups.has(message.group))) continue;
      // The dead-letter queue keeps the same id, so its own record replaces ours on disk: no kill loses the message between the two.
      if (this.#receivedTooOften(message) && moveToDeadLetters(message)) {
        this.#messages.delete(message.id);
        continue;
      }
      const taken: StoredMessage = {
        ...message,
        receives: message.receives + 1,
        firstReceivedAt: message.firstReceivedAt ?? now,
        visibleAt: (now + visibilityMs) as EpochMs,
        receipt: `${message.id}#${newReceipt()}`,
      };
      this.#store(taken);
      received.push(taken);
    }
    return received;
  }

  /** Deleting twice is no error, as in SQS; a void receipt of a standard queue deletes nothing. */
  delete(receipt: string): void {
    const message = this.#byReceipt(receipt);
    if (message) this.#remove(message.id);
  }

  /** @throws AwsError MessageNotInflight when it is visible again, ReceiptHandleIsInvalid when it is unknown. */
  changeVisibility(receipt: string, now: EpochMs, visibilityMs: number): void {
    const message = this.#byReceipt(receipt);
    if (!message) throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${receipt}" is not a valid receipt handle.`, 404);
    if (message.visibleAt <= now) throw new AwsError('MessageNotInflight', 'The message referred to is not in flight.');
    this.#store({ ...message, visibleAt: (now + visibilityMs) as EpochMs });
    if (visibilityMs === 0) {
      this.#arrival.abort();
      this.#arrival = new AbortController();
    }
  }

  purge(): void {
    for (const id of [...this.#messages.keys()]) this.#remove(id);
  }

  counts(now: EpochMs): QueueCounts {
    this.#dropExpired(now);
    const hidden = [...this.#messages.values()].filter(({ visibleAt }) => visibleAt > now);
    const inFlight = hidden.filter(({ receipt }) => receipt !== undefined).length;
    return { visible: this.#messages.size - hidden.length, inFlight, delayed: hidden.length - inFlight };
  }

  /** When the next hidden message shows again. */
  nextVisibleAt(now: EpochMs): EpochMs | undefined {
    let next: EpochMs | undefined;
    for (const { visibleAt } of this.#messages.values()) if (visibleAt > now && (next === undefined || visibleAt < next)) next = visibleAt;
    return next;
  }

  #receivedTooOften({ receives, receivesElsewhere = 0 }: StoredMessage): boolean {
    return this.settings.redrive !== undefined && receives - receivesElsewhere >= this.settings.redrive.receivesMax;
  }

  #groupsInFlight(now: EpochMs): Set<string> {
    const groups = new Set<string>();
    for (const { group, visibleAt } of this.#messages.values()) if (group !== undefined && visibleAt > now) groups.add(group);
    return groups;
  }

  #byReceipt(receipt: string): StoredMessage | undefined {
    const message = this.#messages.get(receipt.split('#')[0]!);
    return message?.receipt === receipt ? message : undefined;
  }

  #dropExpired(now: EpochMs): void {
    for (const { id, sentAt } of this.#messages.values()) if (sentAt + this.settings.retentionMs <= now) this.#remove(id);
  }

  #store(message: StoredMessage): void {
    this.#messages.set(message.id, message);
    this.#kept.set(message.id, message);
  }

  #remove(id: string): void {
    this.#messages.delete(id);
    this.#kept.delete(id);
  }
}

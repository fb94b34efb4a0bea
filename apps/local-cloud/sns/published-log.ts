/** What was published, the last thousand of every topic, kept across runs: how alerts are read back. */
import { KeptMap } from '../events/kept-map.ts';
import type { PublishedMessage } from './notification.ts';

const KEPT_PER_TOPIC = 1000;

export class PublishedLog {
  readonly #messages: KeptMap<PublishedMessage>;
  readonly #idsByTopic = new Map<string, string[]>();

  constructor(path: string | undefined) {
    this.#messages = new KeptMap(path);
    for (const { topicArn, id } of this.#messages.values()) this.#idsOf(topicArn).push(id);
  }

  add(message: PublishedMessage): void {
    const ids = this.#idsOf(message.topicArn);
    ids.push(message.id);
    this.#messages.set(message.id, message);
    if (ids.length > KEPT_PER_TOPIC) this.#messages.delete(ids.shift()!);
  }

  /** Oldest first. */
  of(topicArn: string): PublishedMessage[] {
    return this.#idsOf(topicArn).map((id) => this.#messages.get(id)!);
  }

  close(): void {
    this.#messages.close();
  }

  #idsOf(topicArn: string): string[] {
    const existing = this.#idsByTopic.get(topicArn);
    if (existing) return existing;
    const ids: string[] = [];
    this.#idsByTopic.set(topicArn, ids);
    return ids;
  }
}

/**
 * The secrets of this account, by ARN. Every change writes the whole secret as one sealed journal line: secrets are few
 * and small, so a half-applied change cannot exist, and no value can be found in the state directory by searching it.
 */
import { join } from 'node:path';
import { canonicalJson } from '../../../shared/kernel/canonical-json.ts';
import { Journal } from '../journal.ts';
import { openTextSealer, type TextSealer } from '../kms/sealing.ts';
import { AwsError, type CloudHost } from '../service.ts';
import type { Secret, SecretEntry } from './model.ts';

export class SecretStore {
  readonly #secrets = new Map<string, Secret>();
  readonly #host: CloudHost;
  readonly #sealer: TextSealer;
  readonly #journal: Journal<SecretEntry>;

  /** @throws DamagedState when journal or key file are not what was written. */
  constructor(host: CloudHost) {
    const directory = host.storage('secretsmanager');
    const path = directory && join(directory, 'secrets.journal');
    this.#host = host;
    this.#sealer = openTextSealer(directory && join(directory, 'secrets.key'), path);
    this.#journal = Journal.open<SecretEntry>(path, (entry) => {
      if ('gone' in entry) this.#secrets.delete(entry.arn);
      else this.#secrets.set(entry.arn, JSON.parse(this.#sealer.unseal(entry.sealed, entry.arn)) as Secret);
    });
    if (this.#journal.entries > 2 * this.#secrets.size + 100)
      this.#journal.rewrite([...this.#secrets.values()].map((secret) => this.#entryOf(secret)));
  }

  save(secret: Secret): void {
    this.#journal.append(this.#entryOf(secret));
    this.#secrets.set(secret.arn, secret);
  }

  remove(arn: string): void {
    this.#journal.append({ arn, gone: true });
    this.#secrets.delete(arn);
  }

  /** Secrets whose recovery window has passed are gone, whether or not anyone looked since. */
  all(): Secret[] {
    const now = this.#host.clock.now();
    for (const secret of this.#secrets.values()) if (secret.deletesAt !== undefined && secret.deletesAt <= now) this.remove(secret.arn);
    return [...this.#secrets.values()];
  }

  byName(name: string): Secret | undefined {
    return this.all().find((secret) => secret.name === name);
  }

  /** By ARN, by ARN without the six letters at its end, or by name. @throws AwsError ResourceNotFoundException */
  find(secretId: string | undefined): Secret {
    const found = this.all().find(({ arn, name }) => secretId === arn || secretId === name || secretId === arn.slice(0, -7));
    if (!found) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return found;
  }

  close(): void {
    this.#journal.close();
  }

  #entryOf(secret: Secret): SecretEntry {
    return { arn: secret.arn, sealed: this.#sealer.seal(canonicalJson(secret), secret.arn) };
  }
}

/**
 * The parameters of this account and all their versions. Values of SecureString are sealed before they are written down;
 * the others are configuration and lie in clear, so that an operator can read the journal.
 */
import { join } from 'node:path';
import { Journal } from '../journal.ts';
import { openTextSealer, type TextSealer } from '../kms/sealing.ts';
import type { CloudHost } from '../service.ts';

export type ParameterType = 'String' | 'StringList' | 'SecureString';

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly version: number;
  readonly changedAt: number;
  /** In clear for String and StringList; base64 of the sealed value for SecureString. */
  readonly stored: string;
  readonly keyId?: string;
  readonly dataType: string;
  /** What the template said, for the versions it made. */
  readonly declaredAs?: string;
}

type ParameterEntry = { readonly put: Parameter } | { readonly gone: string };

export class ParameterStore {
  /** Oldest version first. */
  readonly #parameters = new Map<string, Parameter[]>();
  readonly #sealer: TextSealer;
  readonly #journal: Journal<ParameterEntry>;

  /** @throws DamagedState when journal or key file are not what was written. */
  constructor(host: CloudHost) {
    const directory = host.storage('ssm');
    const path = directory && join(directory, 'parameters.journal');
    this.#sealer = openTextSealer(directory && join(directory, 'parameters.key'), path);
    this.#journal = Journal.open<ParameterEntry>(path, (entry) => this.#apply(entry));
  }

  latest(name: string): Parameter | undefined {
    return this.#parameters.get(name)?.at(-1);
  }

  version(name: string, version: number): Parameter | undefined {
    return this.#parameters.get(name)?.find((parameter) => parameter.version === version);
  }

  /** What the template said at the last boot that changed it. */
  latestDeclaration(name: string): string | undefined {
    return this.#parameters.get(name)?.findLast(({ declaredAs }) => declaredAs !== undefined)?.declaredAs;
  }

  /** The latest of every parameter, by name. */
  all(): Parameter[] {
    return [...this.#parameters.keys()].sort().map((name) => this.latest(name)!);
  }

  /** Adds the next version of a value in clear. */
  put(parameter: Omit<Parameter, 'version' | 'stored'>, value: string): Parameter {
    const version = (this.latest(parameter.name)?.version ?? 0) + 1;
    const stored = parameter.type === 'SecureString' ? this.#sealer.seal(value, parameter.name) : value;
    const added: Parameter = { ...parameter, version, stored };
    const entry = { put: added };
    this.#journal.append(entry);
    this.#apply(entry);
    return added;
  }

  remove(name: string): void {
    const entry = { gone: name };
    this.#journal.append(entry);
    this.#apply(entry);
  }

  valueOf({ type, stored, name }: Parameter): string {
    return type === 'SecureString' ? this.#sealer.unseal(stored, name) : stored;
  }

  close(): void {
    this.#journal.close();
  }

  #apply(entry: ParameterEntry): void {
    if ('gone' in entry) {
      this.#parameters.delete(entry.gone);
      return;
    }
    const versions = this.#parameters.get(entry.put.name);
    if (versions) versions.push(entry.put);
    else this.#parameters.set(entry.put.name, [entry.put]);
  }
}

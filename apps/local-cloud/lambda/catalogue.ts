/** The functions, versions and aliases of the templates, and how a name, an ARN and a qualifier lead to one. */
import { AwsError, type CloudHost, type DeclaredResource, notEmulated, type ResourceHandle } from '../service.ts';
import { type FunctionDefinition, readFunction } from './definition.ts';
import type { LambdaLedger } from './ledger.ts';

export interface Target {
  readonly definition: FunctionDefinition;
  readonly qualifier: string | undefined;
  /** `$LATEST` or the number the qualifier stands for. */
  readonly executedVersion: string;
  readonly invokedArn: string;
}

interface Entry {
  readonly definition: FunctionDefinition;
  readonly versions: Set<string>;
  /** Alias name to version. */
  readonly aliases: Map<string, string>;
}

const LATEST = '$LATEST';

export class Catalogue {
  readonly #host: CloudHost;
  readonly #ledger: LambdaLedger;
  readonly #entries = new Map<string, Entry>();

  constructor(host: CloudHost, ledger: LambdaLedger) {
    this.#host = host;
    this.#ledger = ledger;
  }

  declareFunction(resource: DeclaredResource): ResourceHandle {
    const definition = readFunction(this.#host, resource);
    this.#entries.set(definition.name, { definition, versions: new Set(), aliases: new Map() });
    return { ref: definition.name, attributes: { Arn: definition.arn } };
  }

  /** A template holds the newest version only; its logical id carries the hash of what it publishes. */
  declareVersion({ logicalId, properties }: DeclaredResource): ResourceHandle {
    const { definition, versions } = this.#entry(properties.FunctionName as string);
    const number = String(this.#ledger.versionNumber(definition.name, logicalId));
    versions.add(number);
    const arn = `${definition.arn}:${number}`;
    return { ref: arn, attributes: { Version: number, FunctionArn: arn } };
  }

  declareAlias({ stack, logicalId, properties }: DeclaredResource): ResourceHandle {
    if (properties.RoutingConfig !== undefined) throw notEmulated('Lambda', `alias property RoutingConfig (${stack}/${logicalId})`);
    const { definition, aliases } = this.#entry(properties.FunctionName as string);
    const name = properties.Name as string;
    aliases.set(name, properties.FunctionVersion as string);
    const arn = `${definition.arn}:${name}`;
    return { ref: arn, attributes: { AliasArn: arn } };
  }

  all(): FunctionDefinition[] {
    return [...this.#entries.values()].map(({ definition }) => definition);
  }

  /** The ARN that a name and qualifier ask for, whether or not there is such a function: permission is asked for it first. */
  arnOf(functionName: string, qualifier?: string): string {
    const { name, qualifier: written } = namesIn(functionName);
    const wanted = qualifier ?? written;
    return `arn:aws:lambda:${this.#host.region}:${this.#host.accountId}:function:${name}${wanted === undefined ? '' : `:${wanted}`}`;
  }

  /** @throws AwsError ResourceNotFoundException */
  target(functionName: string, givenQualifier?: string): Target {
    const qualifier = givenQualifier ?? namesIn(functionName).qualifier;
    const { definition, versions, aliases } = this.#entry(functionName);
    const executedVersion = qualifier === undefined ? LATEST : (aliases.get(qualifier) ?? qualifier);
    const invokedArn = this.arnOf(functionName, givenQualifier);
    if (executedVersion !== LATEST && !versions.has(executedVersion)) throw notFound(invokedArn);
    return { definition, qualifier, executedVersion, invokedArn };
  }

  #entry(functionName: string): Entry {
    const entry = this.#entries.get(namesIn(functionName).name);
    if (!entry) throw notFound(this.arnOf(functionName));
    return entry;
  }
}

const notFound = (arn: string): AwsError => new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404, { Type: 'User' });

/** From a name, a full ARN, or `account:function:name`, each with or without `:qualifier`. */
export function namesIn(functionName: string): { readonly name: string; readonly qualifier: string | undefined } {
  const parts = functionName.split(':');
  const at = parts.indexOf('function');
  const [name = '', qualifier] = at === -1 ? parts : parts.slice(at + 1);
  return { name, qualifier };
}

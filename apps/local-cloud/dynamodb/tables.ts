/** The tables of the account, and the door to them: a call names a table, is authorised on it, and only then sees whether it exists. */
import { join } from 'node:path';
import { canonicalJson } from '../../../shared/kernel/canonical-json.ts';
import type { CallContext, CloudHost } from '../service.ts';
import { constraintFailed, tableNotFound } from './errors.ts';
import { leadingKeysOf } from './keys.ts';
import { openTable } from './open-table.ts';
import { TableStream } from './streams.ts';
import { SequenceCounter, type Table } from './table.ts';
import type { TableDefinition } from './table-definition.ts';
import { TransactionLog } from './transaction-log.ts';

interface TableAccess {
  /** Without the prefix: `PutItem`. */
  readonly action: string;
  /** A name or an ARN, as the request gives it. */
  readonly tableName: unknown;
  readonly indexName?: string | undefined;
  /** Keys or items whose partition key IAM may look at. */
  readonly keys?: readonly unknown[];
  /** Instead of `keys`, for queries. */
  readonly leadingKeys?: (table: Table) => readonly string[];
}

export class Tables implements Iterable<Table> {
  readonly #host: CloudHost;
  readonly #directory: string | undefined;
  readonly #sequences = new SequenceCounter();
  readonly #tables = new Map<string, Table>();
  #transactions: TransactionLog | undefined;

  constructor(host: CloudHost) {
    this.#host = host;
    this.#directory = host.storage('dynamodb');
  }

  get host(): CloudHost {
    return this.#host;
  }

  get sequences(): SequenceCounter {
    return this.#sequences;
  }

  /** @throws DamagedState when the log on disk is. */
  get transactions(): TransactionLog {
    this.#transactions ??= new TransactionLog(this.#directory && join(this.#directory, 'transactions.jsonl'), this.#sequences);
    return this.#transactions;
  }

  [Symbol.iterator](): IterableIterator<Table> {
    return this.#tables.values();
  }

  /** Brings the table up from disk, or leaves it as it is when nothing changed. @throws DamagedState */
  declare(definition: TableDefinition): Table {
    const present = this.#tables.get(definition.tableName);
    if (present && canonicalJson(comparable(present.definition)) === canonicalJson(comparable(definition))) return present;
    present?.compact();
    present?.close();
    const arn = this.arnOf(definition.tableName);
    const table = openTable(
      definition,
      {
        arn,
        stream: definition.streamViewType && new TableStream(`${arn}/stream/${STREAM_LABEL}`, this.#host.region, definition.streamViewType),
        sequences: this.#sequences,
        now: () => this.#host.clock.now(),
      },
      this.#directory && join(this.#directory, 'tables', `${definition.tableName}.jsonl`),
      this.transactions.claim(definition.tableName),
    );
    // In memory there is no journal to come back from.
    if (present && this.#directory === undefined) table.adopt(present);
    this.#tables.set(definition.tableName, table);
    return table;
  }

  arnOf(tableName: string): string {
    return `arn:aws:dynamodb:${this.#host.region}:${this.#host.accountId}:table/${tableName}`;
  }

  /** The table a data call is about, authorised and rid of expired items. @throws AwsError */
  open(context: CallContext, access: TableAccess): Table {
    const name = tableNameOf(access.tableName);
    const table = this.#tables.get(name);
    const arn = table?.arn ?? this.arnOf(name);
    const resource = access.indexName === undefined ? arn : `${arn}/index/${access.indexName}`;
    const leadingKeys = table && (access.leadingKeys?.(table) ?? leadingKeysOf(table.definition, access.keys ?? []));
    const action = `dynamodb:${access.action}`;
    context.authorize(
      leadingKeys?.length ? { action, resource, conditions: { 'dynamodb:LeadingKeys': leadingKeys } } : { action, resource },
    );
    if (table === undefined) throw tableNotFound();
    if (table.definition.kmsKeyArn !== undefined) this.#authorizeKey(context, table, table.definition.kmsKeyArn);
    table.expire();
    return table;
  }

  /** For calls about the table itself. @throws AwsError */
  describe(context: CallContext, action: string, tableName: unknown): Table {
    const name = tableNameOf(tableName);
    context.authorize({ action: `dynamodb:${action}`, resource: this.arnOf(name) });
    const table = this.#tables.get(name);
    if (table === undefined) throw tableNotFound(name);
    table.expire();
    return table;
  }

  withStream(streamArn: string): { readonly table: Table; readonly stream: TableStream } | undefined {
    for (const table of this) {
      if (table.stream?.arn === streamArn) return { table, stream: table.stream };
    }
    return undefined;
  }

  close(): void {
    for (const table of this) table.close();
    this.#transactions?.close();
    this.#tables.clear();
    this.#transactions = undefined;
  }

  /** DynamoDB unwraps the table's key in the caller's name. */
  #authorizeKey(context: CallContext, table: Table, keyArn: string): void {
    context.authorize({
      action: 'kms:Decrypt',
      resource: keyArn,
      conditions: {
        'kms:ViaService': `dynamodb.${this.#host.region}.amazonaws.com`,
        'kms:CallerAccount': this.#host.accountId,
        'kms:EncryptionContext:aws:dynamodb:tableName': table.definition.tableName,
        'kms:EncryptionContext:aws:dynamodb:subscriberId': this.#host.accountId,
      },
    });
  }
}

/** On AWS the time the stream was enabled; here always the same, so that the ARN is the same at every boot. */
const STREAM_LABEL = '2026-01-01T00:00:00.000';

function tableNameOf(given: unknown): string {
  if (typeof given !== 'string') throw constraintFailed(given, 'tableName', 'Member must not be null');
  if (given.startsWith('arn:')) return given.slice(given.lastIndexOf('/') + 1);
  if (/^[a-zA-Z0-9_.-]{3,255}$/.test(given)) return given;
  if (given.length < 3 || given.length > 255) {
    throw constraintFailed(
      given,
      'tableName',
      `Member must have length ${given.length < 3 ? 'greater than or equal to 3' : 'less than or equal to 255'}`,
    );
  }
  throw constraintFailed(given, 'tableName', 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
}

/** A definition as plain data. */
const comparable = (definition: TableDefinition): object =>
  JSON.parse(JSON.stringify(definition, (_, value: unknown) => (value instanceof Set ? [...value] : value))) as object;

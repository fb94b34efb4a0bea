/**
 * The Glue data catalogue, as far as Firehose needs it here: databases and tables that templates declare, read back by name.
 * Nothing crawls, nothing is partitioned (projection needs no partitions), and no call changes a table.
 */
import {
  AwsError,
  type AwsService,
  type CallContext,
  type CloudHost,
  type DeclaredResource,
  notEmulated,
  operationNamed,
  type ResourceHandle,
} from '../service.ts';
import { jsonProtocol } from '../wire/json.ts';

export interface GlueColumn {
  readonly name: string;
  readonly type: string;
}

/** What `GetTable` and `GetTableVersion` give, as far as anything here reads it. */
export interface GlueTable {
  readonly Name: string;
  readonly DatabaseName: string;
  readonly VersionId: string;
  readonly StorageDescriptor: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

const honoured: Readonly<Record<string, readonly string[]>> = {
  'AWS::Glue::Database': ['CatalogId', 'DatabaseInput', 'DatabaseName', 'Tags'],
  'AWS::Glue::Table': ['CatalogId', 'DatabaseName', 'Name', 'TableInput'],
};

type Operation = (input: TableRequest, context: CallContext) => unknown;

interface TableRequest {
  readonly DatabaseName?: string;
  readonly Name?: string;
  readonly TableName?: string;
}

export function createGlue(host: CloudHost): AwsService {
  return new LocalGlue(host);
}

/** The columns that a table's files have, its partition keys left out. */
export function columnsOf({ StorageDescriptor: { Columns = [] } }: GlueTable): GlueColumn[] {
  return (Columns as { Name: string; Type?: string }[]).map(({ Name, Type = 'string' }) => ({
    name: Name.toLowerCase(),
    type: Type.toLowerCase(),
  }));
}

class LocalGlue implements AwsService {
  readonly name = 'glue';
  readonly wire = jsonProtocol({ version: '1.1', targetPrefix: 'AWSGlue' });
  readonly resourceTypes = ['AWS::Glue::Database', 'AWS::Glue::Table'];
  readonly #host: CloudHost;
  readonly #databases = new Map<string, object>();
  readonly #tables = new Map<string, GlueTable>();

  constructor(host: CloudHost) {
    this.#host = host;
  }

  declare({ type, stack, logicalId, properties }: DeclaredResource): ResourceHandle {
    const unknown = Object.keys(properties).find((property) => !honoured[type]!.includes(property));
    if (unknown !== undefined) throw notEmulated('glue', `${type} property ${unknown} (${logicalId})`);
    if (type === 'AWS::Glue::Database') {
      const input = (properties.DatabaseInput ?? {}) as { Name?: string };
      const name = String(input.Name ?? properties.DatabaseName ?? `${stack}-${logicalId}`).toLowerCase();
      this.#databases.set(name, { ...input, Name: name });
      return { ref: name, attributes: {} };
    }
    const { TableInput, DatabaseName } = properties as { TableInput: Partial<GlueTable>; DatabaseName: string };
    const table: GlueTable = { StorageDescriptor: {}, ...TableInput, Name: String(TableInput.Name), DatabaseName, VersionId: '1' };
    this.#tables.set(keyOf(DatabaseName, table.Name), table);
    return { ref: table.Name, attributes: {} };
  }

  execute(operation: string, input: never, context: CallContext): unknown {
    return operationNamed('glue', this.#operations, operation)(input, context);
  }

  close(): void {}

  readonly #operations: Readonly<Record<string, Operation>> = {
    GetDatabase: ({ Name = '' }, context) => {
      this.#authorize(context, 'glue:GetDatabase', ['catalog', `database/${Name}`]);
      const database = this.#databases.get(Name.toLowerCase());
      if (!database) throw missing(`Database ${Name} not found.`);
      return { Database: database };
    },
    GetTable: ({ DatabaseName = '', Name = '' }, context) => ({ Table: this.#find(context, 'GetTable', DatabaseName, Name) }),
    GetTableVersion: ({ DatabaseName = '', TableName = '' }, context) => {
      const table = this.#find(context, 'GetTableVersion', DatabaseName, TableName);
      return { TableVersion: { Table: table, VersionId: table.VersionId } };
    },
    GetTableVersions: ({ DatabaseName = '', TableName = '' }, context) => {
      const table = this.#find(context, 'GetTableVersions', DatabaseName, TableName);
      return { TableVersions: [{ Table: table, VersionId: table.VersionId }] };
    },
  };

  #find(context: CallContext, action: string, database: string, name: string): GlueTable {
    this.#authorize(context, `glue:${action}`, ['catalog', `database/${database}`, `table/${database}/${name}`]);
    const table = this.#tables.get(keyOf(database, name));
    if (!table) throw missing(`Table ${name} not found in database ${database}.`);
    return table;
  }

  /** Glue asks for the action on the table, on its database and on the catalogue. */
  #authorize(context: CallContext, action: string, resources: readonly string[]): void {
    for (const resource of resources)
      context.authorize({ action, resource: `arn:aws:glue:${this.#host.region}:${this.#host.accountId}:${resource}` });
  }
}

const missing = (message: string): AwsError => new AwsError('EntityNotFoundException', message, 400);

const keyOf = (database: string, table: string): string => `${database}/${table}`.toLowerCase();

/** Where auditors ask: the stream, the tables, the workgroup and the policy, and that none of them can change what was recorded. */
import { beforeAll, describe, expect, test } from 'vitest';
import { checkpointColumns, recordColumns } from '../../shared/contracts/names/audit-lake.ts';
import { readAuditQueries } from '../../shared/contracts/names/audit-queries.ts';
import { devAssembly } from './support/assembly.ts';
import { allowing, type Statement, statementsOf } from './support/statements.ts';
import type { Resource, Templates } from './support/templates.ts';

let templates: Templates;
let statements: Statement[];
beforeAll(async () => {
  ({ templates } = await devAssembly());
  statements = statementsOf(templates);
});

const only = (type: string, fits: (resource: Resource) => boolean = () => true): Resource => {
  const [found, ...others] = templates.all(type).filter(fits);
  if (!found || others.length > 0) throw new Error(`There is not exactly one such ${type}.`);
  return found;
};
const table = (name: string): Resource => only('AWS::Glue::Table', (one) => one.text('TableInput.Name') === name);
const archive = (): Resource => only('AWS::S3::Bucket', (one) => one.text('BucketName').startsWith('ballast-dev-audit-archive'));
const columnsOf = (resource: Resource): unknown =>
  resource.list('TableInput.StorageDescriptor.Columns').map((column) => {
    const { Name, Type } = column as { Name: string; Type: string };
    return [Name, Type];
  });

describe('the table of records', () => {
  test('has the columns that the archive writes, in Parquet', () => {
    expect(columnsOf(table('records'))).toEqual(recordColumns.map(({ name, type }) => [name, type]));
    expect(table('records').text('TableInput.StorageDescriptor.SerdeInfo.SerializationLibrary')).toMatch(/ParquetHiveSerDe$/);
  });

  test('projects a partition for every day, so that nothing crawls', () => {
    const parameters = table('records').at('TableInput.Parameters') as Record<string, unknown>;
    expect(parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.dt.type': 'date',
      'projection.dt.format': 'yyyy-MM-dd',
      'projection.dt.range': '2024-01-01,NOW',
      'projection.dt.interval': '1',
      'projection.dt.interval.unit': 'DAYS',
    });
    expect(table('records').text('TableInput.Parameters.storage\\.location\\.template') || JSON.stringify(parameters)).toContain(
      '/parquet/dt=${dt}/',
    );
    expect(table('records').list('TableInput.PartitionKeys')).toMatchObject([{ Name: 'dt', Type: 'string' }]);
    expect(templates.all('AWS::Glue::Crawler')).toEqual([]);
  });

  test('stands beside the checkpoints, which are read as the JSON they are', () => {
    expect(columnsOf(table('checkpoints'))).toEqual(checkpointColumns.map(({ name, type }) => [name, type]));
    expect(table('checkpoints').text('TableInput.StorageDescriptor.SerdeInfo.SerializationLibrary')).toBe(
      'org.openx.data.jsonserde.JsonSerDe',
    );
    expect(table('checkpoints').text('TableInput.StorageDescriptor.Location')).toMatch(/\/checkpoints\/$/);
  });
});

describe('the stream', () => {
  const stream = (): Resource => only('AWS::KinesisFirehose::DeliveryStream');
  const at = (path: string) => stream().at(`ExtendedS3DestinationConfiguration.${path}`);

  test('puts a record where its own day lies, and what does not convert elsewhere', () => {
    expect(at('Prefix')).toBe('parquet/dt=!{partitionKeyFromQuery:dt}/');
    expect(at('ErrorOutputPrefix')).toBe('parquet-errors/!{firehose:error-output-type}/');
    expect(at('ProcessingConfiguration.Processors')).toMatchObject([
      { Type: 'MetadataExtraction', Parameters: [{ ParameterValue: '{dt: .at[0:10]}' }, { ParameterValue: 'JQ-1.6' }] },
    ]);
    expect(at('DynamicPartitioningConfiguration.Enabled')).toBe(true);
  });

  test('converts by the table of records, with the buffer that conversion asks for at least', () => {
    const { name } = table('records');
    expect(
      templates.named(stream().text('ExtendedS3DestinationConfiguration.DataFormatConversionConfiguration.SchemaConfiguration.TableName'))
        .name,
    ).toBe(name);
    expect(at('BufferingHints')).toEqual({ IntervalInSeconds: 300, SizeInMBs: 64 });
  });

  test('is fed by the archiver alone', () => {
    expect(allowing(statements, 'firehose:PutRecordBatch').map(({ resources }) => resources)).toEqual([[`${stream().name}.Arn`]]);
    expect(allowing(statements, 'firehose:PutRecord')).toEqual([]);
  });

  test('writes under two prefixes of the archive, and reads and deletes nothing', () => {
    const role = templates.named(stream().text('ExtendedS3DestinationConfiguration.RoleARN')).name;
    const held = statements.filter(({ holder, kind }) => kind === 'identity' && holder === role);
    expect(allowing(held, 's3:PutObject').flatMap(({ resources }) => resources)).toEqual([
      `${archive().name}.Arn`,
      `${archive().name}.Arn/parquet/*`,
      `${archive().name}.Arn/parquet-errors/*`,
    ]);
    for (const action of [
      's3:GetObject',
      's3:DeleteObject',
      's3:PutObjectRetention',
      'kms:Encrypt',
      'glue:UpdateTable',
      'glue:DeleteTable',
    ])
      expect(allowing(held, action), action).toEqual([]);
  });
});

describe('the workgroup', () => {
  const workGroup = (): Resource => only('AWS::Athena::WorkGroup');
  const at = (path: string) => workGroup().at(`WorkGroupConfiguration.${path}`);

  test('bounds what a question may read, whatever its client says', () => {
    expect(at('EnforceWorkGroupConfiguration')).toBe(true);
    expect(at('BytesScannedCutoffPerQuery')).toBe(10 * 1024 ** 3);
  });

  test('keeps answers encrypted, for a month, and not in the write-once bucket', () => {
    expect(at('ResultConfiguration.EncryptionConfiguration.EncryptionOption')).toBe('SSE_KMS');
    const location = workGroup().text('WorkGroupConfiguration.ResultConfiguration.OutputLocation');
    expect(location).not.toContain(archive().name);
    const answers = only('AWS::S3::Bucket', ({ name }) => location.includes(name));
    expect(answers.list('LifecycleConfiguration.Rules')).toMatchObject([{ ExpirationInDays: 30, Status: 'Enabled' }]);
    expect(answers.at('ObjectLockEnabled')).toBeUndefined();
  });

  test('holds every named query as its file has it', () => {
    const named = templates.all('AWS::Athena::NamedQuery');
    expect(named.map((one) => [one.text('Name'), one.text('QueryString')])).toEqual(readAuditQueries().map(({ name, sql }) => [name, sql]));
    for (const one of named) expect(templates.named(one.text('WorkGroup')).name).toBe(workGroup().name);
  });
});

describe("the auditor's policy", () => {
  const policy = (): Resource => only('AWS::IAM::ManagedPolicy');
  const granted = (): { Action: string | string[]; Resource: unknown; Effect: string }[] =>
    policy().list('PolicyDocument.Statement') as never;

  test('is attached to nobody: who audits is for the account to say', () => {
    for (const whom of ['Roles', 'Users', 'Groups']) expect(policy().list(whom), whom).toEqual([]);
  });

  test('names what it is about, and changes nothing but the answers', () => {
    for (const { Effect, Resource: resources } of granted()) {
      expect(Effect).toBe('Allow');
      expect([resources].flat()).not.toContain('*');
    }
    const actions = granted().flatMap(({ Action }) => Action);
    const changing = actions.filter((action) => !/:(Get|BatchGet|List|StartQueryExecution|StopQueryExecution|Decrypt)/.test(action));
    expect(changing.sort()).toEqual(['kms:GenerateDataKey', 's3:AbortMultipartUpload', 's3:PutObject']);
    const puts = granted().find(({ Action }) => Action.includes('s3:PutObject'))!;
    expect(policy().resolve([puts.Resource].flat()[0] as never)).toMatch(
      /^AuditQueriesAnswers\w*\.Arn\/answers\/\*$|Answers.*\/answers\/\*$/,
    );
  });
});

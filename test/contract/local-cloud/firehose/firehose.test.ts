/** Contract cards of the delivery stream: what it takes, how a record becomes a row in its folder, and that none is lost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeDeliveryStreamCommand, FirehoseClient, PutRecordBatchCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import { parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFirehose } from '../../../../apps/local-cloud/firehose/index.ts';
import { createGlue } from '../../../../apps/local-cloud/glue/index.ts';
import { AwsError, type AwsService, type Caller, type CloudEvent } from '../../../../apps/local-cloud/service.ts';
import { clientDefaults, sdkOverWire, TestCaller, type TestHost, testHost } from '../sdk-over-wire.ts';

const roleArn = 'arn:aws:iam::111122223333:role/delivery';
const DeliveryStreamName = 'audit';
const columns = [
  { Name: 'sequence', Type: 'bigint' },
  { Name: 'at', Type: 'string' },
  { Name: 'share', Type: 'double' },
  { Name: 'ok', Type: 'boolean' },
];

interface PutObject {
  readonly caller: Caller;
  readonly Bucket: string;
  readonly Key: string;
  readonly Body: Uint8Array;
  readonly ContentMD5?: string;
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
}

/** Glue and Firehose on one host, with an S3 that writes down what it is given. */
class StreamCloud {
  readonly host: TestHost;
  readonly objects: PutObject[] = [];
  readonly told: CloudEvent[] = [];
  readonly glueCaller = new TestCaller();
  readonly caller = new TestCaller();
  refusesNext = 0;
  readonly firehose: AwsService;
  readonly client: FirehoseClient;
  readonly #glue: AwsService;
  readonly #pending = new Set<Promise<unknown>>();
  #requests = 0;

  constructor(directory?: string) {
    this.host = {
      ...testHost(directory === undefined ? {} : { directory }),
      call: async (caller, service, operation, input) => {
        if (service === 'glue') return this.#glue.execute(operation, input as never, this.glueCaller);
        if (this.refusesNext-- > 0) throw new AwsError('SlowDown', 'Please reduce your request rate.', 503);
        this.objects.push({ caller, ...(input as Omit<PutObject, 'caller'>) });
        return {};
      },
      background: (work) => {
        const settled = work.finally(() => this.#pending.delete(settled));
        this.#pending.add(settled);
      },
      observe: (event) => this.told.push(event),
    };
    this.#glue = createGlue(this.host);
    this.firehose = createFirehose(this.host);
    // Every call of a client is a request of its own.
    const context = Object.create(this.caller, {
      requestId: { get: () => `request-${++this.#requests}-${directory ?? ''}` },
    }) as TestCaller;
    this.client = new FirehoseClient({ ...clientDefaults, requestHandler: sdkOverWire(this.firehose, context) });
  }

  declare(destination: Record<string, unknown> = {}, tableColumns: readonly object[] = columns): this {
    const resource = (type: string, logicalId: string, properties: Record<string, unknown>) => ({
      ...{ stack: 'test', type, logicalId, properties, metadata: {} },
    });
    void this.#glue.declare(resource('AWS::Glue::Database', 'Database', { CatalogId: '1', DatabaseInput: { Name: 'audit_db' } }));
    const TableInput = { Name: 'records', StorageDescriptor: { Columns: tableColumns } };
    void this.#glue.declare(resource('AWS::Glue::Table', 'Table', { CatalogId: '1', DatabaseName: 'audit_db', TableInput }));
    const ExtendedS3DestinationConfiguration = { ...destinationOf(), ...destination };
    void this.firehose.declare(
      resource('AWS::KinesisFirehose::DeliveryStream', 'Stream', { DeliveryStreamName, ExtendedS3DestinationConfiguration }),
    );
    return this;
  }

  put(...records: readonly (object | string)[]) {
    const Records = records.map((record) => ({ Data: Buffer.from(typeof record === 'string' ? record : JSON.stringify(record)) }));
    return this.client.send(new PutRecordBatchCommand({ DeliveryStreamName, Records }));
  }

  async settle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async rows(index = 0): Promise<Record<string, unknown>[]> {
    return await parquetReadObjects({ file: new Uint8Array(this.objects[index]!.Body).buffer });
  }

  keys(): string[] {
    return this.objects.map(({ Key }) => Key);
  }
}

const destinationOf = () => ({
  BucketARN: 'arn:aws:s3:::archive',
  RoleARN: roleArn,
  Prefix: 'parquet/dt=!{partitionKeyFromQuery:dt}/',
  ErrorOutputPrefix: 'parquet-errors/!{firehose:error-output-type}/',
  FileExtension: '.parquet',
  BufferingHints: { IntervalInSeconds: 300, SizeInMBs: 64 },
  DynamicPartitioningConfiguration: { Enabled: true },
  ProcessingConfiguration: {
    Enabled: true,
    Processors: [
      {
        Type: 'MetadataExtraction',
        Parameters: [
          { ParameterName: 'MetadataExtractionQuery', ParameterValue: '{dt: .at[0:10]}' },
          { ParameterName: 'JsonParsingEngine', ParameterValue: 'JQ-1.6' },
        ],
      },
    ],
  },
  DataFormatConversionConfiguration: {
    Enabled: true,
    InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
    OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
    SchemaConfiguration: { DatabaseName: 'audit_db', TableName: 'records', RoleARN: roleArn, VersionId: 'LATEST' },
  },
});

const record = (sequence: number, day = '2026-01-05') => ({ sequence, at: `${day}T15:45:00.000Z`, share: sequence / 4, ok: true });

let cloud: StreamCloud;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'firehose-'));
  cloud = new StreamCloud().declare();
});
afterEach(async () => {
  await cloud.firehose.close();
  rmSync(directory, { recursive: true });
});

describe('delivery', () => {
  test('FIR-01 a batch becomes one Parquet file in the folder that the records name, typed by the Glue table, under the role', async () => {
    const { FailedPutCount, RequestResponses } = await cloud.put(record(0), record(1));
    expect({ FailedPutCount, ids: new Set(RequestResponses!.map(({ RecordId }) => RecordId)).size }).toEqual({ FailedPutCount: 0, ids: 2 });
    await cloud.settle();
    expect(cloud.keys()).toEqual([expect.stringMatching(/^parquet\/dt=2026-01-05\/audit-1-2026-01-05-15-45-00-[0-9a-f-]{36}\.parquet$/)]);
    expect(cloud.objects[0]).toMatchObject({ Bucket: 'archive', caller: { kind: 'role', roleArn } });
    expect(await cloud.rows()).toEqual([
      { sequence: 0n, at: '2026-01-05T15:45:00.000Z', share: 0, ok: true },
      { sequence: 1n, at: '2026-01-05T15:45:00.000Z', share: 0.25, ok: true },
    ]);
  });

  test('FIR-02 puts before the cloud is quiet go into one file, and each day into its own', async () => {
    await cloud.put(record(0), record(1, '2026-01-06'));
    await cloud.client.send(new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from(JSON.stringify(record(2))) } }));
    await cloud.settle();
    expect(cloud.keys().map((key) => key.split('/')[1])).toEqual(['dt=2026-01-05', 'dt=2026-01-06']);
    expect((await cloud.rows(0)).map(({ sequence }) => sequence)).toEqual([0n, 2n]);
  });

  test('FIR-03 waiting for quiet moves no clock', async () => {
    const before = cloud.host.clock.now();
    await cloud.put(record(0));
    await cloud.settle();
    expect(cloud.host.clock.now()).toBe(before);
  });

  test('FIR-04 a buffer that is full is delivered at once, clock or no clock', async () => {
    cloud = new StreamCloud().declare({ BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 900 } });
    await cloud.put({ ...record(0), at: `2026-01-05${'x'.repeat(600_000)}` }, { ...record(1), at: `2026-01-05${'x'.repeat(600_000)}` });
    await cloud.settle();
    expect(cloud.objects.length).toBeGreaterThan(0);
  });

  test('FIR-05 every object carries a checksum, for a bucket under Object Lock, and the key it is to be encrypted under', async () => {
    const AWSKMSKeyARN = 'arn:aws:kms:us-east-1:111122223333:key/one';
    cloud = new StreamCloud().declare({ EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN } } });
    await cloud.put(record(0));
    await cloud.settle();
    expect(cloud.objects[0]).toMatchObject({
      ContentMD5: expect.stringMatching(/==$/),
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: AWSKMSKeyARN,
    });
  });
});

describe('conversion', () => {
  test('FIR-06 fields without a column are dropped, columns without a field are null, names fold to lower case, text stays as it is', async () => {
    await cloud.put({ Sequence: '7', at: '2026-01-05 naïve “x”\n', extra: { deep: 1 } });
    await cloud.settle();
    expect(await cloud.rows()).toEqual([{ sequence: 7n, at: '2026-01-05 naïve “x”\n', share: null, ok: null }]);
  });

  test('FIR-07 what does not convert lies under the error prefix with its reason and its bytes, and holds up nothing else', async () => {
    await cloud.put({ ...record(0), sequence: 'seven' }, record(1), 'no json', { sequence: 2 });
    await cloud.settle();
    const errors = cloud.objects.filter(({ Key }) => Key.startsWith('parquet-errors/'));
    expect(errors.map(({ Key }) => Key.split('/')[1]).sort()).toEqual(['format-conversion-failed', 'processing-failed']);
    const lines = errors
      .flatMap(({ Body }) => Buffer.from(Body).toString('utf8').trim().split('\n'))
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(lines.map(({ rawData }) => Buffer.from(rawData!, 'base64').toString('utf8'))).toEqual(
      expect.arrayContaining(['no json', '{"sequence":2}', JSON.stringify({ ...record(0), sequence: 'seven' })]),
    );
    expect(lines.some(({ errorMessage }) => /column sequence: "seven" is no bigint/.test(errorMessage!))).toBe(true);
    expect((await cloud.rows(0)).map(({ sequence }) => sequence)).toEqual([1n]);
  });
});

describe('what goes wrong', () => {
  test('FIR-08 an S3 that refuses is tried again after a pause, and the records arrive once it takes them', async () => {
    cloud.refusesNext = 2;
    await cloud.put(record(0));
    await cloud.settle();
    expect(cloud.told.map(({ event }) => event)).toEqual(['FirehoseDeliveryRetried', 'FirehoseDeliveryRetried', 'FirehoseDelivered']);
    expect((await cloud.rows()).map(({ sequence }) => sequence)).toEqual([0n]);
  });

  test('FIR-09 an S3 that goes on refusing is told of, and the records go with the next put', async () => {
    cloud.refusesNext = 5;
    await cloud.put(record(0));
    await cloud.settle();
    expect(cloud.told.at(-1)).toMatchObject({ event: 'FirehoseDeliveryFailed', details: { records: 1, attempt: 5 } });
    await cloud.put(record(1));
    await cloud.settle();
    expect((await cloud.rows()).map(({ sequence }) => sequence)).toEqual([0n, 1n]);
  });

  test('FIR-10 what was taken and not delivered survives the process, and is delivered once', async () => {
    const first = new StreamCloud(directory).declare();
    first.refusesNext = 99;
    await first.put(record(0), record(1));
    await first.settle();
    await first.firehose.close();
    cloud = new StreamCloud(directory).declare();
    await cloud.firehose.start?.();
    await cloud.settle();
    expect((await cloud.rows()).map(({ sequence }) => sequence)).toEqual([0n, 1n]);
    await cloud.firehose.close();
    const third = new StreamCloud(directory).declare();
    await third.firehose.start?.();
    await third.settle();
    expect(third.objects).toEqual([]);
    await third.firehose.close();
  });

  test('FIR-11 a role that may not read the table or write the bucket delivers nothing, and says what is missing', async () => {
    cloud.glueCaller.denies = ({ action }) => action === 'glue:GetTableVersions';
    await cloud.put(record(0));
    await cloud.settle();
    expect(cloud.objects).toEqual([]);
    expect(JSON.stringify(cloud.told)).toContain('not authorized to perform: glue:GetTableVersions');
  });
});

describe('the API', () => {
  test('FIR-12 who puts needs leave on the stream, and an unknown stream is named', async () => {
    await cloud.put(record(0));
    expect(cloud.caller.takeAsked()).toEqual(['firehose:PutRecordBatch arn:aws:firehose:us-east-1:111122223333:deliverystream/audit']);
    await expect(
      cloud.client.send(new PutRecordCommand({ DeliveryStreamName: 'other', Record: { Data: new Uint8Array(1) } })),
    ).rejects.toThrow('Firehose other under account 111122223333 not found');
    cloud.caller.denies = () => true;
    await expect(cloud.put(record(1))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('FIR-13 a batch is bounded in records and bytes, and a record in bytes', async () => {
    await expect(cloud.put(...Array.from({ length: 501 }, () => 'x'))).rejects.toThrow('at most 500 records');
    await expect(cloud.put('x'.repeat((1000 << 10) + 1))).rejects.toThrow('at most 1024000 bytes');
    await expect(cloud.put(...Array.from({ length: 5 }, () => 'x'.repeat(1000 << 10)))).rejects.toThrow('at most 4194304 bytes');
  });

  test('FIR-14 a stream can be looked up', async () => {
    const { DeliveryStreamDescription } = await cloud.client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName }));
    expect(DeliveryStreamDescription).toMatchObject({ DeliveryStreamStatus: 'ACTIVE', DeliveryStreamType: 'DirectPut' });
  });

  test.each([
    [{ CompressionFormat: 'GZIP' }, 'CompressionFormat'],
    [{ S3BackupMode: 'Enabled' }, 'S3BackupMode'],
    [{ CustomTimeZone: 'UTC' }, 'property CustomTimeZone'],
    [{ Prefix: 'x/!{timestamp:yyyy}/' }, '!{timestamp:yyyy}'],
    [{ DataFormatConversionConfiguration: { Enabled: false } }, 'delivery without format conversion'],
    [{ ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'Lambda' }] } }, 'processors other than'],
  ])('FIR-15 what is not emulated is refused by name: %j', (destination, says) => {
    expect(() => new StreamCloud().declare(destination)).toThrow(says);
  });

  test.each(['{dt: .at | fromdate}', '.at', '{dt: .at[0:10] // "x"}'])(
    'FIR-16 jq that is more than paths is refused by name: %s',
    (query) => {
      const [Processor] = destinationOf().ProcessingConfiguration.Processors;
      const Parameters = [{ ParameterName: 'MetadataExtractionQuery', ParameterValue: query }, Processor!.Parameters[1]!];
      const ProcessingConfiguration = { Enabled: true, Processors: [{ Type: 'MetadataExtraction', Parameters }] };
      expect(() => new StreamCloud().declare({ ProcessingConfiguration })).toThrow('partition key query');
    },
  );

  test('FIR-17 a table with a column that cannot be converted to fails its delivery by name', async () => {
    cloud = new StreamCloud().declare({}, [{ Name: 'tags', Type: 'array<string>' }]);
    await cloud.put(record(0));
    await cloud.settle();
    expect(JSON.stringify(cloud.told)).toContain('column tags of type array<string>');
  });
});

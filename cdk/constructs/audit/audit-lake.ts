/**
 * The audit trail as a table: Firehose turns every record that the archive's function sends into a row of Parquet under Object Lock, in a
 * folder for the day it was written on, and Glue describes both the rows and the checkpoints.
 *
 * The folder comes from the record (`.at`), not from the time of delivery, so a record that came late lies where a question about its day
 * looks. Partitions are projected: nothing crawls, and a folder is there to be queried once its first file is. Firehose delivers at least once
 * and S3 keeps what came twice, so a query takes each record once. See docs/adr/0017-audit-lake.md.
 */
import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { Construct } from 'constructs';
import { auditLake, checkpointColumns, type LakeColumn, recordColumns } from '../../../shared/contracts/names/audit-lake.ts';
import { physicalName } from '../../../shared/contracts/names/index.ts';
import type { DataStack } from '../../stacks/data-stack.ts';
import type { EventsStack } from '../../stacks/events-stack.ts';
import type { Stage } from '../../stage.ts';
import { acknowledge } from '../acknowledge.ts';
import { RunbookAlarm } from '../runbook-alarm.ts';

export interface AuditLakeProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
}

/** Format conversion asks for 64 MiB at least, so in practice the interval decides. Both are hints: it may take half as long again. */
const bufferMebibytes = 64;
const bufferInterval = Duration.minutes(5);

export class AuditLake extends Construct {
  readonly stream: CfnDeliveryStream;
  readonly database: CfnDatabase;
  readonly tables: readonly CfnTable[];

  constructor(scope: Construct, id: string, { stage, data, events }: AuditLakeProps) {
    super(scope, id);
    const bucketUrl = data.auditArchive.bucket.s3UrlForObject();
    this.database = new CfnDatabase(this, 'Database', {
      catalogId: Stack.of(this).account,
      databaseInput: {
        name: auditLake.database(stage.name),
        description: 'The audit trail: records, and the checkpoints signed over them',
      },
    });
    const records = this.#recordsTable(bucketUrl);
    this.tables = [records, this.#checkpointsTable(bucketUrl)];
    this.stream = this.#stream(stage, data, records);
    this.#alarms(events);
  }

  #recordsTable(bucketUrl: string): CfnTable {
    const location = `${bucketUrl}/${auditLake.recordsPrefix}`;
    const { dayColumn } = auditLake;
    return this.#table('Records', {
      name: 'records',
      description: 'Every audit record, as it was chained. Delivered at least once: take each sequence once.',
      parameters: {
        classification: 'parquet',
        'projection.enabled': 'true',
        [`projection.${dayColumn}.type`]: 'date',
        [`projection.${dayColumn}.format`]: 'yyyy-MM-dd',
        [`projection.${dayColumn}.range`]: `${auditLake.firstDay},NOW`,
        [`projection.${dayColumn}.interval`]: '1',
        [`projection.${dayColumn}.interval.unit`]: 'DAYS',
        'storage.location.template': `${location}${dayColumn}=\${${dayColumn}}/`,
      },
      partitionKeys: [{ name: dayColumn, type: 'string', comment: 'UTC date that the record was written on' }],
      storageDescriptor: {
        location,
        columns: columnsOf(recordColumns),
        inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
        serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
      },
    });
  }

  #checkpointsTable(bucketUrl: string): CfnTable {
    return this.#table('Checkpoints', {
      name: 'checkpoints',
      description: 'Signed checkpoints, one object each; their signatures are checked by "ballast audit verify".',
      parameters: { classification: 'json' },
      storageDescriptor: {
        location: `${bucketUrl}/${auditLake.checkpointsPrefix}`,
        columns: columnsOf(checkpointColumns),
        inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
      },
    });
  }

  #table(id: string, tableInput: CfnTable.TableInputProperty): CfnTable {
    return new CfnTable(this, id, {
      catalogId: Stack.of(this).account,
      databaseName: this.database.ref,
      tableInput: { tableType: 'EXTERNAL_TABLE', ...tableInput },
    });
  }

  #stream(stage: Stage, data: DataStack, records: CfnTable): CfnDeliveryStream {
    const role = this.#deliveryRole(data, records);
    const stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamName: physicalName(stage.name, 'audit'),
      deliveryStreamType: 'DirectPut',
      // What waits in the buffer. A key of ours would ask for grants on it at run time, which no role here may give.
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: data.auditArchive.bucket.bucketArn,
        roleArn: role.roleArn,
        prefix: `${auditLake.recordsPrefix}${auditLake.dayColumn}=!{partitionKeyFromQuery:${auditLake.dayColumn}}/`,
        errorOutputPrefix: `${auditLake.errorsPrefix}!{firehose:error-output-type}/`,
        fileExtension: '.parquet',
        bufferingHints: { sizeInMBs: bufferMebibytes, intervalInSeconds: bufferInterval.toSeconds() },
        encryptionConfiguration: { kmsEncryptionConfig: { awskmsKeyArn: data.key.keyArn } },
        dynamicPartitioningConfiguration: { enabled: true },
        processingConfiguration: {
          enabled: true,
          processors: [
            {
              type: 'MetadataExtraction',
              parameters: [
                { parameterName: 'MetadataExtractionQuery', parameterValue: `{${auditLake.dayColumn}: .at[0:10]}` },
                { parameterName: 'JsonParsingEngine', parameterValue: 'JQ-1.6' },
              ],
            },
          ],
        },
        dataFormatConversionConfiguration: {
          enabled: true,
          inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
          outputFormatConfiguration: { serializer: { parquetSerDe: { compression: 'SNAPPY' } } },
          schemaConfiguration: {
            databaseName: this.database.ref,
            tableName: records.ref,
            roleArn: role.roleArn,
            region: Stack.of(this).region,
            catalogId: Stack.of(this).account,
            versionId: 'LATEST',
          },
        },
      },
    });
    // Firehose tries the role when the stream is made; the grants are a resource of their own.
    stream.node.addDependency(role);
    return stream;
  }

  /** What AWS's documentation asks for, without reading or deleting: "Grant Firehose access to an Amazon S3 destination". */
  #deliveryRole(data: DataStack, records: CfnTable): Role {
    const { bucket } = data.auditArchive;
    const role = new Role(this, 'DeliveryRole', { assumedBy: new ServicePrincipal('firehose.amazonaws.com') });
    const prefixes = [auditLake.recordsPrefix, auditLake.errorsPrefix];
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [bucket.bucketArn, ...prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`))],
      }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resources: [data.key.keyArn] }));
    role.addToPolicy(
      new PolicyStatement({
        actions: ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'],
        resources: glueArns(this, this.database, [records]),
      }),
    );
    const { 'Fn::ImportValue': exported } = bucket.stack.resolve(bucket.stack.exportValue(bucket.bucketArn)) as {
      'Fn::ImportValue': string;
    };
    acknowledge(
      role,
      ...prefixes.map((prefix) => ({
        id: `AwsSolutions-IAM5[Resource::${exported}/${prefix}*]`,
        reason: 'Firehose names the files itself, below a folder for each day; the prefix is the tightest bound there is. Owner: platform.',
      })),
    );
    return role;
  }

  #alarms({ alerts: notifies }: EventsStack): void {
    const metric = (metricName: string, statistic: string): Metric =>
      new Metric({
        namespace: 'AWS/Firehose',
        metricName,
        dimensionsMap: { DeliveryStreamName: this.stream.ref },
        statistic,
        period: Duration.minutes(5),
      });
    new RunbookAlarm(this, 'AuditLakeBehind', {
      says: 'An audit record has waited for an hour to be written where Athena reads.',
      runbook: 'audit-lake-behind',
      notifies,
      metric: metric('DeliveryToS3.DataFreshness', 'Maximum'),
      threshold: Duration.hours(1).toSeconds(),
    });
    new RunbookAlarm(this, 'AuditLakeUnconverted', {
      says: 'An audit record could not be made into a row, and lies under parquet-errors instead.',
      runbook: 'audit-lake-unconverted',
      notifies,
      metric: metric('FailedConversion.Records', 'Sum'),
      threshold: 1,
    });
  }
}

/** Glue asks for an action on the catalogue, on the database and on the table. */
export function glueArns(scope: Construct, database: CfnDatabase, tables: readonly CfnTable[]): string[] {
  const arn = (resource: string): string => Stack.of(scope).formatArn({ service: 'glue', resource });
  return [arn('catalog'), arn(`database/${database.ref}`), ...tables.map((table) => arn(`table/${database.ref}/${table.ref}`))];
}

const columnsOf = (columns: readonly LakeColumn[]): LakeColumn[] => columns.map((column) => ({ ...column }));

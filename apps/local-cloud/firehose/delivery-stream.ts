/** A delivery stream as a template declares it: where records go, in which folders, and in which form. */
import type { ExtendedS3DestinationConfiguration } from '@aws-sdk/client-firehose';
import { type DeclaredResource, notEmulated } from '../service.ts';
import { assertPrefix, compileKeyQuery, errorTypeExpression, type KeyQuery, keyExpression } from './partitioning.ts';

export interface DeliveryStream {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly errorPrefix: string;
  readonly fileExtension: string;
  readonly bufferBytes: number;
  readonly kmsKeyArn?: string;
  readonly keysOf: KeyQuery;
  /** The Glue table whose columns the rows have. */
  readonly table: { readonly DatabaseName: string; readonly TableName: string };
}

const streamProperties = [
  'DeliveryStreamName',
  'DeliveryStreamType',
  'DeliveryStreamEncryptionConfigurationInput',
  'ExtendedS3DestinationConfiguration',
  'Tags',
];
const destinationProperties = [
  'BucketARN',
  'RoleARN',
  'Prefix',
  'ErrorOutputPrefix',
  'FileExtension',
  'BufferingHints',
  'CompressionFormat',
  'EncryptionConfiguration',
  'CloudWatchLoggingOptions',
  'DataFormatConversionConfiguration',
  'DynamicPartitioningConfiguration',
  'ProcessingConfiguration',
  'S3BackupMode',
];

type Destination = ExtendedS3DestinationConfiguration;

const MEBIBYTE = 1 << 20;

/** @throws AwsError NotEmulated for a property, a source or a processor that is not emulated. */
export function deliveryStreamFrom(resource: DeclaredResource, arnOf: (name: string) => string): DeliveryStream {
  const { logicalId, stack, properties } = resource;
  const refuse = (what: string) => notEmulated('firehose', `${what} (${stack}/${logicalId})`);
  refuseUnknown(properties, streamProperties, refuse);
  if ((properties.DeliveryStreamType ?? 'DirectPut') !== 'DirectPut')
    throw refuse(`delivery stream type ${String(properties.DeliveryStreamType)}`);
  const destination = properties.ExtendedS3DestinationConfiguration as Destination | undefined;
  if (!destination) throw refuse('a delivery stream without ExtendedS3DestinationConfiguration');
  refuseUnknown({ ...destination }, destinationProperties, refuse);
  if ((destination.CompressionFormat ?? 'UNCOMPRESSED') !== 'UNCOMPRESSED') throw refuse('CompressionFormat beside format conversion');
  if ((destination.S3BackupMode ?? 'Disabled') !== 'Disabled') throw refuse('S3BackupMode Enabled');

  const name = String(properties.DeliveryStreamName ?? `${stack}-${logicalId}`).slice(0, 64);
  const { keysOf, keys } = partitioningOf(destination, refuse);
  const { Prefix: prefix = '', ErrorOutputPrefix: errorPrefix = '' } = destination;
  assertPrefix(prefix, keys.map(keyExpression));
  assertPrefix(errorPrefix, [errorTypeExpression]);
  const kmsKeyArn = destination.EncryptionConfiguration?.KMSEncryptionConfig?.AWSKMSKeyARN;
  return {
    name,
    arn: arnOf(name),
    roleArn: String(destination.RoleARN),
    bucket: String(destination.BucketARN).split(':').at(-1)!,
    prefix,
    errorPrefix,
    fileExtension: destination.FileExtension ?? '',
    bufferBytes: Number(destination.BufferingHints?.SizeInMBs ?? 128) * MEBIBYTE,
    keysOf,
    table: tableOf(destination, refuse),
    ...(kmsKeyArn !== undefined && { kmsKeyArn }),
  };
}

type Refuse = (what: string) => Error;

function refuseUnknown(properties: Readonly<Record<string, unknown>>, known: readonly string[], refuse: Refuse): void {
  const unknown = Object.keys(properties).find((property) => !known.includes(property));
  if (unknown !== undefined) throw refuse(`delivery stream property ${unknown}`);
}

/** What names the folders: nothing, or one MetadataExtraction processor. */
function partitioningOf(destination: Destination, refuse: Refuse): { readonly keysOf: KeyQuery; readonly keys: readonly string[] } {
  if (String(destination.DynamicPartitioningConfiguration?.Enabled ?? false) !== 'true') return { keysOf: () => ({}), keys: [] };
  const processors = destination.ProcessingConfiguration?.Processors ?? [];
  if (processors.length !== 1 || processors[0]!.Type !== 'MetadataExtraction')
    throw refuse('processors other than one MetadataExtraction with dynamic partitioning');
  const parameter = (wanted: string): string =>
    processors[0]!.Parameters?.find(({ ParameterName }) => ParameterName === wanted)?.ParameterValue ?? '';
  if (parameter('JsonParsingEngine') !== 'JQ-1.6') throw refuse(`JsonParsingEngine ${parameter('JsonParsingEngine')}`);
  const query = parameter('MetadataExtractionQuery');
  return { keysOf: compileKeyQuery(query), keys: [...query.matchAll(/(\w+)"?\s*:\s*\./g)].map(([, key = '']) => key) };
}

function tableOf(destination: Destination, refuse: Refuse): DeliveryStream['table'] {
  const conversion = destination.DataFormatConversionConfiguration;
  if (String(conversion?.Enabled ?? true) !== 'true' || !conversion) throw refuse('delivery without format conversion');
  if (!conversion.InputFormatConfiguration?.Deserializer?.OpenXJsonSerDe) throw refuse('a deserializer other than OpenXJsonSerDe');
  if (!conversion.OutputFormatConfiguration?.Serializer?.ParquetSerDe) throw refuse('a serializer other than ParquetSerDe');
  if ((conversion.OutputFormatConfiguration.Serializer.ParquetSerDe.Compression ?? 'SNAPPY') !== 'SNAPPY')
    throw refuse('a Parquet compression other than SNAPPY');
  const { DatabaseName, TableName } = conversion.SchemaConfiguration ?? {};
  return { DatabaseName: String(DatabaseName), TableName: String(TableName) };
}

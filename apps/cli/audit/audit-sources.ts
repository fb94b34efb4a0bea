/** Where a fund's audit trail lies: its table and its archive, on this machine or in an AWS account, or a plain copy of the archive in a folder. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { bucketName, physicalName } from '../../../shared/contracts/names/index.ts';
import type { AwsClientConfig } from '../../../shared/runtime/host.ts';
import { CheckpointKey } from '../../../shared/stores/checkpoint-key.ts';
import { checkpointPrefix } from '../../../shared/stores/checkpoints.ts';
import { inParallel } from '../../../shared/stores/lake/in-parallel.ts';
import { ObjectArchive } from '../../../shared/stores/object-archive.ts';
import { accountId, operator, region } from '../../local-cloud/cloud.ts';
import type { CommandHost } from '../command-host.ts';
import { accountOf } from '../cycle-lookup.ts';
import { onDeployed, type StoresArguments } from '../deployed-fund.ts';
import type { OperatorStores } from '../operator-stores.ts';
import { BadInput } from '../outcome.ts';
import type { AuditSources, NamedText } from './verify-audit.ts';

export const recordsPrefix = 'records/';
const readsAtOnce = 16;

export interface AuditPlaces {
  readonly stores: OperatorStores;
  readonly archive: ObjectArchive;
  readonly key: CheckpointKey;
}

export function withAudit<T>(options: StoresArguments, host: CommandHost, work: (places: AuditPlaces) => Promise<T>): Promise<T> {
  const { aws } = options;
  const places = (stores: OperatorStores, client: AwsClientConfig, bucket: string, stage = aws ?? ('dev' as const)): AuditPlaces => ({
    stores,
    archive: new ObjectArchive(new S3Client(client), bucket),
    key: new CheckpointKey(new KMSClient(client), `alias/${physicalName(stage, 'checkpoints')}`),
  });
  if (aws === undefined)
    return host.withFund(options, async (fund) => {
      // What follows a record, its copy and its checkpoint, comes about behind the command that left it.
      await fund.cloud.settle();
      const bucket = bucketName(fund.stage, 'auditArchive', accountId, region);
      return work(places(fund, fund.cloud.clientConfig(operator), bucket, fund.stage));
    });
  return onDeployed(aws, async (stores) => {
    const of = await accountOf(aws);
    return work(places(stores, {}, bucketName(aws, 'auditArchive', of.accountId, of.region)));
  });
}

/** The public key comes from KMS: who can write the archive cannot choose it. */
export async function sourcesOf({ stores, archive, key }: AuditPlaces): Promise<AuditSources> {
  const [checkpoints, publicKey] = await Promise.all([textsUnder(archive, checkpointPrefix).then(toList), key.publicKey()]);
  return {
    table: { pages: stores.audit.pages(), head: () => stores.audit.head() },
    archive: await textsUnder(archive, recordsPrefix),
    checkpoints,
    publicKey,
  };
}

/** A copy as `aws s3 sync` makes it. @throws BadInput when the folder is none. */
export function sourcesInFolder(folder: string, publicKey: Uint8Array | null): AuditSources {
  const root = resolve(folder);
  const under = (prefix: string, pattern: string): string[] => globSync(`${prefix}${pattern}`, { cwd: root }).sort();
  const records = under(recordsPrefix, '*.ndjson');
  const read = (key: string): NamedText => ({ key, text: readFileSync(join(root, key), 'utf8') });
  if (!existsSync(root) || records.length === 0)
    throw new BadInput(
      `${folder} is no copy of an audit archive: it holds no records/*.ndjson. "aws s3 sync s3://BUCKET ${folder}" makes one.`,
    );
  async function* objects(): AsyncGenerator<NamedText> {
    for (const key of records) yield read(key);
  }
  return { table: null, archive: objects(), checkpoints: under(checkpointPrefix, '*.json').map(read), publicKey };
}

async function textsUnder(archive: ObjectArchive, prefix: string): Promise<AsyncGenerator<NamedText>> {
  const keys = (await archive.list(prefix)).map(({ key }) => key);
  async function* texts(): AsyncGenerator<NamedText> {
    for (let from = 0; from < keys.length; from += readsAtOnce) {
      const some = keys.slice(from, from + readsAtOnce);
      yield* await inParallel(some, readsAtOnce, async (key) => ({ key, text: await archive.read(key) }));
    }
  }
  return texts();
}

async function toList(texts: AsyncIterable<NamedText>): Promise<NamedText[]> {
  const all: NamedText[] = [];
  for await (const text of texts) all.push(text);
  return all;
}

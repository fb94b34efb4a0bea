/** The simulated market as the ingest machine leaves it in the lake; made once in a process, since every fund of a test wants the same. */
import { type ExecutionEnd, runExecution } from '../../apps/cli/execution.ts';
import { Fund } from '../../apps/cli/fund.ts';
import { accountId, type LocalCloud, operator, region } from '../../apps/local-cloud/cloud.ts';
import { bucketName, physicalName } from '../../shared/contracts/names/index.ts';
import type { IngestSource } from '../../shared/providers/ingest/source.ts';
import { devAssemblyDirectory } from './dev-assembly.ts';

export interface LakeObject {
  readonly Key: string;
  readonly Body: Uint8Array;
}

export const simulatedSeed = 1;
export const lakeBucket = bucketName('dev', 'lake', accountId, region);

let made: Promise<readonly LakeObject[]> | undefined;

export function simulatedLake(): Promise<readonly LakeObject[]> {
  made ??= ingestSimulation();
  return made;
}

export async function putIntoLake(cloud: LocalCloud, objects: readonly LakeObject[]): Promise<void> {
  for (const object of objects) await cloud.call(operator, 's3', 'PutObject', { Bucket: lakeBucket, ...object });
}

/** Every object of the lake whose key begins so. */
export async function lakeObjects(cloud: LocalCloud, prefix = ''): Promise<LakeObject[]> {
  const listed = await cloud.call(operator, 's3', 'ListObjectsV2', { Bucket: lakeBucket, Prefix: prefix });
  const { Contents = [] } = listed as { Contents?: { Key: string }[] };
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = (await cloud.call(operator, 's3', 'GetObject', { Bucket: lakeBucket, Key })) as { Body: Uint8Array };
      return { Key, Body };
    }),
  );
}

/** Runs the ingest machine, as the command line does. */
export function ingest(fund: Fund, source: IngestSource): Promise<ExecutionEnd> {
  const stateMachineArn = `${fund.cloud.stateMachineArn(physicalName('dev', 'ingest'))}:current`;
  return runExecution(fund, { stateMachineArn, input: JSON.stringify({ source }) });
}

async function ingestSimulation(): Promise<LakeObject[]> {
  const assemblyDirectory = await devAssemblyDirectory();
  const fund = await Fund.boot({ assemblyDirectory, seed: simulatedSeed, capitalUsd: 1, cloud: { sharesBundles: true } });
  try {
    await ingest(fund, { kind: 'simulator', seed: simulatedSeed });
    return await lakeObjects(fund.cloud);
  } finally {
    await fund.close();
  }
}

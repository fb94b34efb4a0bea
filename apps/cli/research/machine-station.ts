/**
 * Where the research machines run for a command: the deployed fund's with --aws, else in a local cloud of their own under `research/` in the state
 * directory, booted from the same synthesized templates, with the functions that compute on worker threads. What that cloud's bucket holds stays on disk,
 * so a run that was killed goes on. It is not the fund's own cloud: research needs no fund, and must not wait for one that trades.
 */
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { bucketName, physicalName, type StageName } from '../../../shared/contracts/names/index.ts';
import type { TrialFamily } from '../../../shared/domain/research/trials.ts';
import type { AwsClientConfig } from '../../../shared/runtime/host.ts';
import { ResearchResults } from '../../../shared/stores/research-results.ts';
import { Table } from '../../../shared/stores/table.ts';
import { TrialLedger } from '../../../shared/stores/trial-ledger.ts';
import { RealClock } from '../../local-cloud/clock.ts';
import { accountId, LocalCloud, region } from '../../local-cloud/cloud.ts';
import { synthesizedAssembly } from '../assembly.ts';
import { accountOf } from '../cycle-lookup.ts';
import { onDeployed } from '../deployed-fund.ts';
import { DirectoryLock } from '../directory-lock.ts';
import type { Io } from '../io.ts';
import { BadInput } from '../outcome.ts';
import { researchRoom } from '../state-directory.ts';
import { type LedgerArguments, withTrialLedger } from './trial-book.ts';

export interface StationArguments extends LedgerArguments {
  /** Of the local cloud; how many there are on AWS is the machine's to say. */
  readonly workers: number;
}

export interface Station {
  readonly sfn: SFNClient;
  readonly results: ResearchResults;
  /** Of the version that is current. */
  readonly machineArn: (machine: string) => string;
  /** Between two looks at what is under way; shorter at first. */
  readonly lookEveryMs: number;
  readonly isOnAws: boolean;
  /** Brings what the machines counted of a family to the ledger that the command reads: nothing where that is the same table. */
  countHere(family: TrialFamily): Promise<void>;
}

export const atStation = <T>(where: StationArguments, io: Io, work: (station: Station) => Promise<T>): Promise<T> =>
  where.aws === undefined ? inRoom(where, io, work) : onDeployed(where.aws, () => onAws(where.aws!, work));

async function onAws<T>(stage: StageName, work: (station: Station) => Promise<T>): Promise<T> {
  const place = { stage, client: {}, ...(await accountOf(stage)) };
  return work({ ...stationOver(place), lookEveryMs: 2_000, isOnAws: true, countHere: () => Promise.resolve() });
}

async function inRoom<T>(where: StationArguments, io: Io, work: (station: Station) => Promise<T>): Promise<T> {
  const stage: StageName = 'dev';
  const room = researchRoom(where.state);
  const lock = DirectoryLock.take(join(room, 'machines.lock'));
  if (lock === undefined)
    throw new BadInput(`The research machines in ${room} are in use by another command. Wait for it to end, or name another --state.`);
  try {
    const cloud = await LocalCloud.boot({
      assemblyDirectory: await synthesizedAssembly(stage, io),
      storageDirectory: join(room, 'machines'),
      clock: new RealClock(),
      seed: 'research-machines',
      sharesBundles: true,
      workers: where.workers,
    });
    try {
      const client = cloud.clientConfig();
      const counted = new TrialLedger(new Table(new DynamoDBClient(client), physicalName(stage, 'trials')));
      return await work({
        ...stationOver({ stage, client, accountId, region }),
        lookEveryMs: 50,
        isOnAws: false,
        countHere: (family) => carryOver(counted, family, where),
      });
    } finally {
      await cloud.settle();
      await cloud.close();
    }
  } finally {
    lock.release();
  }
}

interface Place {
  readonly stage: StageName;
  readonly client: AwsClientConfig;
  readonly accountId: string;
  readonly region: string;
}

const stationOver = ({ stage, client, accountId: account, region: where }: Place): Pick<Station, 'sfn' | 'results' | 'machineArn'> => ({
  sfn: new SFNClient(client),
  results: new ResearchResults(new S3Client(client), bucketName(stage, 'research', account, where)),
  machineArn: (machine) => `arn:aws:states:${where}:${account}:stateMachine:${physicalName(stage, machine)}:current`,
});

/** All of the family and not the last batch alone: one whose command was killed before it came here is not forgotten. A batch counts once. */
async function carryOver(counted: TrialLedger, family: TrialFamily, where: LedgerArguments): Promise<void> {
  const batches = await counted.batchesOf(family);
  await withTrialLedger(where, async (ledger) => {
    for (const batch of batches) await ledger.record(batch);
  });
}

/**
 * Where a command counts its trials: the table `trials` of the deployed fund with --aws, else of a local cloud of its own under `research/` in the
 * state directory. That cloud is booted from a template with this one table in it, which takes milliseconds and no synthesized stacks; it is open
 * only while something is counted, under a lock, so that two commands at once count one after the other, also beside a fund that is open.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { physicalName, type StageName } from '../../../shared/contracts/names/index.ts';
import type { TrialBatch } from '../../../shared/domain/research/trials.ts';
import { Table } from '../../../shared/stores/table.ts';
import { type FamilyTotal, TrialLedger } from '../../../shared/stores/trial-ledger.ts';
import { RealClock } from '../../local-cloud/clock.ts';
import { LocalCloud } from '../../local-cloud/cloud.ts';
import { onDeployed } from '../deployed-fund.ts';
import { DirectoryLock } from '../directory-lock.ts';
import { BadInput, CommandFailed, exitCodes } from '../outcome.ts';
import { researchRoom } from '../state-directory.ts';

/** Where the ledger is. */
export interface LedgerArguments {
  readonly state: string;
  readonly aws?: StageName;
}

const localStage: StageName = 'dev';
const lockTries = 40;

/** Counts the batch, then says what was tried of its family until now. @throws CommandFailed where it could not be counted: nothing may be shown then. */
export async function countTrials(batch: TrialBatch, where: LedgerArguments): Promise<FamilyTotal> {
  try {
    return await withTrialLedger(where, async (ledger) => {
      await ledger.record(batch);
      return ledger.family(batch);
    });
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new CommandFailed(
      exitCodes.failed,
      `The trial could not be counted, so its result is not shown: ${(error as Error).message.replaceAll(/\s*\n\s*/g, ' ')}`,
      { cause: error },
    );
  }
}

export const withTrialLedger = <T>(where: LedgerArguments, work: (ledger: TrialLedger) => Promise<T>): Promise<T> =>
  withTrialsTable(where, (table) => work(new TrialLedger(table)));

/** The table that trials and the lives of strategies are in. */
export async function withTrialsTable<T>({ state, aws }: LedgerArguments, work: (table: Table) => Promise<T>): Promise<T> {
  if (aws !== undefined) return onDeployed(aws, () => work(new Table(new DynamoDBClient({}), physicalName(aws, 'trials'))));
  const room = researchRoom(state);
  const lock = await lockOf(room);
  try {
    const cloud = await LocalCloud.boot({
      assemblyDirectory: assemblyIn(room),
      storageDirectory: join(room, 'cloud'),
      clock: new RealClock(),
      seed: 'research',
    });
    try {
      return await work(new Table(new DynamoDBClient(cloud.clientConfig()), physicalName(localStage, 'trials')));
    } finally {
      await cloud.close();
    }
  } finally {
    lock.release();
  }
}

async function lockOf(room: string): Promise<DirectoryLock> {
  for (let tries = 0; tries < lockTries; tries++) {
    const lock = DirectoryLock.take(join(room, 'trials.lock'));
    if (lock !== undefined) return lock;
    await pause(50);
  }
  throw new BadInput(
    `${room} is in use by another command for ten seconds now. Wait for it to end, or name another directory with --state.`,
  );
}

/** An assembly as `cdk synth` would write it, of the one table; keys are those of every table of the fund. */
function assemblyIn(room: string): string {
  const directory = join(room, 'assembly');
  mkdirSync(directory, { recursive: true });
  const write = (name: string, content: object): void => writeFileSync(join(directory, name), JSON.stringify(content));
  write('research.template.json', { Resources: { TrialsTable: { Type: 'AWS::DynamoDB::Table', Properties: trialsTable } } });
  write('manifest.json', {
    artifacts: { Research: { type: 'aws:cloudformation:stack', properties: { templateFile: 'research.template.json' } } },
  });
  return directory;
}

/** As the data stack has it; a test compares the two. */
export const trialsTable = {
  TableName: physicalName(localStage, 'trials'),
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
};

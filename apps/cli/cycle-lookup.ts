/**
 * How commands find a cycle that has run and read what its phases left: the audit trail and the ledger say what was decided and done, the
 * lake holds the documents behind it. On this machine and in an AWS account alike.
 */
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { CycleIdText } from '../../shared/contracts/cycle.ts';
import { bucketName, physicalName, type StageName } from '../../shared/contracts/names/index.ts';
import type { CycleId } from '../../shared/kernel/units.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import type { AuditStore } from '../../shared/stores/audit.ts';
import { Lake } from '../../shared/stores/lake/index.ts';
import type { CommandHost } from './command-host.ts';
import { onDeployed, type StoresArguments } from './deployed-fund.ts';
import { nearest } from './nearest.ts';
import type { OperatorStores } from './operator-stores.ts';
import { BadInput, CommandFailed, exitCodes } from './outcome.ts';

/** Works on stores and lake of the fund that the arguments name. @throws CommandFailed in one line when AWS cannot be used. */
export function withLake<T>(
  options: StoresArguments,
  host: CommandHost,
  work: (stores: OperatorStores, lake: Lake) => Promise<T>,
): Promise<T> {
  const { aws } = options;
  if (aws === undefined) return host.withFund(options, (fund) => work(fund, fund.lake));
  return onDeployed(aws, async (stores) => {
    try {
      return await work(stores, await deployedLake(aws));
    } catch (error) {
      if ((error as Error).name !== 'AccessDenied') throw error;
      const advice = `You may not read the lake bucket of stage ${aws}: s3:GetObject on its cycles/ and snapshots/ is needed.`;
      throw new CommandFailed(exitCodes.failed, advice, { cause: error });
    }
  });
}

/** The bucket's name carries account and region; both stand in the name of a table. */
async function deployedLake(stage: StageName): Promise<Lake> {
  const { accountId, region } = await accountOf(stage);
  return new Lake(new S3Client({}), bucketName(stage, 'lake', accountId, region));
}

/** Of a deployed fund. */
export async function accountOf(stage: StageName): Promise<{ readonly accountId: string; readonly region: string }> {
  const { Table } = await new DynamoDBClient({}).send(new DescribeTableCommand({ TableName: physicalName(stage, 'audit') }));
  const [, , , region, accountId] = Table!.TableArn!.split(':');
  return { accountId: accountId!, region: region! };
}

/**
 * A cycle by its id, by its day when it was the only one of it, or the `latest`. One that was cut off left no audit record; its documents
 * tell that it was there. @throws BadInput with the nearest ones.
 */
export async function findCycle(audit: AuditStore, lake: Lake, wanted: string): Promise<CycleId> {
  const cycles = await audit.cycles();
  const last = cycles.at(-1);
  const named = CycleIdText.safeParse(wanted);
  if (named.success && (cycles.includes(named.data) || (await leftDocuments(lake, named.data)))) return named.data;
  if (last === undefined) throw new BadInput('No cycle has run yet: "ballast cycle" runs one.');
  if (wanted === 'latest') return last;
  const ofDay = cycles.filter((id) => id.startsWith(`cycle-${wanted}T`));
  if (ofDay.length === 1) return ofDay[0]!;
  const near = ofDay.length > 1 ? ofDay : nearest(wanted.startsWith('cycle-') ? wanted : `cycle-${wanted}`, cycles, 3);
  throw new BadInput(`There is no cycle "${wanted}". ${listed('Near it', near, `The last one is ${last}`)}; "latest" means the last one.`);
}

const leftDocuments = async (lake: Lake, cycleId: CycleId): Promise<boolean> =>
  (await new CycleDocuments(lake, cycleId).find('policy')) !== undefined;

/** The symbol as the fund writes it. @throws BadInput with the nearest ones. */
export function findSymbol(wanted: string, known: readonly string[], where: string): string {
  const found = known.find((symbol) => symbol === wanted) ?? known.find((symbol) => symbol === wanted.toUpperCase());
  if (found !== undefined) return found;
  const near = nearest(wanted.toUpperCase(), known, 5);
  throw new BadInput(
    `There is no symbol "${wanted}" in ${where}. ${listed('Near it', near, `It has ${known.length} symbols`)}; "ballast symbols" lists all.`,
  );
}

const listed = (words: string, near: readonly string[], otherwise: string): string =>
  near.length > 0 ? `${words}: ${near.join(', ')}` : otherwise;

/** The local cloud as research uses it: machines started as an operator starts them, and the bucket and ledger that they leave things in. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { synthesizedAssembly } from '../../../apps/cli/assembly.ts';
import { VirtualClock } from '../../../apps/local-cloud/clock.ts';
import { accountId, LocalCloud, type LocalCloudOptions, operator, region } from '../../../apps/local-cloud/cloud.ts';
import type { CloudEvent } from '../../../apps/local-cloud/service.ts';
import { bucketName, physicalName } from '../../../shared/contracts/names/index.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { ResearchResults } from '../../../shared/stores/research-results.ts';
import { Table } from '../../../shared/stores/table.ts';
import { TrialLedger } from '../../../shared/stores/trial-ledger.ts';

const beginsAt = Date.UTC(2026, 0, 5, 20, 45) as EpochMs;
export const researchBucket = bucketName('dev', 'research', accountId, region);

export interface MachineEnd {
  readonly status: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

export class ResearchCloud {
  readonly cloud: LocalCloud;
  readonly results: ResearchResults;
  readonly trials: TrialLedger;
  readonly events: CloudEvent[];

  private constructor(cloud: LocalCloud, events: CloudEvent[]) {
    this.cloud = cloud;
    this.events = events;
    this.results = new ResearchResults(new S3Client(cloud.clientConfig()), researchBucket);
    this.trials = new TrialLedger(new Table(new DynamoDBClient(cloud.clientConfig()), physicalName('dev', 'trials')));
  }

  static async boot(options: Partial<LocalCloudOptions> = {}): Promise<ResearchCloud> {
    const assemblyDirectory = await synthesizedAssembly('dev');
    const events: CloudEvent[] = [];
    const cloud = await LocalCloud.boot({
      assemblyDirectory,
      clock: new VirtualClock(beginsAt),
      seed: 1,
      sharesBundles: true,
      onEvent: (event) => events.push(event),
      ...options,
    });
    return new ResearchCloud(cloud, events);
  }

  /** Runs a machine to its end. */
  async run(machine: string, input: object): Promise<MachineEnd> {
    const stateMachineArn = `${this.cloud.stateMachineArn(physicalName('dev', machine))}:current`;
    const started = await this.cloud.call(operator, 'states', 'StartExecution', { stateMachineArn, input: JSON.stringify(input) });
    await this.cloud.settle();
    return (await this.cloud.call(operator, 'states', 'DescribeExecution', started as object)) as MachineEnd;
  }

  /** Every object whose key begins so, as text that tells two contents apart. */
  async objects(Prefix: string): Promise<ReadonlyMap<string, string>> {
    const { Contents = [] } = (await this.cloud.call(operator, 's3', 'ListObjectsV2', { Bucket: researchBucket, Prefix })) as {
      Contents?: { Key: string }[];
    };
    const found = new Map<string, string>();
    for (const { Key } of Contents) {
      const { Body } = (await this.cloud.call(operator, 's3', 'GetObject', { Bucket: researchBucket, Key })) as { Body: Uint8Array };
      found.set(Key, Buffer.from(Body).toString('base64'));
    }
    return found;
  }

  /** Lets the function put so many objects, and kills it at every one after. */
  killAfterPuts(functionName: string, puts: number): void {
    const put = { service: 's3', operation: 'PutObject', caller: physicalName('dev', functionName) } as const;
    this.cloud.faults.replace([
      ...Array.from({ length: puts }, (_, index) => ({ ...put, nth: index + 1, fault: 'delay' as const, delayMs: 0 })),
      { ...put, fault: 'crash-before' },
    ]);
  }

  /** Nothing goes wrong from now on; what the function puts is told of. */
  countPuts(functionName: string): () => number {
    const before = this.events.length;
    this.cloud.faults.replace([
      { service: 's3', operation: 'PutObject', caller: physicalName('dev', functionName), fault: 'delay', delayMs: 0 },
    ]);
    return () => this.events.slice(before).filter(({ event }) => event === 'FaultStruck').length;
  }

  told(event: string): CloudEvent[] {
    return this.events.filter((heard) => heard.event === event);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cloud.close();
  }
}

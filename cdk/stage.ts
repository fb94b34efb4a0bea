/**
 * What differs between dev, paper and live, and nothing else. Limits and thresholds are no stage settings:
 * they are versioned policy.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import { type StageName, stages } from '../shared/contracts/names/index.ts';

export interface Stage {
  readonly name: StageName;
  /** What happens to tables, buckets and keys when a stack goes: nothing, outside dev. */
  readonly statefulRemoval: RemovalPolicy;
  readonly deletionProtection: boolean;
  readonly logRetention: RetentionDays;
  /** Object Lock retention of the audit archive, compliance mode. */
  readonly auditRetention: Duration;
  /** New York times of the trading cycles, weekdays. */
  readonly cycleTimes: readonly string[];
  /** New York time of the cycle on days when the exchange closes at 13:00. */
  readonly shortSessionCycleTime: string;
  /** New York time of the nightly ingest, weekdays. */
  readonly ingestTime: string;
}

const perStage: Record<StageName, Omit<Stage, 'name' | 'cycleTimes' | 'shortSessionCycleTime' | 'ingestTime'>> = {
  dev: {
    statefulRemoval: RemovalPolicy.DESTROY,
    deletionProtection: false,
    logRetention: RetentionDays.TWO_WEEKS,
    auditRetention: Duration.days(1),
  },
  paper: {
    statefulRemoval: RemovalPolicy.RETAIN,
    deletionProtection: true,
    logRetention: RetentionDays.THREE_MONTHS,
    auditRetention: Duration.days(365),
  },
  live: {
    statefulRemoval: RemovalPolicy.RETAIN,
    deletionProtection: true,
    logRetention: RetentionDays.TWO_YEARS,
    auditRetention: Duration.days(7 * 365),
  },
};

/**
 * Reads `-c stage=…`, `-c cycleTimes=15:45,11:00`, `-c shortSessionCycleTime=12:45` and `-c ingestTime=18:30`.
 * @throws Error for an unknown stage, a time that is none, or `live` without `-c confirm=live`.
 */
export function stageFromContext(node: Node): Stage {
  const name = String(node.tryGetContext('stage') ?? 'dev');
  if (!isStageName(name)) throw new Error(`Unknown stage "${name}". Use -c stage=${stages.join('|')}.`);
  if (name === 'live' && node.tryGetContext('confirm') !== 'live') {
    throw new Error('Stage live trades real money. Deploy it with -c stage=live -c confirm=live.');
  }
  return {
    name,
    ...perStage[name],
    cycleTimes: String(node.tryGetContext('cycleTimes') ?? '15:45')
      .split(',')
      .map(wallClockTime),
    shortSessionCycleTime: wallClockTime(String(node.tryGetContext('shortSessionCycleTime') ?? '12:45')),
    ingestTime: wallClockTime(String(node.tryGetContext('ingestTime') ?? '18:30')),
  };
}

const isStageName = (name: string): name is StageName => (stages as readonly string[]).includes(name);

function wallClockTime(text: string): string {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) throw new Error(`"${text}" is no time of day: write HH:MM, New York time.`);
  return text;
}

/**
 * The names that templates and code must agree on, and nothing else: this is the only part of shared/ that cdk/ imports.
 * A function learns the physical name of a resource from the environment variable given here.
 */
export const stages = ['dev', 'paper', 'live'] as const;
export type StageName = (typeof stages)[number];

/** Tables by role. Keys are `pk` (text) and `sk` (text) in every one. */
export const tables = ['policy', 'leases', 'symbols', 'ledger', 'risk', 'audit', 'operations', 'trials'] as const;
export type TableRole = (typeof tables)[number];

export const buckets = ['lake', 'auditArchive', 'research'] as const;
export type BucketRole = (typeof buckets)[number];

/** Environment variables, by what they hold. */
export const env = {
  stage: 'BALLAST_STAGE',
  table: (role: TableRole): string => `${role.toUpperCase()}_TABLE`,
  bucket: (role: BucketRole): string => ({ lake: 'LAKE_BUCKET', auditArchive: 'AUDIT_ARCHIVE_BUCKET', research: 'RESEARCH_BUCKET' })[role],
  eventBus: 'EVENT_BUS',
  brokerSecret: 'BROKER_SECRET',
  newsModelSecret: 'NEWS_MODEL_SECRET',
  alertChannelsSecret: 'ALERT_CHANNELS_SECRET',
  alertTopic: 'ALERT_TOPIC',
  /** The key that permits are signed with. */
  permitKey: 'PERMIT_KEY',
  /** The key that checkpoints of the audit trail are signed with. */
  checkpointKey: 'CHECKPOINT_KEY',
  /** The one function that writes the audit table. */
  auditWriter: 'AUDIT_WRITER',
  /** The Firehose stream that takes audit records to Parquet. */
  auditStream: 'AUDIT_STREAM',
  stateMachine: 'STATE_MACHINE',
  /** SHA-256 of the bundle that computes a research job: other code is another job. */
  researchCode: 'RESEARCH_CODE',
  /** The machine whose executions a function may look at. */
  tradingCycle: 'TRADING_CYCLE',
} as const;

/** Metadata of a function in its template: it computes for seconds on end, so that the local cloud runs it on a worker thread. AWS passes it over. */
export const computesHeavily = 'ballast:computes-heavily';

/** Physical name of a resource: operators type these into consoles, so they are the same in every account. */
export const physicalName = (stage: StageName, part: string): string => `ballast-${stage}-${part}`;

/** Bucket names are global, so they carry account and region. */
export const bucketName = (stage: StageName, role: BucketRole, account: string, region: string): string =>
  `${physicalName(stage, role === 'auditArchive' ? 'audit-archive' : role)}-${account}-${region}`;

export const market = { timeZone: 'America/New_York' } as const;

/** Whether a scheduled cycle ran is looked at so long after its time: its machine's deadline, and five minutes. */
export const cycleWatch = { afterMinutes: 20 } as const;

/** Source of our events on the bus. */
export const eventSource = 'ballast';

/** Client order ids of this fund begin with it: what else works at the broker is somebody else's. */
export const fundName = 'ballast';

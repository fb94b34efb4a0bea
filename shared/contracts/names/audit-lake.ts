/**
 * The audit trail as SQL sees it: where it lies in the archive bucket, and the columns of its two tables. The Parquet files, the
 * templates, the function that feeds them and the queries all follow this one list, so a column cannot be added to one of them alone.
 */
export const auditLake = {
  database: (stage: string): string => `ballast_${stage}_audit`,
  /** Parquet, one folder for each day that records were written on: `parquet/dt=2024-11-27/…`. */
  recordsPrefix: 'parquet/',
  dayColumn: 'dt',
  /** Records that did not convert, each with the reason. */
  errorsPrefix: 'parquet-errors/',
  /** Signed checkpoints, one JSON object each. */
  checkpointsPrefix: 'checkpoints/',
  /** No record is older than the fund: partitions before it are never looked for. */
  firstDay: '2024-01-01',
} as const;

export interface LakeColumn {
  readonly name: string;
  readonly type: 'bigint' | 'string';
  readonly comment: string;
}

const column = (name: string, type: LakeColumn['type'], comment: string): LakeColumn => ({ name, type, comment });

/** The hash covers the other seven; `record` is canonical JSON text, and SQL reads into it with `json_extract_scalar`. */
export const recordColumns: readonly LakeColumn[] = [
  column('sequence', 'bigint', 'Place in the chain, from 0 without gaps'),
  column('previous_hash', 'string', 'Hash of the record before; 64 zeros for the first'),
  column('hash', 'string', 'SHA-256, lower-case hex, of the seven other columns'),
  column('at', 'string', 'When it was written, ISO 8601 in UTC'),
  column('trail_id', 'string', 'What it is about: a cycle, a liquidation, a version of the policy'),
  column('part', 'string', 'Which step of that left it'),
  column('type', 'string', 'opening, decision, order, cycle, flatten, policy, control, reconciliation, …'),
  column('record', 'string', 'What was recorded, canonical JSON'),
];

export const checkpointColumns: readonly LakeColumn[] = [
  column('sequence', 'bigint', 'The last record that the checkpoint covers'),
  column('hash', 'string', 'Hash of that record'),
  column('records', 'bigint', 'Records of the chain up to and with it'),
  column('at', 'string', 'When it was signed, ISO 8601 in UTC'),
];

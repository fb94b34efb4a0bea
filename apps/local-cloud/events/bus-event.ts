/** From an entry of PutEvents to the event that rules see; what is wrong with an entry is its own answer, not the call's. */
import { Buffer } from 'node:buffer';
import type { PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { AwsError, type CloudHost } from '../service.ts';
import { isPlainObject } from './pattern-operators.ts';

/** The envelope of every event, members in the order AWS prints them. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
  readonly 'replay-name'?: string;
}

const ENTRIES_MAX = 10;
const REQUEST_BYTES_MAX = 256 * 1024;

/** @throws AwsError ValidationException when the request as a whole is too long or too large. */
export function checkRequestSize(entries: readonly PutEventsRequestEntry[] | undefined): void {
  const count = entries?.length ?? 0;
  if (!entries || count < 1 || count > ENTRIES_MAX) {
    const bound = count < 1 ? 'greater than or equal to 1' : `less than or equal to ${ENTRIES_MAX}`;
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes > REQUEST_BYTES_MAX) throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
}

/** As the user guide counts: 14 for a time, then the UTF-8 of source, detail type, detail and resources. */
function entryBytes({ Time, Source, DetailType, Detail, Resources }: PutEventsRequestEntry): number {
  return [Source, DetailType, Detail, ...(Resources ?? [])].reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), Time ? 14 : 0);
}

export function toBusEvent(host: CloudHost, entry: PutEventsRequestEntry): BusEvent | PutEventsResultEntry {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name]) {
      return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.` };
    }
  }
  if (entry.Source!.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  const detail = parseDetail(entry.Detail!);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  return {
    version: '0',
    id: host.newId(),
    'detail-type': entry.DetailType!,
    source: entry.Source!,
    account: host.accountId,
    time: eventTime(entry.Time ? (entry.Time.getTime() as EpochMs) : host.clock.now()),
    region: host.region,
    resources: entry.Resources ?? [],
    detail,
  };
}

export const isBusEvent = (outcome: BusEvent | PutEventsResultEntry): outcome is BusEvent => 'version' in outcome;

/** ISO 8601 to the second, as events and schedules carry it. */
export const eventTime = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

function parseDetail(text: string): Record<string, unknown> | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return isPlainObject(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

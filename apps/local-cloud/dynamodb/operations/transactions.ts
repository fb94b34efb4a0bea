/**
 * TransactWriteItems and TransactGetItems. The service does one thing at a time, so a transaction never meets a
 * conflict: it is checked whole, written to the log in one entry, then applied.
 */
import { canonicalJson, sha256Hex } from '../../../../shared/kernel/canonical-json.ts';
import { AwsError, type CallContext } from '../../service.ts';
import { toWire } from '../../wire/json.ts';
import {
  addUsage,
  type CapacityReport,
  consumedCapacity,
  readUnits,
  readUsage,
  reportWanted,
  scaleUsage,
  type Usage,
  writeUsage,
} from '../capacity.ts';
import { CONDITION_FAILED, constraintFailed, invalid } from '../errors.ts';
import { type Attributes, copyAttributes } from '../items/attribute-value.ts';
import { keyAttributes, readKey } from '../keys.ts';
import { optionalText, type Request, refuseLegacy, requiredList, requiredMap } from '../request.ts';
import type { Table, Write } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { TransactionWrite } from '../transaction-log.ts';
import { type PreparedWrite, prepareCheck, prepareDelete, preparePut, prepareUpdate } from './prepare-write.ts';
import { readItem } from './single-item.ts';

const ACTIONS_MAXIMUM = 100;
const TOTAL_BYTES_MAXIMUM = 4 * 1024 * 1024;
const MANY_ON_ONE = 'Transaction request cannot include multiple operations on one item';

export function transactGetItems(tables: Tables, request: Request, context: CallContext): object {
  const report = reportWanted(request);
  const gets = transactItems(request).map((item) => requiredMap(item.Get, 'get'));
  const opened = gets.map((get) => ({
    get,
    table: tables.open(context, { action: 'GetItem', tableName: get.TableName, keys: [get.Key] }),
  }));
  const seen = new Set(opened.map(({ get, table }) => `${table.arn} ${readKey(table.definition, requiredMap(get.Key, 'key')).key.id}`));
  if (seen.size < opened.length) throw invalid(MANY_ON_ONE);
  const found = opened.map(({ get, table }) => ({ table, ...readItem(table, get) }));
  const usages = found.map(({ table, sizeBytes }) => scaleUsage(readUsage(table, readUnits(sizeBytes, true)), 2));
  return { Responses: found.map(({ item }) => (item ? { Item: item } : {})), ...capacityOf(report, usages, 'ReadCapacityUnits') };
}

export function transactWriteItems(tables: Tables, request: Request, context: CallContext): object {
  const report = reportWanted(request);
  const actions = transactItems(request).map((item) => openAction(tables, item, context));
  const token = optionalText(request, 'ClientRequestToken');
  const fingerprint = token === undefined ? undefined : fingerprintOf(request);
  if (token !== undefined && isRepetition(tables, token, fingerprint!)) return {};
  const outcomes = actions.map((action) => attempt(action));
  refuseRepeatedItems(outcomes);
  refuseTotalSize(outcomes);
  cancelOnRefusal(outcomes);
  commit(tables, outcomes, token, fingerprint);
  const usages = report === 'NONE' ? [] : outcomes.map((outcome) => scaleUsage(usageOf(outcome), 2));
  return capacityOf(report, usages, 'WriteCapacityUnits');
}

interface OpenAction {
  readonly table: Table;
  readonly kind: ActionKind;
  readonly request: Request;
}

interface CancellationReason {
  readonly Code: 'None' | 'ConditionalCheckFailed' | 'ValidationError';
  readonly Message?: string;
  readonly Item?: Attributes;
}

interface Outcome {
  readonly table: Table;
  readonly prepared: PreparedWrite | undefined;
  readonly reason: CancellationReason;
  readonly change: Write | undefined;
  readonly before: Attributes | undefined;
}

const ACTIONS = {
  ConditionCheck: { iam: 'ConditionCheckItem', prepare: prepareCheck },
  Put: { iam: 'PutItem', prepare: preparePut },
  Delete: { iam: 'DeleteItem', prepare: prepareDelete },
  Update: { iam: 'UpdateItem', prepare: prepareUpdate },
} as const;

type ActionKind = keyof typeof ACTIONS;

function transactItems(request: Request): readonly Request[] {
  const items = requiredList(request.TransactItems, 'transactItems').map((item) => requiredMap(item, 'transactItems'));
  if (items.length === 0) throw constraintFailed([], 'transactItems', 'Member must have length greater than or equal to 1');
  if (items.length > ACTIONS_MAXIMUM) {
    throw constraintFailed(`${items.length} items`, 'transactItems', `Member must have length less than or equal to ${ACTIONS_MAXIMUM}`);
  }
  return items;
}

function openAction(tables: Tables, item: Request, context: CallContext): OpenAction {
  const kinds = Object.keys(item).filter((member) => item[member] !== undefined);
  const kind = (Object.keys(ACTIONS) as ActionKind[]).find((candidate) => candidate === kinds[0]);
  if (kinds.length !== 1 || kind === undefined) throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  const request = requiredMap(item[kind], kind);
  refuseLegacy(request);
  const table = tables.open(context, { action: ACTIONS[kind].iam, tableName: request.TableName, keys: [request.Item ?? request.Key] });
  return { table, kind, request };
}

/** A token seen within ten minutes: the same request again has been done; another one is refused. */
function isRepetition(tables: Tables, token: string, fingerprint: string): boolean {
  if (token.length < 1 || token.length > 36) {
    throw constraintFailed(token, 'clientRequestToken', 'Member must have length less than or equal to 36');
  }
  const remembered = tables.transactions.remembered(token, tables.host.clock.now());
  if (remembered === undefined) return false;
  if (remembered.fingerprint === fingerprint) return true;
  throw new AwsError(
    'IdempotentParameterMismatchException',
    'DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.',
  );
}

function fingerprintOf({ ClientRequestToken: _token, ReturnConsumedCapacity: _capacity, ...rest }: Request): string {
  return sha256Hex(canonicalJson(toWire(rest)));
}

const DONE: CancellationReason = { Code: 'None' };

function attempt({ table, kind, request }: OpenAction): Outcome {
  let prepared: PreparedWrite | undefined;
  try {
    prepared = ACTIONS[kind].prepare(table, request);
    const row = table.find(prepared.key);
    const before = row?.attributes;
    if (prepared.meets(row)) return { table, prepared, reason: DONE, change: prepared.change(row), before };
    const shown = prepared.showsItem && before ? { Item: copyAttributes(before) } : {};
    return { table, prepared, reason: { Code: 'ConditionalCheckFailed', Message: CONDITION_FAILED, ...shown }, change: undefined, before };
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error;
    // A request that is malformed by itself is refused; one that does not fit its item cancels the transaction.
    if (prepared === undefined && !ABOUT_THE_ITEM.test(error.message)) throw error;
    return { table, prepared, reason: { Code: 'ValidationError', Message: error.message }, change: undefined, before: undefined };
  }
}

const ABOUT_THE_ITEM = /^(?:One or more parameter values|The provided key element|Item size)/;

function refuseRepeatedItems(outcomes: readonly Outcome[]): void {
  const named = outcomes.filter(({ prepared }) => prepared !== undefined);
  if (new Set(named.map(({ table, prepared }) => `${table.arn} ${prepared!.key.id}`)).size < named.length) throw invalid(MANY_ON_ONE);
}

function refuseTotalSize(outcomes: readonly Outcome[]): void {
  const total = outcomes.reduce((bytes, { change }) => bytes + (change?.kind === 'put' ? change.sizeBytes : 0), 0);
  if (total > TOTAL_BYTES_MAXIMUM) throw invalid('Transaction request exceeds the maximum aggregate item size of 4 MB');
}

function cancelOnRefusal(outcomes: readonly Outcome[]): void {
  if (outcomes.every(({ reason }) => reason.Code === 'None')) return;
  const codes = outcomes.map(({ reason }) => reason.Code).join(', ');
  throw new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: outcomes.map(({ reason }) => reason) },
  );
}

function commit(tables: Tables, outcomes: readonly Outcome[], token: string | undefined, fingerprint: string | undefined): void {
  const changes = outcomes.flatMap(({ table, change, before }) => (change ? [{ table, change, before }] : []));
  if (changes.length === 0 && token === undefined) return;
  const at = tables.host.clock.now();
  const sequence = tables.sequences.take(Math.max(1, changes.length));
  const writes = changes.map(({ table, change, before }): TransactionWrite => {
    const tableName = table.definition.tableName;
    return change.kind === 'put'
      ? { table: tableName, put: change.attributes }
      : { table: tableName, delete: keyAttributes(table.definition, before!) };
  });
  const entry = { sequence, at, writes };
  tables.transactions.append(token === undefined || fingerprint === undefined ? entry : { ...entry, token, fingerprint });
  for (const [index, { table, change }] of changes.entries()) table.apply(change, { sequence: sequence + index, at, streams: true });
  for (const table of new Set(changes.map((change) => change.table))) table.afterCommit();
  tables.transactions.compactIfLong(tables);
}

const usageOf = ({ table, before, change }: Outcome): Usage =>
  writeUsage(table, before, change === undefined ? before : change.kind === 'put' ? change.attributes : undefined);

/** One entry per table, as AWS reports transactions. */
function capacityOf(report: CapacityReport, usages: readonly Usage[], member: 'ReadCapacityUnits' | 'WriteCapacityUnits'): object {
  if (report === 'NONE') return {};
  const byTable = new Map<string, Usage>();
  for (const usage of usages) {
    const sum = byTable.get(usage.tableName);
    byTable.set(usage.tableName, sum ? addUsage(sum, usage) : usage);
  }
  const shown = [...byTable.values()].map((usage) => consumedCapacity(report, usage) as { readonly CapacityUnits: number });
  return { ConsumedCapacity: shown.map((entry) => ({ ...entry, [member]: entry.CapacityUnits })) };
}

/**
 * One execution of a research machine, from here: started under a name that its input gives, or found where the same question is running already, and
 * looked at until it ends. Who stops looking stops nothing on AWS; the same command finds it again.
 *
 * API: Step Functions API reference, StartExecution (a name is free again 90 days after its execution ended; the same name with the same input answers with
 * the one that runs), DescribeExecution, ListMapRuns, DescribeMapRun (its item counts lag by seconds).
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  DescribeMapRunCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { contentHash } from '../../../shared/kernel/canonical-json.ts';
import { causeText } from '../../../shared/runtime/research/finish-sweep.ts';
import { isNamed } from '../../../shared/stores/aws-errors.ts';
import { BadInput, CommandFailed, exitCodes } from '../outcome.ts';
import type { Station } from './machine-station.ts';
import { sentenceOf } from './refusals.ts';

/** How far the maps of an execution are, all together. */
export interface Items {
  readonly done: number;
  readonly total: number;
}

export interface Looked {
  readonly startedAtMs: number;
  /** What the machine answered, as JSON text. */
  readonly output: string;
}

const namesMax = 1_000;
const firstPauseMs = 20;
const failuresShownMax = 10;

/** @throws BadInput for what the machine refuses, CommandFailed in one line that names the parts that failed. */
export async function runMachine(
  { sfn, machineArn, lookEveryMs }: Station,
  machine: 'research-sweep' | 'evolve-strategies',
  input: object,
  onLook: (items: Items) => void,
): Promise<Looked> {
  const executionArn = await startedOrRunning(sfn, machineArn(machine), input);
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(lookEveryMs, 2 * pauseMs)) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    onLook(await itemsOf(sfn, executionArn));
    if (execution.status === 'SUCCEEDED') return { startedAtMs: execution.startDate?.getTime() ?? 0, output: execution.output ?? '{}' };
    if (execution.status !== 'RUNNING' && execution.status !== 'PENDING_REDRIVE') throw await failureOf(sfn, machine, execution);
    await pause(pauseMs);
  }
}

async function startedOrRunning(sfn: SFNClient, stateMachineArn: string, input: object): Promise<string> {
  const question = contentHash(input).slice(0, 40);
  for (let time = 1; time <= namesMax; time++) {
    try {
      const command = new StartExecutionCommand({ stateMachineArn, name: `${question}-${time}`, input: JSON.stringify(input) });
      return (await sfn.send(command)).executionArn!;
    } catch (error) {
      // That time has ended; what it finished is passed over by the next.
      if (!isNamed(error, 'ExecutionAlreadyExists')) throw error;
    }
  }
  throw new CommandFailed(exitCodes.failed, `This very question was run ${namesMax} times within 90 days: no name is left for it.`);
}

async function itemsOf(sfn: SFNClient, executionArn: string): Promise<Items> {
  let [done, total] = [0, 0];
  for (const mapRunArn of await mapRunsOf(sfn, executionArn)) {
    const { itemCounts } = await sfn.send(new DescribeMapRunCommand({ mapRunArn }));
    done += (itemCounts?.succeeded ?? 0) + (itemCounts?.failed ?? 0) + (itemCounts?.aborted ?? 0) + (itemCounts?.timedOut ?? 0);
    total += itemCounts?.total ?? 0;
  }
  return { done, total };
}

async function mapRunsOf(sfn: SFNClient, executionArn: string): Promise<readonly string[]> {
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(new ListMapRunsCommand({ executionArn, ...(nextToken === undefined ? {} : { nextToken }) }));
    found.push(...(page.mapRuns ?? []).flatMap(({ mapRunArn }) => mapRunArn ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

async function failureOf(
  sfn: SFNClient,
  machine: string,
  { executionArn, status, error = '', cause = '' }: DescribeExecutionOutput,
): Promise<BadInput | CommandFailed> {
  if (/^[a-z]+(-[a-z]+)+$/.test(error)) return new BadInput(sentenceOf({ kind: 'refused', reason: error, details: detailsIn(cause) }));
  const parts = (await mapRunsOf(sfn, executionArn!)).map((mapRunArn) => failedItems(sfn, mapRunArn));
  const failed = (await Promise.all(parts)).flat();
  const because = failed.length > 0 ? failuresText(failed) : `${error || status}${cause === '' ? '' : `: ${causeText(cause)}`}`;
  return new CommandFailed(
    exitCodes.failed,
    `The machine ${machine} failed: ${because}. The same command goes on after what is finished.`.replaceAll(/\s*\n\s*/g, ' '),
  );
}

/** A chunk of a sweep or an island, by its number. */
export interface FailedItem {
  readonly item: string;
  readonly error: string;
}

export function failuresText(failed: readonly FailedItem[]): string {
  const shown = failed.slice(0, failuresShownMax).map(({ item, error }) => `${item} (${error})`);
  const more = failed.length > shown.length ? `, and ${failed.length - shown.length} more` : '';
  return `${shown.join(', ')}${more}`;
}

const ItemNumber = z.object({ chunk: z.number().optional(), island: z.number().optional(), epoch: z.number().optional() });

async function failedItems(sfn: SFNClient, mapRunArn: string): Promise<readonly FailedItem[]> {
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ mapRunArn, statusFilter: 'FAILED', maxResults: 100 }));
  const items: (FailedItem & { readonly order: number })[] = [];
  for (const { executionArn } of executions) {
    const { input = '{}', error = 'unknown', cause = '' } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const { chunk, island, epoch } = ItemNumber.parse(JSON.parse(input));
    const item = chunk === undefined ? `island ${island} of epoch ${epoch}` : `chunk ${chunk}`;
    items.push({ item, order: chunk ?? island ?? 0, error: cause === '' ? error : `${error}: ${causeText(cause)}` });
  }
  return items.sort((a, b) => a.order - b.order);
}

function detailsIn(cause: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(cause));
  } catch {
    return {};
  }
}

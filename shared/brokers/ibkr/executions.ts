/**
 * What TWS executed for the account today. A correction bears the id of what it corrects but for the digits after the last dot, which
 * rise; only the last of each counts (TWS API, "Executions and Commissions").
 */
import { ContractViolation } from '../../kernel/errors.ts';
import type { EpochMs, OrderId, Price, Shares, Ticker } from '../../kernel/units.ts';
import type { BrokerOrder } from '../broker.ts';
import { isUsStock, tickerOf } from './contract.ts';
import type { TwsSession } from './session.ts';
import { instantFromTws, twsInstant } from './times.ts';
import type { TwsEvents } from './tws-events.ts';

export interface Execution extends Pick<BrokerOrder, 'brokerOrderId' | 'clientOrderId' | 'symbol' | 'side'> {
  readonly executionId: string;
  readonly at: EpochMs;
  readonly symbol: Ticker;
  readonly clientOrderId: OrderId;
  readonly quantity: Shares;
  readonly price: Price;
  /** US dollars; absent until TWS has told it, which may be a moment after the execution. */
  readonly commissionUsd?: number;
}

/** Oldest first, corrections applied. `since` narrows what TWS looks through; it keeps the present day only. */
export async function listExecutions(session: TwsSession, account: string, since?: EpochMs): Promise<readonly Execution[]> {
  const { executions, commissions } = await session.ask<{ executions: Execution[]; commissions: Map<string, number> }>(
    'executions',
    (turn) => {
      const executions: Execution[] = [];
      const commissions = new Map<string, number>();
      turn.on('commissionReport', ({ execId, commission }) => {
        if (execId !== undefined && commission !== undefined) commissions.set(execId, commission);
      });
      turn.on('execDetails', (requestId, contract, told) => {
        if (requestId !== turn.id || told.acctNumber !== account || !isUsStock(contract)) return;
        try {
          executions.push(readExecution(contract, told));
        } catch (error) {
          turn.fail(error as Error);
        }
      });
      turn.on('execDetailsEnd', (requestId) => {
        if (requestId === turn.id) turn.answer({ executions, commissions });
      });
      turn.api.reqExecutions(turn.id, { acctCode: account, ...(since !== undefined && { time: twsInstant(since) }) });
    },
  );
  return withoutCorrected(executions)
    .map((execution) => {
      const commissionUsd = commissions.get(execution.executionId);
      return commissionUsd === undefined ? execution : { ...execution, commissionUsd };
    })
    .sort((a, b) => a.at - b.at);
}

/** How many shares they are in all, and at what mean price. */
export function executedOf(executions: readonly Execution[]): { quantity: Shares; averagePrice?: Price; lastAt?: EpochMs } {
  let [quantity, valueUsd, lastAt] = [0, 0, undefined as EpochMs | undefined];
  for (const execution of executions) {
    quantity += execution.quantity;
    valueUsd += execution.quantity * execution.price;
    if (lastAt === undefined || execution.at > lastAt) lastAt = execution.at;
  }
  if (lastAt === undefined || quantity === 0) return { quantity: 0 as Shares };
  return { quantity: quantity as Shares, averagePrice: (valueUsd / quantity) as Price, lastAt };
}

/** @throws ContractViolation for an execution without what every execution has. */
export function readExecution(...[contract, told]: TailOf<Parameters<TwsEvents['execDetails']>>): Execution {
  const { execId, time, permId, side, shares, price, orderRef } = told;
  const isWhole = execId && time && permId && shares !== undefined && price !== undefined && (side === 'BOT' || side === 'SLD');
  if (!isWhole) throw new ContractViolation('an execution has an id, a time, an order, a side, a quantity and a price', { execId, side });
  return {
    executionId: execId,
    at: instantFromTws(time),
    brokerOrderId: String(permId),
    clientOrderId: clientOrderIdOf(orderRef, permId),
    symbol: tickerOf(contract),
    side: side === 'BOT' ? 'BUY' : 'SELL',
    quantity: shares as Shares,
    price: price as Price,
  };
}

/** Orders entered by hand bear no reference of ours; theirs is made of TWS's id, which no id of ours looks like. */
export const clientOrderIdOf = (orderRef: string | undefined, permId: number): OrderId => (orderRef || `tws:${permId}`) as OrderId;

/** The last of each execution and its corrections. */
export function withoutCorrected(executions: readonly Execution[]): Execution[] {
  const latest = new Map<string, Execution>();
  for (const execution of executions) {
    const [base, correction] = splitId(execution.executionId);
    const held = latest.get(base);
    if (!held || correction >= splitId(held.executionId)[1]) latest.set(base, execution);
  }
  return [...latest.values()];
}

/** An execution and its corrections have one base. */
export function splitId(executionId: string): [base: string, correction: number] {
  const dot = executionId.lastIndexOf('.');
  return dot < 0 ? [executionId, 0] : [executionId.slice(0, dot), Number(executionId.slice(dot + 1))];
}

type TailOf<All extends readonly unknown[]> = All extends readonly [unknown, ...infer Rest] ? Rest : never;

/** The messages of TWS that we listen to, as the client library hands them over. */
import type { Contract } from '@stoqey/ib/dist/api/contract/contract.js';
import type { ContractDetails } from '@stoqey/ib/dist/api/contract/contractDetails.js';
import type { Execution } from '@stoqey/ib/dist/api/order/execution.js';
import type { Order } from '@stoqey/ib/dist/api/order/order.js';
import type { OrderState } from '@stoqey/ib/dist/api/order/orderState.js';
import type { CommissionReport } from '@stoqey/ib/dist/api/report/commissionReport.js';

export interface TwsEvents {
  /** Good and bad news that belongs to no request. */
  info(message: string, code: number): void;
  /** `id` is a request's or an order's; the two are counted in ranges that never meet. */
  error(error: Error, code: number, id: number): void;
  disconnected(): void;
  managedAccounts(accounts: string): void;
  nextValidId(orderId: number): void;
  currentTime(epochSeconds: number): void;

  openOrder(orderId: number, contract: Contract, order: Order, state: OrderState): void;
  orderStatus(
    orderId: number,
    status: string,
    filled: number | undefined,
    remaining: number | undefined,
    averagePrice: number | undefined,
    permId: number | undefined,
    parentId: number | undefined,
    lastPrice: number | undefined,
    clientId: number | undefined,
  ): void;
  openOrderEnd(): void;
  completedOrder(contract: Contract, order: Order, state: OrderState): void;
  completedOrdersEnd(): void;
  execDetails(requestId: number, contract: Contract, execution: Execution): void;
  execDetailsEnd(requestId: number): void;
  commissionReport(report: CommissionReport): void;

  updateAccountValue(key: string, value: string, currency: string, account: string): void;
  updatePortfolio(contract: Contract, position: number, marketPrice: number, marketValue: number): void;
  accountDownloadEnd(account: string): void;
  position(account: string, contract: Contract, quantity: number, averageCost: number): void;
  positionEnd(): void;

  contractDetails(requestId: number, details: ContractDetails): void;
  contractDetailsEnd(requestId: number): void;
  tickPrice(requestId: number, field: number, price: number): void;
  tickString(requestId: number, field: number, value: string): void;
  tickGeneric(requestId: number, field: number, value: number): void;
  tickSnapshotEnd(requestId: number): void;
  historicalSchedule(requestId: number, from: string, to: string, timeZone: string, sessions: readonly ScheduledSession[]): void;
}

export interface ScheduledSession {
  readonly startDateTime: string;
  readonly endDateTime: string;
  /** YYYYMMDD. */
  readonly refDate: string;
}

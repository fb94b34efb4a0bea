/**
 * What TWS says, field by field, at server version 193. The order of fields is that of the API's own decoder (EDecoder and EOrderDecoder in
 * IB's Java client, of which `@stoqey/ib` 1.6.10 is a port); fields that mean nothing for stocks are sent empty, as TWS sends them.
 */
export const SERVER_VERSION = 193;

export interface ToldContract {
  readonly conId: number;
  readonly symbol: string;
}

export interface ToldOrder {
  readonly orderId: number;
  readonly clientId: number;
  readonly permId: number;
  readonly orderRef: string;
  readonly account: string;
  readonly contract: ToldContract;
  readonly action: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly orderType: string;
  readonly limitPrice: string;
  readonly stopPrice: string;
  readonly tif: string;
  readonly status: string;
  readonly filled: string;
  readonly remaining: string;
  readonly averagePrice: string;
}

export interface ToldExecution {
  readonly execId: string;
  readonly time: string;
  readonly shares: string;
  readonly price: string;
  readonly cumulative: string;
}

export type Message = readonly (string | number | boolean)[];

const blank = (count: number): string[] => new Array<string>(count).fill('');
/** Last trade date, strike, right, multiplier. */
const noOption = ['', 0, '0', ''] as const;

/** Contract id, symbol, type, four fields of options, exchange, currency, local symbol, trading class. */
const contractFields = ({ conId, symbol }: ToldContract) => [conId, symbol, 'STK', ...noOption, 'SMART', 'USD', symbol, 'NMS'];

const orderFields = (order: ToldOrder) => [
  ...[order.action, order.quantity, order.orderType, order.limitPrice, order.stopPrice, order.tif],
  // OCA group, account, open or close, origin, reference.
  ...['', order.account, '', 0, order.orderRef],
];

export const nextValidId = (orderId: number): Message => [9, 1, orderId];
export const managedAccounts = (accounts: readonly string[]): Message => [15, 1, accounts.join(',')];
export const errorMessage = (id: number, code: number, text: string): Message => [4, 2, id, code, text, ''];
export const currentTime = (epochSeconds: number): Message => [49, 1, epochSeconds];

export function openOrder(order: ToldOrder): Message {
  return [
    ...[5, order.orderId, ...contractFields(order.contract), ...orderFields(order), order.clientId, order.permId],
    // Outside hours, hidden, discretionary amount, good after, allocation; FA group, method, percentage, model; good till, rule 80A, offset, firm.
    ...[0, 0, 0, '', '', ...blank(4), '', '', '', ''],
    // Short sale slot, location, exempt code; auction strategy, starting price, reference price, delta; range of prices, display size.
    ...[0, '', -1, 0, '', '', '', '', '', ''],
    // Block, sweep, all or none, minimum quantity, OCA type, two flags, price cap, parent, trigger.
    ...[0, 0, 0, '', 0, 0, 0, '', 0, 0],
    // Volatility, its type, delta neutral type and price, continuous update, reference price; trailing stop and percent; basis points and type.
    ...['', 0, '', '', 0, 0, '', '', '', ''],
    // Combination: description and three counts; scale: three fields; hedge, opt out; clearing: two; not held, delta neutral, algorithm.
    ...['', 0, 0, 0, '', '', '', '', 0, '', '', 0, 0, ''],
    // Solicited, what-if, status; margins and equity before, change, after; commission, least, most, currency, warning.
    ...[0, 0, order.status, ...blank(9), '', '', '', '', ''],
    // Randomise: two; conditions; adjusted order: eight; soft dollar tier: three; cash quantity, three flags, price algorithm, duration.
    ...[0, 0, 0, '', '', '', '', '', '', '', 0, '', '', '', '', 0, 0, 0, 0, 0],
    // Post to ATS, auto cancel parent; pegged: five; customer account, professional; accrued interest, overnight, operator, manual.
    ...['', 0, ...blank(5), '', 0, '', 0, '', ''],
  ];
}

export const orderStatus = (order: ToldOrder): Message => [
  ...[3, order.orderId, order.status, order.filled, order.remaining, order.averagePrice || 0],
  // Permanent id, parent, last price, client, why held, market cap price.
  ...[order.permId, 0, 0, order.clientId, '', 0],
];

export const openOrderEnd: Message = [53, 1];

export function completedOrder(order: ToldOrder, completedTime: string): Message {
  return [
    ...[101, ...contractFields(order.contract), ...orderFields(order), order.permId],
    // Outside hours, hidden, discretionary amount, good after; FA: three, model; good till, rule 80A, offset, firm; short sale: three.
    ...[0, 0, 0, '', ...blank(4), '', '', '', '', 0, '', -1],
    // Starting and reference price, delta, range; display size, sweep, all or none, minimum, OCA type, trigger.
    ...['', '', '', '', '', '', 0, 0, '', 0, 0],
    // Volatility: six; trailing: two; combination: four; scale: three; hedge; clearing: two; not held, delta neutral, algorithm, solicited.
    ...['', 0, '', '', 0, 0, '', '', '', 0, 0, 0, '', '', '', '', '', '', 0, 0, '', 0],
    // Status; randomise: two; conditions; stop price, limit offset; cash quantity, two flags, auto cancel date, filled quantity.
    ...[order.status, 0, 0, 0, '', '', '', 0, 0, '', order.filled],
    // Futures contract, auto cancel parent, shareholder, imbalance, marketable, parent id, when and how it ended.
    ...[0, 0, '', 0, 0, 0, completedTime, order.status],
    // Pegged: five; customer account, professional.
    ...[...blank(5), '', 0],
  ];
}

export const completedOrdersEnd: Message = [102];

/** `requestId` -1: told of its own accord. */
export function execution(requestId: number, order: ToldOrder, told: ToldExecution): Message {
  const side = order.action === 'BUY' ? 'BOT' : 'SLD';
  return [
    ...[11, requestId, order.orderId, ...contractFields(order.contract), told.execId, told.time, order.account, 'ISLAND', side],
    ...[told.shares, told.price, order.permId, order.clientId, 0, told.cumulative, told.price, order.orderRef, '', '', '', 1, 0],
  ];
}

export const executionsEnd = (requestId: number): Message => [55, 1, requestId];
export const commissionReport = (execId: string, commissionUsd: number): Message => [59, 1, execId, commissionUsd, 'USD', '', '', 0];

export const accountValue = (key: string, value: string, currency: string, account: string): Message => [
  6,
  2,
  key,
  value,
  currency,
  account,
];
export const accountDownloadEnd = (account: string): Message => [54, 1, account];

export interface ToldPosition {
  readonly contract: ToldContract;
  readonly quantity: string;
  readonly price: string;
  readonly value: string;
  readonly averageCost: string;
}

/** The exchange stands before the currency here, and names the listing. */
export const portfolioValue = ({ contract, quantity, price, value, averageCost }: ToldPosition, account: string): Message => [
  ...[7, 8, contract.conId, contract.symbol, 'STK', ...noOption, 'NASDAQ', 'USD', contract.symbol, 'NMS'],
  ...[quantity, price, value, averageCost, 0, 0, account],
];

export const position = ({ contract, quantity, averageCost }: ToldPosition, account: string): Message => [
  ...[61, 3, account, ...contractFields(contract), quantity, averageCost],
];

export const positionEnd: Message = [62, 1];

export interface ToldDetails {
  readonly contract: ToldContract;
  readonly orderTypes: string;
  readonly liquidHours: string;
  readonly minSize: string;
  readonly ineligibleBecause?: string;
}

export function contractDetails(
  requestId: number,
  { contract, orderTypes, liquidHours, minSize, ineligibleBecause }: ToldDetails,
): Message {
  const { conId, symbol } = contract;
  return [
    ...[10, requestId, symbol, 'STK', '', '', 0, '', 'SMART', 'USD', symbol, 'NMS', 'NMS', conId, 0.01, ''],
    ...[orderTypes, 'SMART,NASDAQ', 1, 0, `${symbol} COMMON STOCK`, 'NASDAQ', '', '', '', '', 'US/Eastern', liquidHours, liquidHours],
    // Economic value rule and multiplier, ids, aggregation, underlying: two, market rules, expiry, kind of stock, sizes: three.
    ...['', '', 0, 1, '', '', '26', '', 'COMMON', minSize, minSize, 100],
    ...(ineligibleBecause === undefined ? [0] : [1, 'NO_TRADING', ineligibleBecause]),
  ];
}

export const contractDetailsEnd = (requestId: number): Message => [52, 1, requestId];

export const tickPrice = (requestId: number, field: number, price: number): Message => [1, 6, requestId, field, price, 100, 0];
export const tickString = (requestId: number, field: number, value: string): Message => [46, 6, requestId, field, value];
export const tickGeneric = (requestId: number, field: number, value: number): Message => [45, 6, requestId, field, value];
export const tickSnapshotEnd = (requestId: number): Message => [57, 1, requestId];

/** Each session: begins, ends, date. */
export const historicalSchedule = (requestId: number, sessions: readonly (readonly [string, string, string])[]): Message => [
  ...[106, requestId, sessions[0]?.[0] ?? '', sessions.at(-1)?.[1] ?? '', 'US/Eastern', sessions.length, ...sessions.flat()],
];

/**
 * A TWS of our own for tests: a TCP server that speaks the socket protocol of a real one (handshake, frames, server version 193) as far as
 * the adapter uses it, with the paper exchange as the market behind it.
 *
 * It keeps TWS's habits that make trouble: a client id belongs to one connection at a time (326); order ids must lie above every one heard
 * of (103); a second order of one reference is taken like any other; orders that are over and executions are told for the present day only;
 * who sends more than 50 messages a second is thrown out (100); orders are cancelled by the client id that gave them only; the master client
 * id hears of all orders. It does not: change orders in place, attach orders, advise accounts, or know anything but US stocks.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { calendarCovers, isSession, newYorkDay, sessionClose, sessionOpen } from '../../../shared/domain/market/calendar.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import type { EpochDay, EpochMs } from '../../../shared/kernel/units.ts';
import { ExchangeBehind, type ExchangeKeys, isExchangeRefusal } from './exchange-behind.ts';
import { FrameReader, frame } from './frames.ts';
import * as say from './messages.ts';
import { newYorkText, OrderBook } from './order-book.ts';
import { type ClientMessage, readClientMessage } from './requests.ts';

export interface FakeTwsOptions {
  readonly exchange: { readonly fetch: typeof globalThis.fetch };
  readonly keys: ExchangeKeys;
  readonly account: string;
  readonly masterClientId: number;
  /** Of each execution. */
  readonly commissionUsd?: number;
}

/** What befalls a message: nothing, or the connection breaks before it is read or before it is answered, or no answer ever comes. */
export type Mishap = 'none' | 'request-lost' | 'reply-lost' | 'silence';

const DAYS_TOLD_AHEAD = 6;
const MESSAGES_PER_SECOND_MAX = 50;

export class FakeTws {
  readonly orders: OrderBook;
  readonly received: ClientMessage['kind'][] = [];
  /** Asked before each message of a client. */
  before: (message: ClientMessage) => Mishap = () => 'none';
  /** What is said in place of an answer to this message; `undefined` leaves the answer as it is. */
  instead: (message: ClientMessage) => readonly say.Message[] | undefined = () => undefined;
  readonly #options: FakeTwsOptions;
  readonly #exchange: ExchangeBehind;
  readonly #connections = new Map<number, Connection>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  /** The exchange's time, as of the last message. */
  #now = 0 as EpochMs;

  private constructor(options: FakeTwsOptions) {
    this.#options = options;
    this.#exchange = new ExchangeBehind(options.exchange.fetch, options.keys);
    this.orders = new OrderBook(this.#exchange, { now: () => this.#now }, options.commissionUsd ?? 0);
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async start(options: FakeTwsOptions): Promise<FakeTws> {
    const tws = new FakeTws(options);
    await new Promise<void>((resolve) => tws.#server.listen(0, '127.0.0.1', resolve));
    return tws;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the fake TWS is not listening');
    return address.port;
  }

  get clientIds(): readonly number[] {
    return [...this.#connections.keys()];
  }

  /** Tells every client something that belongs to no request, e.g. 1100. */
  announce(code: number, text: string): void {
    for (const connection of this.#connections.values()) connection.tell([say.errorMessage(-1, code, text)]);
  }

  /** Tells the clients what happened at the exchange since they were last told. */
  async tellNews(): Promise<void> {
    this.#now = await this.#exchange.now();
    for (const { clientId, messages } of await this.orders.look()) {
      const { masterClientId } = this.#options;
      for (const id of new Set([clientId, masterClientId])) this.#connections.get(id)?.tell(messages);
    }
  }

  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.hangUp();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const connection: Connection = new Connection(socket, (message) => this.#hear(connection, message));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#connections.get(connection.clientId) === connection) this.#connections.delete(connection.clientId);
    });
  }

  async #hear(connection: Connection, message: ClientMessage): Promise<void> {
    this.received.push(message.kind);
    const mishap = this.before(message);
    if (mishap === 'request-lost') connection.hangUp();
    else if (message.kind === 'start') this.#start(connection, message.clientId);
    else if (connection.isTooFast()) connection.refuse(say.errorMessage(-1, 100, 'Max rate of messages per second has been exceeded'));
    else await this.#respond(connection, message, mishap);
  }

  async #respond(connection: Connection, message: ClientMessage, mishap: Mishap): Promise<void> {
    await this.tellNews();
    const answer = this.instead(message) ?? (await this.#answer(connection, message));
    if (mishap === 'reply-lost') connection.hangUp();
    if (mishap !== 'none') return;
    connection.tell(answer);
    this.#tellMaster(connection, message, answer);
  }

  #start(connection: Connection, clientId: number): void {
    if (this.#connections.has(clientId)) {
      connection.refuse(say.errorMessage(-1, 326, 'Unable to connect as the client id is already in use. Retry with a unique client id.'));
      return;
    }
    connection.clientId = clientId;
    this.#connections.set(clientId, connection);
    const next = say.nextValidId(this.orders.lastOrderId(clientId) + 1);
    const greeting = say.errorMessage(-1, 2104, 'Market data farm connection is OK:usfarm');
    connection.tell([say.managedAccounts([this.#options.account]), next, greeting]);
  }

  #tellMaster(connection: Connection, { kind }: ClientMessage, answer: readonly say.Message[]): void {
    if ((kind !== 'place-order' && kind !== 'cancel-order') || connection.clientId === this.#options.masterClientId) return;
    this.#connections.get(this.#options.masterClientId)?.tell(answer.filter(([id]) => id === 3 || id === 5));
  }

  async #answer(connection: Connection, message: ClientMessage): Promise<readonly say.Message[]> {
    switch (message.kind) {
      case 'place-order':
        return this.#place(connection, message);
      case 'cancel-order':
        return this.orders.cancel(connection.clientId, message.orderId);
      case 'open-orders':
        for (const { orderId } of this.orders.orders) connection.hearOf(orderId);
        return [...this.orders.open(), say.openOrderEnd];
      case 'completed-orders':
        return [...this.orders.completed(), say.completedOrdersEnd];
      case 'executions':
        return [...this.orders.executed(message.requestId, message.since), say.executionsEnd(message.requestId)];
      case 'current-time':
        return [say.currentTime(Math.floor(this.#now / 1000))];
      case 'account':
        return message.subscribe ? this.#account() : [];
      case 'positions':
        return [...(await this.#positions()).map((told) => say.position(told, this.#options.account)), say.positionEnd];
      case 'contract-details':
        return this.#contractDetails(message.requestId, message.symbol);
      case 'market-data':
        return this.#marketData(message);
      case 'schedule':
        return [this.#schedule(message.requestId, message.days)];
      default:
        return [];
    }
  }

  async #place(connection: Connection, { order }: Extract<ClientMessage, { kind: 'place-order' }>): Promise<readonly say.Message[]> {
    if (order.orderId <= connection.highestOrderId || order.orderId <= this.orders.lastOrderId(connection.clientId))
      return [say.errorMessage(order.orderId, 103, 'Duplicate order id')];
    connection.hearOf(order.orderId);
    return this.orders.place({ ...order, clientId: connection.clientId });
  }

  async #account(): Promise<readonly say.Message[]> {
    const { account } = this.#options;
    const { cash, buying_power, equity } = await this.#exchange.account();
    return [
      say.accountValue('AccountReady', 'true', '', account),
      say.accountValue('TotalCashValue', cash, 'USD', account),
      say.accountValue('BuyingPower', buying_power, 'USD', account),
      say.accountValue('NetLiquidation', equity, 'USD', account),
      ...(await this.#positions()).map((told) => say.portfolioValue(told, account)),
      say.accountDownloadEnd(account),
    ];
  }

  async #positions(): Promise<readonly say.ToldPosition[]> {
    return (await this.#exchange.positions()).map(({ symbol, qty, current_price, market_value, avg_entry_price }) => ({
      contract: contractOf(symbol),
      ...{ quantity: qty, price: current_price, value: market_value, averageCost: avg_entry_price },
    }));
  }

  async #contractDetails(requestId: number, symbol: string): Promise<readonly say.Message[]> {
    const asset = symbol === 'SPY' ? { tradable: true } : await this.#exchange.asset(symbol.replaceAll(' ', '.'));
    if (isExchangeRefusal(asset)) return [noSuchSecurity(requestId)];
    const told = { contract: contractOf(symbol), orderTypes: 'LMT,MKT,STP,STPLMT', liquidHours: this.#hours(), minSize: '0.0001' };
    const details = asset.tradable ? told : { ...told, ineligibleBecause: 'No trading permitted' };
    return [say.contractDetails(requestId, details), say.contractDetailsEnd(requestId)];
  }

  async #marketData({ requestId, symbol, snapshot }: Extract<ClientMessage, { kind: 'market-data' }>): Promise<readonly say.Message[]> {
    const ticker = symbol.replaceAll(' ', '.');
    const asset = await this.#exchange.asset(ticker);
    if (isExchangeRefusal(asset)) return [noSuchSecurity(requestId)];
    if (!snapshot) return [say.tickGeneric(requestId, 46, asset.shortable ? 3 : 1)];
    const trade = await this.#exchange.latestTrade(ticker);
    if (!trade) return [say.tickSnapshotEnd(requestId)];
    const seconds = String(Math.floor(Date.parse(trade.t) / 1000));
    return [say.tickPrice(requestId, 4, trade.p), say.tickString(requestId, 45, seconds), say.tickSnapshotEnd(requestId)];
  }

  #hours(): string {
    const today = newYorkDay(this.#now);
    return Array.from({ length: DAYS_TOLD_AHEAD }, (_, ahead) => (today + ahead) as EpochDay)
      .map((day) => {
        const date = compact(day);
        if (!isSession(day)) return `${date}:CLOSED`;
        return `${date}:${hourText(sessionOpen(day))}-${date}:${hourText(sessionClose(day))}`;
      })
      .join(';');
  }

  #schedule(requestId: number, days: number): say.Message {
    const today = newYorkDay(this.#now);
    const sessions: [string, string, string][] = [];
    for (let day = (today - days + 1) as EpochDay; day <= today; day = (day + 1) as EpochDay) {
      if (!calendarCovers(day) || !isSession(day)) continue;
      const [opens, closes] = [newYorkText(sessionOpen(day)), newYorkText(sessionClose(day))];
      sessions.push([opens.slice(0, 17).replace(' ', '-'), closes.slice(0, 17).replace(' ', '-'), compact(day)]);
    }
    return say.historicalSchedule(requestId, sessions);
  }
}

class Connection {
  clientId = -1;
  highestOrderId = 0;
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #hear: (message: ClientMessage) => Promise<void>;
  readonly #receivedAt: number[] = [];
  #greeted = false;
  #line: Promise<void> = Promise.resolve();

  constructor(socket: Socket, hear: (message: ClientMessage) => Promise<void>) {
    this.#socket = socket;
    this.#hear = hear;
    socket.on('data', (piece) => this.#read(piece));
  }

  tell(messages: readonly say.Message[]): void {
    if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(messages.map((message) => frame(message))));
  }

  hangUp(): void {
    this.#socket.destroySoon();
  }

  refuse(message: say.Message): void {
    this.tell([message]);
    this.hangUp();
  }

  hearOf(orderId: number): void {
    this.highestOrderId = Math.max(this.highestOrderId, orderId);
  }

  isTooFast(): boolean {
    const now = performance.now();
    this.#receivedAt.push(now);
    while (this.#receivedAt[0]! < now - 1000) this.#receivedAt.shift();
    return this.#receivedAt.length > MESSAGES_PER_SECOND_MAX;
  }

  #read(piece: Buffer): void {
    for (const tokens of this.#frames.read(piece)) {
      if (!this.#greeted) {
        this.#greeted = true;
        this.tell([[say.SERVER_VERSION, '20190614 15:45:00 EST']]);
        continue;
      }
      const message = readClientMessage(tokens);
      this.#line = this.#line.then(() => this.#hear(message)).catch(() => this.hangUp());
    }
  }
}

const noSuchSecurity = (requestId: number): say.Message =>
  say.errorMessage(requestId, 200, 'No security definition has been found for the request');

const compact = (day: EpochDay): string => formatDay(day).replaceAll('-', '');

const hourText = (at: Parameters<typeof newYorkText>[0]): string => newYorkText(at).slice(9, 14).replace(':', '');

/** The same symbol has the same id in every run. */
const contractOf = (symbol: string): say.ToldContract => ({
  conId: [...symbol].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000_007, 7),
  symbol: symbol.replaceAll('.', ' '),
});

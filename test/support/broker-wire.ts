/** The wire between the fund and the exchange: it can be cut, slowed by an act of the test, and listened to. */
type Fetch = typeof globalThis.fetch;

export interface BrokerCall {
  readonly method: string;
  readonly path: string;
  /** Counts calls of the same method and path, from 1. */
  readonly nth: number;
}

/** What befalls a call: nothing, or the connection breaks before the exchange hears of it, or before its answer arrives. */
export type Mishap = 'none' | 'request-lost' | 'reply-lost';

export class BrokerWire {
  readonly calls: BrokerCall[] = [];
  /** Asked before each call; may act, and the call waits for it. */
  before: (call: BrokerCall) => Mishap | Promise<Mishap> = () => 'none';
  /** Hears each answer of the exchange, and may put another in its place. */
  after: (call: BrokerCall, answer: Response) => Response | Promise<Response> = (_call, answer) => answer;

  to(exchange: Fetch): Fetch {
    return async (input, init) => {
      const request = new Request(input, init);
      const { method } = request;
      const path = new URL(request.url).pathname;
      const nth = 1 + this.calls.filter((call) => call.method === method && call.path === path).length;
      const call: BrokerCall = { method, path, nth };
      this.calls.push(call);
      const mishap = await this.before(call);
      if (mishap === 'request-lost') throw brokenConnection();
      const answer = await exchange(request);
      if (mishap === 'reply-lost') throw brokenConnection();
      return this.after(call, answer);
    };
  }

  /** How often an order was sent, whatever became of it. */
  get ordersSent(): number {
    return this.calls.filter(isOrder).length;
  }
}

export const isOrder = ({ method, path }: BrokerCall): boolean => method === 'POST' && path === '/v2/orders';

/** As Node's fetch fails when a socket breaks. */
const brokenConnection = (): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });

/**
 * The exchange under any sequence of orders, cancellations, replacements, halts, splits and sessions, judged from outside: by what
 * its REST API lists. Prices and volumes of the market come from the seed that fast-check prints with a failure.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CorporateActions, MarketView, MinuteBar } from '../../../apps/paper-exchange/market-view.ts';
import { newYorkDay, newYorkInstant, sessionClose, sessionOpen } from '../../../shared/domain/market/calendar.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import type { Bps, EpochDay, EpochMs, Ticker, Usd } from '../../../shared/kernel/units.ts';
import { monday } from '../../contract/brokers/small-market.ts';
import { exchangeAt, type Json } from '../../unit/paper-exchange/exchange-client.ts';

const symbols = ['AAA', 'BBB'] as const;
const spreadBps = 20;
const startsAt = newYorkInstant(monday, 9, 40);
const startingCashUsd = 1_000_000;
const participation = 0.1;

/** Two symbols that trade every minute of the first hour and of the last ten minutes; BBB pays a dividend and splits on Tuesday. */
function marketOf(seed: number): MarketView {
  const minutesOf = new Map<string, readonly MinuteBar[]>();
  const minutesOn = (symbol: Ticker, day: EpochDay): readonly MinuteBar[] => {
    const key = `${symbol}/${day}`;
    if (!minutesOf.has(key)) minutesOf.set(key, drawn(seed, symbol, day));
    return minutesOf.get(key)!;
  };
  const split: CorporateActions = { dividendUsd: 0.5, splitRatio: 2 };
  return {
    barOn: (symbol, day) => {
      const minutes = minutesOn(symbol, day);
      const [first, last] = [minutes[0]!, minutes.at(-1)!];
      const extremes = { high: Math.max(...minutes.map(({ high }) => high)), low: Math.min(...minutes.map(({ low }) => low)) };
      return { open: first.open, ...extremes, close: last.close, volume: 100_000 };
    },
    minutesOn,
    actionsOn: (symbol, day) => (symbol === 'BBB' && day === monday + 1 ? split : undefined),
    isTradable: () => true,
    symbols: () => symbols as readonly string[] as readonly Ticker[],
  };
}

function drawn(seed: number, symbol: string, day: EpochDay): readonly MinuteBar[] {
  const rng = seededRng(seed * 1000 + day * 10 + symbol.charCodeAt(0));
  const base = symbol === 'BBB' && day > monday ? 25 : 50;
  const times = [...Array.from({ length: 60 }, (_, index) => sessionOpen(day) + index * 60_000), ...lastMinutes(day)];
  return times.map((at) => {
    const prices = Array.from({ length: 4 }, () => Math.round(100 * base * (0.95 + 0.1 * rng.uniform())) / 100).sort((a, b) => a - b);
    const [low, a, b, high] = prices as [number, number, number, number];
    return { at: at as EpochMs, open: a, close: b, low, high, volume: Math.floor(rng.uniform() * 2000) };
  });
}

const lastMinutes = (day: EpochDay): readonly number[] =>
  Array.from({ length: 10 }, (_, index) => sessionClose(day) - (10 - index) * 60_000);

type Act =
  | { readonly kind: 'order'; readonly body: Json }
  | { readonly kind: 'cancel' | 'replace'; readonly nth: number; readonly quantity: number }
  | { readonly kind: 'halt'; readonly symbol: string; readonly inMs: number; readonly forMs: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'transfer'; readonly usd: number };

const aPrice = fc.integer({ min: 4700, max: 5300 }).map((cents) => String(cents / 100));
const aQuantity = fc.integer({ min: 1, max: 400 }).map(String);
const plain = fc.record({
  symbol: fc.constantFrom(...symbols),
  side: fc.constantFrom('buy', 'sell'),
  qty: aQuantity,
  time_in_force: fc.constantFrom('day', 'gtc', 'ioc', 'fok'),
});
const priced = fc.oneof(
  fc.constant({ type: 'market' }),
  aPrice.map((price) => ({ type: 'limit', limit_price: price })),
  aPrice.map((price) => ({ type: 'stop', stop_price: price })),
  fc.tuple(aPrice, aPrice).map(([stop, limit]) => ({ type: 'stop_limit', stop_price: stop, limit_price: limit })),
);
const exits = { take_profit: { limit_price: '51.5' }, stop_loss: { stop_price: '48.5' }, time_in_force: 'gtc' };
const anOrder: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(plain, priced).map(([terms, prices]) => ({ ...terms, ...prices })) },
  { weight: 1, arbitrary: plain.map((terms) => ({ ...terms, ...exits, side: 'buy', type: 'market', order_class: 'bracket' })) },
  { weight: 1, arbitrary: plain.map((terms) => ({ ...terms, ...exits, side: 'sell', type: 'limit', order_class: 'oco' })) },
);
const aWait = fc.oneof(fc.integer({ min: 1, max: 200_000 }), fc.constant(4 * 3_600_000), fc.constant(20 * 3_600_000));
const anAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: anOrder.map((body) => ({ kind: 'order' as const, body })) },
  { weight: 5, arbitrary: aWait.map((ms) => ({ kind: 'wait' as const, ms })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel' as const, 'replace' as const),
      nth: fc.nat(20),
      quantity: fc.integer({ min: 1, max: 400 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ kind: fc.constant('halt' as const), symbol: fc.constantFrom(...symbols) },
      ...{ inMs: fc.nat(300_000), forMs: fc.nat(600_000) },
    }),
  },
  { weight: 1, arbitrary: fc.integer({ min: -5000, max: 5000 }).map((usd) => ({ kind: 'transfer' as const, usd })) },
);
const latencies = fc.record({ acknowledgeMs: fc.nat(3000), cancelMs: fc.nat(60_000), replaceMs: fc.nat(60_000) });
const aStory = fc.record({
  seed: fc.nat(1000),
  latency: fc.oneof(fc.constant({}), latencies),
  acts: fc.array(anAct, { minLength: 1, maxLength: 25 }),
});
type Story = typeof aStory extends fc.Arbitrary<infer Value> ? Value : never;

interface Outcome {
  readonly market: MarketView;
  readonly orders: readonly Json[];
  readonly activities: readonly Json[];
  readonly positions: readonly Json[];
  readonly account: Json;
  readonly halts: readonly { symbol: string; from: number; until: number }[];
}

/** `pollMs`: while time passes, somebody asks that often. */
async function told({ seed, latency, acts }: Story, pollMs = Number.POSITIVE_INFINITY): Promise<Outcome> {
  const market = marketOf(seed);
  const options = { market, latency: latency as never, spreadBps: spreadBps as Bps, startingCashUsd: startingCashUsd as Usd };
  const { exchange, call, order, clock } = exchangeAt(startsAt, options);
  const halts: { symbol: string; from: number; until: number }[] = [];
  const ids: string[] = [];
  for (const act of acts) {
    const now = clock.now();
    if (act.kind === 'order') {
      const { status, body } = await order(act.body);
      if (status === 200) ids.push(String(body.id));
    } else if (act.kind === 'transfer') exchange.transfer(act.usd);
    else if (act.kind === 'halt') {
      halts.push({ symbol: act.symbol, from: now + act.inMs, until: now + act.inMs + act.forMs });
      exchange.halt(act.symbol, (now + act.inMs) as EpochMs, (now + act.inMs + act.forMs) as EpochMs);
    } else if (act.kind === 'wait') {
      for (let passed = pollMs; passed < act.ms; passed += pollMs) {
        clock.set((now + passed) as EpochMs);
        exchange.tick();
      }
      clock.set((now + act.ms) as EpochMs);
    } else if (ids.length > 0) {
      const id = ids[act.nth % ids.length];
      if (act.kind === 'cancel') await call('DELETE', `/v2/orders/${id}`);
      else {
        const { status, body } = await call('PATCH', `/v2/orders/${id}`, { qty: String(act.quantity) });
        if (status === 200) ids.push(String(body.id));
      }
    }
  }
  const get = async (path: string) => (await call('GET', path)).body;
  const [orders, positions, account] = [
    await get('/v2/orders?status=all&limit=500&direction=asc'),
    await get('/v2/positions'),
    await get('/v2/account'),
  ];
  const activities: Json[] = [];
  for (let page = await get('/v2/account/activities?direction=asc'); page.length > 0; ) {
    activities.push(...page);
    page = await get(`/v2/account/activities?direction=asc&page_token=${String(page.at(-1)!.id)}`);
  }
  await exchange.close();
  return { market, orders, activities, positions, account, halts };
}

const num = (value: unknown): number => Number(value);
const isFill = ({ activity_type: type }: Json): boolean => type === 'FILL';
const signedQuantity = ({ side, qty }: Json): number => (side === 'buy' ? num(qty) : -num(qty));

test('cash and shares are what the activities make of them, to the micro-dollar', async () => {
  await fc.assert(
    fc.asyncProperty(aStory, async (story) => {
      const { activities, positions, account } = await told(story);
      let microUsd = startingCashUsd * 1e6;
      const held = new Map<string, number>();
      for (const activity of activities) {
        const symbol = String(activity.symbol);
        if (isFill(activity)) {
          microUsd -= Math.round(signedQuantity(activity) * num(activity.price) * 1e6);
          held.set(symbol, (held.get(symbol) ?? 0) + signedQuantity(activity));
        } else {
          microUsd += Math.round(num(activity.net_amount) * 1e6);
          if (activity.activity_type === 'SPLIT') held.set(symbol, (held.get(symbol) ?? 0) + num(activity.qty));
        }
      }
      expect(Math.round(num(account.cash) * 1e6)).toBe(microUsd);
      const listed = new Map(positions.map(({ symbol, qty }) => [String(symbol), num(qty)]));
      for (const symbol of symbols) expect(listed.get(symbol) ?? 0).toBe(held.get(symbol) ?? 0);
    }),
    { numRuns: 150 },
  );
});

test('no fill is worse than its limit, outside its minute by more than the spread, in a halt, or beyond its order', async () => {
  await fc.assert(
    fc.asyncProperty(aStory, async (story) => {
      const { market, activities, orders, halts } = await told(story);
      const orderOf = new Map(orders.map((order) => [order.id, order]));
      const filledOf = new Map<unknown, number>();
      for (const fill of activities.filter(isFill)) {
        const order = orderOf.get(fill.order_id)!;
        const at = Date.parse(String(fill.transaction_time));
        const price = num(fill.price);
        filledOf.set(order.id, (filledOf.get(order.id) ?? 0) + num(fill.qty));
        if (order.limit_price !== null) {
          const slack = fill.side === 'buy' ? num(order.limit_price) - price : price - num(order.limit_price);
          expect(slack).toBeGreaterThanOrEqual(0);
        }
        expect(at).toBeGreaterThanOrEqual(Date.parse(String(order.submitted_at)));
        const { low, high } = rangeAt(market, fill, at, price === num(order.limit_price));
        const cost = (high * spreadBps) / 20_000 + 0.01;
        expect(price).toBeGreaterThanOrEqual(low - cost);
        expect(price).toBeLessThanOrEqual(high + cost);
        expect(halts.some(({ symbol, from, until }) => symbol === fill.symbol && at > from && at < until)).toBe(false);
      }
      for (const order of orders) {
        expect(num(order.filled_qty)).toBe(filledOf.get(order.id) ?? 0);
        expect(num(order.filled_qty)).toBeLessThanOrEqual(num(order.qty));
        if (order.status === 'filled') expect(order.filled_qty).toBe(order.qty);
      }
    }),
    { numRuns: 150 },
  );
});

test('all fills of one symbol in one minute keep to the share of its volume', async () => {
  await fc.assert(
    fc.asyncProperty(aStory, async (story) => {
      const { market, activities } = await told(story);
      const taken = new Map<MinuteBar, number>();
      for (const fill of activities.filter(isFill)) {
        const minute = minuteAt(market, fill, Date.parse(String(fill.transaction_time)));
        taken.set(minute, (taken.get(minute) ?? 0) + num(fill.qty));
      }
      for (const [minute, quantity] of taken) expect(quantity).toBeLessThanOrEqual(Math.floor(minute.volume * participation));
    }),
    { numRuns: 150 },
  );
});

test('of the exits of one entry no more is sold than the entry bought', async () => {
  await fc.assert(
    fc.asyncProperty(aStory, async (story) => {
      const { orders } = await told(story);
      const replacedBy = new Map(orders.map((order) => [order.id, orders.find(({ replaces }) => replaces === order.id)]));
      const filledInChain = (order: Json): number => {
        const next = replacedBy.get(order.id);
        return num(order.filled_qty) + (next ? filledInChain(next) : 0);
      };
      for (const order of orders) {
        if (order.order_class !== 'bracket' || order.legs === null) continue;
        const exited = (Object.values(order.legs as object) as Json[]).reduce((sum, leg) => sum + filledInChain(leg), 0);
        expect(exited).toBeLessThanOrEqual(filledInChain(order));
      }
    }),
    { numRuns: 100 },
  );
});

test('it makes no difference how often anyone asks', async () => {
  const plainly = ({ orders, activities, positions, account }: Outcome): unknown =>
    JSON.parse(
      JSON.stringify([orders, activities, positions, account], (key, value: unknown) =>
        /^id$|_id$|^replace|_number$/.test(key) ? undefined : value,
      ),
    );
  await fc.assert(
    fc.asyncProperty(aStory, fc.integer({ min: 20_000, max: 4_000_000 }), async (story, pollMs) => {
      expect(plainly(await told(story, pollMs))).toEqual(plainly(await told(story)));
    }),
    { numRuns: 60 },
  );
});

/** Fills at the very end of a minute belong to it when no other one starts there. */
function minuteAt(market: MarketView, fill: Json, at: number): MinuteBar {
  const minutes = market.minutesOn!(fill.symbol as Ticker, newYorkDay(at as EpochMs))!;
  const found = minutes.find((minute) => at >= minute.at && at < minute.at + 60_000) ?? minutes.find((minute) => at === minute.at + 60_000);
  if (!found) throw new Error(`a fill at ${String(fill.transaction_time)}, when nobody traded`);
  return found;
}

/** The prices of that minute; for a fill at its limit, with the jump from the minute before. */
function rangeAt(market: MarketView, fill: Json, at: number, isAtLimit: boolean): { readonly low: number; readonly high: number } {
  const minutes = market.minutesOn!(fill.symbol as Ticker, newYorkDay(at as EpochMs))!.filter(({ volume }) => volume > 0);
  const { low, high } = minuteAt(market, fill, at);
  const before = isAtLimit ? minutes.filter((minute) => minute.at + 60_000 <= at).at(-1)?.close : undefined;
  return before === undefined ? { low, high } : { low: Math.min(low, before), high: Math.max(high, before) };
}

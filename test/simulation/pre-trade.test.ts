/**
 * Every pre-trade check, driven over by a whole cycle: just within it the order goes out, just beyond it the order is refused with its
 * reason on record, and every other order goes out as before.
 *
 * | check            | how the cycle is brought to its line                                   | beyond it                                  |
 * |------------------|------------------------------------------------------------------------|--------------------------------------------|
 * | order-sane       | no cycle gets there: what is planned is rounded to lots, whatever the price | quantity-not-tradable, in the unit tests   |
 * | order-type       | no cycle gets there: what is planned goes at the market                | in the unit tests                          |
 * | order-value      | the policy's largest order is the largest one sent                     | cut into legs; order-value-over-limit where one share is worth more |
 * | concentration    | the policy's limit is what the order would lead to                     | concentration-over-limit                   |
 * | open-orders      | an order is cut into five legs, and into six                           | five are sent, too-many-open-orders        |
 * | symbol-settled   | an order of an earlier cycle whose fate is unknown                     | symbol-unsettled, in the unit tests        |
 * | locate           | no cycle gets there: a cycle sells what the fund holds                 | in the unit tests                          |
 * | reference-fresh  | the exchange's latest trade is five minutes old; no trade that session; a trade of a later instant | reference-price-stale, reference-price-from-the-future |
 * | price-collar     | the exchange's price is 5 % from the decision's                        | price-outside-collar                       |
 * | volume-share     | the policy's limit is the order's share of the volume                  | too-large-for-volume                       |
 * | message-throttle | as many messages a minute as orders, and fewer                         | message-rate-over-limit, unsent            |
 * | duplicate        | the plan is lost after an order was reserved, and made again           | duplicate-order                            |
 * | restricted-list  | a symbol on the list, to buy and to sell                               | symbol-restricted                          |
 */
import { describe, expect, test } from 'vitest';
import type { CycleReport } from '../../apps/cli/cycle-run.ts';
import { sessionsBetween } from '../../shared/domain/market/calendar.ts';
import { simulatedFrom, simulatedTo } from '../../shared/domain/market/simulator/simulate-market.ts';
import { simulatedDelisting } from '../../shared/domain/market/simulator/universe.ts';
import type { ExecutionLimits } from '../../shared/domain/policy/policy.ts';
import { formatDay } from '../../shared/kernel/days.ts';
import type { EpochDay } from '../../shared/kernel/units.ts';
import { named, session, type TestFund } from '../support/boot-fund.ts';
import { expectLedgerIsExchange } from '../support/reconciliation.ts';
import { lakeBucket } from '../support/simulated-lake.ts';
import {
  bootSmall,
  changed,
  checkOf,
  checksOf,
  decisionOf,
  documentOf,
  type PolicyChange,
  publish,
  sessionsFrom,
  smallSymbols,
} from '../support/small-fund.ts';

const [first, second] = sessionsFrom(session, 2) as [string, string];
const untroubled = await oneCycle();

/** One cycle of a new fund; whatever is checked, its books agree with the exchange's, and nothing was sent that is not in its ledger. */
async function oneCycle(limits: Partial<ExecutionLimits> = {}, prepare: (fund: TestFund) => unknown = () => {}): Promise<CycleReport> {
  await using fund = await bootSmall(changed('execution', limits));
  await prepare(fund);
  const report = await fund.cycle(first);
  expect(report.outcome).toBe('traded');
  await expectLedgerIsExchange(fund);
  return report;
}

const symbolsOf = ({ orders }: CycleReport): string[] => orders.map(({ symbol }) => symbol).sort();
const allSymbols = symbolsOf(untroubled);
/** The order that everything is tried on. */
const one = untroubled.orders[0]!.symbol;
const others = allSymbols.filter((symbol) => symbol !== one);
const within = (value: number): number => value * (1 + 1e-9);
const beyond = (value: number): number => value * (1 - 1e-9);

/** Every symbol's value of one check in the untroubled cycle. */
const valuesOf = (name: Parameters<typeof checkOf>[2]): Map<string, number> =>
  new Map(allSymbols.map((symbol) => [symbol, checkOf(untroubled, symbol, name).value!]));

const largest = (values: ReadonlyMap<string, number>): [string, number] => [...values].sort(([, a], [, b]) => b - a)[0]!;

function expectRefused(report: CycleReport, symbol: string, reason: string): void {
  const decision = decisionOf(report, symbol);
  expect([symbol, decision.final_decision, decision.position_size, ...decision.reason_codes]).toEqual([symbol, 'REJECT', 0, reason]);
  expect(checksOf(decision).preTrade.filter(({ passed }) => !passed)).toMatchObject([{ refusal: reason }]);
  expect(symbolsOf(report)).toEqual(allSymbols.filter((other) => other !== symbol));
}

test('nothing is refused in a cycle within every line', () => {
  expect(allSymbols.length).toBeGreaterThan(2);
  for (const symbol of allSymbols) {
    expect(checksOf(decisionOf(untroubled, symbol)).preTrade).toHaveLength(13);
    expect(checksOf(decisionOf(untroubled, symbol)).preTrade.filter(({ passed }) => !passed)).toEqual([]);
  }
});

describe('a limit of the policy', () => {
  const limits = [
    ['concentration', 'concentrationFracMax', 'concentration-over-limit'],
    ['volume-share', 'averageDailyVolumeFracMax', 'too-large-for-volume'],
  ] as const;

  test.each(limits)('%s: at its limit the largest passes', async (name, limit) => {
    const [, value] = largest(valuesOf(name));
    expect(symbolsOf(await oneCycle({ [limit]: value }))).toEqual(allSymbols);
  });

  test.each(limits)('%s: beyond it the largest alone is refused', async (name, limit, reason) => {
    const [symbol, value] = largest(valuesOf(name));
    expectRefused(await oneCycle({ [limit]: beyond(value) }), symbol, reason);
  });

  test('concentration: what has outgrown the limit may still be sold', async () => {
    await using fund = await bootSmall();
    await fund.cycle(first);
    await publish(fund, (policy) => changed('execution', { concentrationFracMax: 0.001 })(changed('risk', { cvarFracMax: 1e-3 })(policy)));
    const report = await fund.cycle(second);
    expect(symbolsOf(report)).toEqual(allSymbols);
    expect(report.orders.every(({ side }) => side === 'SELL')).toBe(true);
    for (const symbol of allSymbols) expect(checkOf(report, symbol, 'concentration').value).toBeGreaterThan(0.001);
  });

  test('restricted list: its symbol is refused, to buy as well as to sell', async () => {
    expectRefused(await oneCycle({ restricted: [one] }), one, 'symbol-restricted');
    await using fund = await bootSmall();
    await fund.cycle(first);
    await publish(fund, (policy) => changed('execution', { restricted: [one] })(changed('risk', { cvarFracMax: 1e-3 })(policy)));
    const report = await fund.cycle(second);
    expect(symbolsOf(report)).toEqual(others);
    expect(decisionOf(report, one)).toMatchObject({ final_decision: 'REJECT' });
    expect(decisionOf(report, one).position_size).toBeGreaterThan(0);
  });
});

describe('order value and open orders', () => {
  const [symbol, value] = largest(valuesOf('order-value'));
  const legsOf = ({ orders }: CycleReport) => orders.filter((order) => order.symbol === symbol);
  const whole = legsOf(untroubled)[0]!.quantity;
  const priceOf = (each: string): number =>
    checkOf(untroubled, each, 'order-value').value! / untroubled.orders.find((order) => order.symbol === each)!.quantity;

  test('an order of the largest value goes out in one piece, a larger one in two', async () => {
    expect(legsOf(await oneCycle({ orderValueUsdMax: within(value) }))).toHaveLength(1);
    const report = await oneCycle({ orderValueUsdMax: value * 0.999 });
    expect(legsOf(report)).toHaveLength(2);
    expect(legsOf(report).reduce((sum, { quantity }) => sum + quantity, 0)).toBeCloseTo(whole, 9);
    const { orders } = await planOf({ orderValueUsdMax: value * 0.999 });
    for (const { checks } of orders) expect(checks.find(({ name }) => name === 'order-value')!.value).toBeLessThan(value * 0.999);
  });

  test('of one share an order is made where the largest order is worth as much, and none where it is worth less', async () => {
    const [dearest, priceUsd] = largest(new Map(allSymbols.map((each) => [each, priceOf(each)])));
    const whole = async (orderValueUsdMax: number) => {
      await using fund = await bootSmall(
        (policy) =>
          changed('execution', { orderValueUsdMax, wholeSharesOnly: true, openOrdersPerSymbolMax: 1000 })(
            changed('capital', { initialEquityUsd: 50_000 })(policy),
          ),
        { capitalUsd: 50_000 },
      );
      const report = await fund.cycle(first);
      await expectLedgerIsExchange(fund);
      return report;
    };
    const legs = (await whole(within(priceUsd))).orders.filter((order) => order.symbol === dearest);
    expect(legs.length).toBeGreaterThan(1);
    expect(legs.every(({ quantity }) => quantity === 1)).toBe(true);
    const report = await whole(beyond(priceUsd));
    expect(decisionOf(report, dearest)).toMatchObject({ final_decision: 'REJECT', reason_codes: ['order-value-over-limit'] });
    expect(symbolsOf(report)).not.toContain(dearest);
    expect(symbolsOf(report).length).toBeGreaterThan(0);
  });

  test('five legs of an order go out; of six, the sixth is refused', async () => {
    expect(legsOf(await oneCycle({ orderValueUsdMax: within(value / 5) }))).toHaveLength(5);
    const report = await oneCycle({ orderValueUsdMax: within(value / 6) });
    expect(legsOf(report)).toHaveLength(5);
    expect(decisionOf(report, symbol)).toMatchObject({
      final_decision: 'EXECUTE_BUY',
      reason_codes: expect.arrayContaining(['too-many-open-orders']),
    });
    expect(legsOf(report).reduce((sum, { quantity }) => sum + quantity, 0)).toBeLessThan(whole);
  });

  async function planOf(limits: Partial<ExecutionLimits>) {
    await using fund = await bootSmall(changed('execution', limits));
    return await documentOf(fund, await fund.cycle(first), 'plan');
  }
});

describe('what the exchange says of its latest trade', () => {
  interface Trade {
    t: string;
    p: number;
  }

  /** Changes the answer for one symbol; the others stay as they are. */
  const saying = (change: (trade: Trade) => Partial<Trade>) => (fund: TestFund) => {
    fund.wire.after = async ({ path }, answer) => {
      if (!path.includes('/trades/latest')) return answer;
      const body = (await answer.json()) as { trades: Record<string, Trade> };
      const trade = body.trades[one]!;
      body.trades[one] = { ...trade, ...change(trade) };
      return Response.json(body);
    };
  };
  const later = (ms: number) => saying(({ t }) => ({ t: new Date(Date.parse(t) + ms).toISOString() }));
  const away = (frac: number) => saying(({ p }) => ({ p: p / (1 + frac) }));

  test('five minutes old, it is fresh; a millisecond older, it is stale', async () => {
    expect(symbolsOf(await oneCycle({}, later(-5 * 60_000)))).toEqual(allSymbols);
    expectRefused(await oneCycle({}, later(-5 * 60_000 - 1)), one, 'reference-price-stale');
  });

  test('of a later instant than now, it is refused', async () => {
    expectRefused(await oneCycle({}, later(60_000)), one, 'reference-price-from-the-future');
  });

  test.each([0.0499, -0.0499])('%f from the price it was decided at passes the collar', async (frac) => {
    expect(symbolsOf(await oneCycle({}, away(frac)))).toEqual(allSymbols);
  });

  test.each([0.0501, -0.0501])('%f from the price it was decided at is outside the collar', async (frac) => {
    expectRefused(await oneCycle({}, away(frac)), one, 'price-outside-collar');
  });

  test('a garbage price makes a garbage quantity: still a tradable number, and refused for all that is wrong with it', async () => {
    const report = await oneCycle(
      {},
      saying(() => ({ p: 1e-7 })),
    );
    const decision = decisionOf(report, one);
    expect(decision).toMatchObject({ final_decision: 'REJECT', position_size: 0 });
    expect(decision.reason_codes).toEqual(['price-outside-collar', 'too-large-for-volume']);
    expect(checkOf(report, one, 'order-sane')).toMatchObject({ passed: true, value: 0 });
    expect(symbolsOf(report)).toEqual(others);
  });

  test('of the session before, since it did not trade in this one, it is stale', async () => {
    // Its bars end here; the day after, they are those of the session before, and nobody knows yet that no more will come.
    const { symbol, lastSession } = simulatedDelisting;
    const days = [lastSession, lastSession + 1].map((at) => formatDay(sessionsBetween(simulatedFrom, simulatedTo)[at] as EpochDay));
    const withIt: PolicyChange = (policy) => ({
      ...changed('portfolio', { tradeCostFrac: 0 })(policy),
      universe: { ...policy.universe, rule: { kind: 'list', symbols: [...smallSymbols, symbol] } },
    });
    const cycleOn = async (day: string) => {
      await using fund = await bootSmall(withIt);
      const report = await fund.cycle(day);
      return { report, accepted: fund.brokerOrders.map(({ terms }) => terms.symbol) };
    };
    const before = await cycleOn(days[0]!);
    expect(decisionOf(before.report, symbol)).toMatchObject({ final_decision: 'EXECUTE_BUY' });
    const { report, accepted } = await cycleOn(days[1]!);
    expect(decisionOf(report, symbol)).toMatchObject({ final_decision: 'REJECT', reason_codes: ['reference-price-stale'] });
    expect(accepted).not.toContain(symbol);
    expect(accepted.length).toBeGreaterThan(0);
  });

  test('without one there is no order', async () => {
    const silent = (fund: TestFund) => {
      fund.wire.after = async ({ path }, answer) => {
        if (!path.includes('/trades/latest')) return answer;
        const body = (await answer.json()) as { trades: Record<string, Trade> };
        delete body.trades[one];
        return Response.json(body);
      };
    };
    const report = await oneCycle({}, silent);
    expect(decisionOf(report, one)).toMatchObject({ final_decision: 'REJECT', reason_codes: ['no-reference-price'] });
    expect(symbolsOf(report)).toEqual(others);
  });
});

describe('message throttle', () => {
  const count = untroubled.orders.length;

  test('as many orders a minute as the limit all go out', async () => {
    const report = await oneCycle({ messagesPerMinuteMax: count });
    expect(report.orders.filter(({ state }) => state === 'FILLED')).toHaveLength(count);
  });

  test('one more is not even reserved, and its decision says why', async () => {
    await using fund = await bootSmall(changed('execution', { messagesPerMinuteMax: count - 1 }));
    const report = await fund.cycle(first);
    expect(fund.wire.ordersSent).toBe(count - 1);
    expect(report.orders).toHaveLength(count - 1);
    const heldBack = report.decisions.filter(({ reason_codes: reasons }) => reasons[0] === 'message-rate-over-limit');
    expect(heldBack).toMatchObject([{ final_decision: 'REJECT', position_size: 0 }]);
    const positions = await fund.fund.ledger.positions();
    expect(positions.filter(({ symbol }) => symbol === heldBack[0]!.symbol)).toEqual([]);
    await expectLedgerIsExchange(fund);
  });
});

test('duplicate: an order that is reserved when the plan is lost goes out as it was reserved, once', async () => {
  await using fund = await bootSmall();
  // Three writes an order: the fourth reserves the second order, and the function dies before it is begun.
  fund.failing({
    ...{ service: 'dynamodb', operation: 'TransactWriteItems', caller: named('trading-place-orders') },
    ...{ nth: 4, fault: 'crash-after' },
  });
  let reserved: string | undefined;
  fund.fund.listen(({ event, details }) => {
    if (event !== 'StateRetried' || details.state !== 'Place Orders') return;
    void fund.fund.clock.hold(async () => {
      reserved = (await fund.fund.ledger.openOrders()).find(({ state }) => state === 'PENDING')?.orderId;
      await fund.call('s3', 'DeleteObject', { Bucket: lakeBucket, Key: `cycles/cycle-${first}T20-45-00Z/plan.json` });
    });
  });
  const report = await fund.cycle(first);
  expect(reserved).toBeDefined();
  expect(report.orders.map(({ state }) => state)).toEqual(allSymbols.map(() => 'FILLED'));
  expect(fund.wire.ordersSent).toBe(allSymbols.length);
  expect(new Set(fund.brokerOrders.map(({ terms }) => terms.clientOrderId)).size).toBe(allSymbols.length);
  await expectLedgerIsExchange(fund);
});

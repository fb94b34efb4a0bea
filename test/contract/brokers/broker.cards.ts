/**
 * Contract cards of the Broker port: what holds of every adapter, whatever stands behind it. What a broker cannot do, by its own
 * `capabilities`, it refuses (BRK-26); a card about it is then skipped, and says so.
 *
 * BRK-01 an account and a clock are readable
 * BRK-02 a market order is acknowledged, and filled by the time it is asked for again
 * BRK-03 the same client order id sent twice is one order, acknowledged twice
 * BRK-04 an order is found by client id; an unknown id is refused as not-found
 * BRK-05 an order beyond the buying power is rejected with the broker's code and message
 * BRK-06 an order for an unknown or untradable symbol is rejected
 * BRK-07 a resting order is open until it is cancelled, and cannot be cancelled twice
 * BRK-08 positions carry sign, quantity and average price of what was filled
 * BRK-09 an asset says whether it trades and whether it is lent; an unknown one is refused
 * BRK-10 the calendar holds sessions only, with their hours
 * BRK-11 keys the broker does not know are refused as not-authorised, by reads and by submission
 * BRK-12 an order off the tick, or of no size, is refused before it is sent
 * BRK-13 latest prices come with their age; a symbol without one is left out
 * BRK-14 every type of order goes through with its prices
 * BRK-15 nothing goes out beyond its permit, after its time, or without a ticket of risk
 * BRK-16 a replacement works under its own client id, and the order it replaced is over
 * BRK-17 what is filled is neither cancelled nor replaced; nothing is replaced beyond the permit
 * BRK-18 a partial fill is told with its quantity and price, and the rest goes on
 * BRK-19 activities tell every fill, dividend and split once, oldest first, and add up to the positions
 * BRK-20 the stream tells a fill with its own quantity and how much is filled in all
 * BRK-21 a short sale is rejected where nobody lends the share
 * BRK-22 of attached orders, one cancels the other
 * BRK-23 good till cancelled works on the next session, a day order does not
 * BRK-24 immediate or cancel fills what is there and cancels the rest; fill or kill takes all or nothing
 * BRK-25 over a new connection everything is found as it was
 * BRK-26 what the broker says it cannot do is refused before it is sent
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { anyQuantityOf, ticketOf } from '../../support/risk-tickets.ts';
import { accountCards } from './account.cards.ts';
import { lifecycleCards } from './lifecycle.cards.ts';
import { recordCards } from './records.cards.ts';
import type { Connect, Scene } from './scene.ts';
import { friday, movableClock, paperExchange, smallMarket, tradingTime } from './small-market.ts';
import { submissionCards } from './submission.cards.ts';

export function brokerCards(name: string, connect: Connect): void {
  describe(`broker cards: ${name}`, () => {
    const now = playedOn(connect);
    accountCards(now);
    submissionCards(now);
    lifecycleCards(now);
    recordCards(now);
  });
}

/** Stands a new scene up before each card, and takes it down after. */
export function playedOn(connect: Connect): () => Scene {
  let scene: Scene;
  beforeEach(async () => {
    const clock = movableClock(tradingTime(friday));
    const exchange = paperExchange(clock);
    const under = await connect(exchange, clock);
    const ticket = await ticketOf(anyQuantityOf(...smallMarket.symbols(), 'NOSUCH'), {}, clock);
    scene = { under, broker: under.broker, exchange, clock, ticket };
  });
  afterEach(async () => {
    await scene.under.close();
    await scene.exchange.close();
  });
  return () => scene;
}

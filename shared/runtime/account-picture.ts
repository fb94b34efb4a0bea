/**
 * A picture of the account at the broker and of our own books that stands still. Both are several separate reads, and a fill between
 * two of them looks like a difference that is none. So everything that may move is read, what is open is settled, and everything that
 * may move is read again: cash, positions and what works at the broker; cash, positions and booked activities in the ledger. When both looks
 * are equal, nothing moved in between, and what was read between them belongs together. Otherwise it is done again.
 *
 * Not covered: a broker that lists an activity later than it moves the position for it. That is a difference until it is listed.
 */
import type { Broker, BrokerOrder, BrokerPosition, NotAuthorised } from '../brokers/broker.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { TransientFailure } from '../kernel/errors.ts';
import { isRefusal, type Refusal } from '../kernel/refusal.ts';
import type { Shares, Ticker, Usd } from '../kernel/units.ts';

const looksMax = 4;

export interface BrokerSide {
  readonly cashUsd: Usd;
  readonly positions: readonly BrokerPosition[];
  readonly working: readonly BrokerOrder[];
}

export interface LedgerSide {
  readonly cashUsd: Usd;
  readonly positions: readonly { readonly symbol: Ticker; readonly quantity: Shares }[];
  /** Ids of the activities that are in cash and positions already. */
  readonly booked: ReadonlySet<string>;
}

export interface Picture {
  readonly broker: BrokerSide;
  readonly ledger: LedgerSide;
}

/**
 * `between` settles what is open and reads what else is needed; done again, it changes nothing that it changed already.
 * @throws TransientFailure when the broker does not answer, or when something moved at every look.
 */
export async function stillPicture(
  broker: Pick<Broker, 'account' | 'positions' | 'openOrders'>,
  ledgerSide: () => Promise<LedgerSide>,
  between: () => Promise<void>,
): Promise<Picture> {
  for (let look = 1; look <= looksMax; look++) {
    const before = await brokerSide(broker);
    await between();
    const ours = await ledgerSide();
    const after = await brokerSide(broker);
    const oursAgain = await ledgerSide();
    if (brokerText(before) === brokerText(after) && ledgerText(ours) === ledgerText(oursAgain)) return { broker: after, ledger: ours };
  }
  throw new TransientFailure('The account moved at every look', { looks: looksMax });
}

async function brokerSide(broker: Pick<Broker, 'account' | 'positions' | 'openOrders'>): Promise<BrokerSide> {
  const [account, positions, working] = await Promise.all([broker.account(), broker.positions(), broker.openOrders()]);
  return { cashUsd: answered(account).cash, positions: answered(positions), working: answered(working) };
}

/** Prices move all the time and mean nothing here. */
const brokerText = ({ cashUsd, positions, working }: BrokerSide): string =>
  canonicalJson({
    cashUsd,
    positions: heldText(positions),
    working: working.map(({ brokerOrderId, cumulativeQuantity }) => `${brokerOrderId} ${cumulativeQuantity}`).sort(),
  });

const ledgerText = ({ cashUsd, positions, booked }: LedgerSide): string =>
  canonicalJson({ cashUsd, positions: heldText(positions), booked: [...booked].sort() });

const heldText = (positions: LedgerSide['positions']): string[] =>
  positions
    .filter(({ quantity }) => quantity !== 0)
    .map(({ symbol, quantity }) => `${symbol} ${quantity}`)
    .sort();

/** @throws TransientFailure when the broker does not let us in: an operator may be changing the keys just now. */
export function answered<Answer>(answer: Answer | NotAuthorised): Exclude<Answer, Refusal> {
  if (isRefusal(answer)) throw new TransientFailure('The broker cannot be asked about the account', { reason: answer.reason });
  return answer as Exclude<Answer, Refusal>;
}

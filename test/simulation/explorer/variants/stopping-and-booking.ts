/** Four more, broken where orders are stopped and books are held against each other: they prove that the checker can fail there too. */
import type { Broker } from '../../../../shared/brokers/broker.ts';
import { isTerminal } from '../../../../shared/domain/execution/order-lifecycle.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { Ledger } from '../../../../shared/stores/ledger/index.ts';
import { tableNames } from '../tables.ts';
import type { Variant } from '../world.ts';
import { overLedger } from './over-ledger.ts';

/** A cancel that was asked for is taken for one that happened. */
const cancelTakenForCancelled: Variant = {
  name: 'cancel taken for cancelled',
  broker: (real: Broker) => {
    const asked = new Set<string>();
    return {
      ...real,
      cancel: (id) => {
        asked.add(id);
        return real.cancel(id);
      },
      orderByClientId: async (id) => {
        const found = await real.orderByClientId(id);
        return !isRefusal(found) && asked.has(found.brokerOrderId) && !isTerminal(found.state) ? { ...found, state: 'CANCELLED' } : found;
      },
    };
  },
};

/** Stops cancel what is known to work, and leave alone what is not. */
const unknownLeftAlone: Variant = {
  name: 'unknown orders left alone',
  ledger: (real: Ledger) =>
    overLedger(real, { openOrders: async () => (await real.openOrders()).filter(({ state }) => state !== 'UNKNOWN') }),
};

/** What the broker reports is booked again by every attempt. */
const bookedAtEveryAttempt: Variant = {
  name: 'booked at every attempt',
  ledger: (real: Ledger) => {
    let attempts = 0;
    return overLedger(real, {
      recordAdjustment: (adjustment) => {
        const isOpening = adjustment.activityId.startsWith('opening-');
        return real.recordAdjustment(isOpening ? adjustment : { ...adjustment, activityId: `${adjustment.activityId}/${++attempts}` });
      },
    });
  },
};

/** A symbol that nobody can explain goes on trading. */
const unexplainedGoesOn: Variant = {
  name: 'unexplained symbols go on',
  tables: (operation, input) => {
    const { sk, actor } = (input.Item ?? {}) as { readonly sk?: { readonly S: string }; readonly actor?: { readonly S: string } };
    const isStop = operation === 'PutItem' && input.TableName === tableNames.policy && sk?.S.startsWith('symbol#');
    return isStop && actor?.S.startsWith('reconciliation/')
      ? { ...input, Item: { ...(input.Item as object), state: { S: 'RUNNING' } } }
      : input;
  },
};

export const brokenElsewhere: readonly Variant[] = [cancelTakenForCancelled, unknownLeftAlone, bookedAtEveryAttempt, unexplainedGoesOn];

import { describe, expect, test } from 'vitest';
import { openForPlan } from '../../../shared/runtime/order-intents.ts';
import type { LedgerOrder } from '../../../shared/stores/ledger/index.ts';
import { reservedOrder } from '../../../shared/stores/ledger/reservation.ts';
import { at, intent } from '../../contract/ledger/ledger-on-local-dynamodb.ts';

const seen = (over: Partial<LedgerOrder>) => openForPlan([{ ...reservedOrder(intent('a'), at), ...over }])[0]!;

describe('an order of an earlier cycle, as a plan sees it', () => {
  test.each<[string, Partial<LedgerOrder>, boolean]>([
    ['its reply was lost', { state: 'UNKNOWN', sentAt: at }, true],
    ['its sender died before an answer', { state: 'SUBMITTED', sentAt: at }, true],
    ['the broker has it in a status that we do not know', { state: 'ACKNOWLEDGED', brokerOrderId: 'b', statusUnknown: true }, true],
    ['the broker has it', { state: 'ACKNOWLEDGED', brokerOrderId: 'b' }, false],
    ['the broker has filled part of it', { state: 'PARTIAL', brokerOrderId: 'b' }, false],
  ])('blocks new risk in its symbol or not: %s', (_, over, fateUnknown) => {
    expect(seen(over)).toMatchObject({ fateUnknown });
  });

  test('may still trade what is not known to be filled', () => {
    expect(seen({ state: 'UNKNOWN', sentAt: at })).toMatchObject({ signedLeaves: 10 });
    expect(seen({ state: 'UNKNOWN', sentAt: at, side: 'SELL' })).toMatchObject({ signedLeaves: -10 });
  });
});

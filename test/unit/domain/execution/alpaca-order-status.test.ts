import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alpacaOrderStatuses, orderStateFromAlpaca } from '../../../../shared/domain/execution/alpaca-order-status.ts';

/** The states of schema OrderStatus in Alpaca's Trading API 2.0.1, each with what its description there says of the order. */
const published = [
  ['new', 'ACKNOWLEDGED'],
  ['partially_filled', 'PARTIAL'],
  ['filled', 'FILLED'],
  ['done_for_day', 'ACKNOWLEDGED'],
  ['canceled', 'CANCELLED'],
  ['expired', 'EXPIRED'],
  ['replaced', 'CANCELLED'],
  ['pending_cancel', 'ACKNOWLEDGED'],
  ['pending_replace', 'ACKNOWLEDGED'],
  ['accepted', 'ACKNOWLEDGED'],
  ['pending_new', 'SUBMITTED'],
  ['accepted_for_bidding', 'ACKNOWLEDGED'],
  ['stopped', 'ACKNOWLEDGED'],
  ['rejected', 'REJECTED'],
  ['suspended', 'ACKNOWLEDGED'],
  ['calculated', 'ACKNOWLEDGED'],
  ['held', 'ACKNOWLEDGED'],
] as const;

describe('Alpaca order states', () => {
  const specification = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'api-payloads/alpaca/openapi/trading-api.json');

  test.each(published)('%s is our %s', (status, state) => {
    expect(orderStateFromAlpaca(status)).toBe(state);
  });

  test('are mapped in full, and nothing else is', () => {
    expect([...alpacaOrderStatuses].sort()).toEqual(published.map(([status]) => status).sort());
  });

  test.skipIf(!existsSync(specification))('are those of the OpenAPI document (needs market data)', () => {
    const document = JSON.parse(readFileSync(specification, 'utf8'));
    expect([...document.components.schemas.OrderStatus.enum].sort()).toEqual([...alpacaOrderStatuses].sort());
  });

  test('a state nobody published is unknown, also one that names a property of every object', () => {
    expect(orderStateFromAlpaca('teleported')).toBe('UNKNOWN');
    expect(orderStateFromAlpaca('constructor')).toBe('UNKNOWN');
  });
});

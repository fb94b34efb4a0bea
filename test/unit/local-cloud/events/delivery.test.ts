/** What the contract cards cannot see of a delivery: whose time it takes, and how it ends when the cloud closes. */
import { setTimeout as realTime } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { deliver } from '../../../../apps/local-cloud/events/delivery.ts';
import { backgroundOf } from '../../../../apps/local-cloud/events/detached.ts';
import { AwsError } from '../../../../apps/local-cloud/service.ts';
import { testHost } from '../../../contract/local-cloud/sdk-over-wire.ts';

const busy = new AwsError('TooManyRequestsException', 'busy', 429);

function failingDelivery(attempt: () => Promise<unknown>) {
  return { service: 'events', subject: {}, retry: { attemptsMax: 3, ageMsMax: 60_000 }, attempt };
}

describe('a delivery in the background', () => {
  test('that sleeps does not let time pass under the handler that caused it', async () => {
    const work: Promise<unknown>[] = [];
    const host = { ...testHost(), background: (promise: Promise<unknown>) => void work.push(promise) };
    const background = backgroundOf(host);
    const startedAt = host.clock.now();
    await host.clock.hold(async () => {
      background(() =>
        deliver(
          host,
          failingDelivery(() => Promise.reject(busy)),
          new AbortController().signal,
        ),
      );
      await realTime(20);
      expect(host.clock.now()).toBe(startedAt);
    });
    await Promise.all(work);
    expect(host.clock.now()).toBeGreaterThan(startedAt);
  });

  test('ends quietly when the cloud closes between retries', async () => {
    const host = testHost();
    const closing = new AbortController();
    let attempts = 0;
    const delivery = deliver(
      host,
      failingDelivery(() => {
        attempts++;
        closing.abort();
        return Promise.reject(busy);
      }),
      closing.signal,
    );
    await delivery;
    expect(attempts).toBe(1);
  });
});

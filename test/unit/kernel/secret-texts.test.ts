import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutSecrets } from '../../../shared/kernel/secret-texts.ts';

describe('a text without secrets', () => {
  test.each([
    ['as it is', (secret: string) => `key ${secret} is unknown`],
    ['in JSON within JSON', (secret: string) => JSON.stringify(JSON.stringify({ key: secret }))],
    ['in an address', (secret: string) => `https://broker.example/?key=${encodeURIComponent(secret)}&page=2`],
    ['in basic authorisation', (secret: string) => `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`],
    ['in base64 with something before and after', (secret: string) => Buffer.from(`..${secret} was sent`).toString('base64')],
    ['in base64 for addresses', (secret: string) => Buffer.from(`k=${secret};`).toString('base64url')],
  ])('has none that stood there %s', (_how, write) => {
    fc.assert(
      fc.property(fc.string({ minLength: 9, maxLength: 40, unit: letter }), (secret) => {
        const text = withoutSecrets(write(secret), [secret]);
        expect(text).toContain('[removed]');
        expect(text).not.toContain(secret);
        for (const part of text.split(/[^A-Za-z0-9+/_-]+/)) expect(Buffer.from(part, 'base64').toString()).not.toContain(secret);
      }),
      { numRuns: 40 },
    );
  });

  test('keeps what only looks like one, and short words', () => {
    expect(withoutSecrets('say abc and s3cr3t-value', ['s3cr3t-value', 'abc'])).toBe('say abc and [removed]');
    expect(withoutSecrets('s3cr3t-valve', ['s3cr3t-value'])).toBe('s3cr3t-valve');
  });
});

/** What keys and tokens are made of. */
const letter = fc.constantFrom(...'ABCXYZabcxyz0189+/=:-_'.split(''));

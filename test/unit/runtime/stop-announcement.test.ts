import { describe, expect, test } from 'vitest';
import { scopeOfControlItem } from '../../../shared/contracts/control.ts';
import { eventSchemas } from '../../../shared/contracts/events.ts';
import type { CycleId } from '../../../shared/kernel/units.ts';
import { announcementOf, stopIdOf } from '../../../shared/runtime/stop-announcement.ts';

const at = '2019-06-14T19:45:00.000Z';
const whole = { state: 'PAUSED', epoch: 7, reason: 'a doubt', actor: 'ada', at };

function told(sortKey: string, item?: Record<string, unknown>) {
  const announcement = announcementOf({ eventId: 'e1', sortKey, scope: scopeOfControlItem(sortKey), at, item });
  const { type, detail } = announcement.event;
  expect(eventSchemas[type].safeParse(detail).error).toBeUndefined();
  return { type, summary: (detail as { summary: string }).summary, halts: announcement.halts };
}

describe('a change of a control item', () => {
  test.each<[string, string, Record<string, unknown> | undefined, ReturnType<typeof told>]>([
    ['a pause', 'trading', whole, { type: 'TradingPaused', summary: 'Trading is PAUSED by ada: a doubt', halts: null }],
    [
      'a halt',
      'trading',
      { ...whole, state: 'HALTED' },
      { type: 'TradingPaused', summary: 'Trading is HALTED by ada: a doubt', halts: { epoch: 7, flatten: false } },
    ],
    [
      'a halt that sells',
      'symbol#BRK.B',
      { ...whole, state: 'HALTED', flatten: true },
      { type: 'TradingPaused', summary: 'Trading of symbol BRK.B is HALTED by ada: a doubt', halts: { epoch: 7, flatten: true } },
    ],
    [
      'a pause that says to sell, which a pause does not',
      'trading',
      { ...whole, flatten: true },
      { type: 'TradingPaused', summary: 'Trading is PAUSED by ada: a doubt', halts: null },
    ],
    [
      'resuming a part',
      'strategy#ensemble',
      { ...whole, state: 'RUNNING' },
      { type: 'TradingResumed', summary: 'Trading of strategy ensemble is RUNNING by ada: a doubt', halts: null },
    ],
    [
      'a halt that is misspelt, which stops and sweeps nothing',
      'trading',
      { ...whole, state: 'HALT' },
      {
        type: 'TradingPaused',
        summary: 'Trading is PAUSED by unknown: its control item is not well formed, which means: do not trade',
        halts: null,
      },
    ],
    [
      'deleting the item of the fund, which stops it',
      'trading',
      undefined,
      {
        type: 'TradingPaused',
        summary: 'Trading is PAUSED by unknown: its control item was deleted, which means: do not trade',
        halts: null,
      },
    ],
    [
      'deleting the item of a part, which resumes it',
      'symbol#ACME',
      undefined,
      { type: 'TradingResumed', summary: 'Trading of symbol ACME is RUNNING by unknown: its control item was deleted', halts: null },
    ],
    [
      'a key that stops nothing, whatever it says',
      'symbl#ACME',
      { ...whole, state: 'HALTED' },
      {
        type: 'TradingPaused',
        summary: expect.stringMatching(
          /^Nothing was stopped: the control item "symbl#ACME" stops nothing: write trading, symbol#/,
        ) as never,
        halts: null,
      },
    ],
    [
      'deleting a key that stopped nothing',
      'symbl#ACME',
      undefined,
      { type: 'TradingResumed', summary: 'The control item "symbl#ACME", which stopped nothing, was deleted.', halts: null },
    ],
  ])('%s', (_what, sortKey, item, expected) => {
    expect(told(sortKey, item)).toEqual(expected);
  });
});

describe('the name of a stop', () => {
  const fund = { kind: 'fund' } as const;

  test('is the same for the same change, and another for the next, though the epoch stands still', () => {
    expect(stopIdOf(fund, 'e1')).toBe(stopIdOf(fund, 'e1'));
    expect(stopIdOf(fund, 'e1')).not.toBe(stopIdOf(fund, 'e2'));
  });

  test.each([
    fund,
    { kind: 'symbol', name: 'BRK.B' },
    { kind: 'strategy', name: `${'a strategy with a long name; and "odd" signs '.repeat(2)}`.slice(0, 64) },
    { kind: 'cycle', cycleId: 'cycle-2019-06-14T19-45-00Z' as CycleId },
  ] as const)('is a legal execution name for %o', (scope) => {
    expect(stopIdOf(scope, 'e1')).toMatch(/^[A-Za-z0-9-]{1,80}$/);
  });

  test('tells scopes apart that read alike', () => {
    expect(stopIdOf({ kind: 'symbol', name: 'BRK.B' }, 'e1')).not.toBe(stopIdOf({ kind: 'symbol', name: 'BRK-B' }, 'e1'));
  });
});

/**
 * What must hold of every sequence of events:
 *  1. LIVE is entered from SHADOW only, by the approval of a person who is not the author, with every gate open.
 *  2. RETIRED is final; a refusal leaves the state as it was; stages change only together with an effect that says so.
 *  3. The state is plain JSON, and telling an event twice moves no stage twice.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  applyStrategyEvent,
  defaultStrategyRules,
  type StrategyEvent,
  type StrategyState,
} from '../../../../shared/domain/research/lifecycle.ts';
import { goodEvidence, track } from '../../../unit/domain/research/strategy-evidence.ts';

const at = '2026-03-02T21:00:00Z';
const someone = fc.constantFrom('Ada', 'ada ', 'Grace', '');
const anEvent: fc.Arbitrary<StrategyEvent> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('registered'),
      strategyId: fc.constant('s'),
      author: fc.constantFrom('Ada', ''),
      at: fc.constant(at),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('backtested'),
      evidence: fc.constantFrom(goodEvidence, { ...goodEvidence, holdOut: track({ perBar: 0.05, bars: 500 }) }),
      at: fc.constant(at),
    }),
  },
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant('session-closed'),
      day: fc.integer({ min: 10, max: 99 }).map((k) => `2026-${k}`),
      simpleReturn: fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom(0.001, 0.003, 0.002) },
        { weight: 1, arbitrary: fc.constantFrom(-0.08, Number.NaN, -2) },
      ),
      at: fc.constant(at),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('approved'),
      approver: someone,
      evidenceId: fc.constantFrom(goodEvidence.evidenceId, 'x'),
      at: fc.constant(at),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('demoted', 'retired'), actor: someone, reason: fc.constant('why'), at: fc.constant(at) }),
  },
);

/** Sessions in order of their days, so that most of them count. */
const someEvents = fc.array(anEvent, { minLength: 20, maxLength: 120, size: 'max' }).map((events) => {
  const days = events.flatMap((event) => (event.kind === 'session-closed' ? [event.day] : [])).toSorted();
  return events.map((event) => (event.kind === 'session-closed' ? { ...event, day: days.shift()! } : event));
});

test('stages are entered as the rules say', () => {
  let lives = 0;
  fc.assert(
    fc.property(someEvents, (events) => {
      let state: StrategyState | null = null;
      for (const event of [{ kind: 'registered', strategyId: 's', author: 'Ada', at } as const, ...events]) {
        const before: StrategyState | null = state;
        const result = applyStrategyEvent(before, event, defaultStrategyRules);
        if (result.kind === 'refused') continue;
        state = result.state;
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        expect(before?.stage).not.toBe('RETIRED');
        if (before !== null) {
          expect(result.effects.map(({ from, to }) => [from, to])).toEqual(
            before.stage === state.stage ? [] : [[before.stage, state.stage]],
          );
        }
        if (state.stage === 'LIVE' && before?.stage !== 'LIVE') {
          lives++;
          expect(before?.stage).toBe('SHADOW');
          expect(event).toMatchObject({ kind: 'approved', approver: 'Grace', evidenceId: goodEvidence.evidenceId });
          expect(before!.record.sessions).toBeGreaterThanOrEqual(7);
          expect(result.gates.every(({ isOpen }) => isOpen)).toBe(true);
        }
        const again = applyStrategyEvent(state, event, defaultStrategyRules);
        if (again.kind === 'applied' && event.kind !== 'demoted') expect(again.effects).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
  expect(lives).toBeGreaterThan(10);
});

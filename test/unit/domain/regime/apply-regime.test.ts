import { describe, expect, test } from 'vitest';
import { defaultRegimeRules, type RegimeName } from '../../../../shared/domain/policy/regime-rules.ts';
import {
  applyRegime,
  type RegimeObservation,
  type RegimeState,
  regimeNames,
  walkRegimes,
} from '../../../../shared/domain/regime/apply-regime.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';

const rules = {
  dwellSessionsMin: 3,
  belowMeanFrac: { enter: 0.03, leave: -0.01 },
  drawdownFrac: { enter: 0.2, leave: 0.15 },
  volatileAnnualizedVol: { enter: 0.2, leave: 0.16 },
  crisisAnnualizedVol: { enter: 0.35, leave: 0.25 },
};

const calm: RegimeObservation = {
  day: 17000 as EpochDay,
  belowMeanFrac: -0.05,
  drawdownFrac: 0.02,
  realizedAnnualizedVol: 0.1,
  annualizedVol: 0.1,
};
const stormy = (vol: number): Partial<RegimeObservation> => ({ realizedAnnualizedVol: vol, annualizedVol: vol });

const held = (name: RegimeName, dwellSessions = 3): RegimeState => ({ name, since: 16900 as EpochDay, dwellSessions });
const nextOf = (name: RegimeName, change: Partial<RegimeObservation>, dwellSessions = 3): RegimeName =>
  applyRegime(held(name, dwellSessions), { ...calm, ...change }, rules).name;

describe('a line is crossed at one level upwards and at another downwards', () => {
  test.each<[string, RegimeName, Partial<RegimeObservation>, RegimeName]>([
    ['volatility between the lines leaves a quiet bull quiet', 'BULL_QUIET', { annualizedVol: 0.18 }, 'BULL_QUIET'],
    ['and a volatile one volatile', 'BULL_VOLATILE', { annualizedVol: 0.18 }, 'BULL_VOLATILE'],
    ['on the upper line a bull turns volatile', 'BULL_QUIET', { annualizedVol: 0.2 }, 'BULL_VOLATILE'],
    ['below the lower line it turns quiet', 'BULL_VOLATILE', { annualizedVol: 0.1599 }, 'BULL_QUIET'],
    ['a level a little below its mean is no bear', 'BULL_QUIET', { belowMeanFrac: 0.02 }, 'BULL_QUIET'],
    ['but keeps one', 'BEAR_QUIET', { belowMeanFrac: 0.02 }, 'BEAR_QUIET'],
    ['a level far below its mean begins one', 'BULL_QUIET', { belowMeanFrac: 0.03 }, 'BEAR_QUIET'],
    ['so does a fifth lost since the high, above the mean or not', 'BULL_QUIET', { drawdownFrac: 0.2 }, 'BEAR_QUIET'],
    ['and none ends before most of it is back', 'BEAR_QUIET', { drawdownFrac: 0.16 }, 'BEAR_QUIET'],
    ['a bear ends when mean and drawdown agree', 'BEAR_QUIET', { drawdownFrac: 0.14 }, 'BULL_QUIET'],
    ['a quiet bear stays quiet at a volatility that ends no crisis', 'BEAR_QUIET', { belowMeanFrac: 0.1, ...stormy(0.3) }, 'BEAR_QUIET'],
    ['a crisis lasts at that volatility', 'BEAR_CRISIS', { belowMeanFrac: 0.1, ...stormy(0.3) }, 'BEAR_CRISIS'],
    ['a crisis ends in a quiet bear', 'BEAR_CRISIS', { belowMeanFrac: 0.1, ...stormy(0.24) }, 'BEAR_QUIET'],
    ['a crash is a crisis on the same day', 'BULL_QUIET', { belowMeanFrac: 0.1, ...stormy(0.5) }, 'BEAR_CRISIS'],
    ['a storm above the mean is no crisis', 'BULL_QUIET', stormy(0.5), 'BULL_VOLATILE'],
    ['out of a crisis a bull is volatile until the lower line', 'BEAR_CRISIS', { annualizedVol: 0.18 }, 'BULL_VOLATILE'],
  ])('%s', (_, from, change, to) => expect(nextOf(from, change)).toBe(to));

  test('a model’s volatility alone makes no crisis', () => {
    expect(nextOf('BEAR_QUIET', { belowMeanFrac: 0.1, annualizedVol: 0.9, realizedAnnualizedVol: 0.2 })).toBe('BEAR_QUIET');
  });
});

describe('the minimum stay', () => {
  test('holds back a better regime until it is over, and starts anew with the next', () => {
    let state = applyRegime(held('BULL_QUIET'), { ...calm, ...stormy(0.4) }, rules);
    expect(state).toEqual({ name: 'BULL_VOLATILE', since: calm.day, dwellSessions: 1 });
    state = applyRegime(state, calm, rules);
    expect(state).toMatchObject({ name: 'BULL_VOLATILE', dwellSessions: 2 });
    state = applyRegime(state, { ...calm, day: (calm.day + 5) as EpochDay }, rules);
    expect(state).toEqual({ name: 'BULL_QUIET', since: calm.day + 5, dwellSessions: 1 });
  });

  test('does not hold back a worse one', () => {
    expect(nextOf('BULL_VOLATILE', { belowMeanFrac: 0.1, ...stormy(0.5) }, 1)).toBe('BEAR_CRISIS');
  });
});

test.each(['belowMeanFrac', 'drawdownFrac', 'realizedAnnualizedVol', 'annualizedVol'] as const)(
  'a session whose %s is not a number changes no regime',
  (field) => {
    for (const name of regimeNames) expect(nextOf(name, { [field]: Number.NaN })).toBe(name);
  },
);

describe('a walk along a history', () => {
  const days = (count: number, of: (t: number) => Partial<RegimeObservation>): RegimeObservation[] =>
    Array.from({ length: count }, (_, t) => ({ ...calm, day: (17000 + t) as EpochDay, ...of(t) }));

  test('forgets where it began once every beginning has led to the same place', () => {
    // Between all lines at first: each regime would hold itself. Then a calm bull market.
    const between = { belowMeanFrac: 0.01, drawdownFrac: 0.1, realizedAnnualizedVol: 0.3, annualizedVol: 0.18 };
    const history = days(40, (t) => (t < 20 ? between : {}));
    expect(walkRegimes(history.slice(0, 20), rules)).toMatchObject({ settledSessions: 0 });
    const { state, settledSessions } = walkRegimes(history, rules);
    expect(state.name).toBe('BULL_QUIET');
    expect(settledSessions).toBeGreaterThan(15);
  });

  test('ends alike from every later beginning that still lets it settle', () => {
    const history = days(300, (t) => ({ belowMeanFrac: 0.05 * Math.sin(t / 9), ...stormy(0.2 + 0.15 * Math.cos(t / 7)) }));
    const { state, settledSessions } = walkRegimes(history, rules);
    for (let cut = 0; cut < 250; cut++) {
      const shorter = walkRegimes(history.slice(cut), rules);
      if (shorter.settledSessions > 0) expect({ cut, ...shorter.state, since: 0 }).toEqual({ cut, ...state, since: 0 });
    }
    expect(settledSessions).toBeGreaterThan(200);
  });

  test('is one step more for one session more', () => {
    const history = days(120, (t) => ({ belowMeanFrac: 0.05 * Math.sin(t / 9), ...stormy(0.2 + 0.2 * Math.cos(t / 7)) }));
    for (let end = 1; end < history.length; end++) {
      const before = walkRegimes(history.slice(0, end), rules).state;
      expect(walkRegimes(history.slice(0, end + 1), rules).state).toEqual(applyRegime(before, history[end]!, rules));
    }
  });
});

test('exposure falls from each named regime to the next', () => {
  const fracs = regimeNames.map((name) => defaultRegimeRules.exposureFracs[name]);
  expect(fracs).toEqual([1, 0.7, 0.5, 0]);
});

import { describe, expect, test } from 'vitest';
import { sessionsBack, sessionsBetween } from '../../../../shared/domain/market/calendar.ts';
import type { MarketHistory } from '../../../../shared/domain/market/market-history.ts';
import { defaultRegimeRules, type RegimeRules } from '../../../../shared/domain/policy/regime-rules.ts';
import { applyRegime } from '../../../../shared/domain/regime/apply-regime.ts';
import { realizedVolatility } from '../../../../shared/domain/regime/market-features.ts';
import { readRegime } from '../../../../shared/domain/regime/read-regime.ts';
import type { RegimeReading } from '../../../../shared/domain/regime/regime.ts';
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { asOf, day } from '../fixtures.ts';

const rules: RegimeRules = defaultRegimeRules;

/** Sessions that end before `before`, with the return that `of` gives: t counts the sessions left, 1 is the last. */
function marketOf(sessions: number, of: (left: number, normal: () => number) => number, before: EpochDay = asOf): MarketHistory {
  const rng = seededRng('market');
  const days = sessionsBetween(sessionsBack(before, sessions), sessionsBack(before, 1));
  return { name: 'TEST', day: days, simpleReturn: Float64Array.from(days, (_, t) => of(sessions - t, () => rng.normal())) };
}

/** Long calm, with a storm of its own in the middle so that a model has something to learn from. */
const calmMarket = (sessions = 1400, before: EpochDay = asOf): MarketHistory =>
  marketOf(sessions, (left, normal) => (left % 500 > 440 ? 0.02 : 0.006) * normal() + 0.0006, before);

/** The calm market with its last sessions exchanged. */
const ending = (sessions: number, of: (left: number, normal: () => number) => number): MarketHistory => {
  const calm = calmMarket();
  const tail = marketOf(sessions, of).simpleReturn;
  const simpleReturn = calm.simpleReturn.slice();
  simpleReturn.set(tail, simpleReturn.length - sessions);
  return { ...calm, simpleReturn };
};

const accepted = (reading: RegimeReading | Refusal): RegimeReading => {
  if (isRefusal(reading)) throw new Error(reading.reason);
  return reading;
};
const read = (history: MarketHistory, on: EpochDay = asOf, by: RegimeRules = rules): RegimeReading =>
  accepted(readRegime(history, on, by, seededRng('regime')));

describe('the four regimes', () => {
  test('a calm rise is a quiet bull market, with all exposure', () => {
    const reading = read(calmMarket());
    expect(reading).toMatchObject({
      name: 'BULL_QUIET',
      exposureFrac: 1,
      market: 'TEST',
      reasons: ['level-above-its-mean', 'volatility-low'],
    });
    expect(reading.model.kind).toBe('model');
    expect(reading.evidence.settledSessions).toBeGreaterThan(252);
  });

  test('wide swings on the way up are a volatile one', () => {
    const reading = read(ending(30, (left) => (left % 2 === 0 ? 0.022 : -0.017)));
    expect(reading).toMatchObject({ name: 'BULL_VOLATILE', exposureFrac: 0.7 });
    expect(reading.reasons[0]).toBe('volatility-high');
    expect(reading.reasons).toContain('model-in-a-turbulent-state');
  });

  test('a slow slide is a quiet bear market', () => {
    const reading = read(ending(90, () => -0.0025));
    expect(reading).toMatchObject({ name: 'BEAR_QUIET', exposureFrac: 0.5 });
    expect(reading.reasons).toContain('level-below-its-mean');
  });

  test('a crash is a crisis, with no exposure left, within days', () => {
    const reading = read(ending(8, (left) => (left % 3 === 0 ? 0.03 : -0.06)));
    expect(reading).toMatchObject({ name: 'BEAR_CRISIS', exposureFrac: 0 });
    expect(reading.reasons[0]).toBe('volatility-of-a-crisis');
  });

  test('a correction of a tenth is none', () => {
    expect(read(ending(10, (left) => (left % 4 === 0 ? 0.008 : -0.016))).name).not.toBe('BEAR_CRISIS');
  });
});

describe('a reading', () => {
  const crash = ending(60, (left, normal) => (left > 30 ? 0.0006 + 0.006 * normal() : -0.012 + 0.03 * normal()));

  test('knows nothing of the session it is for, nor of later ones', () => {
    const on = sessionsBack(asOf, 20);
    const before = read(crash, on);
    const end = crash.day.indexOf(on);
    const simpleReturn = crash.simpleReturn.map((value, t) => (t < end ? value : 0.5));
    expect(read({ ...crash, simpleReturn }, on)).toEqual(before);
    expect(read({ ...crash, day: crash.day.subarray(0, end), simpleReturn: crash.simpleReturn.subarray(0, end) }, on)).toEqual(before);
  });

  test('is the same however far back the history reaches', () => {
    const long = calmMarket(2400);
    const short = { ...long, day: long.day.subarray(1000), simpleReturn: long.simpleReturn.subarray(1000) };
    expect(read(long)).toEqual(read(short));
  });

  test('is the same bytes for the same seed', () => {
    expect(JSON.stringify(read(crash))).toBe(JSON.stringify(read(crash)));
  });

  test('moves within a month by one step of the reducer a session', () => {
    // The storm is in the month of `asOf`, so the model was fitted before it.
    const sessions = [...sessionsBetween(day('2019-06-03'), asOf)] as EpochDay[];
    for (let at = 1; at < sessions.length; at++) {
      const before = read(crash, sessions[at - 1]);
      const { evidence, name, since, model } = read(crash, sessions[at]);
      const step = applyRegime(
        { name: before.name, since: before.since, dwellSessions: crash.day.indexOf(sessions[at - 1]!) - crash.day.indexOf(before.since) },
        {
          day: sessions[at - 1]!,
          belowMeanFrac: evidence.belowMeanFrac!,
          drawdownFrac: evidence.drawdownFrac!,
          realizedAnnualizedVol: evidence.realizedAnnualizedVol!,
          annualizedVol: evidence.annualizedVol!,
        },
        rules,
      );
      expect({ name, since }).toEqual({ name: step.name, since: step.since });
      if (model.kind === 'model' && before.model.kind === 'model') expect(model.dailyVols).toEqual(before.model.dailyVols);
    }
  });

  test('tells of the model: probabilities that sum to one, calmest state first', () => {
    const { model, evidence } = read(crash);
    if (model.kind !== 'model') throw new Error(model.reason);
    expect(model.probabilities.reduce((sum, value) => sum + value)).toBeCloseTo(1, 12);
    expect(model.dailyVols).toEqual([...model.dailyVols].sort((a, b) => a - b));
    expect(evidence.annualizedVol).toBeCloseTo(Math.sqrt(evidence.realizedAnnualizedVol! * evidence.modelAnnualizedVol!), 12);
  });

  test('does without a model that does not stand up to its checks: realised volatility decides', () => {
    const strict = { ...rules, model: { ...rules.model, stability: { ...rules.model.stability, agreementFracMin: 1.01 } } };
    const { model, evidence, name } = read(crash, asOf, strict);
    expect(model).toEqual({ kind: 'unusable', reason: 'refit-disagrees' });
    expect(evidence.annualizedVol).toBe(evidence.realizedAnnualizedVol);
    expect(evidence).not.toHaveProperty('turbulentProbability');
    expect(name).toBe('BEAR_CRISIS');
  });

  test('does without one when part of the history does not move', () => {
    const { model } = read(ending(30, () => 0));
    expect(model).toEqual({ kind: 'unusable', reason: 'observation-not-finite' });
  });
});

describe('refuses', () => {
  const on = (history: MarketHistory, by = rules): unknown => readRegime(history, asOf, by, seededRng('regime'));
  const spoilt = (value: number): MarketHistory => {
    const market = calmMarket();
    market.simpleReturn[market.simpleReturn.length - 100] = value;
    return market;
  };

  test.each<[string, MarketHistory, string]>([
    ['no history', calmMarket(0), 'market-history-too-short'],
    ['a session less than the fewest', calmMarket(251), 'market-history-too-short'],
    ['a return that is not a number', spoilt(Number.NaN), 'market-return-not-finite'],
    ['an infinite return', spoilt(Number.POSITIVE_INFINITY), 'market-return-not-finite'],
    ['a loss of everything', spoilt(-1), 'market-return-not-finite'],
    ['a market that never moves', marketOf(400, () => 0), 'market-return-constant'],
    ['a history that ends four sessions before', calmMarket(1300, sessionsBack(asOf, 3)), 'market-history-stale'],
  ])('%s', (_, history, reason) => expect(on(history)).toMatchObject({ kind: 'refused', reason }));

  test('nothing of the fewest sessions, nor of one that ends three sessions before', () => {
    expect(isRefusal(on(calmMarket(252)))).toBe(false);
    expect(isRefusal(on(calmMarket(1300, sessionsBack(asOf, 2))))).toBe(false);
  });
});

test('realised volatility is the root mean square log return, annualised; not a number until the window is full', () => {
  const volatility = realizedVolatility(Float64Array.of(0.01, -0.02, 0.02), 2, 252);
  expect(volatility[0]).toBeNaN();
  // √(252·(0.0001 + 0.0004)/2) and √(252·(0.0004 + 0.0004)/2), by hand.
  expect(volatility[1]).toBeCloseTo(0.25099800796, 10);
  expect(volatility[2]).toBeCloseTo(0.31749015733, 10);
});

import { describe, expect, test } from 'vitest';
import { Policy } from '../../../shared/contracts/policy.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';

/** The default policy with one value replaced; the path is dotted, numbers index arrays. */
function policyWith(path: string, value: unknown): unknown {
  const copy = structuredClone<unknown>(defaultPolicy) as Record<string, unknown>;
  const keys = path.split('.');
  let place = copy;
  for (const key of keys.slice(0, -1)) place = place[key] as Record<string, unknown>;
  place[keys.at(-1)!] = value;
  return copy;
}

const accepts = (path: string, value: unknown): boolean => Policy.safeParse(policyWith(path, value)).success;

/** Every number of the default policy, with its path. */
function numbersIn(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value === 'number') return [path.join('.')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => numbersIn(member, [...path, key]));
}

describe('the policy contract', () => {
  test('takes the default policy as it is', () => {
    expect(Policy.parse(defaultPolicy)).toEqual(defaultPolicy);
  });

  test('takes a universe given by name', () => {
    expect(accepts('universe', { rule: { kind: 'list', symbols: ['TRUE', 'ON', 'NA'] }, exclude: ['ON'] })).toBe(true);
  });

  test.each(numbersIn(defaultPolicy))('%s refuses what is no number', (path) => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '1', null, undefined]) {
      expect(accepts(path, value)).toBe(false);
    }
  });

  const fracs = numbersIn(defaultPolicy).filter(
    (path) =>
      /Frac(Max|Min)?$|FracTo[A-Z]\w+$|Weight$/.test(path) &&
      !/indexReturn|riskFreeAnnual|(terminalG|g)rowthFrac|cashPerEarnings|strikeFrac/.test(path),
  );
  test.each([...fracs, 'recovery.rampFracs.0', 'ensemble.kellyGamma', 'ensemble.confidenceMin', 'risk.averageCorrelationMax'])(
    '%s is a fraction of one',
    (path) => {
      expect(accepts(path, 1)).toBe(true);
      expect(accepts(path, 1.0001)).toBe(false);
      expect(accepts(path, -0.0001)).toBe(false);
    },
  );

  const counts = numbersIn(defaultPolicy).filter((path) =>
    /(Bars|Sessions|sessionsPerYear|RowsMin|NamesMin|SessionsMin|ToHalt|SymbolMax|MinuteMax|MsMax|RampStep)$/.test(path),
  );
  test.each(counts.filter((path) => path !== 'breakers.lossFracToHalt'))('%s is a whole number that is not negative', (path) => {
    expect(accepts(path, 252.5)).toBe(false);
    expect(accepts(path, -1)).toBe(false);
  });

  test.each<[string, number, number]>([
    // path, the last value that is taken, the first that is not
    ['history.loadedSessions', 252, 251],
    ['history.loadedSessions', 2520, 2521],
    ['quality.judgedSessions', 1, 0],
    ['quality.extremeSpikeLogReturn', 0.001, 0],
    ['governance.activeRowsMin', 1, 0],
    ['signals.volatilityBars', 20, 19],
    ['signals.informationCoefficients.technical', 0.2, 0.21],
    ['signals.informationCoefficients.technical', 0, -0.01],
    ['ensemble.disagreementBeta', 0, -0.01],
    ['ensemble.riskFreeAnnualFrac', 0.5, 0.51],
    ['ensemble.riskFreeAnnualFrac', -0.05, -0.06],
    ['ensemble.entryZScoreMin', 0, -0.1],
    ['regime.model.finalists', 2, 1],
    ['regime.belowMeanFrac.leave', 0.0299, 0.03],
    ['tail.exceedancesMin', 50, 49],
    ['optimizer.volatilityScaleUpMax', 2, 2.01],
    ['portfolio.holdingSessions', 1, 0],
    ['risk.confidenceLevel', 0.999, 1],
    ['risk.confidenceLevel', 0.5, 0.49],
    ['risk.correlationSessions', 20, 19],
    ['risk.returnSessions', 60, 59],
    ['risk.returnSessionsMin', 20, 19],
    ['risk.drawdownDecay', 0, -1],
    ['breakers.tierTwoVarMultiple', 1, 0.99],
    ['breakers.highVolMultiple', 1, 0.99],
    ['breakers.annualizedVolTarget', 0.01, 0],
    ['breakers.cvarBreachesToHalt', 1, 0],
    ['recovery.cooldownSessions', 0, -1],
    ['recovery.sessionsPerRampStep', 1, 0],
    ['stress.0.indexReturnFrac', -1, -1.01],
    ['stress.0.indexReturnFrac', 1, 1.01],
    ['execution.orderValueUsdMax', 1, 0],
    ['execution.orderNotionalUsdMin', 0, -1],
    ['execution.openOrdersPerSymbolMax', 1, 0],
    ['execution.referenceAgeMsMax', 1, 0],
    ['execution.messagesPerMinuteMax', 1, 0],
    ['execution.stopLossRangeMultiple', 0.1, 0],
    ['capital.initialEquityUsd', 1, 0],
  ])('%s takes %d and refuses %d', (path, last, first) => {
    expect(accepts(path, last)).toBe(true);
    expect(accepts(path, first)).toBe(false);
  });

  test.each([
    ['another schema', 'schema', 'ballast.policy/1'],
    ['a member nobody knows', 'risk.varFractionMax', 0.04],
    ['a section nobody knows', 'leverage', { max: 3 }],
    ['no agents', 'agents', []],
    ['an agent without a name', 'agents', ['']],
    ['no stress scenario', 'stress', []],
    ['no ramp', 'recovery.rampFracs', []],
    ['a universe by an unknown rule', 'universe.rule', { kind: 'index', name: 'SPX' }],
    ['a ticker without letters', 'universe.exclude', ['']],
    ['shorting as text', 'portfolio.allowShort', 'false'],
  ])('refuses %s', (_, path, value) => {
    expect(accepts(path, value)).toBe(false);
  });

  test.each(Object.keys(defaultPolicy))('refuses a policy without its %s', (section) => {
    const rest = Object.fromEntries(Object.entries(defaultPolicy).filter(([name]) => name !== section));
    expect(Policy.safeParse(rest).success).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import { defaultOverlayRules } from '../../../../../shared/domain/policy/overlay-rules.ts';
import { applyOverlays, type OverlayInput } from '../../../../../shared/domain/portfolio/overlays/apply-overlays.ts';
import { balanceSectors } from '../../../../../shared/domain/portfolio/overlays/sector-balance.ts';
import { planTailHedge } from '../../../../../shared/domain/portfolio/overlays/tail-hedge.ts';
import { volatilityStop } from '../../../../../shared/domain/portfolio/overlays/volatility-stops.ts';
import { asOf, quietMarket, type Row, ticker, toBars, walk } from '../../fixtures.ts';

const scenarios = [
  { name: 'crash', indexReturnFrac: -0.2 },
  { name: 'dip', indexReturnFrac: -0.05 },
  { name: 'rally', indexReturnFrac: 0.1 },
];

const input = (holdings: OverlayInput['holdings'], change: Partial<OverlayInput['rules']> = {}): OverlayInput => ({
  holdings,
  sectors: 10,
  grossFracMax: 1,
  equityUsd: 1_000_000,
  market: quietMarket(),
  riskFreeAnnualFrac: 0.02,
  sessionsPerYear: 252,
  scenarios,
  rules: { ...defaultOverlayRules, ...change },
});

const holding = (symbol: string, heldWeight: number, targetWeight: number, beta = 1, sector: string | null = 'Energy') => ({
  symbol: ticker(symbol),
  sector,
  heldWeight,
  targetWeight,
  beta,
});

describe('volatility stop', () => {
  const steady = (last: Partial<Row>): Row[] => {
    const rows = walk('X', 60).map((row) => ({ ...row, open: 100, high: 101, low: 99, close: 100 }));
    return [...rows.slice(0, -1), { ...rows.at(-1)!, ...last }];
  };

  test('hangs three true ranges below the high of a month', () => {
    // True range is 2 on every bar, so the average is 2 and the stop 101 − 6.
    expect(volatilityStop(toBars('X', steady({})), 0.05, defaultOverlayRules.volatilityStop)).toMatchObject({
      stopUsd: 95,
      lastCloseUsd: 100,
      stopped: false,
    });
  });

  test('closes a long that fell through it, and a short that rose through its own', () => {
    const fallen = toBars('X', steady({ low: 90, close: 91 }));
    const risen = toBars('X', steady({ high: 110, close: 109 }));
    expect(volatilityStop(fallen, 0.05, defaultOverlayRules.volatilityStop)?.stopped).toBe(true);
    expect(volatilityStop(risen, 0.05, defaultOverlayRules.volatilityStop)?.stopped).toBe(false);
    expect(volatilityStop(risen, -0.05, defaultOverlayRules.volatilityStop)?.stopped).toBe(true);
    expect(volatilityStop(fallen, -0.05, defaultOverlayRules.volatilityStop)?.stopped).toBe(false);
  });

  test('says nothing without a position, with too few bars, or about a price that is missing', () => {
    expect(volatilityStop(toBars('X', steady({})), 0, defaultOverlayRules.volatilityStop)).toBeNull();
    expect(volatilityStop(toBars('X', steady({}).slice(-22)), 0.05, defaultOverlayRules.volatilityStop)).toBeNull();
    expect(volatilityStop(toBars('X', steady({ close: Number.NaN })), 0.05, defaultOverlayRules.volatilityStop)).toBeNull();
  });
});

describe('sector balance', () => {
  test('trims the growth of a sector above its share, in proportion, and leaves the others', () => {
    const changes = [
      { sector: 'A', heldWeight: 0, targetWeight: 0.2 },
      { sector: 'A', heldWeight: 0.05, targetWeight: 0.15 },
      { sector: 'B', heldWeight: 0, targetWeight: 0.1 },
    ];
    // A may hold 1 × (1/5 + 0.1) = 0.3 of its 0.35: a sixth of its growth of 0.3 is too much.
    const weights = balanceSectors(changes, { sectors: 5, grossFracMax: 1, bandFrac: 0.1 });
    expect(weights[0]).toBeCloseTo(0.2 - 0.2 / 6, 12);
    expect(weights[1]).toBeCloseTo(0.15 - 0.1 / 6, 12);
    expect(weights[2]).toBe(0.1);
  });

  test('sells nothing that was held before', () => {
    const held = [{ sector: 'A', heldWeight: 0.4, targetWeight: 0.4 }];
    expect(balanceSectors(held, { sectors: 10, grossFracMax: 1, bandFrac: 0 })).toEqual([0.4]);
  });

  test('counts shorts as exposure of their sector', () => {
    const changes = [
      { sector: 'A', heldWeight: 0, targetWeight: 0.1 },
      { sector: 'A', heldWeight: 0, targetWeight: -0.1 },
    ];
    expect(balanceSectors(changes, { sectors: 10, grossFracMax: 1, bandFrac: 0 })).toEqual([0.05, -0.05]);
  });
});

describe('beta', () => {
  const rules = { sectorBalance: { enabled: false, bandFrac: 0 }, beta: { enabled: true, target: 0, band: 0.3 } };

  test('beyond its band trims the growth that carries it there, and says what index position would neutralise the rest', () => {
    const { weights, beta, trims } = applyOverlays(
      input([holding('A', 0, 0.2, 2), holding('B', 0.1, 0.1, 1), holding('C', 0, 0.1, -0.5)], rules),
    );
    expect(beta.betaBefore).toBeCloseTo(0.45, 12);
    expect(beta.betaAfter).toBeCloseTo(0.3, 12);
    expect(weights[0]).toBeCloseTo(0.2 * (1 - 0.15 / 0.4), 12);
    expect(weights.slice(1)).toEqual([0.1, 0.1]);
    expect(trims).toMatchObject([{ symbol: 'A', overlay: 'beta', fromWeight: 0.2 }]);
    expect(beta.hedgeNotionalUsd).toBeCloseTo(-300_000, 6);
  });

  test('is only reported when the overlay is off', () => {
    const off = { ...rules, beta: { ...rules.beta, enabled: false } };
    const { weights, beta } = applyOverlays(input([holding('A', 0, 0.5, 2)], off));
    expect(weights).toEqual([0.5]);
    expect(beta).toMatchObject({ betaBefore: 1, betaAfter: 1, keptFrac: 1 });
  });
});

describe('tail hedge', () => {
  const question = (change: Partial<Parameters<typeof planTailHedge>[0]> = {}) => ({
    equityUsd: 1_000_000,
    bookBeta: 0.6,
    market: quietMarket(),
    riskFreeAnnualFrac: 0.02,
    sessionsPerYear: 252,
    scenarios,
    rules: defaultOverlayRules.tailHedge,
    ...change,
  });

  test('covers its share of the beta exposure and pays below the strike only', () => {
    const plan = planTailHedge(question());
    if (plan?.kind !== 'hedge') throw new Error('expected a plan');
    expect(plan.units).toBeCloseTo(3000, 9);
    expect(plan.premiumUsd).toBeGreaterThan(0);
    expect(plan.premiumFracOfEquity).toBeCloseTo(plan.premiumUsd / 1e6, 15);
    // 3,000 puts struck at 90: at 80 each pays 10, which is 3 % of the fund.
    expect(plan.payoffs.map(({ payoffFracOfEquity }) => payoffFracOfEquity)).toEqual([expect.closeTo(0.03, 12), 0, 0]);
    expect(plan.carryAnnualFrac).toBeGreaterThan(0);
    expect(plan.carryAnnualFrac).toBeLessThan(6 * plan.premiumFracOfEquity);
  });

  test('costs more after a stormy month', () => {
    const calm = quietMarket();
    const stormy = { ...calm, simpleReturn: calm.simpleReturn.map((value, i) => (i >= 1239 ? 5 * value : value)) };
    const costs = [calm, stormy].map((market) => {
      const plan = planTailHedge(question({ market }));
      return plan?.kind === 'hedge' ? plan.premiumUsd : Number.NaN;
    });
    expect(costs[1]!).toBeGreaterThan(2 * costs[0]!);
  });

  test('in volatility calls pays when the index falls, the more the further', () => {
    const plan = planTailHedge(question({ rules: { ...defaultOverlayRules.tailHedge, instrument: 'volatility-call', strikeFrac: 1.2 } }));
    if (plan?.kind !== 'hedge') throw new Error('expected a plan');
    const [crash, dip, rally] = plan.payoffs.map(({ payoffFracOfEquity }) => payoffFracOfEquity);
    expect(crash!).toBeGreaterThan(dip!);
    expect(dip!).toBeGreaterThan(0);
    expect(rally).toBe(0);
  });

  test('is none for a book without positive beta or when none is asked for', () => {
    expect(planTailHedge(question({ bookBeta: 0 }))).toBeNull();
    expect(planTailHedge(question({ bookBeta: -0.1 }))).toBeNull();
    expect(planTailHedge(question({ rules: { ...defaultOverlayRules.tailHedge, instrument: 'none' } }))).toBeNull();
  });

  test.each([
    ['a beta that is no number', { bookBeta: Number.NaN }, 'hedge-input-unfit'],
    ['equity that is not positive', { equityUsd: 0 }, 'hedge-input-unfit'],
    ['a market of less than a year', { market: quietMarket(100) }, 'market-history-too-short'],
    ['a roll after expiry', { rules: { ...defaultOverlayRules.tailHedge, rollAtYears: 0.3 } }, 'hedge-roll-after-expiry'],
  ])('is refused with %s', (_, change, reason) => {
    expect(planTailHedge(question(change))).toMatchObject({ kind: 'refused', reason });
  });
});

test('an overlay that is off changes nothing', () => {
  const off = {
    sectorBalance: { enabled: false, bandFrac: 0 },
    beta: { enabled: false, target: 0, band: 0 },
    tailHedge: { ...defaultOverlayRules.tailHedge, instrument: 'none' as const },
  };
  const outcome = applyOverlays(input([holding('A', 0, 0.5, 2), holding('B', 0.2, 0.1, 1, null)], off));
  expect(outcome).toMatchObject({ weights: [0.5, 0.1], trims: [], hedge: null });
  expect(asOf).toBeGreaterThan(quietMarket().day.at(-1)!);
});

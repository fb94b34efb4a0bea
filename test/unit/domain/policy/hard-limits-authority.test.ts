import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { isProgram, mayApprove, mayController } from '../../../../shared/domain/policy/hard-limits-authority.ts';
import { type RiskMode, riskModes } from '../../../../shared/domain/policy/steering-rules.ts';

describe('a second person', () => {
  test.each([
    ['operator/ada', 'operator/bea', null],
    ['operator/ada', 'operator/ada', 'same-person'],
    ['operator/ada', ' Operator/ADA ', 'same-person'],
    ['operator/ada', 'controller/steering', 'not-a-person'],
    ['operator/ada', 'function/analytics', 'not-a-person'],
    ['operator/ada', '  ', 'not-a-person'],
  ])('%s proposed, %s approves: %s', (proposer, approver, refusal) => {
    expect(mayApprove(proposer, approver)?.reason ?? null).toBe(refusal);
  });

  test('is told from a program by its name', () => {
    expect(['controller/steering', 'Event/x', 'operator/controller', 'ada'].map(isProgram)).toEqual([true, true, false, false]);
  });
});

describe('the controller', () => {
  const inMode = (mode: RiskMode, loosestAlone: RiskMode = 'NORMAL', block: readonly string[] = []) => ({
    ...defaultPolicy,
    steering: { ...defaultPolicy.steering, mode, loosestAlone },
    strategies: { ...defaultPolicy.strategies, block },
  });
  const nothing: ReadonlySet<string> = new Set();

  test('tightens as far as it likes and loosens up to loosestAlone, from every mode to every mode', () => {
    for (const loosest of riskModes)
      for (const from of riskModes)
        for (const to of riskModes) {
          const [was, is, most] = [from, to, loosest].map((mode) => riskModes.indexOf(mode)) as [number, number, number];
          const refusal = mayController(inMode(from, loosest), inMode(to, loosest), nothing);
          expect([loosest, from, to, refusal === null]).toEqual([loosest, from, to, is <= was || is <= most]);
        }
  });

  test('may not move the bound that it is held to, even together with the mode', () => {
    expect(mayController(inMode('NORMAL'), inMode('AGGRESSIVE', 'AGGRESSIVE'), nothing)).toMatchObject({
      reason: 'beyond-the-controller',
      details: { paths: ['steering.loosestAlone'] },
    });
  });

  test('changes nothing else, not even what tightens', () => {
    const tighter = { ...inMode('DEFENSIVE'), risk: { ...defaultPolicy.risk, cvarFracMax: 0.01 } };
    expect(mayController(inMode('NORMAL'), tighter, nothing)).toMatchObject({ details: { paths: ['risk.cvarFracMax'] } });
  });

  test('blocks strategies, and frees those only that it blocked', () => {
    const blocked = inMode('NORMAL', 'NORMAL', ['carry', 'momentum']);
    expect(mayController(inMode('NORMAL'), blocked, nothing)).toBeNull();
    expect(mayController(blocked, inMode('NORMAL', 'NORMAL', ['momentum']), new Set(['carry']))).toBeNull();
    expect(mayController(blocked, inMode('NORMAL'), new Set(['carry']))).toMatchObject({ details: { blockedByPersons: ['momentum'] } });
  });
});

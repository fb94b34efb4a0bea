import { describe, expect, test } from 'vitest';
import { watched } from '../../../../apps/cli/research/watched.ts';
import { strategyNamed } from '../../../../shared/domain/research/registry.ts';
import type { Desk, Now, OrderStrategy } from '../../../../shared/domain/research/strategy.ts';

const range = { fromMoment: 10, toMoment: 13 };

describe('a strategy that is watched', () => {
  test('decides as it would alone, and draws how far it is', () => {
    const [drawn, decided]: [string[], number[]] = [[], []];
    const slow: OrderStrategy = {
      ...{ name: 'slow', about: '', source: '', kind: 'orders', parameters: {} },
      start: (_, { step }) => ({ decide: ({ moment }) => void decided.push(moment * step!) }),
    };
    const [strategy, end] = watched(slow, range, { redraw: (text) => void drawn.push(text) });
    if (strategy.kind !== 'orders') throw new Error('it is of the kind it was');
    const { decide } = strategy.start({ frequency: 'daily', basis: 'total-return', symbols: [] }, { step: 2 });
    for (const moment of [10, 11, 12, 13]) decide({ moment } as Now, {} as Desk);
    end();
    expect(decided).toEqual([20, 22, 24, 26]);
    expect(drawn[0]).toMatch(/^slow .* 25 % {2}1\/4 sessions/);
    expect(drawn.at(-2)).toMatch(/100 % {2}4\/4 sessions/);
    expect(drawn.at(-1)).toBe('');
  });

  test('is the very same where a run is over before anybody could look', () => {
    const cross = strategyNamed('sma-cross')!;
    expect(watched(cross, range, { redraw: () => {} })[0]).toBe(cross);
  });
});

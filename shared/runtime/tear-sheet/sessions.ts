/**
 * A backtest by sessions: of a minute run the last moment of each day, of a daily run every moment. All pictures of the tear sheet are drawn from
 * these columns, so that a figure a day means the same for both.
 *
 * Return of a session: its closing equity over the one before, the first over the opening cash. Drawdown: how far equity is below its highest
 * so far, the opening cash counting; positive is a loss. Equity that is not above zero ends the chain: returns after it are NaN.
 */
import type { BacktestResult } from '../../domain/research/result.ts';

export interface Sessions {
  readonly day: Int32Array;
  readonly equityUsd: Float64Array;
  readonly returnFrac: Float64Array;
  readonly drawdownFrac: Float64Array;
  readonly longFrac: Float64Array;
  /** Positive. */
  readonly shortFrac: Float64Array;
  readonly tradedUsd: Float64Array;
  /** Of each session its last moment. */
  readonly moment: Int32Array;
}

export function sessionsOf({ day, equity, rules }: Pick<BacktestResult, 'day' | 'equity' | 'rules'>): Sessions {
  const moments: number[] = [];
  for (let t = 0; t < day.length; t++) if (t + 1 === day.length || day[t + 1] !== day[t]) moments.push(t);
  const count = moments.length;
  const column = (): Float64Array => new Float64Array(count);
  const [equityUsd, returnFrac, drawdownFrac, longFrac, shortFrac, tradedUsd] = [
    column(),
    column(),
    column(),
    column(),
    column(),
    column(),
  ];
  let [before, high, from] = [rules.cashUsd, rules.cashUsd, 0];
  for (const [s, t] of moments.entries()) {
    const now = equity.equityUsd[t]!;
    equityUsd[s] = now;
    returnFrac[s] = before > 0 ? now / before - 1 : Number.NaN;
    before = now;
    high = Math.max(high, now);
    drawdownFrac[s] = (high - now) / high;
    longFrac[s] = equity.longUsd[t]! / now;
    shortFrac[s] = equity.shortUsd[t]! / now;
    for (let each = from; each <= t; each++) tradedUsd[s] = tradedUsd[s]! + equity.tradedUsd[each]!;
    from = t + 1;
  }
  return {
    day: Int32Array.from(moments, (t) => day[t]!),
    equityUsd,
    returnFrac,
    drawdownFrac,
    longFrac,
    shortFrac,
    tradedUsd,
    moment: Int32Array.from(moments),
  };
}

/** A strategy of orders that does what a test says at each moment, so that the engine's answer can be worked out by hand. */
import { type BacktestQuestion, backtest } from '../../../shared/domain/research/engine/backtest.ts';
import type { Panel } from '../../../shared/domain/research/panel.ts';
import type { BacktestResult } from '../../../shared/domain/research/result.ts';
import type { BacktestRules } from '../../../shared/domain/research/rules.ts';
import type { Desk, Now, OrderRequest, OrderStrategy } from '../../../shared/domain/research/strategy.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { handRules } from './hand-panel.ts';

/** By moment. */
export type Script = Readonly<Record<number, (desk: Desk, now: Now) => unknown>>;

export const scripted = (script: Script): OrderStrategy => ({
  ...{ kind: 'orders', name: 'scripted', about: 'Does what a test says.', source: 'the test', parameters: {} },
  start: () => ({ decide: (now, desk) => script[now.moment]?.(desk, now) }),
});

/** Of symbol 0, MARKET and DAY unless said. */
export const order = (side: 'BUY' | 'SELL', shares: number, given: Partial<OrderRequest> = {}): OrderRequest => ({
  ...{ symbol: 0, side, shares, type: 'MARKET', timeInForce: 'DAY' },
  ...given,
});

export function play(
  panel: Panel,
  script: Script,
  rules: Partial<BacktestRules> = {},
  more: Partial<Pick<BacktestQuestion, 'endings' | 'fromMoment' | 'toMoment' | 'membership'>> = {},
): BacktestResult {
  return answered({ panel, strategy: scripted(script), parameters: {}, rules: handRules(rules), membership: null, ...more });
}

export function answered(question: BacktestQuestion): BacktestResult {
  const result = backtest(question);
  if (isRefusal(result)) throw new Error(`the run was refused: ${JSON.stringify(result)}`);
  return result;
}

export const fillsOf = ({ fills }: BacktestResult): ReadonlyArray<readonly [moment: number, signedShares: number, priceUsd: number]> =>
  Array.from({ length: fills.count }, (_, i) => [fills.moment[i]!, fills.signedShares[i]!, fills.priceUsd[i]!]);

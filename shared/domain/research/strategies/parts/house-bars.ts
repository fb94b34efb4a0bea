/** Bars as the lake has them (split-adjusted, dividends beside them), from what a strategy is shown. */
import type { DailyBars } from '../../../market/bars.ts';
import type { PriceBasis } from '../../panel.ts';

/** Total-return prices lose the dividends that are in them already. */
export const asHouseBars = (bars: DailyBars, basis: PriceBasis): DailyBars =>
  basis === 'total-return' ? { ...bars, dividend: new Float64Array(bars.day.length) } : bars;

/**
 * How much equity a strategy bears before its own trading eats half of what it earns.
 *
 * 1. By the square-root law a fill of q shares costs Y·σ·√(q / V) of its notional: V the volume of its bar, σ the deviation of the 20 bars'
 *    returns before it.
 * 2. Impact a year, as a part of equity: c = Σ cost / mean equity / years.
 * 3. At s times the equity every fill is s times as large, so impact is c·√s of equity, while the edge stays what it is.
 * 4. Edge e: mean excess return a year, with the impact that the backtest itself charged put back. c·√s = e / 2 gives
 *    capacity = mean equity · (e / (2·c))².
 *
 * Sources: Grinold & Kahn (2000), "Active Portfolio Management", ch. 16; Tóth et al. (2011), Physical Review X 1 (the law); R. Kahn & J. Shaffer
 * (2005), "The Surprisingly Small Impact of Asset Growth on Expected Alpha", J. Portfolio Management 32(1) (the argument).
 * Not covered: impact that lasts beyond the fill, others in the same trade, and the participation cap, which binds earlier.
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import { squareRootImpactBps } from '../../execution/algos/market-impact.ts';
import { type Panel, symbolsOf } from '../panel.ts';
import type { BacktestResult } from '../result.ts';
import type { FigureRefusal } from './figure.ts';

export interface Capacity {
  readonly kind: 'capacity';
  readonly equityUsd: number;
  /** Before impact, a year. */
  readonly edgeAnnualFrac: number;
  /** At the equity that the backtest had. */
  readonly impactAnnualFrac: number;
  /** Notional of the fills whose volume and volatility are known, of all. */
  readonly knownFrac: number;
}

const DEVIATION_BARS = 20;
const KNOWN_MIN_FRAC = 0.9;
const BPS = 10_000;

/** `meanExcessAnnualFrac`: what the backtest earned over cash, arithmetic. Refuses where less than nine tenths of the notional is known. */
export function capacityOf(
  result: Pick<BacktestResult, 'fills' | 'equity' | 'rules' | 'symbols' | 'day' | 'endMinute'>,
  panel: Panel,
  { meanExcessAnnualFrac, years, impactCoefficient }: Record<'meanExcessAnnualFrac' | 'years' | 'impactCoefficient', number>,
): Capacity | Refusal<FigureRefusal> {
  if (!(impactCoefficient > 0)) return refuse('setting-invalid', { setting: 'impactCoefficient', value: impactCoefficient });
  const { fills, equity, rules } = result;
  const rowOf = rowFinder(result, panel);
  let [knownUsd, totalUsd, costUsd] = [0, 0, 0];
  for (let k = 0; k < fills.count; k++) {
    const shares = Math.abs(fills.signedShares[k]!);
    const notionalUsd = shares * fills.priceUsd[k]!;
    totalUsd += notionalUsd;
    const found = rowOf(fills.symbol[k]!, fills.moment[k]!);
    if (found === null) continue;
    const { series, row } = found;
    const impactFrac = squareRootImpactBps(shares, series.volume[row]!, deviationBefore(series.close, row), 1) / BPS;
    if (!Number.isFinite(impactFrac)) continue;
    knownUsd += notionalUsd;
    costUsd += impactFrac * notionalUsd;
  }
  if (!(totalUsd > 0)) return refuse('nothing-traded', { fills: fills.count });
  const knownFrac = knownUsd / totalUsd;
  if (knownFrac < KNOWN_MIN_FRAC) return refuse('liquidity-unknown', { knownFrac, wants: KNOWN_MIN_FRAC });
  const meanEquityUsd = equity.equityUsd.reduce((sum, one) => sum + one, 0) / equity.equityUsd.length;
  const unitImpact = costUsd / meanEquityUsd / years;
  const edgeAnnualFrac = meanExcessAnnualFrac + unitImpact * rules.costs.impactCoefficient;
  if (!(edgeAnnualFrac > 0)) return refuse('no-edge', { edgeAnnualFrac });
  const impactAnnualFrac = unitImpact * impactCoefficient;
  const equityUsd = meanEquityUsd * (edgeAnnualFrac / (2 * impactAnnualFrac)) ** 2;
  return { kind: 'capacity', equityUsd, edgeAnnualFrac, impactAnnualFrac, knownFrac };
}

/** The bar of a result's symbol at a result's moment; the result may be of a part of the panel. */
function rowFinder({ symbols, day, endMinute }: Pick<BacktestResult, 'symbols' | 'day' | 'endMinute'>, panel: Panel) {
  const places = new Map(symbolsOf(panel).map((symbol, index) => [symbol, index]));
  const moments = panel.day.length;
  let offset = 0;
  const isBefore = (moment: number): boolean =>
    panel.day[moment]! < day[0]! || (panel.day[moment] === day[0] && (panel.endMinute?.[moment] ?? 0) < (endMinute?.[0] ?? 0));
  while (offset < moments && isBefore(offset)) offset++;
  return (symbol: number, moment: number) => {
    const place = places.get(symbols[symbol]!);
    if (place === undefined) return null;
    const row = panel.rowOf[place * moments + offset + moment] ?? -1;
    return row < 0 ? null : { series: panel.series[place]!, row };
  };
}

/** Of the simple returns of the bars before `row`, with 1/(n − 1); NaN where there are too few. */
function deviationBefore(close: Float64Array, row: number): number {
  if (row < DEVIATION_BARS + 1) return Number.NaN;
  let [sum, squares] = [0, 0];
  for (let t = row - DEVIATION_BARS; t < row; t++) {
    const simpleReturn = close[t]! / close[t - 1]! - 1;
    sum += simpleReturn;
    squares += simpleReturn * simpleReturn;
  }
  return Math.sqrt((squares - (sum * sum) / DEVIATION_BARS) / (DEVIATION_BARS - 1));
}

/**
 * The Sharpe ratio of the last `window` sessions, a year, with its standard error.
 *
 * sharpe          mean / sample standard deviation (n − 1) · √sessions per year, of returns over zero
 * standard error  √((1 + S²/2) / n) · √sessions per year, S per session
 *
 * Source: A. W. Lo (2002), "The statistics of Sharpe ratios", Financial Analysts Journal 58(4), eq. 9, which takes returns to be independent and
 * normal. Neighbouring windows share all but one session: the band is about each point, not about the path.
 * Sums run over the window afresh every `window` sessions, so that rounding does not pile up. NaN before the first full window, and where nothing
 * varied.
 */
export interface RollingSharpe {
  readonly sharpe: Float64Array;
  readonly standardError: Float64Array;
}

export function rollingSharpe(returnFrac: Float64Array, window: number, sessionsPerYear: number): RollingSharpe {
  const [sharpe, standardError] = [
    new Float64Array(returnFrac.length).fill(Number.NaN),
    new Float64Array(returnFrac.length).fill(Number.NaN),
  ];
  const rootPerYear = Math.sqrt(sessionsPerYear);
  let [sum, squares] = [0, 0];
  for (let s = 0; s < returnFrac.length; s++) {
    if (s % window === 0 || !Number.isFinite(squares)) {
      [sum, squares] = [0, 0];
      for (let back = Math.max(0, s - window + 1); back <= s; back++)
        [sum, squares] = [sum + returnFrac[back]!, squares + returnFrac[back]! ** 2];
    } else {
      const [enters, leaves] = [returnFrac[s]!, s >= window ? returnFrac[s - window]! : 0];
      [sum, squares] = [sum + enters - leaves, squares + enters * enters - leaves * leaves];
    }
    if (s < window - 1) continue;
    const mean = sum / window;
    const variance = (squares - window * mean * mean) / (window - 1);
    // Below this the sums have nothing but rounding left.
    if (!(variance > 1e-14 * (squares / window))) continue;
    const perSession = mean / Math.sqrt(variance);
    sharpe[s] = perSession * rootPerYear;
    standardError[s] = Math.sqrt((1 + perSession ** 2 / 2) / window) * rootPerYear;
  }
  return { sharpe, standardError };
}

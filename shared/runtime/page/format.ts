/** Numbers as a report writes them: a true minus sign, a dash for what is not known. */
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';

export const unknown = '–';

/** Whole dollars from 10,000 up, cents below. */
export function usd(amount: number): string {
  if (!Number.isFinite(amount)) return unknown;
  const digits = Math.abs(amount) >= 10_000 ? 0 : 2;
  const text = grouped(digits).format(Math.abs(amount));
  return `${isZero(text) || amount > 0 ? '' : '−'}$${text}`;
}

/** As an axis writes it: $250k, $1.2M. */
export function shortUsd(amount: number): string {
  const size = Math.abs(amount);
  const [divisor, unit] = size >= 1e9 ? [1e9, 'B'] : size >= 1e6 ? [1e6, 'M'] : size >= 1e4 ? [1e3, 'k'] : [1, ''];
  const scaled = size / divisor;
  const digits = unit === '' || scaled >= 100 || Number.isInteger(scaled) ? 0 : scaled >= 10 ? 1 : 2;
  return `${amount < 0 ? '−' : ''}$${scaled
    .toFixed(digits)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')}${unit}`;
}

export const signedUsd = (amount: number): string => (amount > 0 && !isZero(usd(amount)) ? `+${usd(amount)}` : usd(amount));

export function decimal(value: number, digits: number): string {
  if (!Number.isFinite(value)) return unknown;
  const text = grouped(digits).format(Math.abs(value));
  return `${value < 0 && !isZero(text) ? '−' : ''}${text}`;
}

export const percent = (frac: number, digits = 2): string => (Number.isFinite(frac) ? `${decimal(frac * 100, digits)} %` : unknown);

export function signedPercent(frac: number, digits = 2): string {
  const text = percent(frac, digits);
  return frac > 0 && !isZero(text) ? `+${text}` : text;
}

export const count = (value: number): string => decimal(value, 0);

/** A figure, or the dash; why there is none is told by `whyNot`. */
export const orDash = <T>(figure: T | Refusal, text: (value: T) => string): string => (isRefusal(figure) ? unknown : text(figure));

/** What a refusal means to whoever reads the report; empty for a figure that is there. */
export function whyNot(figure: unknown): string {
  if (!isRefusal(figure)) return '';
  const { has, wants } = figure.details;
  const explained = reasons[figure.reason] ?? figure.reason.replaceAll('-', ' ');
  return typeof has === 'number' && typeof wants === 'number' ? `${explained} (${has} of ${wants})` : explained;
}

const reasons: Readonly<Record<string, string>> = {
  'too-few-returns': 'too few returns yet',
  'too-few-sessions': 'too few sessions yet',
  'nothing-varies': 'every return is the same',
  'nothing-lost': 'no return below the risk-free one',
  'no-drawdown': 'never below its high',
  'returns-not-finite': 'a return is not a finite number',
  'market-return-unknown': 'a market return is missing',
  'market-does-not-vary': 'the market did not move',
  'nothing-judged': 'no opinion has had its session yet',
  'first-day': 'the first day has no day before it',
  'more-than-one-session': 'the day before had no cycle',
  'lengths-differ': 'columns that belong together differ in length',
  'setting-invalid': 'asked for with a value that means nothing here',
  'moments-inconsistent': 'skewness and kurtosis make its variance negative',
  'variance-not-positive': 'autocorrelations make its variance negative',
  'trial-spread-unknown': 'how the Sharpe ratios of the trials spread is not known',
  'not-above-benchmark': 'not above the ratio to beat: no record is long enough',
  'no-trades': 'no trade was closed',
  'nothing-traded': 'nothing was traded',
  'equity-not-positive': 'equity was zero or below',
  'no-panel': 'no volumes were given',
  'no-factors': 'no factor returns were given',
  'no-edge': 'it earned nothing over cash',
  'liquidity-unknown': 'volume or volatility of what was traded is not known',
  'factors-collinear': 'the factors are combinations of each other',
};

/** One for each number of digits: making one takes longer than a thousand uses of it. */
const formatters = new Map<number, Intl.NumberFormat>();

function grouped(digits: number): Intl.NumberFormat {
  const made = formatters.get(digits) ?? new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  formatters.set(digits, made);
  return made;
}

const isZero = (text: string): boolean => !/[1-9]/.test(text);

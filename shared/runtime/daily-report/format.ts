/** Numbers as a report writes them: a true minus sign, a dash for what is not known. */
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';

export const unknown = '–';

/** Whole dollars from 10,000 up, cents below. */
export function usd(amount: number): string {
  if (!Number.isFinite(amount)) return unknown;
  const digits = Math.abs(amount) >= 10_000 ? 0 : 2;
  const text = Math.abs(amount).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${isZero(text) || amount > 0 ? '' : '−'}$${text}`;
}

export const signedUsd = (amount: number): string => (amount > 0 && !isZero(usd(amount)) ? `+${usd(amount)}` : usd(amount));

export function decimal(value: number, digits: number): string {
  if (!Number.isFinite(value)) return unknown;
  const text = Math.abs(value).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
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
};

const isZero = (text: string): boolean => !/[1-9]/.test(text);

/**
 * Numbers as DynamoDB keeps them: decimal text, up to 38 significant digits, magnitudes from 1e-130 to 9.99e125.
 * They never pass through a double on the way to disk, so what is read is what was written; sums are exact.
 *
 * Every number is brought to one text (plain notation, no superfluous zeros), so equal numbers are equal texts.
 */
import { invalid } from '../errors.ts';

/** The one text of this number. @throws ValidationException for what is no number or does not fit. */
export function canonicalNumber(text: string): string {
  if (PLAIN_INTEGER.test(text)) return text;
  if (text.length <= MAXIMUM_DIGITS && PLAIN_FRACTION.test(text)) return text;
  return format(parse(text));
}

/** Negative, zero or positive, as `left - right`; both canonical. */
export function compareNumbers(left: string, right: string): number {
  if (left === right) return 0;
  // Decimals of up to 15 digits are told apart by their doubles.
  if (left.length <= 15 && right.length <= 15) return Number(left) - Number(right);
  return sortableNumber(left) < sortableNumber(right) ? -1 : 1;
}

/** The exact sum of two canonical numbers. @throws ValidationException when it does not fit. */
export function addNumbers(left: string, right: string): string {
  if (left.length <= 15 && right.length <= 15) {
    const [a, b] = [Number(left), Number(right)];
    if (Number.isInteger(a) && Number.isInteger(b)) return String(a + b);
  }
  return format(sum(parse(left), parse(right)));
}

/** The exact difference of two canonical numbers. @throws ValidationException when it does not fit. */
export const subtractNumbers = (left: string, right: string): string =>
  addNumbers(left, right === '0' ? '0' : right.startsWith('-') ? right.slice(1) : `-${right}`);

/** A text whose code-unit order is the numeric order; for sort keys. */
export function sortableNumber(canonical: string): string {
  const { negative, digits, exponent } = parse(canonical);
  if (digits === '') return '1';
  if (!negative) return `2${500 + exponent}${digits}`;
  let complement = '';
  for (const digit of digits) complement += 9 - Number(digit);
  // The tilde sorts after every digit: a shorter negative number is the greater one.
  return `0${500 - exponent}${complement}~`;
}

/** Bytes this number adds to an item's size. */
export function numberSizeBytes(canonical: string): number {
  let digits = 0;
  let trailingZeros = 0;
  for (let i = 0; i < canonical.length; i++) {
    const code = canonical.charCodeAt(i);
    if (code < ZERO || (code === ZERO && digits === 0)) continue;
    digits++;
    trailingZeros = code === ZERO ? trailingZeros + 1 : 0;
  }
  return 1 + Math.ceil((digits - trailingZeros) / 2) + (canonical.startsWith('-') ? 1 : 0);
}

const ZERO = 48;
const MAXIMUM_DIGITS = 38;
const GREATEST_EXPONENT = 125;
const LEAST_EXPONENT = -130;
const PLAIN_INTEGER = /^(?:0|-?[1-9]\d{0,37})$/;
const PLAIN_FRACTION = /^-?(?:0|[1-9]\d*)\.\d*[1-9]$/;
const ANY_NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;

/** d.ddd × 10^exponent, without zeros at either end of the digits; zero has no digits. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

function parse(text: string): Decimal {
  const match = ANY_NUMBER.exec(text);
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (!match || whole + fraction === '') {
    throw invalid(`The parameter cannot be converted to a numeric value${text === '' ? '' : `: ${text}`}`);
  }
  const all = whole + fraction;
  let first = 0;
  while (all.charCodeAt(first) === ZERO) first++;
  let last = all.length;
  while (last > first && all.charCodeAt(last - 1) === ZERO) last--;
  if (first === last) return { negative: false, digits: '', exponent: 0 };
  return { negative: match[1] === '-', digits: all.slice(first, last), exponent: whole.length - 1 - first + Number(match[4] ?? 0) };
}

function sum(left: Decimal, right: Decimal): Decimal {
  const scale = Math.min(scaleOf(left), scaleOf(right));
  const total = coefficientAt(left, scale) + coefficientAt(right, scale);
  return parse(`${total}e${scale}`);
}

const scaleOf = ({ digits, exponent }: Decimal): number => (digits === '' ? 0 : exponent - digits.length + 1);

function coefficientAt(decimal: Decimal, scale: number): bigint {
  if (decimal.digits === '') return 0n;
  const coefficient = BigInt(decimal.digits) * 10n ** BigInt(scaleOf(decimal) - scale);
  return decimal.negative ? -coefficient : coefficient;
}

function format({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0';
  if (exponent > GREATEST_EXPONENT) {
    throw invalid('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (exponent < LEAST_EXPONENT) {
    throw invalid('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  }
  if (digits.length > MAXIMUM_DIGITS) throw invalid('Attempting to store more than 38 significant digits in a Number');
  const sign = negative ? '-' : '';
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (exponent >= digits.length - 1) return `${sign}${digits}${'0'.repeat(exponent - digits.length + 1)}`;
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

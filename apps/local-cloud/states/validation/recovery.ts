/** Rules for Retry and Catch. */
import { isObject } from '../asl.ts';
import { type Check, checkAssign, checkFields, isCount } from './fields.ts';

type Members = Readonly<Record<string, unknown>>;

/** The largest IntervalSeconds, MaxAttempts and MaxDelaySeconds AWS takes. */
const INTERVAL_SECONDS_MAX = 99_999_999;
const MAX_ATTEMPTS_MAX = 99_999_999;
const MAX_DELAY_SECONDS_MAX = 31_622_400;

/** Gives the states that catchers lead to. */
export function checkRecovery(state: Members, where: string, check: Check): string[] {
  forEachRule(state.Retry, `${where} Retry`, check, (retrier, at) => checkRetrier(retrier, at, check));
  const targets: string[] = [];
  forEachRule(state.Catch, `${where} Catch`, check, (catcher, at) => {
    checkFields(catcher, ['ErrorEquals', 'Next', 'Assign', 'Output', 'Comment'], at, check);
    checkAssign(catcher.Assign, at, check);
    if (typeof catcher.Next !== 'string') check.say(at, 'field Next is missing');
    else targets.push(catcher.Next);
  });
  return targets;
}

function forEachRule(rules: unknown, where: string, check: Check, visit: (rule: Members, at: string) => void): void {
  if (rules === undefined) return;
  if (!Array.isArray(rules)) {
    check.say(where, 'must be an array');
    return;
  }
  for (const [index, rule] of (rules as unknown[]).entries()) {
    const at = `${where}[${index}]`;
    if (!isObject(rule)) {
      check.say(at, 'must be a JSON object');
      continue;
    }
    checkErrorEquals(rule.ErrorEquals, index === rules.length - 1, at, check);
    visit(rule, at);
  }
}

function checkErrorEquals(names: unknown, isLast: boolean, where: string, check: Check): void {
  if (!Array.isArray(names) || names.length === 0 || names.some((name) => typeof name !== 'string')) {
    check.say(where, 'field ErrorEquals must be a list of error names');
    return;
  }
  if (names.includes('States.ALL') && names.length > 1) check.say(where, 'field ErrorEquals: States.ALL must stand alone');
  if (names.includes('States.ALL') && !isLast) check.say(where, 'field ErrorEquals: States.ALL must be in the last rule');
}

function checkRetrier(retrier: Members, where: string, check: Check): void {
  checkFields(
    retrier,
    ['ErrorEquals', 'IntervalSeconds', 'BackoffRate', 'MaxAttempts', 'MaxDelaySeconds', 'JitterStrategy', 'Comment'],
    where,
    check,
  );
  const { IntervalSeconds: interval, BackoffRate: rate, MaxAttempts: attempts, MaxDelaySeconds: delay, JitterStrategy: jitter } = retrier;
  const within = (value: unknown, atLeast: number, atMost: number): boolean =>
    value === undefined || (isCount(value, atLeast) && (value as number) <= atMost);
  if (!within(interval, 1, INTERVAL_SECONDS_MAX))
    check.say(where, `field IntervalSeconds must be a whole number from 1 to ${INTERVAL_SECONDS_MAX}`);
  if (!within(attempts, 0, MAX_ATTEMPTS_MAX)) check.say(where, `field MaxAttempts must be a whole number from 0 to ${MAX_ATTEMPTS_MAX}`);
  if (rate !== undefined && !(typeof rate === 'number' && rate >= 1)) check.say(where, 'field BackoffRate must be a number of at least 1');
  if (!within(delay, 1, MAX_DELAY_SECONDS_MAX - 1))
    check.say(where, `field MaxDelaySeconds must be a whole number from 1 to ${MAX_DELAY_SECONDS_MAX - 1}`);
  if (typeof delay === 'number' && delay <= (typeof interval === 'number' ? interval : 1))
    check.say(where, 'field MaxDelaySeconds must be greater than IntervalSeconds');
  if (jitter !== undefined && jitter !== 'NONE' && jitter !== 'FULL') check.say(where, 'field JitterStrategy must be "NONE" or "FULL"');
}

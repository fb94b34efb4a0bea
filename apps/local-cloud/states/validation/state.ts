/** Rules for whole states, by type: the fields each one has, and where each one may lead. */
import { isObject } from '../asl.ts';
import { isExpression } from '../expressions.ts';
import { isTimestamp } from '../states/wait.ts';
import { findIntegration } from '../tasks.ts';
import { type Check, checkAssign, checkFields, checkNumber } from './fields.ts';
import { checkMap } from './map.ts';
import { checkRecovery } from './recovery.ts';

type Members = Readonly<Record<string, unknown>>;

const COMMON = ['Type', 'Comment', 'QueryLanguage'];
const ONWARD = ['Assign', 'Output', 'Next', 'End'];
const RECOVERY = ['Retry', 'Catch'];

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: [...COMMON, ...ONWARD, ...RECOVERY, 'Resource', 'Arguments', 'TimeoutSeconds', 'HeartbeatSeconds'],
  Choice: [...COMMON, 'Assign', 'Output', 'Choices', 'Default'],
  Map: [
    ...[...COMMON, ...ONWARD, ...RECOVERY, 'Items', 'ItemSelector', 'ItemProcessor', 'MaxConcurrency'],
    ...['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label', 'ToleratedFailureCount', 'ToleratedFailurePercentage'],
  ],
  Parallel: [...COMMON, ...ONWARD, ...RECOVERY, 'Branches', 'Arguments'],
  Wait: [...COMMON, ...ONWARD, 'Seconds', 'Timestamp'],
  Pass: [...COMMON, ...ONWARD],
  Succeed: [...COMMON, 'Output'],
  Fail: [...COMMON, 'Error', 'Cause'],
};

/** Says what is wrong and gives the states this one may lead to. `inner` is the check for blocks inside it. */
export function checkState(state: Members, where: string, check: Check, inner: Check): readonly string[] {
  const fields = FIELDS[String(state.Type)];
  if (!fields) {
    check.say(where, `field Type is no type of state ("${String(state.Type)}")`);
    return [];
  }
  checkFields(state, fields, where, check);
  if (state.QueryLanguage !== undefined && state.QueryLanguage !== 'JSONata')
    check.say(where, `field QueryLanguage "${String(state.QueryLanguage)}" is not emulated; only JSONata is`);
  checkAssign(state.Assign, where, check);
  const targets = fields.includes('Next') ? checkOnward(state, where, check) : [];
  if (fields.includes('Retry')) targets.push(...checkRecovery(state, where, check));
  switch (state.Type) {
    case 'Task':
      checkTask(state, where, check);
      break;
    case 'Choice':
      targets.push(...checkChoice(state, where, check));
      break;
    case 'Map':
      checkMap(state, where, check, inner);
      break;
    case 'Parallel':
      checkBranches(state, where, check, inner);
      break;
    case 'Wait':
      checkWait(state, where, check);
      break;
    case 'Fail':
      for (const field of ['Error', 'Cause'])
        if (state[field] !== undefined && typeof state[field] !== 'string') check.say(where, `field ${field} must be a string`);
  }
  return targets;
}

function checkOnward(state: Members, where: string, check: Check): string[] {
  if (state.End !== undefined && state.End !== true) check.say(where, 'field End must be true or left out');
  if ((state.Next !== undefined) === (state.End === true)) {
    check.say(where, state.Next === undefined ? 'field Next is missing (or End: true)' : 'has both Next and End');
  }
  if (state.Next !== undefined && typeof state.Next !== 'string') check.say(where, 'field Next must be the name of a state');
  return typeof state.Next === 'string' ? [state.Next] : [];
}

function checkTask(state: Members, where: string, check: Check): void {
  if (typeof state.Resource !== 'string') {
    check.say(where, 'field Resource must be an ARN');
    return;
  }
  const integration = findIntegration(state.Resource);
  if (typeof integration === 'string') check.say(where, `field Resource: ${integration}`);
  checkNumber(state, 'TimeoutSeconds', 1, where, check);
  checkNumber(state, 'HeartbeatSeconds', 1, where, check);
  const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout)
    check.say(where, 'field HeartbeatSeconds must be smaller than TimeoutSeconds');
}

function checkChoice(state: Members, where: string, check: Check): string[] {
  const targets = state.Default === undefined ? [] : [String(state.Default)];
  if (!Array.isArray(state.Choices) || state.Choices.length === 0) {
    check.say(where, 'field Choices must hold at least one rule');
    return targets;
  }
  for (const [index, rule] of (state.Choices as unknown[]).entries()) {
    const at = `${where} Choices[${index}]`;
    if (!isObject(rule)) {
      check.say(at, 'must be a JSON object');
      continue;
    }
    checkFields(rule, ['Condition', 'Next', 'Assign', 'Output', 'Comment'], at, check);
    checkAssign(rule.Assign, at, check);
    const { Condition: condition, Next: next } = rule;
    if (typeof condition !== 'boolean' && !(typeof condition === 'string' && isExpression(condition)))
      check.say(at, 'field Condition must be a JSONata expression');
    if (typeof next !== 'string') check.say(at, 'field Next is missing');
    else targets.push(next);
  }
  return targets;
}

function checkBranches(state: Members, where: string, check: Check, inner: Check): void {
  if (!Array.isArray(state.Branches) || state.Branches.length === 0) {
    check.say(where, 'field Branches must hold at least one branch');
    return;
  }
  for (const [index, branch] of (state.Branches as unknown[]).entries()) {
    const at = `${where} Branches[${index}]`;
    if (!isObject(branch)) {
      check.say(at, 'must be a JSON object');
      continue;
    }
    checkFields(branch, ['StartAt', 'States', 'Comment', 'QueryLanguage'], at, check);
    check.checkBlock(branch, at, inner);
  }
}

function checkWait(state: Members, where: string, check: Check): void {
  const { Seconds: seconds, Timestamp: timestamp } = state;
  if ((seconds === undefined) === (timestamp === undefined)) {
    check.say(where, 'takes either Seconds or Timestamp');
    return;
  }
  checkNumber(state, 'Seconds', 0, where, check);
  if (timestamp !== undefined && !(typeof timestamp === 'string' && (isExpression(timestamp) || isTimestamp(timestamp)))) {
    check.say(where, 'field Timestamp must be an RFC 3339 instant such as "2019-06-14T19:45:00Z" or a JSONata expression');
  }
}

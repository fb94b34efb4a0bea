/**
 * Who may write which part of the policy table, from every statement of every stack: what stops trading and what changes the limits lie in
 * one table, and a role that may do the one must not be able to do the other. The rules are functions, so that each is also tried on a
 * policy that breaks it.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { devAssembly } from './support/assembly.ts';
import { allowing, covers, holders, leak, roleOfFunction, type Statement, statementsOf } from './support/statements.ts';
import { isObject, type Templates } from './support/templates.ts';

let templates: Templates;
let statements: Statement[];

beforeAll(async () => {
  ({ templates } = await devAssembly());
  statements = statementsOf(templates);
});

const named = (type: string, property: string, name: string): string =>
  templates.all(type).find((resource) => resource.at(property) === name)!.name;
const policyTable = (): string => `${named('AWS::DynamoDB::Table', 'TableName', 'ballast-dev-policy')}.Arn`;
const operator = (): string => named('AWS::IAM::Role', 'RoleName', 'ballast-dev-operator');
const roleOf = (functionName: string): string => roleOfFunction(templates, functionName);

const writing = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'];
const onTable = ({ kind, resources, inverted }: Statement): boolean =>
  kind === 'identity' &&
  (inverted.length > 0 ||
    resources.some((written) => covers(written, policyTable()) || (written.startsWith('arn:') && written.includes(':dynamodb:'))));

/** The partitions that a statement is bound to; undefined when it is bound to none. A condition that holds for a missing key binds nothing. */
function partitionsOf({ conditions }: Statement): readonly string[] | undefined {
  if (!isObject(conditions)) return undefined;
  const [all, absent] = [conditions['ForAllValues:StringEquals'], conditions.Null];
  const keys = isObject(all) ? all['dynamodb:LeadingKeys'] : undefined;
  const mustBeThere = isObject(absent) && absent['dynamodb:LeadingKeys'] === 'false';
  return Array.isArray(keys) && mustBeThere ? keys.map(String) : undefined;
}

/** Roles that may write to that partition. */
const writersOf = (found: readonly Statement[], partition: string): string[] =>
  holders(
    writing
      .flatMap((call) => allowing(found, `dynamodb:${call}`))
      .filter((statement) => onTable(statement) && (partitionsOf(statement)?.includes(partition) ?? true)),
  );

/** What the operator may do beyond reading and writing control items under the data key. */
const beyondControl = (found: readonly Statement[]): Statement[] =>
  found.filter((statement) => {
    if (statement.holder !== operator() || statement.effect !== 'Allow') return false;
    const { actions, resources, inverted, conditions } = statement;
    const isKey = actions.join() === 'kms:Decrypt' && JSON.stringify(conditions ?? {}).includes('kms:ViaService');
    const isControl = partitionsOf(statement)?.join() === 'control' && resources.every((resource) => resource === policyTable());
    return inverted.length > 0 || !(isKey || (isControl && actions.every((action) => /^dynamodb:(GetItem|Query|PutItem)$/.test(action))));
  });

describe('the operator', () => {
  test('reads and writes control items, and nothing else', () => {
    expect(statements.filter(({ holder }) => holder === operator()).length).toBe(2);
    expect(beyondControl(statements)).toEqual([]);
    expect(writersOf(statements, 'control')).toContain(operator());
    expect(writersOf(statements, 'policy')).not.toContain(operator());
  });

  test('is a person of this account with a second factor', () => {
    const role = templates.all('AWS::IAM::Role').find(({ name }) => name === operator())!;
    expect(role.at('AssumeRolePolicyDocument')).toMatchObject({
      Statement: [{ Action: 'sts:AssumeRole', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }],
    });
  });

  test.each<readonly [string, Partial<Statement>]>([
    [
      'another partition',
      { conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['policy'] }, Null: { 'dynamodb:LeadingKeys': 'false' } } },
    ],
    [
      'one partition more',
      {
        conditions: {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['control', 'policy'] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      },
    ],
    [
      'a condition that a call without keys meets',
      { conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['control'] } } },
    ],
    ['no condition', {}],
    [
      'another action',
      {
        actions: ['dynamodb:DeleteItem'],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['control'] }, Null: { 'dynamodb:LeadingKeys': 'false' } },
      },
    ],
    ['everything but', { inverted: ['NotAction'] }],
    ['every key', { actions: ['kms:Decrypt'], resources: ['*'] }],
  ])('would be seen to be too mighty with %s', (_what, over) => {
    const leaked = leak({ holder: operator(), actions: ['dynamodb:PutItem'], resources: [policyTable()], ...over });
    expect(beyondControl([...statements, leaked])).toEqual([leaked]);
  });
});

describe('what a policy allows', () => {
  /** The meta strategy controller, where it is deployed: its store lets it tighten, and loosen within bounds. */
  const mayPublish = (): string[] =>
    templates
      .all('AWS::Lambda::Function')
      .map((fn) => fn.text('FunctionName').replace('ballast-dev-', ''))
      .filter((name) => name === 'steering-steer-fund' || name === 'steering-tighten-at-once')
      .map(roleOf);

  test('is written by no function but the controller', () => {
    expect(writersOf(statements, 'policy').filter((role) => !mayPublish().includes(role))).toEqual([]);
    expect(writersOf(statements, 'policy-proposal')).toEqual([]);
  });

  test('is not written by what writes control items', () => {
    const control = writersOf(statements, 'control');
    expect(control).toContain(roleOf('trading-place-orders'));
    expect(control).toContain(roleOf('orders-request-stop'));
    expect(control.filter((role) => writersOf(statements, 'policy').includes(role))).toEqual([]);
  });

  test.each<readonly [string, Partial<Statement>]>([
    ['by name', {}],
    ['by a pattern', { resources: ['arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/*'] }],
    ['by every action', { actions: ['dynamodb:*'], resources: ['*'] }],
  ])('would be seen to be written %s', (_what, over) => {
    const leaked = leak({ actions: ['dynamodb:PutItem'], resources: [policyTable()], ...over });
    expect(writersOf([...statements, leaked], 'policy')).toContain(leaked.holder);
    expect(writersOf([...statements, leaked], 'policy-proposal')).toEqual([leaked.holder]);
  });
});

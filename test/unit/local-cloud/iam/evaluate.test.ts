import { describe, expect, test } from 'vitest';
import { type Decision, decide, type Principal } from '../../../../apps/local-cloud/iam/evaluate.ts';
import { readStatements } from '../../../../apps/local-cloud/iam/statement.ts';

const ROLE_ARN = 'arn:aws:iam::000000000000:role/trader';
const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/policy';
const role: Principal = { kind: 'role', roleArn: ROLE_ARN, sessionArn: 'arn:aws:sts::000000000000:assumed-role/trader/s' };
const events: Principal = { kind: 'service', service: 'events.amazonaws.com' };

const allow = (Action: string | string[], Resource: string | string[] = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: string, Resource = '*', more: object = {}) => ({ Effect: 'Deny', Action, Resource, ...more });

interface Case {
  identity?: object[];
  resource?: object[];
  principal?: Principal;
  action?: string;
  on?: string;
  keys?: Record<string, string[]>;
  kms?: boolean;
}

function decisionOf({
  identity = [],
  resource,
  principal = role,
  action = 'dynamodb:GetItem',
  on = TABLE,
  keys = {},
  kms = false,
}: Case): Decision {
  const statements = (list: object[]) => readStatements({ Statement: list }, (index) => `s/${index}`);
  const policies = {
    principal,
    accountId: '000000000000',
    identity: statements(identity),
    resource: resource && statements(resource),
    resourcePolicyRules: kms,
  };
  return decide({ action, resource: on }, policies, (key) => keys[key]).decision;
}

const allowed = { kind: 'allowed' };
const notAllowed = { kind: 'not-allowed', missing: 'identity-based' };

describe('identity policies', () => {
  test('refuse by default, allow by an allow, and refuse again by any deny', () => {
    expect(decisionOf({})).toEqual(notAllowed);
    expect(decisionOf({ identity: [allow('dynamodb:GetItem', TABLE)] })).toEqual(allowed);
    expect(decisionOf({ identity: [allow('*'), deny('dynamodb:Get*')] })).toEqual({ kind: 'explicitly-denied', by: 'identity-based' });
  });

  test('match actions without regard to case, and resources with regard to it', () => {
    expect(decisionOf({ identity: [allow('DynamoDB:getitem', TABLE)] })).toEqual(allowed);
    expect(decisionOf({ identity: [allow('dynamodb:GetItem', TABLE.toUpperCase())] })).toEqual(notAllowed);
  });

  test('take * for any run of characters and ? for exactly one, anywhere', () => {
    expect(decisionOf({ identity: [allow('dynamodb:*Item', 'arn:aws:dynamodb:*:*:table/pol?cy')] })).toEqual(allowed);
    expect(decisionOf({ identity: [allow('dynamodb:GetItem', `${TABLE}?`)] })).toEqual(notAllowed);
    expect(decisionOf({ identity: [allow('dynamodb:GetItem', 'arn:aws:dynamodb:us.east.1:*')] })).toEqual(notAllowed);
  });

  test('mean everything else by NotAction and NotResource', () => {
    expect(decisionOf({ identity: [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }] })).toEqual(allowed);
    expect(decisionOf({ identity: [{ Effect: 'Allow', NotAction: 'dynamodb:*', Resource: '*' }] })).toEqual(notAllowed);
    expect(decisionOf({ identity: [{ Effect: 'Allow', Action: 'dynamodb:*', NotResource: TABLE }] })).toEqual(notAllowed);
  });

  test('put policy variables in, and match nothing where one has no value', () => {
    const identity = [allow('s3:GetObject', 'arn:aws:s3:::lake/${aws:PrincipalTag/desk}/${*}')];
    const on = 'arn:aws:s3:::lake/macro/*';
    expect(decisionOf({ identity, action: 's3:GetObject', on, keys: { 'aws:PrincipalTag/desk': ['macro'] } })).toEqual(allowed);
    expect(decisionOf({ identity, action: 's3:GetObject', on })).toEqual(notAllowed);
  });
});

describe('resource policies', () => {
  test('allow a role of the account by themselves, by role, session or everyone', () => {
    for (const AWS of [ROLE_ARN, 'arn:aws:sts::000000000000:assumed-role/trader/s', '*']) {
      expect(decisionOf({ resource: [allow('dynamodb:GetItem', TABLE, { Principal: { AWS } })] })).toEqual(allowed);
    }
    expect(decisionOf({ resource: [allow('dynamodb:GetItem', TABLE, { Principal: { AWS: `${ROLE_ARN}2` } })] })).toEqual(notAllowed);
  });

  test('that name the account leave the decision to its own policies', () => {
    const resource = [allow('dynamodb:GetItem', TABLE, { Principal: { AWS: 'arn:aws:iam::000000000000:root' } })];
    expect(decisionOf({ resource })).toEqual(notAllowed);
    expect(decisionOf({ resource, identity: [allow('dynamodb:GetItem')] })).toEqual(allowed);
  });

  test('refuse what an identity policy allows, when they deny it', () => {
    const resource = [deny('dynamodb:*', '*', { Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })];
    const identity = [allow('dynamodb:*')];
    expect(decisionOf({ resource, identity, keys: { 'aws:SecureTransport': ['true'] } })).toEqual(allowed);
    expect(decisionOf({ resource, identity, keys: { 'aws:SecureTransport': ['false'] } })).toEqual({
      kind: 'explicitly-denied',
      by: 'resource-based',
    });
  });

  test('are the only ones that allow a service', () => {
    const resource = [allow('sqs:SendMessage', '*', { Principal: { Service: 'events.amazonaws.com' } })];
    expect(decisionOf({ principal: events, action: 'sqs:SendMessage', resource })).toEqual(allowed);
    expect(decisionOf({ principal: events, action: 'sqs:SendMessage', identity: [allow('*')] })).toEqual({
      kind: 'not-allowed',
      missing: 'resource-based',
    });
  });

  test('of a KMS key rule alone until they name the account', () => {
    const identity = [allow('kms:Decrypt')];
    const on = 'arn:aws:kms:us-east-1:000000000000:key/k';
    const toRoot = allow('kms:*', '*', { Principal: { AWS: 'arn:aws:iam::000000000000:root' } });
    const toOther = allow('kms:*', '*', { Principal: { AWS: 'arn:aws:iam::000000000000:role/other' } });
    expect(decisionOf({ identity, action: 'kms:Decrypt', on, kms: true, resource: [toRoot] })).toEqual(allowed);
    expect(decisionOf({ identity, action: 'kms:Decrypt', on, kms: true, resource: [toOther] })).toEqual({
      kind: 'not-allowed',
      missing: 'resource-based',
    });
  });
});

test('a decision lasts only where no condition and no variable had a say', () => {
  const lasting = (statement: object) =>
    decide(
      { action: 'a:B', resource: 'r' },
      {
        principal: role,
        accountId: '000000000000',
        identity: readStatements({ Statement: [statement] }, String),
        resource: undefined,
        resourcePolicyRules: false,
      },
      () => undefined,
    ).lasting;
  expect(lasting(allow('a:B'))).toBe(true);
  expect(lasting(allow('a:B', '*', { Condition: { Null: { 'aws:x': 'true' } } }))).toBe(false);
  expect(lasting(allow('a:B', 'x/${aws:PrincipalArn}'))).toBe(false);
});

test.each([
  ['an element', { ...allow('a:B'), Whatever: 1 }, 'policy element "Whatever" (statement s/0)'],
  ['an effect', { ...allow('a:B'), Effect: 'allow' }, 'effect "allow" (statement s/0)'],
  ['a principal kind', { ...allow('a:B'), Principal: { Federated: 'x' } }, 'principal kind "Federated" (statement s/0)'],
  [
    'a condition operator',
    allow('a:B', '*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
    'condition operator "IpAddress" (statement s/0)',
  ],
])('refuses by name %s it does not know', (_what, statement, message) => {
  expect(() => readStatements({ Statement: [statement] }, (index) => `s/${index}`)).toThrow(message);
});

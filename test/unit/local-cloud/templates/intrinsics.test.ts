import { describe, expect, test } from 'vitest';
import type { Template } from '../../../../apps/local-cloud/templates/assembly.ts';
import { resolve, type Scope } from '../../../../apps/local-cloud/templates/intrinsics.ts';

const template: Template = {
  Parameters: {
    BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
    Stage: { Type: 'String', Default: 'dev' },
    Times: { Type: 'CommaDelimitedList', Default: '15:45, 09:35' },
    Secret: { Type: 'String' },
    Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/x' },
  },
  Conditions: {
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsLive: { 'Fn::Not': [{ Condition: 'IsDev' }] },
    Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsLive' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsLive' }] },
  },
  Mappings: { Limits: { dev: { orders: 5 } } },
};

const scope: Scope = {
  stack: 'data',
  template,
  environment: { region: 'us-east-1', accountId: '000000000000' },
  handles: new Map([['Table', { ref: 'policy', attributes: { Arn: 'arn:table', 'Nested.Part': 'deep' } }]]),
  exports: new Map<string, unknown>([['data:Key', 'arn:key']]),
};

const resolved = (value: unknown): unknown => resolve(value, scope, 'Fn9');

test.each<[string, unknown, unknown]>([
  ['Ref of a resource', { Ref: 'Table' }, 'policy'],
  ['Ref of a parameter', { Ref: 'Stage' }, 'dev'],
  ['Ref of a list parameter', { Ref: 'Times' }, ['15:45', '09:35']],
  ['the bootstrap version', { Ref: 'BootstrapVersion' }, '30'],
  ['AWS::Region', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['AWS::AccountId', { Ref: 'AWS::AccountId' }, '000000000000'],
  ['AWS::Partition', { Ref: 'AWS::Partition' }, 'aws'],
  ['AWS::URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
  ['AWS::StackName', { Ref: 'AWS::StackName' }, 'data'],
  ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:table'],
  ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Table.Nested.Part' }, 'deep'],
  ['Fn::Join', { 'Fn::Join': ['/', ['a', { Ref: 'Table' }]] }, 'a/policy'],
  ['Fn::Sub', { 'Fn::Sub': '${Table}-${Table.Arn}-${AWS::Region}-${!Kept}' }, 'policy-arn:table-us-east-1-${Kept}'],
  ['Fn::Sub with variables', { 'Fn::Sub': ['${who}', { who: { Ref: 'Table' } }] }, 'policy'],
  ['Fn::ImportValue', { 'Fn::ImportValue': 'data:Key' }, 'arn:key'],
  ['Fn::Select of Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
  ['Fn::If', { 'Fn::If': ['IsLive', 'real', 'play'] }, 'play'],
  ['Fn::If through And', { 'Fn::If': ['Both', 1, 2] }, 2],
  ['Fn::If through Or', { 'Fn::If': ['Either', 1, 2] }, 1],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Limits', { Ref: 'Stage' }, 'orders'] }, 5],
  ['Fn::FindInMap with a default', { 'Fn::FindInMap': ['Limits', 'live', 'orders', { DefaultValue: 1 }] }, 1],
  ['Fn::Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
])('resolves %s', (_name, value, expected) => {
  expect(resolved(value)).toEqual(expected);
});

test('AWS::NoValue removes its property and its list item', () => {
  expect(resolved({ kept: 1, gone: { Ref: 'AWS::NoValue' }, list: [1, { 'Fn::If': ['IsLive', 2, { Ref: 'AWS::NoValue' }] }] })).toEqual({
    kept: 1,
    list: [1],
  });
});

test("a policy statement's Condition is no intrinsic", () => {
  const statement = { Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } };
  expect(resolved(statement)).toEqual({ Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } });
});

describe('refuses by name, with stack and logical id,', () => {
  test.each<[string, unknown, string]>([
    ['an unknown intrinsic', { 'Fn::GetAZs': '' }, 'intrinsic Fn::GetAZs (data/Fn9)'],
    ['a dynamic reference', 'x{{resolve:ssm:/a/b:1}}', 'dynamic reference {{resolve:ssm:/a/b:1}} (data/Fn9)'],
    ['an unknown attribute', { 'Fn::GetAtt': ['Table', 'Nope'] }, 'attribute "Nope" of Table (data/Fn9)'],
    ['an unknown reference', { Ref: 'Nobody' }, 'Ref to "Nobody" (data/Fn9)'],
    ['a missing export', { 'Fn::ImportValue': 'data:Gone' }, 'import of "data:Gone", which no stack before this one exports (data/Fn9)'],
    ['a parameter without a default', { Ref: 'Secret' }, 'parameter "Secret" without a default (data/Fn9)'],
    ['a parameter from SSM', { Ref: 'Image' }, 'parameter type AWS::SSM::Parameter::Value<String> (Image) (data/Fn9)'],
    ['an undefined condition', { 'Fn::If': ['Nope', 1, 2] }, 'condition "Nope", which the template does not define (data/Fn9)'],
    ['an absent map entry', { 'Fn::FindInMap': ['Limits', 'live', 'orders'] }, 'Fn::FindInMap of Limits.live.orders'],
    ['an index out of range', { 'Fn::Select': [3, ['a']] }, 'Fn::Select of an index the list does not have'],
  ])('%s', (_name, value, message) => {
    expect(() => resolved(value)).toThrow(message);
  });
});

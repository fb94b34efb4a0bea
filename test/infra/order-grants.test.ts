/**
 * The proof that what sends orders cannot permit them: from every statement of every stack, also one that is written with a wildcard or
 * attached to the key or the secret themselves. The rules are functions, so that each is also tried on a policy that breaks it.
 */
import { beforeAll, expect, test } from 'vitest';
import { devAssembly } from './support/assembly.ts';
import { allowing, covers, holders, leak, roleOfFunction, type Statement, statementsOf } from './support/statements.ts';
import type { Templates } from './support/templates.ts';

let templates: Templates;
let statements: Statement[];

beforeAll(async () => {
  ({ templates } = await devAssembly());
  statements = statementsOf(templates);
});

const roleOf = (functionName: string): string => roleOfFunction(templates, functionName);
const permitKey = (): string =>
  templates
    .all('AWS::KMS::Alias')
    .find((alias) => alias.text('AliasName').endsWith('-permits'))!
    .text('TargetKeyId');
const brokerSecret = (): string =>
  templates.all('AWS::SecretsManager::Secret').find((secret) => secret.text('Name') === 'ballast-dev-broker')!.name;
const functionsOf = (role: string): string[] =>
  templates
    .all('AWS::Lambda::Function')
    .filter((fn) => templates.named(fn.text('Role')).name === role)
    .map((fn) => fn.text('FunctionName').replace('ballast-dev-', ''));
const signers = ['trading-check-risk', 'orders-permit-liquidation'];

/** Holders that may do this to that resource. Whether the resource is meant is judged in the holder's disfavour. */
const able = (found: readonly Statement[], action: string, resource: string): string[] => {
  const service = `:${action.split(':')[0]}:`;
  const meant = ({ kind, holder, resources }: Statement): boolean =>
    kind === 'resource'
      ? resource.startsWith(holder)
      : resources.some((written) => covers(written, resource) || (written.startsWith('arn:') && written.includes(service)));
  const ofTheAccount = (statement: Statement): boolean =>
    statement.principals.length > 0 && statement.principals.every((principal) => principal.endsWith('::<AWS::AccountId>:root'));
  return holders(allowing(found, action).filter((statement) => meant(statement) && !ofTheAccount(statement)));
};
const sendersIn = (found: readonly Statement[]): string[] => able(found, 'secretsmanager:GetSecretValue', brokerSecret());
const signersIn = (found: readonly Statement[]): string[] => able(found, 'kms:Sign', permitKey());

test('one role may read the broker secret, and it is the role of what talks to the broker', () => {
  expect(sendersIn(statements)).toEqual([roleOf('trading-place-orders')]);
  expect(functionsOf(sendersIn(statements)[0]!).sort()).toEqual(
    [
      'orders-check-broker',
      'orders-liquidate',
      'orders-reconcile',
      'orders-sweep-orders',
      'orders-work-slice',
      'trading-collect-fills',
      'trading-place-orders',
    ].sort(),
  );
});

test('with the permit key that role may verify, nobody else may, and it may do nothing more with it', () => {
  expect(able(statements, 'kms:Verify', permitKey())).toEqual([roleOf('trading-place-orders')]);
  const toTheKey = statements.filter(
    ({ holder, resources }) => holder === roleOf('trading-place-orders') && resources.some((resource) => covers(resource, permitKey())),
  );
  expect(toTheKey.flatMap(({ actions }) => actions).filter((action) => !/^(xray|dynamodb):/.test(action))).toEqual(['kms:Verify']);
});

test('only the steps that judge may sign with it, each under a role of its own', () => {
  expect(signersIn(statements)).toEqual(signers.map(roleOf).sort());
  for (const name of signers) expect(functionsOf(roleOf(name))).toEqual([name]);
});

test('so no role holds both the pen and the keys of the broker', () => {
  expect(signersIn(statements).filter((role) => sendersIn(statements).includes(role))).toEqual([]);
});

test.each(['CreateGrant', 'PutKeyPolicy', 'ReplicateKey', 'ImportKeyMaterial', 'ScheduleKeyDeletion', 'DisableKey'])(
  'and no role may kms:%s, which would change that',
  (action) => expect(able(statements, `kms:${action}`, permitKey())).toEqual([]),
);

test.each<readonly [what: string, Partial<Statement>]>([
  ['the key by name', { actions: ['kms:Sign'], resources: ['the key'] }],
  ['every key', { actions: ['kms:Sign'] }],
  ['keys by a pattern', { actions: ['kms:S*'], resources: ['arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*'] }],
  ['all but one action', { inverted: ['NotAction'] }],
  ["the key's own policy", { kind: 'resource', holder: 'the key', actions: ['kms:*'], principals: ['aside/Role.Arn'] }],
])('would be seen to break, if %s were signed with', (_what, { resources = ['*'], ...over }) => {
  const [key] = permitKey().split('.');
  const leaked = leak({ resources: resources.map((resource) => resource.replace('the key', permitKey())), ...over });
  const held = leaked.holder === 'the key' ? { ...leaked, holder: key! } : leaked;
  expect(signersIn([...statements, held])).toHaveLength(signers.length + 1);
});

test.each<readonly [what: string, Partial<Statement>]>([
  ['every secret', { actions: ['secretsmanager:Get*'] }],
  [
    'secrets by a pattern',
    { actions: ['secretsmanager:GetSecretValue'], resources: ['arn:<AWS::Partition>:secretsmanager:*:*:secret:ballast-*'] },
  ],
])('would be seen to break, if %s were read', (_what, over) => {
  expect(sendersIn([...statements, leak(over)])).toHaveLength(2);
});

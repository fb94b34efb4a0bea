import { beforeAll, describe, expect, test } from 'vitest';
import { functionInventory } from '../../cdk/constructs/function-bundles.ts';
import { buckets, env, tables } from '../../shared/contracts/names/index.ts';
import { devAssembly } from './support/assembly.ts';
import { isObject, type Resource, type Templates } from './support/templates.ts';

let templates: Templates;
let functions: Resource[];

beforeAll(async () => {
  ({ templates } = await devAssembly());
  functions = templates.all('AWS::Lambda::Function');
});

const names = (resources: readonly Resource[]): string[] => resources.map((resource) => resource.text('FunctionName')).sort();
const without = (broken: (fn: Resource) => boolean): string[] => names(functions.filter(broken));

describe('every function', () => {
  test('of the inventory is deployed, and nothing else is', () => {
    expect(names(functions)).toEqual(functionInventory().map((name) => `ballast-dev-${name.replace('/', '-')}`));
    expect(functions.length).toBeGreaterThan(0);
  });

  test('runs on arm64 and Node 24, and is traced', () => {
    expect(without((fn) => fn.text('Architectures') !== 'arm64')).toEqual([]);
    expect(without((fn) => fn.at('Runtime') !== 'nodejs24.x')).toEqual([]);
    expect(without((fn) => fn.at('TracingConfig.Mode') !== 'Active')).toEqual([]);
  });

  test('leaves what it could not handle in the dead-letter queue', () => {
    expect(without((fn) => templates.named(fn.text('DeadLetterConfig.TargetArn')).type !== 'AWS::SQS::Queue')).toEqual([]);
  });

  test('writes to a log group of its own that forgets in time', () => {
    const groups = functions.map((fn) => templates.named(fn.text('LoggingConfig.LogGroup')));
    expect(new Set(groups.map(({ name }) => name)).size).toBe(functions.length);
    expect(groups.filter((group) => !(Number(group.at('RetentionInDays')) > 0)).map(({ name }) => name)).toEqual([]);
  });

  test('has a deadline and a memory size that are written down', () => {
    expect(without((fn) => !(Number(fn.at('Timeout')) > 0) || !(Number(fn.at('MemorySize')) > 0))).toEqual([]);
  });
});

test('only the functions that talk to the broker share a role', () => {
  const byRole = Map.groupBy(functions, (fn) => templates.named(fn.text('Role')).name);
  const shared = [...byRole.values()].filter((holders) => holders.length > 1).map(names);
  expect(shared).toEqual([
    [
      'orders-check-broker',
      'orders-liquidate',
      'orders-reconcile',
      'orders-sweep-orders',
      'orders-work-slice',
      'trading-collect-fills',
      'trading-place-orders',
    ].map((name) => `ballast-dev-${name}`),
  ]);
});

test("every role can be assumed by one service alone, but for the operator's, which a person of the account takes on", () => {
  const assumed = templates.all('AWS::IAM::Role').map((role) => {
    const statements = role.list('AssumeRolePolicyDocument.Statement');
    expect(statements, role.name).toHaveLength(1);
    const [statement] = statements;
    const service = isObject(statement) && isObject(statement.Principal) ? statement.Principal.Service : undefined;
    return { role, service: typeof service === 'string' ? service : 'no one service' };
  });
  const byService = Map.groupBy(assumed, ({ service }) => service);
  expect([...byService.keys()].sort()).toEqual([
    'firehose.amazonaws.com',
    'lambda.amazonaws.com',
    'no one service',
    'scheduler.amazonaws.com',
    'states.amazonaws.com',
  ]);
  // Who the operator is, test/infra/policy-grants.test.ts says.
  expect(byService.get('no one service')!.map(({ role }) => role.text('RoleName'))).toEqual(['ballast-dev-operator']);
  const deliveries = templates.all('AWS::KinesisFirehose::DeliveryStream');
  const taken = deliveries.map((stream) => templates.named(stream.text('ExtendedS3DestinationConfiguration.RoleARN')).name);
  expect(byService.get('firehose.amazonaws.com')!.map(({ role }) => role.name)).toEqual(taken);
  expect(assumed.length).toBeGreaterThan(functions.length);
});

test('an environment holds only names that templates and code agree on, none of them reserved by Lambda', () => {
  const agreed = new Set<string>([
    ...Object.values(env).filter((name) => typeof name === 'string'),
    ...tables.map(env.table),
    ...buckets.map(env.bucket),
    'NODE_OPTIONS',
    'POWERTOOLS_SERVICE_NAME',
    'POWERTOOLS_LOG_LEVEL',
  ]);
  const strange = functions.flatMap((fn) => {
    const variables = fn.at('Environment.Variables');
    return isObject(variables) ? Object.keys(variables).filter((name) => !agreed.has(name)) : [fn.name];
  });
  expect(strange).toEqual([]);
  // And no name is agreed on that no template sets.
  const set = new Set(
    functions.flatMap((fn) => Object.keys(isObject(fn.at('Environment.Variables')) ? (fn.at('Environment.Variables') as object) : {})),
  );
  expect([...agreed].filter((name) => !set.has(name))).toEqual([]);
  expect([...agreed].filter((name) => /^(AWS_|LAMBDA_|_HANDLER$|TZ$)/.test(name))).toEqual([]);
});

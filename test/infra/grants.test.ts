/** Who may do what, read from every policy of every stack. The rules are functions, so that each is also tried on a policy that breaks it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { devAssembly } from './support/assembly.ts';
import { allowing, covers, holders, leak, roleOfFunction, type Statement, statementsOf } from './support/statements.ts';
import { asList, type Json, type Resource, Templates } from './support/templates.ts';

let templates: Templates;
let statements: Statement[];

beforeAll(async () => {
  ({ templates } = await devAssembly());
  statements = statementsOf(templates);
});

const one = (type: string, name: string): Resource => {
  const found = templates
    .all(type)
    .find(
      (resource) =>
        ['TableName', 'Name', 'DeliveryStreamName'].some((property) => resource.at(property) === name) ||
        resource.text('BucketName') === name,
    );
  if (!found) throw new Error(`No ${type} is called ${name}.`);
  return found;
};
const roleOf = (functionName: string): string => roleOfFunction(templates, functionName);

/** Actions that are a whole service, or everything. */
const serviceWide = (found: readonly Statement[]): Statement[] =>
  found.filter(
    ({ effect, actions, inverted }) =>
      effect === 'Allow' && (inverted.length > 0 || actions.some((action) => /^(\*|[a-z0-9-]+:\*)$/i.test(action))),
  );

/** What a role may do on every resource there is. */
const onEverything = (found: readonly Statement[]): string[] =>
  [
    ...new Set(
      found
        .filter(
          ({ kind, effect, resources }) =>
            kind === 'identity' && effect === 'Allow' && resources.some((resource) => /^\*+$/.test(resource)),
        )
        .flatMap(({ actions }) => actions),
    ),
  ].sort();

describe('a secret', () => {
  const readers = (found: readonly Statement[]): Statement[] => allowing(found, 'secretsmanager:GetSecretValue');

  const toldToPeople = ['send-alert', 'escalate-alerts', 'relay-alarm', 'send-heartbeat', 'try-channels'].map((name) => `alerts-${name}`);
  const readersOf: readonly (readonly [secret: string, ...functions: string[]])[] = [
    ['ballast-dev-broker', 'trading-place-orders'],
    ['ballast-dev-news-model', 'trading-read-news'],
    ['ballast-dev-alert-channels', ...toldToPeople],
  ];

  test.each(readersOf)('%s is read by the roles of those who need it alone, which read no other', (name, ...functions) => {
    const secret = one('AWS::SecretsManager::Secret', name);
    const roles = functions.map(roleOf);
    expect(holders(readers(statements).filter(({ resources }) => resources.includes(secret.name)))).toEqual(roles.sort());
    const ofReaders = readers(statements).filter(({ holder }) => roles.includes(holder));
    expect(new Set(ofReaders.flatMap(({ resources }) => resources))).toEqual(new Set([secret.name]));
  });

  test('is read by nothing else', () => {
    expect(holders(readers(statements))).toEqual(readersOf.flatMap(([, ...functions]) => functions.map(roleOf)).sort());
  });

  test('cannot be changed, replaced or handed on by anything that runs', () => {
    for (const action of [
      'PutSecretValue',
      'UpdateSecret',
      'DeleteSecret',
      'PutResourcePolicy',
      'BatchGetSecretValue',
      'ReplicateSecretToRegions',
    ]) {
      expect(allowing(statements, `secretsmanager:${action}`), action).toEqual([]);
    }
  });

  test.each(['secretsmanager:GetSecretValue', 'secretsmanager:Get*', 'secretsmanager:*', '*', 'SecretsManager:getsecretvalue'])(
    'would be seen to leak through %s',
    (action) => {
      expect(readers([leak({ actions: [action] })])).toHaveLength(1);
    },
  );

  test('would be seen to leak through NotAction', () => {
    expect(readers([leak({ actions: [], inverted: ['NotAction'] })])).toHaveLength(1);
  });
});

describe('no role', () => {
  test('has a permission turned round with NotAction, NotResource or NotPrincipal', () => {
    expect(statements.filter(({ inverted }) => inverted.length > 0)).toEqual([]);
  });

  test('may do everything a service offers', () => {
    const identities = statements.filter(({ kind }) => kind === 'identity');
    expect(serviceWide(identities)).toEqual([]);
    expect(identities.length).toBeGreaterThan(50);
    for (const action of ['*', 's3:*', 'dynamodb:*']) expect(serviceWide([leak({ actions: [action] })])).toHaveLength(1);
  });

  test('writes a wildcard into an action', () => {
    expect(
      statements.filter(
        ({ kind, effect, actions }) => kind === 'identity' && effect === 'Allow' && actions.some((action) => action.includes('*')),
      ),
    ).toEqual([]);
  });

  test('may act on every resource, but for what offers nothing narrower', () => {
    const reasons: Readonly<Record<string, string>> = {
      'dynamodb:ListStreams': 'takes no stream: it lists them',
      'logs:CreateLogDelivery': 'log delivery of a state machine has no resource to name',
      'logs:DeleteLogDelivery': 'as above',
      'logs:DescribeLogGroups': 'as above',
      'logs:DescribeResourcePolicies': 'as above',
      'logs:GetLogDelivery': 'as above',
      'logs:ListLogDeliveries': 'as above',
      'logs:PutResourcePolicy': 'as above',
      'logs:UpdateLogDelivery': 'as above',
      'xray:GetSamplingRules': 'X-Ray has no resource-level permissions for traces',
      'xray:GetSamplingTargets': 'as above',
      'xray:PutTelemetryRecords': 'as above',
      'xray:PutTraceSegments': 'as above',
    };
    expect(onEverything(statements)).toEqual(Object.keys(reasons).sort());
    expect(onEverything([leak({ actions: ['s3:GetObject'] })])).toEqual(['s3:GetObject']);
  });

  test('is managed by AWS or holds a policy that no template shows', () => {
    expect(templates.all('AWS::IAM::Role').filter((role) => role.list('ManagedPolicyArns').length > 0)).toEqual([]);
    expect(templates.all('AWS::IAM::UserPolicy', 'AWS::IAM::RolePolicy', 'AWS::IAM::User')).toEqual([]);
    // The auditor's, which no role holds; what it allows is held against test/infra/audit-lake.test.ts.
    expect(templates.all('AWS::IAM::ManagedPolicy').map((policy) => [policy.text('ManagedPolicyName'), policy.list('Roles')])).toEqual([
      ['ballast-dev-auditor', []],
    ]);
  });

  test('may touch identities, keys or policies', () => {
    for (const action of [
      'iam:PassRole',
      'iam:PutRolePolicy',
      'sts:AssumeRole',
      'kms:PutKeyPolicy',
      'kms:ScheduleKeyDeletion',
      'kms:CreateGrant',
      'lambda:UpdateFunctionCode',
      's3:PutBucketPolicy',
    ]) {
      expect(
        allowing(
          statements.filter(({ kind }) => kind === 'identity'),
          action,
        ),
        action,
      ).toEqual([]);
    }
  });
});

test('a resource lets in a whole service only where it is a key that its account owns', () => {
  const attached = serviceWide(statements.filter(({ kind }) => kind === 'resource'));
  expect(attached.map(({ holder, actions, principals }) => [templates.named(holder).type, actions, principals])).toEqual([
    ['AWS::KMS::Key', ['kms:*'], ['arn:<AWS::Partition>:iam::<AWS::AccountId>:root']],
    ['AWS::KMS::Key', ['kms:*'], ['arn:<AWS::Partition>:iam::<AWS::AccountId>:root']],
    ['AWS::KMS::Key', ['kms:*'], ['arn:<AWS::Partition>:iam::<AWS::AccountId>:root']],
  ]);
  expect(attached.map(({ holder }) => holder)).toEqual(templates.all('AWS::KMS::Key').map(({ name }) => name));
});

test('no resource is open to everyone', () => {
  expect(statements.filter(({ effect, principals }) => effect === 'Allow' && principals.includes('*'))).toEqual([]);
});

describe('the audit table', () => {
  const on = (action: string): Statement[] =>
    allowing(statements, action).filter(({ resources }) =>
      resources.includes(`${one('AWS::DynamoDB::Table', 'ballast-dev-audit').name}.Arn`),
    );

  test('takes new records from its one writer', () => {
    expect(holders(on('dynamodb:PutItem'))).toEqual([roleOf('audit-write-audit')]);
  });

  test.each([
    'UpdateItem',
    'DeleteItem',
    'BatchWriteItem',
    'PartiQLUpdate',
    'PartiQLDelete',
    'UpdateTable',
    'DeleteTable',
    'RestoreTableToPointInTime',
  ])('is out of reach of every role for %s', (action) => {
    expect(on(`dynamodb:${action}`)).toEqual([]);
  });
});

describe('the audit archive', () => {
  const forbidden = [
    'DeleteObject',
    'DeleteObjectVersion',
    'BypassGovernanceRetention',
    'PutObjectRetention',
    'PutObjectLegalHold',
    'PutBucketObjectLockConfiguration',
    'PutLifecycleConfiguration',
    'PutBucketVersioning',
    'DeleteBucket',
  ];

  test('is written by the archiver, by who signs and by who delivers rows, each below its own prefixes', () => {
    const archive = one('AWS::S3::Bucket', 'ballast-dev-audit-archive-<AWS::AccountId>-<AWS::Region>');
    const stream = one('AWS::KinesisFirehose::DeliveryStream', 'ballast-dev-audit');
    const deliverer = templates.named(stream.text('ExtendedS3DestinationConfiguration.RoleARN')).name;
    // PutObject asks for an object: what the bucket itself is named for is listing it.
    const prefixesOf = (found: readonly Statement[]) =>
      Object.fromEntries(
        allowing(found, 's3:PutObject')
          .map(
            ({ holder, resources }) =>
              [
                holder,
                resources.filter((resource) => covers(resource, `${archive.name}.Arn/*`) || resource.startsWith(`${archive.name}.Arn/`)),
              ] as const,
          )
          .filter(([, resources]) => resources.length > 0),
      );
    const expected = {
      [deliverer]: [`${archive.name}.Arn/parquet/*`, `${archive.name}.Arn/parquet-errors/*`],
      [roleOf('audit-archive-audit')]: [`${archive.name}.Arn/records/*`],
      [roleOf('audit-sign-checkpoint')]: [`${archive.name}.Arn/checkpoints/*`],
    };
    expect(prefixesOf(statements)).toEqual(expected);
    for (const resource of ['*', `${archive.name}.Arn/*`, `${archive.name}.Arn/parquet/*`])
      expect(prefixesOf([...statements, leak({ actions: ['s3:PutObject'], resources: [resource] })])).toHaveProperty(
        ['aside/Role'],
        [resource],
      );
  });

  test.each(forbidden)('cannot be undone: no statement in any stack allows s3:%s', (action) => {
    expect(allowing(statements, `s3:${action}`)).toEqual([]);
    expect(allowing([leak({ actions: ['s3:Delete*', 's3:Put*', 's3:Bypass*'] })], `s3:${action}`)).toHaveLength(1);
  });
});

describe('control over trading', () => {
  test('is written by what halts, what reconciles, what hears an event and by the operator, and by no other', () => {
    const policy = `${one('AWS::DynamoDB::Table', 'ballast-dev-policy').name}.Arn`;
    const writers = (action: string) => allowing(statements, `dynamodb:${action}`).filter(({ resources }) => resources.includes(policy));
    const boundTo = (partition: string) => ({
      ...{ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [partition] } },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    const operator = templates.all('AWS::IAM::Role').find((role) => role.at('RoleName') === 'ballast-dev-operator')!.name;
    const halting = ['trading-halt-trading', 'orders-reconcile', 'orders-close-reconciliation', 'orders-request-stop'].map(roleOf);
    const steering = ['steering-steer-fund', 'steering-tighten-at-once'].map(roleOf);
    expect(Object.fromEntries(writers('PutItem').map(({ holder, conditions }) => [holder, conditions]))).toEqual({
      ...Object.fromEntries([...halting, operator].map((role) => [role, boundTo('control')])),
      ...Object.fromEntries(steering.map((role) => [role, boundTo('policy')])),
    });
    for (const action of ['UpdateItem', 'DeleteItem']) expect(writers(action), action).toEqual([]);
  });

  test('starts a machine only through its alias, but for a Distributed Map that runs its own children', () => {
    const started = allowing(statements, 'states:StartExecution');
    const withChildren = ['evolve-strategies', 'ingest', 'research-sweep'].map((name) => {
      const arn = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:ballast-dev-${name}`;
      const machine = templates
        .all('AWS::StepFunctions::StateMachine')
        .find((one) => one.text('StateMachineName') === `ballast-dev-${name}`);
      const role = templates.named(machine!.text('RoleArn')).name;
      expect(started.filter(({ holder }) => holder === role).flatMap(({ resources }) => resources)).toEqual([arn]);
      return role;
    });

    const starters = started.filter(({ holder }) => !withChildren.includes(holder));
    expect(holders(starters)).toEqual(
      [
        ...['market-data-start-ingest', 'trading-start-cycle', 'trading-place-orders'],
        ...['orders-enforce-stop', 'orders-dead-man', 'orders-start-reconciliation'],
      ]
        .map(roleOf)
        .sort(),
    );
    // The work-order machine calls functions of the role that starts it, so that role knows it by name.
    const byName = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:ballast-dev-work-order';
    for (const { holder, resources, conditions } of starters) {
      if (holder === roleOf('trading-place-orders')) expect(resources).toEqual([byName]);
      else expect(resources.map((resource) => templates.named(resource).type)).toEqual(['AWS::StepFunctions::StateMachine']);
      expect(conditions).toEqual({ StringEquals: { 'states:StateMachineQualifier': 'current' } });
    }
  });
});

describe('whatever names the dead-letter queue may send to it', () => {
  const mayLeaveThere = (holder: string, queue: string): boolean =>
    allowing(statements, 'sqs:SendMessage').some((statement) => statement.holder === holder && statement.resources.includes(queue));

  test('functions and schedules, by their role', () => {
    const senders = [
      ...templates.all('AWS::Lambda::Function').map((fn) => [fn.text('Role'), fn.text('DeadLetterConfig.TargetArn')] as const),
      ...templates
        .all('AWS::Scheduler::Schedule')
        .map((schedule) => [schedule.text('Target.RoleArn'), schedule.text('Target.DeadLetterConfig.Arn')] as const),
    ];
    expect(senders.filter(([role, queue]) => !mayLeaveThere(templates.named(role).name, queue))).toEqual([]);
    expect(senders.length).toBeGreaterThan(15);
  });

  test('rules and the bus, by the policy of the queue', () => {
    const queue = templates.all('AWS::SQS::Queue')[0]!;
    const letIn = statements.filter(
      ({ holder, effect, actions }) => holder === queue.name && effect === 'Allow' && actions.includes('sqs:SendMessage'),
    );
    const sources = letIn.flatMap(({ conditions }) =>
      Object.values(conditions as Record<string, Record<string, Json>>).flatMap((condition) =>
        asList(condition['aws:SourceArn']).map((source) => queue.resolve(source)),
      ),
    );
    const bus = templates.all('AWS::Events::EventBus')[0]!.name;
    const rules = templates.all('AWS::Events::Rule');
    expect(rules.filter((rule) => rule.text('EventBusName') !== bus).map(({ name }) => name)).toEqual([]);
    const ofTheBus = `arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/${bus}/*`;
    expect(sources).toEqual(expect.arrayContaining([`${bus}.Arn`, ofTheBus]));
    // CDK names the rules of the queue's own stack once more, and the topic of alerts has letters of its own.
    const known = [
      `${bus}.Arn`,
      ofTheBus,
      ...rules.map(({ name }) => `${name}.Arn`),
      ...templates.all('AWS::SNS::Topic').map(({ name }) => name),
    ];
    expect(sources.filter((source) => !known.includes(source))).toEqual([]);
  });
});

test('a wildcard in a policy covers what AWS says it covers', () => {
  expect(covers('s3:Get*', 's3:GetObject')).toBe(true);
  expect(covers('s3:Get?bject', 's3:GetObject')).toBe(true);
  expect(covers('s3:Get*', 's3:PutObject')).toBe(false);
  expect(covers('s3.*', 's3:GetObject')).toBe(false);
});

test('an inline policy, a managed one and a resource policy are all read', () => {
  const document = { Statement: { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' } };
  const tampered = new Templates(
    new Map([
      [
        'aside',
        {
          Resources: {
            Role: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyName: 'inline', PolicyDocument: document }] } },
            Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: document } },
            Attached: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: document } },
            OnSecret: {
              Type: 'AWS::SecretsManager::ResourcePolicy',
              Properties: { SecretId: { Ref: 'Secret' }, ResourcePolicy: document },
            },
          },
        },
      ],
    ]),
  );
  expect(allowing(statementsOf(tampered), 'secretsmanager:GetSecretValue').map(({ holder, kind }) => [holder, kind])).toEqual([
    ['aside/Role', 'identity'],
    ['aside/Role', 'identity'],
    ['aside/Role', 'identity'],
    ['aside/Secret', 'resource'],
  ]);
});

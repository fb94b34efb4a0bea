/** What the stages may differ in, and that no stage is deployed by mistake or against a check. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { stageFromContext } from '../../cdk/stage.ts';
import { type Assembly, devAssembly, failedSynthesis, synthesized } from './support/assembly.ts';
import type { Json, Resource, Templates } from './support/templates.ts';

const stages = ['dev', 'paper', 'live'] as const;
type StageName = (typeof stages)[number];

interface Read {
  readonly templates: Templates;
  readonly report: { readonly pluginReports: readonly { readonly violations: readonly Json[] }[] };
  readonly acknowledged: readonly (readonly [rule: string, reason: string])[];
}

const all = {} as Record<StageName, Read>;

beforeAll(async () => {
  all.dev = read(await devAssembly());
  all.paper = synthesized({ stage: 'paper' }, read);
  all.live = synthesized({ stage: 'live', confirm: 'live' }, read);
});

function read({ directory, templates }: Assembly): Read {
  const json = (file: string): unknown => JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const metadata = [...templates.stacks.keys()].map(
    (stack) => json(`${stack}.metadata.json`) as Record<string, readonly { type: string; data: unknown }[]>,
  );
  const acknowledged = metadata
    .flatMap((byConstruct) => Object.values(byConstruct).flat())
    .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
    .flatMap(({ data }) => Object.entries(data as Record<string, string>));
  return { templates, report: json('validation-report.json') as Read['report'], acknowledged };
}

describe('synthesis refuses', () => {
  const stageFrom = (context: Readonly<Record<string, string>>) => () => stageFromContext(new App({ context }).node);

  test('live without its confirmation, and says which flag gives it', () => {
    const { status, output } = failedSynthesis({ stage: 'live' });
    expect(status).not.toBe(0);
    expect(output).toContain('Stage live trades real money. Deploy it with -c stage=live -c confirm=live.');
  });

  test('live confirmed as something else', () => {
    expect(stageFrom({ stage: 'live', confirm: 'yes' })).toThrow('Stage live trades real money.');
  });

  test('a stage that there is not, and names those there are', () => {
    expect(stageFrom({ stage: 'prod' })).toThrow('Unknown stage "prod". Use -c stage=dev|paper|live.');
  });

  test.each(['25:00', '9:30', '15.45', ''])('%j as a time of day', (time) => {
    for (const name of ['cycleTimes', 'shortSessionCycleTime', 'ingestTime'])
      expect(stageFrom({ [name]: time })).toThrow(`"${time}" is no time of day`);
  });
});

describe.each(stages)('stage %s', (stage) => {
  test('names everything after itself, so that stages can share an account', () => {
    const named = all[stage].templates
      .all()
      .flatMap((resource) =>
        ['TableName', 'BucketName', 'FunctionName', 'QueueName', 'TopicName', 'StateMachineName']
          .map((key) => resource.text(key))
          .filter(Boolean),
      );
    expect(named.filter((name) => !name.startsWith(`ballast-${stage}-`))).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });

  test('has no finding of cdk-nag that is not acknowledged', () => {
    expect(all[stage].report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  test('acknowledges each finding with a sentence and an owner', () => {
    const { acknowledged } = all[stage];
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.filter(([, reason]) => !/^[A-Z].{20,}\. Owner: [a-z]+\.$/.test(reason))).toEqual([]);
    expect(acknowledged.filter(([rule]) => !/AwsSolutions-[A-Z]+\d+(\[|$)/.test(rule))).toEqual([]);
  });

  test('keeps log lines for as long as the stage says, and no group for ever', () => {
    const days = { dev: 14, paper: 90, live: 731 }[stage];
    expect(new Set(all[stage].templates.all('AWS::Logs::LogGroup').map((group) => group.at('RetentionInDays')))).toEqual(new Set([days]));
  });

  test('locks the audit archive in compliance mode for as long as the stage says', () => {
    const days = { dev: 1, paper: 365, live: 2555 }[stage];
    const locked = all[stage].templates.all('AWS::S3::Bucket').filter((bucket) => bucket.at('ObjectLockEnabled') === true);
    expect(locked.map((bucket) => bucket.text('BucketName').split('<')[0])).toEqual([`ballast-${stage}-audit-archive-`]);
    expect(locked[0]!.at('ObjectLockConfiguration')).toEqual({
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Days: days, Mode: 'COMPLIANCE' } },
    });
    expect(locked[0]!.at('LifecycleConfiguration')).toBeUndefined();
  });
});

const stateful = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup'];

test('dev leaves nothing behind that it could take down', () => {
  expect(keeping(all.dev.templates.all(...stateful)).map(({ name }) => name)).toEqual([]);
});

test.each(['paper', 'live'] as const)('%s keeps what must never be lost when a stack goes or a resource is replaced', (stage) => {
  const resources = all[stage].templates.all(...stateful);
  expect(keeping(resources)).toHaveLength(resources.length);
  expect(resources.length).toBeGreaterThan(20);
});

test.each(['paper', 'live'] as const)('%s refuses to delete its tables and its data stack', (stage) => {
  expect(all[stage].templates.all('AWS::DynamoDB::Table').filter((table) => table.at('DeletionProtectionEnabled') !== true)).toEqual([]);
});

test('only live talks to the broker where money is real', () => {
  const urls = stages.map((stage) => {
    const [secret] = all[stage].templates.all('AWS::SecretsManager::Secret');
    return (JSON.parse(secret!.text('GenerateSecretString.SecretStringTemplate')) as { baseUrl: string }).baseUrl;
  });
  expect(urls).toEqual(['https://paper-api.alpaca.markets', 'https://paper-api.alpaca.markets', 'https://api.alpaca.markets']);
});

test('stages differ in names, retention and removal, and in nothing else that runs', () => {
  const shape = ({ templates }: Read): string[] =>
    templates.all().map(({ stack, id, type }) => `${stack.split('-').at(-1)} ${type} ${id.replace(/(CurrentVersion).*/, '$1')}`);
  const [dev, paper, live] = stages.map((stage) => shape(all[stage]).map(withoutHash).sort());
  expect(paper).toEqual(dev);
  expect(live).toEqual(dev);
});

test('an unacknowledged finding fails the synthesis: the check does look', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'ballast-nag-'));
  onTestFinished(() => rmSync(outdir, { recursive: true, force: true }));
  const app = new App({ outdir });
  new Bucket(new Stack(app, 'Aside'), 'Open');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).toThrow(/AwsSolutions-S10/);
});

const keeping = (resources: readonly Resource[]): Resource[] =>
  resources.filter(({ deletionPolicy, updateReplacePolicy }) => deletionPolicy === 'Retain' && updateReplacePolicy === 'Retain');

/** Logical ids of event sources and of what a rule may call carry the name of the stage, and hashes of it and of the whole. */
const withoutHash = (line: string): string =>
  line.replace(/ballast(?:dev|paper|live)(audit|control|data|events)(\w+?)(?:[0-9A-F]{8}){1,2}$/, '$1$2');

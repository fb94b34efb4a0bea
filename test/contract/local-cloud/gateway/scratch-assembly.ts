/** A small synthesized assembly, written to a directory of its own: templates as CDK writes them, bundles beside. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../../../apps/local-cloud/clock.ts';
import { LocalCloud, type LocalCloudOptions } from '../../../../apps/local-cloud/cloud.ts';
import type { CloudEvent } from '../../../../apps/local-cloud/service.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';
import { keyedByPkAndSk } from '../../../support/keyed-table.ts';

export type Resources = Record<string, { Type: string; Properties?: object; Metadata?: object; DependsOn?: string | string[] }>;

export interface ScratchStack {
  readonly resources: Resources;
  readonly more?: object;
  readonly dependsOn?: readonly string[];
  readonly environment?: string;
}

const scratchDirectories: string[] = [];

/** For `afterAll`. */
export function removeScratch(): void {
  for (const directory of scratchDirectories.splice(0)) rmSync(directory, { recursive: true, force: true });
}

export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ballast-cloud-'));
  scratchDirectories.push(directory);
  return directory;
}

export function writeAssembly(stacks: Record<string, ScratchStack>): string {
  const directory = scratchDirectory();
  const artifacts: Record<string, object> = {};
  for (const [name, { resources, more = {}, dependsOn = [], environment = 'aws://000000000000/us-east-1' }] of Object.entries(stacks)) {
    writeFileSync(join(directory, `${name}.template.json`), JSON.stringify({ Resources: withBundles(directory, resources), ...more }));
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment,
      properties: { templateFile: `${name}.template.json` },
      dependencies: dependsOn,
    };
  }
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  return directory;
}

/** A function whose bundle is this text, with a role that may do what the statements say. */
export function scratchFunction(name: string, code: string, statements: readonly object[] = [], properties: object = {}): Resources {
  return {
    ...scratchRole(`${name}Role`, 'lambda.amazonaws.com', statements),
    [name]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: name,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Architectures: ['arm64'],
        Role: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] },
        Code: { Inline: code },
        ...properties,
      },
    },
  };
}

export function scratchRole(name: string, service: string, statements: readonly object[]): Resources {
  const role: Resources = {
    [name]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: name,
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
        },
        ManagedPolicyArns: [
          { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']] },
        ],
      },
    },
  };
  if (statements.length === 0) return role;
  const policy = {
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyName: `${name}Policy`, Roles: [{ Ref: name }], PolicyDocument: { Version: '2012-10-17', Statement: statements } },
  };
  return { ...role, [`${name}Policy`]: policy };
}

export const scratchTable = (tableName: string, properties: object = {}): Resources[string] => ({
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    TableName: tableName,
    ...keyedByPkAndSk,
    BillingMode: 'PAY_PER_REQUEST',
    Replicas: [{ Region: 'us-east-1' }],
    ...properties,
  },
});

export interface Scratch {
  readonly cloud: LocalCloud;
  readonly clock: VirtualClock;
  readonly events: CloudEvent[];
  /** Names of the events so far. */
  eventNames(): string[];
}

export const STARTS_AT = Date.UTC(2026, 0, 5, 20, 45) as EpochMs;

export async function bootScratch(
  stacks: Record<string, ScratchStack> | Resources,
  options: Partial<LocalCloudOptions> = {},
): Promise<Scratch> {
  const assemblyDirectory = options.assemblyDirectory ?? writeAssembly(isStacks(stacks) ? stacks : { app: { resources: stacks } });
  const clock = new VirtualClock(STARTS_AT);
  const events: CloudEvent[] = [];
  const cloud = await LocalCloud.boot({ assemblyDirectory, clock, seed: 1, onEvent: (event) => events.push(event), ...options });
  return { cloud, clock, events, eventNames: () => events.map(({ event }) => event) };
}

const isStacks = (value: object): value is Record<string, ScratchStack> => Object.values(value).every((member) => 'resources' in member);

/** `Code: {Inline}` of a scratch function becomes an asset directory, as synthesis leaves it. */
function withBundles(directory: string, resources: Resources): Resources {
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => {
      const { Code, ...properties } = (resource.Properties ?? {}) as { Code?: { Inline?: string } };
      if (Code?.Inline === undefined) return [id, resource];
      const hash = createHash('sha256').update(Code.Inline).digest('hex');
      mkdirSync(join(directory, `asset.${hash}`), { recursive: true });
      writeFileSync(join(directory, `asset.${hash}`, 'index.mjs'), Code.Inline);
      const Properties = { ...properties, Code: { S3Bucket: 'cdk-assets', S3Key: `${hash}.zip` } };
      return [id, { ...resource, Properties, Metadata: { 'aws:asset:path': `asset.${hash}`, ...resource.Metadata } }];
    }),
  );
}

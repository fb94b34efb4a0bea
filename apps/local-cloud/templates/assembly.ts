/**
 * Reads what `cdk synth` wrote: the manifest, and each stack's template, ordered so that a stack comes after those it
 * imports from.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import { notEmulated } from '../service.ts';

export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown }; readonly Condition?: string }>
  >;
  readonly Transform?: unknown;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

export interface Stack {
  readonly name: string;
  readonly template: Template;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string; readonly directoryName?: string };
  readonly dependencies?: readonly string[];
}

export interface Environment {
  readonly region: string;
  readonly accountId: string;
}

/** The stacks of an assembly in the order they would be deployed. @throws ContractViolation when there is no assembly, or it is for another account or region. */
export function readAssembly(directory: string, environment: Environment): Stack[] {
  const path = join(directory, 'manifest.json');
  if (!existsSync(path))
    throw new ContractViolation(`${directory} holds no synthesized templates (no manifest.json): run "cdk synth" first`, { directory });
  const { artifacts = {} } = readJson(path) as { artifacts?: Record<string, Artifact> };

  const stacks: Stack[] = [];
  for (const id of inDependencyOrder(artifacts)) {
    const { type, properties = {}, environment: target } = artifacts[id]!;
    if (type === 'cdk:cloud-assembly')
      throw notEmulated('CDK', `stage ${id}: give its folder (${properties.directoryName}) as the assembly`);
    if (type !== 'aws:cloudformation:stack') continue;
    assertTarget(id, target, environment);
    const template = readJson(join(directory, properties.templateFile!)) as Template;
    if (template.Transform !== undefined) throw notEmulated('CloudFormation', `Transform (stack ${id})`);
    stacks.push({ name: properties.stackName ?? id, template });
  }
  return stacks;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ContractViolation(`${path} cannot be read as JSON: synthesize again`, { path }, { cause });
  }
}

/** Names in a template that carry an account or region must be those of this cloud; an environment-agnostic stack fits any. */
function assertTarget(stack: string, target: string | undefined, { accountId, region }: Environment): void {
  const [account, targetRegion] = (target ?? '').replace('aws://', '').split('/');
  const fits = (value: string | undefined, own: string): boolean => !value || value.startsWith('unknown-') || value === own;
  if (!fits(account, accountId) || !fits(targetRegion, region)) {
    throw new ContractViolation(
      `stack ${stack} is for ${target}, and the local cloud is aws://${accountId}/${region}: synthesize for that`,
      { stack, target },
    );
  }
}

function inDependencyOrder(artifacts: Readonly<Record<string, Artifact>>): string[] {
  const ordered: string[] = [];
  const seen = new Set<string>();
  const visit = (id: string): void => {
    if (seen.has(id) || !artifacts[id]) return;
    seen.add(id);
    for (const dependency of artifacts[id].dependencies ?? []) visit(dependency);
    ordered.push(id);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return ordered;
}

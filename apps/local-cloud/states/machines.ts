/** State machines, versions and aliases as the templates declare them. Declaring one again updates it, as a deployment would. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AwsError, type CloudHost, type DeclaredResource, notEmulated, type ResourceHandle } from '../service.ts';
import { isObject, type Machine } from './asl.ts';
import { parseDefinition } from './definition.ts';

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly revisionId: string;
  readonly definitionText: string;
  readonly definition: Machine;
  readonly createdAt: number;
  readonly loggingConfiguration?: unknown;
  readonly tracingConfiguration?: unknown;
}

interface MachineVersion {
  readonly arn: string;
  readonly machine: StateMachine;
}

export interface MachineAlias {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly routes: readonly { readonly versionArn: string; readonly weight: number }[];
}

/** What an ARN given to StartExecution stands for. */
export interface ResolvedMachine {
  readonly machine: StateMachine;
  /** The version number or alias name of a qualified ARN; IAM sees it as `states:StateMachineQualifier`. */
  readonly qualifier?: string;
  readonly versionArn?: string;
  readonly aliasArn?: string;
}

type Properties = Readonly<Record<string, unknown>>;

export class MachineRegistry {
  readonly #host: CloudHost;
  readonly #machines = new Map<string, StateMachine>();
  readonly #versions = new Map<string, MachineVersion>();
  readonly #aliases = new Map<string, MachineAlias>();

  constructor(host: CloudHost) {
    this.#host = host;
  }

  declare(resource: DeclaredResource): ResourceHandle {
    switch (resource.type) {
      case 'AWS::StepFunctions::StateMachine':
        return this.#declareMachine(resource);
      case 'AWS::StepFunctions::StateMachineVersion':
        return this.#declareVersion(resource);
      case 'AWS::StepFunctions::StateMachineAlias':
        return this.#declareAlias(resource);
      default:
        throw notEmulated('Step Functions', resource.type);
    }
  }

  list(): readonly StateMachine[] {
    return [...this.#machines.values()];
  }

  versionsOf(machineArn: string): readonly MachineVersion[] {
    return [...this.#versions.values()].filter(({ machine }) => machine.arn === machineArn).reverse();
  }

  aliasesOf(machineArn: string): readonly MachineAlias[] {
    return [...this.#aliases.values()].filter((alias) => alias.machineArn === machineArn);
  }

  findAlias(arn: string): MachineAlias | undefined {
    return this.#aliases.get(arn);
  }

  /** @throws AwsError InvalidArn, or StateMachineDoesNotExist. */
  resolve(arn: string): ResolvedMachine {
    const parts = arn.split(':');
    if (parts[2] !== 'states' || parts[5] !== 'stateMachine' || parts.length < 7) throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
    const machine = this.#machines.get(parts.slice(0, 7).join(':'));
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    const qualifier = parts[7];
    if (qualifier === undefined) return { machine };
    const alias = this.#aliases.get(arn);
    const version = this.#versions.get(alias ? this.#route(alias) : arn);
    if (!version) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return { machine: version.machine, qualifier, versionArn: version.arn, ...(alias ? { aliasArn: arn } : {}) };
  }

  #declareMachine({ stack, logicalId, properties }: DeclaredResource): ResourceHandle {
    const type = properties.StateMachineType ?? 'STANDARD';
    if (type !== 'STANDARD') throw notEmulated('Step Functions', `state machines of type ${String(type)} (${logicalId}); only STANDARD`);
    const name = String(properties.StateMachineName ?? generatedName(stack, logicalId));
    const roleArn = String(properties.RoleArn ?? '');
    if (roleArn === '') throw new AwsError('InvalidDefinition', `State machine "${name}" has no RoleArn`);
    const definitionText = substituted(this.#definitionText(properties, name), properties.DefinitionSubstitutions, name);
    const arn = `arn:aws:states:${this.#host.region}:${this.#host.accountId}:stateMachine:${name}`;
    const revisionId = uuidOf(`${definitionText}\n${roleArn}`);
    const known = this.#machines.get(arn);
    this.#machines.set(arn, {
      arn,
      name,
      roleArn,
      revisionId,
      definitionText,
      definition: parseDefinition(definitionText, name),
      createdAt: known?.createdAt ?? this.#host.clock.now(),
      loggingConfiguration: properties.LoggingConfiguration,
      tracingConfiguration: properties.TracingConfiguration,
    });
    return { ref: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: revisionId } };
  }

  #definitionText(properties: Properties, name: string): string {
    const { DefinitionString: text, Definition: definition, DefinitionS3Location: location } = properties;
    if (typeof text === 'string') return text;
    if (isObject(definition)) return JSON.stringify(definition);
    if (!isObject(location))
      throw new AwsError('InvalidDefinition', `State machine "${name}" has none of DefinitionString, Definition and DefinitionS3Location`);
    const key = basename(String(location.Key));
    const directory = this.#host.assemblyDirectory;
    const path = [`asset.${key}`, key].map((file) => join(directory, file)).find(existsSync);
    if (path === undefined)
      throw new AwsError(
        'InvalidDefinition',
        `The definition of state machine "${name}" lies neither in asset.${key} nor in ${key} of the assembly ${directory}`,
      );
    return readFileSync(path, 'utf8');
  }

  /** A version keeps the definition it was published with; publishing the same revision again gives the same version. */
  #declareVersion({ properties }: DeclaredResource): ResourceHandle {
    const { machine } = this.resolve(String(properties.StateMachineArn));
    const published = this.versionsOf(machine.arn);
    const same = published.find((version) => version.machine.revisionId === machine.revisionId);
    const arn = same?.arn ?? `${machine.arn}:${published.length + 1}`;
    this.#versions.set(arn, { arn, machine });
    return { ref: arn, attributes: { Arn: arn } };
  }

  #declareAlias({ logicalId, properties }: DeclaredResource): ResourceHandle {
    const { RoutingConfiguration: routing, DeploymentPreference: preference } = properties;
    const routes = Array.isArray(routing)
      ? (routing as Properties[]).map((route) => ({ versionArn: String(route.StateMachineVersionArn), weight: Number(route.Weight) }))
      : isObject(preference)
        ? [{ versionArn: String(preference.StateMachineVersionArn), weight: 100 }]
        : [];
    const version = this.#versions.get(routes[0]?.versionArn ?? '');
    if (!version) throw new AwsError('ResourceNotFound', `Alias ${logicalId} routes to no version that was declared`);
    const name = String(properties.Name ?? logicalId);
    const arn = `${version.machine.arn}:${name}`;
    this.#aliases.set(arn, { arn, name, machineArn: version.machine.arn, routes });
    return { ref: arn, attributes: { Arn: arn } };
  }

  #route({ routes }: MachineAlias): string {
    if (routes.length < 2) return routes[0]!.versionArn;
    return this.#host.random() * 100 < routes[0]!.weight ? routes[0]!.versionArn : routes[1]!.versionArn;
  }
}

/** CloudFormation's form of a generated name, fixed by stack and logical id so that every boot gives the same. */
const generatedName = (stack: string, logicalId: string): string =>
  `${logicalId.slice(0, 67)}-${digest(`${stack}/${logicalId}`).slice(0, 12)}`;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function uuidOf(text: string): string {
  const hex = digest(text);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** Puts the values in place of `${name}`; a string that is nothing but a name without a value is refused. */
function substituted(text: string, substitutions: unknown, machineName: string): string {
  let result = text;
  if (isObject(substitutions)) {
    for (const [name, value] of Object.entries(substitutions)) result = result.replaceAll(`\${${name}}`, String(value));
  }
  const left = /"\$\{(\w+)\}"/.exec(result);
  if (left)
    throw new AwsError('InvalidDefinition', `State machine "${machineName}": \${${left[1]}} has no value in DefinitionSubstitutions`);
  return result;
}

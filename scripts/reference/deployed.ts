/** What is deployed, as the reference pages tell it: templates, machines and head comments, with names as people say them. */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Statement, statementsOf } from '../../test/infra/support/statements.ts';
import { isObject, type Json, type Resource, type Template, Templates } from '../../test/infra/support/templates.ts';

const prefix = 'ballast-dev-';

export interface State {
  readonly name: string;
  readonly declared: { readonly [key: string]: Json };
}

export interface Machine {
  readonly name: string;
  readonly definition: { readonly [key: string]: Json };
  /** As written, those inside a Map right after it. */
  readonly states: readonly State[];
}

export class Deployed {
  readonly templates: Templates;
  readonly machines: readonly Machine[];
  readonly statements: readonly Statement[];
  readonly #projectRoot: string;

  private constructor(templates: Templates, machines: readonly Machine[], projectRoot: string) {
    this.templates = templates;
    this.machines = machines;
    this.statements = statementsOf(templates);
    this.#projectRoot = projectRoot;
  }

  static read(assemblyDirectory: string, projectRoot: string): Deployed {
    const files = readdirSync(assemblyDirectory).filter((file) => file.endsWith('.template.json'));
    const template = (file: string): Template => JSON.parse(readFileSync(join(assemblyDirectory, file), 'utf8')) as Template;
    const templates = new Templates(new Map(files.sort().map((file) => [file.replace('.template.json', ''), template(file)])));
    const machines = globSync('state-machines/*.asl.json', { cwd: projectRoot }).map((file) => {
      const definition = JSON.parse(readFileSync(join(projectRoot, file), 'utf8')) as Machine['definition'];
      return { name: basename(file, '.asl.json'), definition, states: statesOf(definition) };
    });
    return new Deployed(
      templates,
      machines.sort((a, b) => (a.name < b.name ? -1 : 1)),
      projectRoot,
    );
  }

  /** By inventory name, `trading/check-risk`. */
  functions(): ReadonlyMap<string, Resource> {
    const named = this.templates.all('AWS::Lambda::Function').map((fn) => [inventoryName(fn), fn] as const);
    return new Map(named.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The first sentence of the comment that a function's file opens with. */
  purposeOf(functionName: string): string {
    const text = readFileSync(join(this.#projectRoot, 'functions', `${functionName}.lambda.ts`), 'utf8');
    const comment = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '';
    const said = comment
      .replaceAll(/^\s*\* ?/gm, '')
      .replaceAll(/\s+/g, ' ')
      .trim();
    return /^.*?[.](?= |$)/.exec(said)?.[0] ?? said;
  }

  /** What calls a function: states, schedules, streams, rules of the bus, topics, other functions. */
  callersOf(fn: Resource): string[] {
    return [
      ...this.#states(fn),
      ...this.#schedules(fn),
      ...this.#streams(fn),
      ...this.#rules(fn),
      ...this.#topics(fn),
      ...this.#byName(fn),
    ];
  }

  /** A reference in words: `the policy table`, or the physical name of what has no better one. */
  say(reference: string): string {
    const arn = /^([\w-]+\/\w+)(?:\.(?:Arn|StreamArn))?(.*)$/.exec(reference);
    const [, name = '', rest = ''] = arn ?? [];
    if (!this.templates.stacks.has(name.split('/')[0]!)) return reference.replace(prefix, '');
    const resource = this.templates.named(name);
    return `${this.#called(resource)}${rest}`;
  }

  #called(resource: Resource): string {
    const named = ['TableName', 'BucketName', 'QueueName', 'TopicName', 'StateMachineName', 'FunctionName', 'Name'].map((key) =>
      resource.text(key),
    );
    const name = (named.find((one) => one !== '') ?? resource.id).replace(prefix, '').replace('-<AWS::AccountId>-<AWS::Region>', '');
    switch (resource.type) {
      case 'AWS::KMS::Key': {
        const alias = this.templates.all('AWS::KMS::Alias').find((one) => one.text('TargetKeyId') === `${resource.name}.Arn`);
        return `${alias!.text('AliasName').replace(`alias/${prefix}`, '')} key`;
      }
      case 'AWS::SecretsManager::Secret':
        return `${name} secret`;
      case 'AWS::DynamoDB::Table':
        return `${name} table`;
      case 'AWS::StepFunctions::StateMachineAlias': {
        const [route] = resource.list('RoutingConfiguration') as readonly { readonly StateMachineVersionArn: Json }[];
        const version = this.templates.named(resource.resolve(route!.StateMachineVersionArn));
        return `${this.say(version.text('StateMachineArn'))} (alias ${name})`;
      }
      default:
        return name;
    }
  }

  #states(fn: Resource): string[] {
    return this.templates.all('AWS::StepFunctions::StateMachine').flatMap((deployedMachine) => {
      const machine = this.machines.find(({ name }) => deployedMachine.text('StateMachineName') === `${prefix}${name}`)!;
      const given = deployedMachine.at('DefinitionSubstitutions');
      const keys = Object.entries(isObject(given) ? given : {}).filter(
        ([, version]) => this.templates.named(deployedMachine.resolve(version)).text('FunctionName') === fn.name,
      );
      const asks = ({ declared }: State): boolean => keys.some(([key]) => JSON.stringify(declared.Arguments ?? '').includes(`\${${key}}`));
      return machine.states.filter(asks).map(({ name }) => `state “${name}” of ${machine.name}`);
    });
  }

  #schedules(fn: Resource): string[] {
    const starting = this.templates.all('AWS::Scheduler::Schedule').filter((schedule) => schedule.text('Target.Arn') === `${fn.name}.Arn`);
    return starting.map((schedule) => `schedule ${schedule.text('Name').replace(prefix, '')} (${schedule.text('Description')})`).sort();
  }

  #topics(fn: Resource): string[] {
    const asked = this.templates.all('AWS::SNS::Subscription').filter((subscription) => subscription.text('Endpoint') === `${fn.name}.Arn`);
    return asked.map((subscription) => `topic ${this.say(subscription.text('TopicArn'))}`);
  }

  #byName(fn: Resource): string[] {
    const variables = (other: Resource): Json[] => Object.values((other.at('Environment.Variables') ?? {}) as Record<string, Json>);
    const isGiven = (other: Resource): boolean =>
      variables(other).some((value) => [fn.name, `${fn.name}.Arn`].includes(other.resolve(value)));
    const callers = this.templates.all('AWS::Lambda::Function').filter((other) => other !== fn && isGiven(other));
    return callers.length > 0 ? [`function ${callers.map(inventoryName).sort().join(', ')}`] : [];
  }

  #streams(fn: Resource): string[] {
    const mapped = this.templates.all('AWS::Lambda::EventSourceMapping').filter((mapping) => mapping.text('FunctionName') === fn.name);
    return mapped.map((mapping) => `stream of the ${this.say(mapping.text('EventSourceArn'))}`);
  }

  #rules(fn: Resource): string[] {
    const calling = this.templates
      .all('AWS::Events::Rule')
      .filter((rule) => rule.list('Targets').some((target) => isObject(target) && rule.resolve(target.Arn ?? null) === `${fn.name}.Arn`));
    return calling.map((rule) => `rule ${this.say(rule.name)} for the event ${rule.list('EventPattern.detail-type').join(', ')}`);
  }
}

export const inventoryName = (fn: Resource): string =>
  String((fn.at('Environment.Variables') as { POWERTOOLS_SERVICE_NAME: string }).POWERTOOLS_SERVICE_NAME);

/** A table row; a bar would end its cell. */
export const row = (...cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(...head), `|${head.map(() => '---').join('|')}|`, ...rows.map((cells) => row(...cells))].join('\n');

function statesOf(definition: { readonly [key: string]: Json }): State[] {
  return Object.entries((definition.States ?? {}) as Record<string, State['declared']>).flatMap(([name, declared]) => [
    { name, declared },
    ...[declared.ItemProcessor, ...((declared.Branches ?? []) as Json[])].filter(isObject).flatMap(statesOf),
  ]);
}

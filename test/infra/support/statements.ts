/** Every policy statement of the templates, whoever holds it, in one shape. */
import { asList, isObject, type Json, type Resource, type Templates } from './templates.ts';

export interface Statement {
  /** The role that holds it, or the resource it is attached to. */
  readonly holder: string;
  readonly kind: 'identity' | 'resource';
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals: readonly string[];
  readonly conditions: Json | undefined;
  /** Keys that turn a statement round (`NotAction`, `NotResource`, `NotPrincipal`); none is expected. */
  readonly inverted: readonly string[];
}

const resourcePolicies: Readonly<Record<string, { readonly document: string; readonly on: string }>> = {
  'AWS::S3::BucketPolicy': { document: 'PolicyDocument', on: 'Bucket' },
  'AWS::SQS::QueuePolicy': { document: 'PolicyDocument', on: 'Queues' },
  'AWS::SNS::TopicPolicy': { document: 'PolicyDocument', on: 'Topics' },
  'AWS::SecretsManager::ResourcePolicy': { document: 'ResourcePolicy', on: 'SecretId' },
};

export function statementsOf(templates: Templates): Statement[] {
  return templates.all().flatMap((resource) => {
    const attached = resourcePolicies[resource.type];
    if (attached) return read(resource, resource.at(attached.document), 'resource', resource.text(attached.on));
    switch (resource.type) {
      case 'AWS::KMS::Key':
        return read(resource, resource.at('KeyPolicy'), 'resource', resource.name);
      case 'AWS::IAM::Policy':
      case 'AWS::IAM::ManagedPolicy':
        return resource.list('Roles').flatMap((role) => read(resource, resource.at('PolicyDocument'), 'identity', resource.resolve(role)));
      case 'AWS::IAM::Role':
        return resource
          .list('Policies')
          .flatMap((inline) => (isObject(inline) ? read(resource, inline.PolicyDocument, 'identity', resource.name) : []));
      default:
        return [];
    }
  });
}

function read(from: Resource, document: Json | undefined, kind: Statement['kind'], holder: string): Statement[] {
  if (!isObject(document)) throw new Error(`${from.name} has no policy document.`);
  return asList(document.Statement).map((statement) => {
    if (!isObject(statement)) throw new Error(`${from.name} has a statement that is none.`);
    const texts = (value: Json | undefined): string[] => asList(value).map((one) => from.resolve(one));
    const principal = statement.Principal;
    return {
      holder,
      kind,
      effect: String(statement.Effect),
      actions: texts(statement.Action),
      resources: texts(statement.Resource),
      principals: isObject(principal) ? Object.values(principal).flatMap((one) => texts(one)) : texts(principal),
      conditions: statement.Condition,
      inverted: Object.keys(statement).filter((key) => key.startsWith('Not')),
    };
  });
}

/** Whether an action as written in a policy, wildcards included, covers this one. */
export function covers(written: string, action: string): boolean {
  const pattern = written
    .split('*')
    .map((part) => part.split('?').map(escaped).join('.'))
    .join('.*');
  return new RegExp(`^${pattern}$`, 'i').test(action);
}

const escaped = (text: string): string => text.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');

/** Statements that let someone do this, on whatever resource. */
export const allowing = (statements: readonly Statement[], action: string): Statement[] =>
  statements.filter(
    ({ effect, actions, inverted }) => effect === 'Allow' && (inverted.length > 0 || actions.some((one) => covers(one, action))),
  );

/** Each once, in order. */
export const holders = (found: readonly Statement[]): string[] => [...new Set(found.map(({ holder }) => holder))].sort();

/** The role of a function by its name without the stage. */
export const roleOfFunction = (templates: Templates, functionName: string): string =>
  templates.named(
    templates
      .all('AWS::Lambda::Function')
      .find((fn) => fn.text('FunctionName') === `ballast-dev-${functionName}`)!
      .text('Role'),
  ).name;

/** A statement that no template has, to try a rule on. */
export const leak = (over: Partial<Statement>): Statement => ({
  holder: 'aside/Role',
  kind: 'identity',
  effect: 'Allow',
  actions: [],
  resources: ['*'],
  principals: [],
  conditions: undefined,
  inverted: [],
  ...over,
});

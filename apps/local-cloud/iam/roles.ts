/**
 * The roles of the templates with what is attached to them. Every statement has an id that says where it is written,
 * so that a boot may leave one out: that is how a test learns that each grant is needed.
 */
import { AwsError, type DeclaredResource, notEmulated, type ResourceHandle } from '../service.ts';
import { listOf, readStatements, type Statement } from './statement.ts';

/** Where a statement is written: `<stack>/<logical id>/<index>`, with the policy's name before the index for one written inside a role. */
export type StatementId = string;

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly trust: readonly Statement[];
  readonly statements: Statement[];
}

/** AWS's own policies that a template may name. Writing logs needs no grant here, so the one known is empty. */
const awsManagedPolicies: ReadonlySet<string> = new Set(['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']);

export const iamResourceTypes = ['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'] as const;

const knownProperties: Readonly<Record<string, readonly string[]>> = {
  'AWS::IAM::Role': [
    'AssumeRolePolicyDocument',
    'ManagedPolicyArns',
    'Policies',
    'RoleName',
    'Description',
    'Path',
    'MaxSessionDuration',
    'Tags',
  ],
  'AWS::IAM::Policy': ['PolicyDocument', 'PolicyName', 'Roles'],
  'AWS::IAM::ManagedPolicy': ['PolicyDocument', 'ManagedPolicyName', 'Roles', 'Description', 'Path'],
};

export class Roles {
  readonly #accountId: string;
  readonly #without: ReadonlySet<StatementId>;
  readonly #byArn = new Map<string, Role>();
  readonly #managedPolicies = new Map<string, readonly Statement[]>();

  constructor(accountId: string, without: readonly StatementId[]) {
    this.#accountId = accountId;
    this.#without = new Set(without);
  }

  declare(resource: DeclaredResource): ResourceHandle {
    const known = knownProperties[resource.type]!;
    const unknown = Object.keys(resource.properties).find((property) => !known.includes(property));
    if (unknown !== undefined) throw notEmulated('IAM', `${resource.type} property ${unknown} (${resource.stack}/${resource.logicalId})`);
    if (resource.type === 'AWS::IAM::Role') return this.#declareRole(resource);
    return resource.type === 'AWS::IAM::Policy' ? this.#declarePolicy(resource) : this.#declareManagedPolicy(resource);
  }

  all(): Iterable<Role> {
    return this.#byArn.values();
  }

  find(arn: string): Role | undefined {
    return this.#byArn.get(arn);
  }

  #declareRole({ stack, logicalId, properties }: DeclaredResource): ResourceHandle {
    const name = (properties.RoleName as string | undefined) ?? `${stack}-${logicalId}`.slice(0, 64);
    const arn = `arn:aws:iam::${this.#accountId}:role${(properties.Path as string | undefined) ?? '/'}${name}`;
    const role: Role = {
      name,
      arn,
      trust: readStatements(properties.AssumeRolePolicyDocument, (index) => `${stack}/${logicalId}/trust/${index}`),
      statements: [],
    };
    for (const policy of listOf<{ PolicyName: string; PolicyDocument: unknown }>(properties.Policies)) {
      role.statements.push(...this.#statementsOf(policy.PolicyDocument, `${stack}/${logicalId}/${policy.PolicyName}`));
    }
    for (const policyArn of listOf<string>(properties.ManagedPolicyArns)) {
      const statements = awsManagedPolicies.has(policyArn) ? [] : this.#managedPolicies.get(policyArn);
      if (!statements) throw notEmulated('IAM', `managed policy ${policyArn} (${stack}/${logicalId})`);
      role.statements.push(...statements);
    }
    this.#byArn.set(arn, role);
    return {
      ref: name,
      attributes: {
        Arn: arn,
        RoleId: `AROA${name
          .toUpperCase()
          .replace(/[^A-Z0-9]/g, '')
          .slice(0, 17)}`,
      },
    };
  }

  #declarePolicy({ stack, logicalId, properties }: DeclaredResource): ResourceHandle {
    const statements = this.#statementsOf(properties.PolicyDocument, `${stack}/${logicalId}`);
    this.#attach(statements, properties.Roles, `${stack}/${logicalId}`);
    return { ref: properties.PolicyName as string, attributes: { Id: `${stack}-${logicalId}` } };
  }

  #declareManagedPolicy({ stack, logicalId, properties }: DeclaredResource): ResourceHandle {
    const name = (properties.ManagedPolicyName as string | undefined) ?? `${stack}-${logicalId}`;
    const arn = `arn:aws:iam::${this.#accountId}:policy${(properties.Path as string | undefined) ?? '/'}${name}`;
    const statements = this.#statementsOf(properties.PolicyDocument, `${stack}/${logicalId}`);
    this.#managedPolicies.set(arn, statements);
    this.#attach(statements, properties.Roles, `${stack}/${logicalId}`);
    return { ref: arn, attributes: { PolicyArn: arn } };
  }

  #attach(statements: readonly Statement[], roleNames: unknown, policy: string): void {
    for (const roleName of listOf<string>(roleNames)) {
      const role = [...this.#byArn.values()].find(({ name }) => name === roleName);
      if (!role) throw new AwsError('NoSuchEntity', `The role with name ${roleName} cannot be found (policy ${policy}).`, 404);
      role.statements.push(...statements);
    }
  }

  #statementsOf(document: unknown, policyId: string): Statement[] {
    return readStatements(document, (index) => `${policyId}/${index}`).filter(({ id }) => !this.#without.has(id));
  }
}

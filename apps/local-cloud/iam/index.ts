/**
 * Who may do what. The policies come from the templates; every call of every service asks here, with the caller,
 * the action and the resource, and a refusal reads as AWS words it: principal, action, resource, and which kind of
 * policy is missing or denies.
 */
import {
  type AuthorizationRequest,
  AwsError,
  type Caller,
  type CloudClock,
  type DeclaredResource,
  type ResourceHandle,
} from '../service.ts';
import { type Decision, decide, namesPrincipal, type Principal } from './evaluate.ts';
import type { ContextKeys } from './pattern.ts';
import { iamResourceTypes, type Role, Roles, type StatementId } from './roles.ts';
import { readStatements, type Statement } from './statement.ts';

export type { StatementId } from './roles.ts';

export interface IamOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: CloudClock;
  /** Boots as if these statements were not written. */
  readonly withoutStatements?: readonly StatementId[];
  /** The policy document on a resource, by the ARN of the resource that carries it. */
  resourcePolicy?(carrierArn: string): unknown;
}

/** One grant (or denial) of one role, as written in the template. */
export interface StatementSummary {
  readonly id: StatementId;
  readonly roleName: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

const NO_CONTEXT: ContextKeys = () => undefined;

export class Iam {
  readonly resourceTypes: readonly string[] = iamResourceTypes;
  readonly #options: IamOptions;
  readonly #roles: Roles;
  readonly #decisions = new Map<string, { readonly decision: Decision; readonly document: unknown }>();
  /** Read once per document: by its JSON text, or by the object itself. */
  readonly #documents = new Map<unknown, readonly Statement[]>();

  constructor(options: IamOptions) {
    this.#options = options;
    this.#roles = new Roles(options.accountId, options.withoutStatements ?? []);
  }

  declare(resource: DeclaredResource): ResourceHandle {
    this.#decisions.clear();
    return this.#roles.declare(resource);
  }

  /** Every statement attached to a role, in template order; a statement of a shared policy appears once per role. */
  statements(): StatementSummary[] {
    return [...this.#roles.all()].flatMap((role) =>
      role.statements.map(({ id, effect, actions, resources }) => ({
        id,
        roleName: role.name,
        effect,
        actions: actions.map(({ text }) => text),
        resources: resources.map(({ text }) => text),
      })),
    );
  }

  roleNames(): string[] {
    return [...this.#roles.all()].map(({ name }) => name);
  }

  /** The role of that name. @throws AwsError NoSuchEntity */
  roleArn(roleName: string): string {
    for (const { name, arn } of this.#roles.all()) if (name === roleName) return arn;
    throw new AwsError('NoSuchEntity', `The role with name ${roleName} cannot be found.`, 404);
  }

  /** @throws AwsError in the words and with the code that `servedBy` uses for a denial. */
  authorize(caller: Caller, request: AuthorizationRequest, servedBy: string = serviceOf(request.action)): void {
    if (caller.kind === 'operator') return;
    const decision = this.#decisionFor(caller, request);
    if (decision.kind !== 'allowed') throw denial(principalName(caller), request, decision, servedBy);
  }

  /** Whether a service may take a role on, as AWS checks when the role is passed or used. @throws AwsError naming role and service. */
  assertAssumable(roleArn: string, service: string, sourceArn: string): void {
    const role = this.#roleOf(roleArn);
    const principal: Principal = { kind: 'service', service };
    const context = contextKeys({ 'aws:sourcearn': [sourceArn], 'aws:sourceaccount': [this.#options.accountId] });
    const trusts = (effect: Statement['effect']): boolean =>
      role.trust.some(
        (statement) =>
          statement.effect === effect &&
          statement.principals !== undefined &&
          namesPrincipal(statement.principals, principal) &&
          statement.actions.some((pattern) => pattern.matches('sts:AssumeRole', context)) &&
          statement.conditions.every((condition) => condition(context)),
      );
    if (trusts('Deny') || !trusts('Allow')) {
      throw new AwsError(
        'AccessDeniedException',
        `The role ${roleArn} cannot be assumed by ${service} (for ${sourceArn}): its trust policy does not allow sts:AssumeRole.`,
      );
    }
  }

  #decisionFor(caller: Exclude<Caller, { kind: 'operator' }>, request: AuthorizationRequest): Decision {
    const document = this.#options.resourcePolicy?.(carrierOf(request.resource));
    const callerKey = caller.kind === 'role' ? caller.roleArn : `${caller.service} ${caller.sourceArn}`;
    const key = `${callerKey}\n${request.action}\n${request.resource}`;
    const known = this.#decisions.get(key);
    if (known && known.document === document) return known.decision;

    const { decision, lasting } = decide(request, this.#policiesFor(caller, request, document), this.#contextOf(caller, request));
    // Resources may be as many as objects in a bucket: a full cache starts over rather than grow without end.
    if (this.#decisions.size >= 50_000) this.#decisions.clear();
    if (lasting) this.#decisions.set(key, { decision, document });
    return decision;
  }

  #policiesFor(caller: Exclude<Caller, { kind: 'operator' }>, request: AuthorizationRequest, document: unknown) {
    return {
      principal: principalOf(caller),
      accountId: this.#options.accountId,
      identity: caller.kind === 'role' ? this.#roleOf(caller.roleArn).statements : [],
      resource: this.#documentStatements(document, request.resource),
      resourcePolicyRules: document !== undefined && request.action.startsWith('kms:'),
    };
  }

  #documentStatements(document: unknown, resource: string): readonly Statement[] | undefined {
    if (document === undefined || document === null) return undefined;
    const known = this.#documents.get(document);
    if (known) return known;
    const statements = readStatements(document, (index) => `${carrierOf(resource)}/${index}`);
    this.#documents.set(document, statements);
    return statements;
  }

  #contextOf(caller: Exclude<Caller, { kind: 'operator' }>, request: AuthorizationRequest): ContextKeys {
    const { accountId, region, clock } = this.#options;
    const keys: Record<string, readonly string[]> = {
      'aws:securetransport': ['true'],
      'aws:requestedregion': [region],
      'aws:resourceaccount': [accountId],
      'aws:currenttime': [new Date(clock.now()).toISOString()],
      'aws:epochtime': [String(Math.floor(clock.now() / 1000))],
      'aws:viaawsservice': ['false'],
      'aws:principalisawsservice': [String(caller.kind === 'service')],
    };
    if (caller.kind === 'role') {
      Object.assign(keys, {
        'aws:principalarn': [caller.roleArn],
        'aws:principalaccount': [accountId],
        'aws:principaltype': ['AssumedRole'],
      });
    } else {
      Object.assign(keys, {
        'aws:sourcearn': [caller.sourceArn],
        'aws:sourceaccount': [accountId],
        'aws:principalservicename': [serviceDomain(caller.service)],
      });
    }
    for (const [key, value] of Object.entries(request.conditions ?? {}))
      keys[key.toLowerCase()] = typeof value === 'string' ? [value] : value;
    return contextKeys(keys);
  }

  #roleOf(roleArn: string): Role {
    const role = this.#roles.find(roleArn);
    if (!role)
      throw new AwsError(
        'UnrecognizedClientException',
        `The security token included in the request is invalid: the templates declare no role ${roleArn}.`,
      );
    return role;
  }
}

/** Condition keys are written in any case. */
const contextKeys = (keys: Readonly<Record<string, readonly string[]>>): ContextKeys =>
  Object.keys(keys).length === 0 ? NO_CONTEXT : (key) => keys[key.toLowerCase()];

/** The ARN that carries the policy: the bucket of an object, the function of a version or alias; else the resource itself. */
function carrierOf(resource: string): string {
  if (resource.startsWith('arn:aws:s3:::')) return resource.split('/', 1)[0]!;
  if (resource.startsWith('arn:aws:lambda:')) return resource.split(':').slice(0, 7).join(':');
  return resource;
}

const serviceOf = (action: string): string => action.split(':', 1)[0]!;

/** Services call themselves `events` or `events.amazonaws.com`; policies write the second. */
const serviceDomain = (service: string): string => (service.includes('.') ? service : `${service}.amazonaws.com`);

function principalOf(caller: Exclude<Caller, { kind: 'operator' }>): Principal {
  if (caller.kind === 'service') return { kind: 'service', service: serviceDomain(caller.service) };
  return { kind: 'role', roleArn: caller.roleArn, sessionArn: sessionArn(caller.roleArn, caller.session) };
}

const principalName = (caller: Exclude<Caller, { kind: 'operator' }>): string =>
  caller.kind === 'service' ? serviceDomain(caller.service) : sessionArn(caller.roleArn, caller.session);

/** `arn:aws:sts::<account>:assumed-role/<role name>/<session>`: AWS leaves the role's path out. */
function sessionArn(roleArn: string, session: string): string {
  const [, , , , accountId = '', role = ''] = roleArn.split(':');
  return `arn:aws:sts::${accountId}:assumed-role/${role.split('/').at(-1)}/${session}`;
}

/** What each service answers a denial with; all others as the JSON services do. */
const denialShapes: Readonly<Record<string, { readonly code: string; readonly status: number }>> = {
  s3: { code: 'AccessDenied', status: 403 },
  lambda: { code: 'AccessDeniedException', status: 403 },
  scheduler: { code: 'AccessDeniedException', status: 403 },
  sns: { code: 'AuthorizationError', status: 403 },
  sqs: { code: 'AccessDenied', status: 403 },
};

function denial(
  principal: string,
  { action, resource }: AuthorizationRequest,
  decision: Exclude<Decision, { kind: 'allowed' }>,
  servedBy: string,
): AwsError {
  const { code, status } = denialShapes[servedBy] ?? { code: 'AccessDeniedException', status: 400 };
  const on = `on resource: ${servedBy === 's3' ? `"${resource}"` : resource}`;
  const because =
    decision.kind === 'explicitly-denied'
      ? `with an explicit deny in ${decision.by === 'identity-based' ? 'an identity' : 'a resource'}-based policy`
      : `because no ${decision.missing} policy allows the ${action} action`;
  return new AwsError(code, `User: ${principal} is not authorized to perform: ${action} ${on} ${because}`, status);
}

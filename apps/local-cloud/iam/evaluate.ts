/**
 * One decision: an explicit deny anywhere refuses; otherwise one allow, by the caller's own policies or by the
 * resource's, is enough inside an account. KMS is the exception AWS makes: a key policy must hand the decision to the
 * account before the caller's own policies count.
 */
import type { AuthorizationRequest } from '../service.ts';
import type { ContextKeys } from './pattern.ts';
import type { Principals, Statement } from './statement.ts';

export type PolicyKind = 'identity-based' | 'resource-based';

export type Decision =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'explicitly-denied'; readonly by: PolicyKind }
  | { readonly kind: 'not-allowed'; readonly missing: PolicyKind };

export type Principal =
  | { readonly kind: 'role'; readonly roleArn: string; readonly sessionArn: string }
  | { readonly kind: 'service'; readonly service: string };

export interface Policies {
  readonly principal: Principal;
  readonly accountId: string;
  /** Of the role; none for a service. */
  readonly identity: readonly Statement[];
  /** Of the resource, where it has a policy. */
  readonly resource: readonly Statement[] | undefined;
  /** Whether the resource's policy alone decides, as for a KMS key, unless it delegates to the account. */
  readonly resourcePolicyRules: boolean;
}

/** The decision, and whether it holds for every request of this caller, action and resource (no condition had a say). */
export function decide(request: AuthorizationRequest, policies: Policies, context: ContextKeys): { decision: Decision; lasting: boolean } {
  const about = (statement: Statement): boolean => isAbout(statement, request, context);
  const identity = policies.identity.filter(about);
  const resource = (policies.resource ?? []).filter(about);
  const lasting =
    [...identity, ...resource].every((statement) => statement.conditions.length === 0) &&
    ![...policies.identity, ...(policies.resource ?? [])].some(hasVariables);

  const holds = (statement: Statement): boolean => statement.conditions.every((condition) => condition(context));
  const held = identity.filter(holds);
  const heldOfResource = resource.filter((statement) => holds(statement) && statement.principals !== undefined);
  return { decision: decisionOf(policies, held, heldOfResource), lasting };
}

function decisionOf(policies: Policies, identity: readonly Statement[], resource: readonly Statement[]): Decision {
  const { principal, accountId } = policies;
  if (identity.some(({ effect }) => effect === 'Deny')) return { kind: 'explicitly-denied', by: 'identity-based' };
  const names = (statement: Statement): boolean => namesPrincipal(statement.principals!, principal);
  const delegates = (statement: Statement): boolean => namesAccount(statement.principals!, accountId);
  if (resource.some((statement) => statement.effect === 'Deny' && (names(statement) || delegates(statement)))) {
    return { kind: 'explicitly-denied', by: 'resource-based' };
  }

  const resourceAllows = resource.filter(({ effect }) => effect === 'Allow');
  if (resourceAllows.some(names)) return { kind: 'allowed' };
  if (principal.kind === 'service') return { kind: 'not-allowed', missing: 'resource-based' };

  const identityCounts = !policies.resourcePolicyRules || resourceAllows.some(delegates);
  if (!identityCounts) return { kind: 'not-allowed', missing: 'resource-based' };
  return identity.some(({ effect }) => effect === 'Allow') ? { kind: 'allowed' } : { kind: 'not-allowed', missing: 'identity-based' };
}

function isAbout(statement: Statement, { action, resource }: AuthorizationRequest, context: ContextKeys): boolean {
  const matchesAction = statement.actions.some((pattern) => pattern.matches(action, context)) !== statement.actionsInverted;
  return matchesAction && statement.resources.some((pattern) => pattern.matches(resource, context)) !== statement.resourcesInverted;
}

const hasVariables = (statement: Statement): boolean => statement.resources.some(({ variable }) => variable);

export function namesPrincipal({ inverted, everyone, aws, services }: Principals, principal: Principal): boolean {
  const named =
    everyone ||
    (principal.kind === 'service'
      ? services.includes(principal.service)
      : aws.includes(principal.roleArn) || aws.includes(principal.sessionArn));
  return named !== inverted;
}

const namesAccount = ({ inverted, aws }: Principals, accountId: string): boolean =>
  !inverted && aws.some((principal) => principal === accountId || principal === `arn:aws:iam::${accountId}:root`);

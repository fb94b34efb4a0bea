/** What roles asked IAM for while something ran, and which statement of their policies it was that allowed it. */
import { vi } from 'vitest';
import { Iam, type StatementSummary } from '../../../apps/local-cloud/iam/index.ts';
import { pattern } from '../../../apps/local-cloud/iam/pattern.ts';

export interface Use {
  readonly roleName: string;
  readonly action: string;
  readonly resource: string;
}

/** Every request that a role made of IAM while `work` ran, whatever came of it; once each. */
export async function usesDuring(work: () => Promise<unknown>): Promise<Use[]> {
  const uses = new Map<string, Use>();
  const spy = vi.spyOn(Iam.prototype, 'authorize');
  try {
    await work();
    for (const [caller, { action, resource }] of spy.mock.calls) {
      if (caller.kind !== 'role') continue;
      const use = { roleName: caller.roleArn.split('/').at(-1)!, action, resource };
      uses.set(Object.values(use).join('\n'), use);
    }
  } finally {
    spy.mockRestore();
  }
  return [...uses.values()];
}

/** The ids of the statements without which one of these uses would have been denied. */
export function decisiveStatements(statements: readonly StatementSummary[], uses: readonly Use[]): Set<string> {
  const decisive = new Set<string>();
  for (const use of uses) {
    const [first, ...others] = statements.filter((statement) => allows(statement, use));
    if (first && others.length === 0) decisive.add(first.id);
  }
  return decisive;
}

/** `role: action` for every action that a statement grants and none of these uses needed of it. */
export function unusedActions(statements: readonly StatementSummary[], uses: readonly Use[]): string[] {
  return statements.flatMap((statement) =>
    statement.actions
      .filter((action) => !uses.some((use) => matches(action, use.action, 'ignore-case') && allows(statement, use)))
      .map((action) => `${statement.roleName}: ${action} on ${statement.resources.join(', ')}`),
  );
}

const noContext = (): undefined => undefined;

const matches = (text: string, value: string, letterCase: 'exact-case' | 'ignore-case'): boolean =>
  pattern(text, letterCase).matches(value, noContext);

const allows = ({ roleName, effect, actions, resources }: StatementSummary, use: Use): boolean =>
  effect === 'Allow' &&
  roleName === use.roleName &&
  actions.some((action) => matches(action, use.action, 'ignore-case')) &&
  resources.some((resource) => matches(resource, use.resource, 'exact-case'));

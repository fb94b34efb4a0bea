/**
 * Who may change a policy how far. One person publishes what tightens or touches no limit; what loosens a hard limit takes two; the meta
 * strategy controller is no person, and may only set the risk mode and block strategies.
 *
 * Names are told apart as text, without regard to case: whether two names are two people is for whoever hands out names to see to.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Policy } from './policy.ts';
import { diffPolicies } from './policy-diff.ts';
import { riskModes } from './steering-rules.ts';

export const controllerActor = 'controller/steering';

const programs = /^(controller|function|event)\//i;

/** Null when the second may approve what the first proposed. */
export function mayApprove(proposedBy: string, approvedBy: string): Refusal<'same-person' | 'not-a-person'> | null {
  const [proposer, approver] = [nameOf(proposedBy), nameOf(approvedBy)];
  if (approver === '' || programs.test(approver)) return refuse('not-a-person', { actor: approvedBy });
  return proposer === approver ? refuse('same-person', { actor: approvedBy }) : null;
}

/** Whether an actor's name is that of a program: it publishes nothing as a person does. */
export const isProgram = (actor: string): boolean => programs.test(nameOf(actor));

/**
 * Null when the controller may make this change alone: the mode, tightened as far as it likes and loosened up to `loosestAlone` of the
 * policy in force, and the list of blocked strategies, from which it takes only names that it put there (`ownBlocks`).
 */
export function mayController(before: Policy, after: Policy, ownBlocks: ReadonlySet<string>): Refusal<'beyond-the-controller'> | null {
  const others = diffPolicies(before, after).filter(({ path }) => path !== 'steering.mode' && path !== 'strategies.block');
  if (others.length > 0) return refuse('beyond-the-controller', { paths: others.map(({ path }) => path) });
  const { mode, loosestAlone } = before.steering;
  const [was, is, loosest] = [mode, after.steering.mode, loosestAlone].map((one) => riskModes.indexOf(one)) as [number, number, number];
  if (is > was && is > loosest) return refuse('beyond-the-controller', { mode: after.steering.mode, loosestAlone });
  const freed = before.strategies.block.filter((name) => !after.strategies.block.includes(name) && !ownBlocks.has(name));
  return freed.length > 0 ? refuse('beyond-the-controller', { blockedByPersons: freed }) : null;
}

const nameOf = (actor: string): string => actor.trim().toLowerCase();

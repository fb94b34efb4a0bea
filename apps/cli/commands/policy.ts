/**
 * `ballast policy`: what the fund may do, who decided that, and how to change it. What loosens a hard limit is proposed here by one person
 * and approved by another; everything else is in force at once, from the next cycle on.
 */
import type { Policy } from '../../../shared/contracts/policy.ts';
import { diffPolicies, loosening, type PolicyChange } from '../../../shared/domain/policy/policy-diff.ts';
import { TransientFailure } from '../../../shared/kernel/errors.ts';
import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import type { NotPublished, PolicyInForce, PolicyStore } from '../../../shared/stores/policies.ts';
import type { CommandHost } from '../command-host.ts';
import { type StoresArguments, withStores } from '../deployed-fund.ts';
import type { Io } from '../io.ts';
import { BadInput, CommandFailed, type ExitCode, exitCodes } from '../outcome.ts';
import { policyActor } from '../policy-actor.ts';
import { editedPolicy, knownPath } from '../policy-edit.ts';
import { renderChanges, renderHistory, renderProposals, renderSettings } from '../render/policy.ts';
import { explainRefusal } from '../render/refusals.ts';

export interface PolicyArguments extends StoresArguments {
  readonly json?: boolean;
}

export interface PolicyEditArguments extends PolicyArguments {
  readonly reason?: string;
  readonly as?: string;
  readonly dryRun?: boolean;
}

export function showPolicy(options: PolicyArguments & { readonly path?: string; readonly policyVersion?: number }, host: CommandHost) {
  return withStores(options, host, async ({ policies }) => {
    const inForce = await policies.inForce();
    const version = options.policyVersion ?? (isRefusal(inForce) ? Number(inForce.details.version) : inForce.version);
    if (!Number.isSafeInteger(version)) throw refused(inForce as Refusal);
    const record = await policies.get(version);
    if (isRefusal(record)) throw refused(record);
    const { document, provenance } = record;
    const under = options.path === undefined ? [] : knownPath(options.path, document);
    if (options.json) return said(host.io, JSON.stringify({ ...provenance, policy: document }));
    const { actor, approvedBy, reason, at, sha256 } = provenance;
    const isInForce = !isRefusal(inForce) && inForce.version === version;
    const by = approvedBy === undefined ? actor : `${actor} with ${approvedBy}`;
    host.io.out(`Policy version ${version}${isInForce ? ', in force' : ''}: ${at} by ${by}: ${reason}\nSHA-256 ${sha256}\n`);
    return said(host.io, renderSettings(document, under, host.io.colors));
  });
}

export function showPolicyHistory(options: PolicyArguments, host: CommandHost): Promise<ExitCode> {
  return withStores(options, host, async ({ policies }) => {
    const [versions, inForce] = await Promise.all([policies.history(), policies.inForce()]);
    if (options.json) return said(host.io, JSON.stringify({ inForce: isRefusal(inForce) ? null : inForce.version, versions }));
    return said(host.io, renderHistory(versions, isRefusal(inForce) ? null : inForce.version, host.io.colors));
  });
}

export function showPolicyDiff(options: PolicyArguments & { readonly from: number; readonly to?: number | undefined }, host: CommandHost) {
  return withStores(options, host, async ({ policies }) => {
    const to = options.to ?? requireInForce(await policies.inForce()).version;
    const [before, after] = await Promise.all([documentOf(policies, options.from), documentOf(policies, to)]);
    const changes = diffPolicies(before, after);
    if (options.json) return said(host.io, JSON.stringify({ from: options.from, to, changes }));
    if (changes.length === 0) return said(host.io, `Versions ${options.from} and ${to} are the same.`);
    return said(host.io, renderChanges(changes, host.io.colors));
  });
}

export function setPolicy(
  options: PolicyEditArguments & { readonly settings: readonly string[]; readonly file?: string },
  host: CommandHost,
): Promise<ExitCode> {
  const { settings, file } = options;
  if (settings.length === 0 && file === undefined)
    throw new BadInput('Say what to set, e.g. "ballast policy set risk.cvarFracMax=0.05 --reason …", or give a policy with --file.');
  return withStores(options, host, async ({ policies }) => {
    const inForce = requireInForce(await policies.inForce());
    return publish(policies, inForce, editedPolicy(inForce.policy, { settings, file, cwd: host.cwd }), options, host.io);
  });
}

export function rollBackPolicy(options: PolicyEditArguments & { readonly version: number }, host: CommandHost): Promise<ExitCode> {
  return withStores(options, host, async ({ policies }) => {
    const inForce = requireInForce(await policies.inForce());
    const document = await documentOf(policies, options.version);
    return publish(policies, inForce, document as Policy, options, host.io);
  });
}

export function approvePolicy(options: PolicyArguments & { readonly proposalId: string; readonly as?: string }, host: CommandHost) {
  return withStores(options, host, async ({ policies }) => {
    const by = { actor: await policyActor(options, options.as), at: Date.now() as EpochMs };
    const approved = await inTurn(policies.approve(options.proposalId, by));
    if (isRefusal(approved)) throw refused(approved);
    const { version, sha256 } = approved;
    if (options.json) return said(host.io, JSON.stringify({ outcome: 'published', version, sha256 }));
    return said(host.io, `Policy version ${version} is in force, approved by ${by.actor}.`);
  });
}

export function showPolicyProposals(options: PolicyArguments, host: CommandHost): Promise<ExitCode> {
  return withStores(options, host, async ({ policies }) => {
    const [open, inForce] = await Promise.all([policies.proposals.open(Date.now() as EpochMs), policies.inForce()]);
    const approvable = open.filter(({ basedOn }) => isRefusal(inForce) || basedOn === inForce.version);
    const differing = (document: string): readonly PolicyChange[] =>
      isRefusal(inForce) ? [] : diffPolicies(inForce.policy, JSON.parse(document) as object);
    if (options.json) {
      const proposals = approvable.map(({ document, ...proposal }) => ({ ...proposal, changes: differing(document) }));
      return said(host.io, JSON.stringify({ proposals }));
    }
    if (approvable.length === 0) return said(host.io, 'Nothing waits for a second person.');
    host.io.out(renderProposals(approvable, host.io.colors));
    for (const { proposalId, document } of approvable)
      host.io.out(`\n${proposalId}\n${renderChanges(differing(document), host.io.colors)}`);
    return exitCodes.done;
  });
}

/** Shows what would change, then changes it; where a limit is loosened, proposes it and ends as refused. */
async function publish(
  policies: PolicyStore,
  inForce: PolicyInForce,
  policy: Policy,
  options: PolicyEditArguments,
  io: Io,
): Promise<ExitCode> {
  const changes = diffPolicies(inForce.policy, policy);
  const loosens = loosening(changes).length > 0;
  const tell = (outcome: string, sentence: string, details: object = {}): void =>
    io.out(options.json ? JSON.stringify({ outcome, ...details, changes }) : sentence);
  if (changes.length === 0) {
    tell('unchanged', `Nothing changes: version ${inForce.version} says the same.`);
    return exitCodes.done;
  }
  if (!options.json) io.out(`${renderChanges(changes, io.colors)}\n`);
  if (options.dryRun) {
    tell(
      'dry-run',
      loosens ? 'Nothing was written. It loosens a limit: a second person would have to approve it.' : 'Nothing was written.',
      { loosens },
    );
    return exitCodes.done;
  }
  if (options.reason === undefined || options.reason.trim() === '')
    throw new BadInput('Say why, for the record, with --reason; --dry-run only shows what would change.');
  const actor = await policyActor(options, options.as);
  const by = { actor, reason: options.reason, at: Date.now() as EpochMs, basedOn: inForce.version };
  const published = await inTurn<PolicyInForce | NotPublished>(policies.publish(policy, by));
  if (!isRefusal(published)) {
    const { version, sha256 } = published;
    tell('published', `Policy version ${version} is in force from the next cycle on.`, { version, sha256 });
    return exitCodes.done;
  }
  if (published.reason !== 'second-person-needed') throw refused(published);
  const { proposalId, proposedBy, expiresAt } = published.details;
  tell('proposed', proposedText(String(proposalId), String(proposedBy), String(expiresAt), actor), { proposalId, proposedBy, expiresAt });
  return exitCodes.refused;
}

const proposedText = (proposalId: string, proposedBy: string, expiresAt: string, actor: string): string =>
  proposedBy === actor
    ? `It loosens a limit, so it is proposed and not in force. Until ${expiresAt.slice(0, 10)} another person may run "ballast policy approve ${proposalId}".`
    : `${proposedBy} has proposed the same. If you agree: "ballast policy approve ${proposalId}".`;

const sentences: Readonly<Record<string, (details: Readonly<Record<string, unknown>>) => string>> = {
  'policy-moved': ({ inForce }) => `version ${inForce} came into force meanwhile. Look at it, then try again.`,
  'proposal-closed': ({ approvedBy }) => `${approvedBy} has approved it already.`,
  'proposal-expired': ({ expiresAt }) =>
    `it could be approved until ${String(expiresAt).slice(0, 16)}. Propose it again with "ballast policy set".`,
  'proposal-outdated': () => 'another policy came into force since. Propose it again with "ballast policy set".',
  'same-person': ({ actor }) => `${actor} proposed it. What loosens a limit takes two persons: another one approves.`,
  'not-a-person': ({ actor }) => `${actor} is a program, and a person approves.`,
};

/** What is not there was named wrongly; everything else is a refusal of the store's. */
function refused(refusal: Refusal): CommandFailed | BadInput {
  if (refusal.reason === 'policy-version-missing')
    return new BadInput(`There is no policy version ${refusal.details.version}; "ballast policy history" lists them.`);
  if (refusal.reason === 'proposal-missing')
    return new BadInput(`There is no proposal ${refusal.details.proposalId}; "ballast policy proposals" lists them.`);
  const sentence = sentences[refusal.reason]?.(refusal.details);
  return new CommandFailed(exitCodes.refused, sentence === undefined ? explainRefusal(refusal) : `${refusal.reason}: ${sentence}`);
}

function requireInForce(inForce: PolicyInForce | Refusal): PolicyInForce {
  if (isRefusal(inForce)) throw refused(inForce);
  return inForce;
}

async function documentOf(policies: PolicyStore, version: number): Promise<object> {
  const record = await policies.get(version);
  if (isRefusal(record)) throw refused(record);
  return record.document;
}

/** Somebody else was faster: that is no fault of this program. */
async function inTurn<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TransientFailure) throw new CommandFailed(exitCodes.failed, error.message, { cause: error });
    throw error;
  }
}

function said(io: Io, text: string): ExitCode {
  io.out(text);
  return exitCodes.done;
}

/**
 * The golden config: each policy version is one immutable item with the SHA-256 of its canonical text, and a pointer names
 * the version in force together with that hash. Both must agree with the document, or nothing trades.
 *
 * A version is put in force over the one it was written over, in one transaction: of two that came at once, one is told. What loosens a
 * hard limit becomes a proposal, which a second person publishes by approving it.
 */
import { Policy } from '../contracts/policy.ts';
import { controllerActor, isProgram, mayApprove, mayController } from '../domain/policy/hard-limits-authority.ts';
import { diffPolicies, loosening } from '../domain/policy/policy-diff.ts';
import type { RiskMode } from '../domain/policy/steering-rules.ts';
import { canonicalJson, sha256Hex } from '../kernel/canonical-json.ts';
import { ContractViolation, InvariantViolation, invariant, TransientFailure } from '../kernel/errors.ts';
import { tryParseJson } from '../kernel/json.ts';
import { isRefusal, type Refusal, refuse } from '../kernel/refusal.ts';
import type { EpochMs, PolicyVersion, Sha256 } from '../kernel/units.ts';
import { cancellationCodes } from './aws-errors.ts';
import { type PolicyProposal, PolicyProposals } from './policy-proposals.ts';
import {
  type PolicyProvenance,
  type PolicyVersionRecord,
  pointerKey,
  policyPartition,
  provenanceOf,
  versionKey,
  versionRecordOf,
} from './policy-versions.ts';
import type { Item, Table } from './table.ts';

const currentSchema: Policy['schema'] = 'ballast.policy/4';

/** The shape a document says it has, when it is one of ours. */
function schemaOf(document: unknown): string | undefined {
  const schema = typeof document === 'object' && document !== null ? (document as { schema?: unknown }).schema : undefined;
  return typeof schema === 'string' && /^ballast\.policy\/\d+$/.test(schema) ? schema : undefined;
}

export interface PolicyInForce {
  readonly version: PolicyVersion;
  readonly sha256: Sha256;
  readonly policy: Policy;
}

export interface PolicyAuthor {
  readonly actor: string;
  readonly reason: string;
  readonly at: EpochMs;
}

/** The version that the author looked at; another one in force by now refuses. */
export interface PolicyEdit extends PolicyAuthor {
  readonly basedOn?: number;
}

/** What the controller may set; what is absent stays as it is. `block` is the whole list. */
export interface SteeringChange {
  readonly mode?: RiskMode;
  readonly block?: readonly string[];
}

export type NotPublished = Refusal<'policy-missing' | 'policy-moved' | 'policy-unchanged' | 'second-person-needed'>;
export type NotApproved = Refusal<
  'proposal-missing' | 'proposal-closed' | 'proposal-expired' | 'proposal-outdated' | 'same-person' | 'not-a-person'
>;
export type NotSteered = Refusal<'policy-missing' | 'policy-outdated' | 'policy-moved' | 'policy-unchanged' | 'beyond-the-controller'>;

export class PolicyStore {
  readonly proposals: PolicyProposals;
  readonly #table: Table;

  constructor(policyTable: Table) {
    this.#table = policyTable;
    this.proposals = new PolicyProposals(policyTable);
  }

  /** Refuses a policy written for another Ballast. @throws InvariantViolation when document, hash and pointer disagree: somebody changed a published policy. */
  async inForce(): Promise<PolicyInForce | Refusal<'policy-missing' | 'policy-outdated'>> {
    const pointer = await this.#table.get(pointerKey);
    if (!pointer) return refuse('policy-missing', { item: pointerKey });
    const item = await this.#table.get(versionKey(Number(pointer.version)));
    invariant(item !== undefined, 'the policy in force is stored', { version: pointer.version });
    const text = String(item.document);
    invariant(sha256Hex(text) === item.sha256 && item.sha256 === pointer.sha256, 'the policy in force hashes to its golden SHA-256', {
      version: pointer.version,
      golden: pointer.sha256,
      found: sha256Hex(text),
    });
    const document = tryParseJson(text);
    const schema = schemaOf(document);
    if (schema !== undefined && schema !== currentSchema) {
      return refuse('policy-outdated', { version: pointer.version, schema, expected: currentSchema });
    }
    const parsed = Policy.safeParse(document);
    if (!parsed.success)
      throw new InvariantViolation('the policy in force has the schema of a policy', { issues: parsed.error.issues.slice(0, 5) });
    return { version: Number(pointer.version) as PolicyVersion, sha256: String(item.sha256) as Sha256, policy: parsed.data };
  }

  /** The item of a version as it stands, whatever it holds. */
  itemOf(version: number): Promise<Item | undefined> {
    return this.#table.get(versionKey(version));
  }

  /** One version as it was published. @throws InvariantViolation when it was changed since. */
  async get(version: number): Promise<PolicyVersionRecord | Refusal<'policy-version-missing'>> {
    const item = await this.itemOf(version);
    return item ? versionRecordOf(item) : refuse('policy-version-missing', { version });
  }

  /** Every version, newest first: who put it in force, when and why. */
  async history(): Promise<readonly PolicyProvenance[]> {
    return (await this.#table.query(policyPartition, 'version#')).map(provenanceOf).reverse();
  }

  /** What a fund begins with: there is nothing yet that it could loosen. @throws ContractViolation for one outside its bounds, TransientFailure when there is one. */
  async publishFirst(policy: Policy, by: PolicyAuthor): Promise<PolicyInForce> {
    return this.#put(accepted(policy, by), null, authorOf(by));
  }

  /**
   * Puts the policy in force as the next version. One that loosens a hard limit is stored as a proposal instead, and refused until a second
   * person approves it. Rolling back is publishing an older document, under the same rule.
   * @throws ContractViolation for a policy outside its bounds or an author without a name or a reason, TransientFailure when another was
   * published at the same moment.
   */
  async publish(policy: Policy, by: PolicyEdit): Promise<PolicyInForce | NotPublished> {
    const next = accepted(policy, by);
    if (isProgram(by.actor)) throw new ContractViolation('A program changes the policy by steering it', { actor: by.actor });
    const base = await this.#base();
    if (base === undefined) return refuse('policy-missing', { item: pointerKey });
    if (by.basedOn !== undefined && by.basedOn !== base.version) return movedOn(by.basedOn, base.version);
    const changes = diffPolicies(base.document, next);
    if (changes.length === 0) return refuse('policy-unchanged', { version: base.version });
    const loosens = loosening(changes).map(({ path }) => path);
    if (loosens.length === 0) return this.#put(next, base, authorOf(by));
    const { proposalId, actor, expiresAt } = await this.proposals.propose(next, { ...by, basedOn: base.version });
    return refuse('second-person-needed', { proposalId, proposedBy: actor, expiresAt, loosens });
  }

  /**
   * Puts a proposal in force in both names. @throws InvariantViolation for a proposal that was changed, TransientFailure when it was
   * approved, or another policy published, at the same moment.
   */
  async approve(proposalId: string, by: { readonly actor: string; readonly at: EpochMs }): Promise<PolicyInForce | NotApproved> {
    const proposal = await this.proposals.get(proposalId);
    if (proposal === undefined) return refuse('proposal-missing', { proposalId });
    const { approvedBy, expiresAt, basedOn } = proposal;
    if (approvedBy !== undefined) return refuse('proposal-closed', { proposalId, approvedBy });
    if (new Date(by.at).toISOString() >= expiresAt) return refuse('proposal-expired', { proposalId, expiresAt });
    const refusal = mayApprove(proposal.actor, by.actor);
    if (refusal) return refusal;
    const base = await this.#base();
    if (base?.version !== basedOn) return refuse('proposal-outdated', { proposalId, basedOn, inForce: base?.version });
    const next = Policy.safeParse(tryParseJson(proposal.document));
    if (!next.success) return refuse('proposal-outdated', { proposalId, issues: next.error.issues.slice(0, 3) });
    const provenance = { ...authorOf({ ...proposal, at: by.at }), approvedBy: by.actor, proposalId };
    return this.#put(next.data, base, provenance, { proposal, by });
  }

  /** What the meta strategy controller may do alone. @throws TransientFailure when another was published at the same moment. */
  async steer(change: SteeringChange, by: Omit<PolicyEdit, 'actor'>): Promise<PolicyInForce | NotSteered> {
    const before = await this.inForce();
    if (isRefusal(before)) return before;
    const { version, policy } = before;
    if (by.basedOn !== undefined && by.basedOn !== version) return movedOn(by.basedOn, version);
    const { mode = policy.steering.mode, block = policy.strategies.block } = change;
    const author = { ...by, actor: controllerActor };
    const next = accepted({ ...policy, steering: { ...policy.steering, mode }, strategies: { ...policy.strategies, block } }, author);
    if (diffPolicies(policy, next).length === 0) return refuse('policy-unchanged', { version });
    const freed = policy.strategies.block.filter((name) => !block.includes(name));
    const refusal = mayController(policy, next, await this.#blockedByController(freed, version));
    if (refusal) return refusal;
    return this.#put(next, { version, written: version, document: policy }, authorOf(author));
  }

  /** Of these names, those that the controller was the last to put on the list of blocked strategies. */
  async #blockedByController(names: readonly string[], version: number): Promise<ReadonlySet<string>> {
    const own = new Set<string>();
    let wanted = new Set(names);
    for (let after = version; after > 1 && wanted.size > 0; after--) {
      const [item, before] = [await this.#blockedIn(after), await this.#blockedIn(after - 1)];
      for (const name of wanted) if (!before.names.has(name) && item.actor === controllerActor) own.add(name);
      wanted = new Set([...wanted].filter((name) => before.names.has(name)));
    }
    return own;
  }

  async #blockedIn(version: number): Promise<{ readonly actor: string; readonly names: ReadonlySet<string> }> {
    const record = await this.get(version);
    if (isRefusal(record)) return { actor: 'unknown', names: new Set() };
    const { strategies } = record.document as { readonly strategies?: { readonly block?: readonly string[] } };
    return { actor: record.provenance.actor, names: new Set(strategies?.block ?? []) };
  }

  /** What is in force, as well as it can be read: over a damaged or an older policy everything is new, so that it takes two persons. */
  async #base(): Promise<Base | undefined> {
    const pointer = await this.#table.get(pointerKey);
    if (!pointer) return undefined;
    const version = Number.isSafeInteger(pointer.version) ? Number(pointer.version) : 0;
    const item = await this.#table.get(versionKey(version));
    const text = String(item?.document);
    const document = item && sha256Hex(text) === pointer.sha256 ? tryParseJson(text) : undefined;
    const isDocument = typeof document === 'object' && document !== null;
    return { version, written: pointer.version, document: isDocument ? document : {} };
  }

  async #put(
    policy: Policy,
    base: Base | null,
    provenance: Omit<PolicyProvenance, 'version' | 'sha256'>,
    approval?: { readonly proposal: PolicyProposal; readonly by: { readonly actor: string; readonly at: EpochMs } },
  ): Promise<PolicyInForce> {
    const document = canonicalJson(policy);
    const sha256 = sha256Hex(document);
    const replaces = base && base.version > 0 ? { basedOn: base.version } : {};
    const inForce = async (version: number): Promise<PolicyInForce> => {
      const pointer = { ...pointerKey, version, sha256, ...provenance, ...replaces };
      await this.#table.transact([
        this.#table.putting({ ...versionKey(version), document, sha256, ...provenance, ...replaces }, 'attribute_not_exists(pk)'),
        base?.written === undefined
          ? this.#table.putting(pointer, base ? 'attribute_not_exists(version)' : 'attribute_not_exists(pk)')
          : this.#table.putting(pointer, 'version = :version', { ':version': base.written }),
        ...(approval ? [this.proposals.approving(approval.proposal, approval.by)] : []),
      ]);
      return { version: version as PolicyVersion, sha256, policy };
    };
    try {
      return await inForce((replaces.basedOn ?? 0) + 1);
    } catch (error) {
      const codes = cancellationCodes(error);
      if (!codes?.includes('ConditionalCheckFailed')) throw error;
      const isTaken = base && codes[0] === 'ConditionalCheckFailed' && codes.lastIndexOf('ConditionalCheckFailed') === 0;
      // The pointer stands where it stood, and yet that version is there: somebody moved the pointer by hand. Numbers only rise.
      if (isTaken) return inForce((await this.history())[0]!.version + 1);
      throw new TransientFailure(
        'Another policy was published meanwhile: read it, then publish again',
        { inForce: base?.version },
        { cause: error },
      );
    }
  }
}

interface Base {
  /** 0 when the pointer names none. */
  readonly version: number;
  /** The pointer's version as it stands there, which may be no number. */
  readonly written: unknown;
  readonly document: object;
}

function accepted(policy: Policy, { actor, reason }: { readonly actor: string; readonly reason: string }): Policy {
  if (actor.trim() === '' || reason.trim() === '')
    throw new ContractViolation('A change of the policy names its author and its reason', { actor });
  const parsed = Policy.safeParse(policy);
  if (!parsed.success)
    throw new ContractViolation('The policy is outside the bounds of a policy', { issues: parsed.error.issues.slice(0, 5) });
  return parsed.data;
}

const authorOf = ({ actor, reason, at }: PolicyAuthor): Item & Pick<PolicyProvenance, 'actor' | 'reason' | 'at'> => ({
  actor,
  reason,
  at: new Date(at).toISOString(),
});

const movedOn = (basedOn: number, inForce: number): Refusal<'policy-moved'> => refuse('policy-moved', { basedOn, inForce });

/**
 * Policies that wait for a second person. A proposal is one item, named by its content and the version it was written over, and is
 * approved once, by another person, while that version is still in force; after a week nobody may approve it any more. It is kept.
 */
import { canonicalJson, sha256Hex } from '../kernel/canonical-json.ts';
import { invariant } from '../kernel/errors.ts';
import type { EpochMs, Sha256 } from '../kernel/units.ts';
import { isNamed } from './aws-errors.ts';
import type { Item, Table } from './table.ts';

export const proposalPartition = 'policy-proposal';
const openForMs = 7 * 24 * 3_600_000;

export interface PolicyProposal {
  readonly proposalId: string;
  readonly sha256: Sha256;
  /** Canonical text. */
  readonly document: string;
  readonly basedOn: number;
  readonly actor: string;
  readonly reason: string;
  readonly at: string;
  readonly expiresAt: string;
  /** Absent until it is approved. */
  readonly approvedBy?: string;
  readonly approvedAt?: string;
}

export class PolicyProposals {
  readonly #table: Table;

  constructor(policyTable: Table) {
    this.#table = policyTable;
  }

  /** What was proposed; when the same was proposed before over the same version and is still open, that one. */
  async propose(
    document: object,
    by: { readonly actor: string; readonly reason: string; readonly at: EpochMs; readonly basedOn: number },
  ): Promise<PolicyProposal> {
    const text = canonicalJson(document);
    const sha256 = sha256Hex(text);
    const proposal: PolicyProposal = {
      proposalId: `${sha256.slice(0, 12)}-over-${by.basedOn}`,
      sha256,
      document: text,
      basedOn: by.basedOn,
      actor: by.actor,
      reason: by.reason,
      at: new Date(by.at).toISOString(),
      expiresAt: new Date(by.at + openForMs).toISOString(),
    };
    try {
      await this.#table.put({ ...keyOf(proposal.proposalId), ...proposal }, 'attribute_not_exists(pk) OR expiresAt <= :now', {
        ':now': proposal.at,
      });
      return proposal;
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      return (await this.get(proposal.proposalId))!;
    }
  }

  /** @throws InvariantViolation when the document is not the one that was proposed. */
  async get(proposalId: string): Promise<PolicyProposal | undefined> {
    const item = await this.#table.get(keyOf(proposalId));
    return item && fromItem(item);
  }

  /** Those that may still be approved, as far as time goes, newest first. */
  async open(at: EpochMs): Promise<readonly PolicyProposal[]> {
    const now = new Date(at).toISOString();
    return (await this.#table.query(proposalPartition))
      .map(fromItem)
      .filter(({ approvedBy, expiresAt }) => approvedBy === undefined && expiresAt > now)
      .sort((a, b) => (a.at > b.at ? -1 : 1));
  }

  /** A part of the transaction that publishes it: of two approvals one goes through. */
  approving(proposal: PolicyProposal, by: { readonly actor: string; readonly at: EpochMs }) {
    const approved = { ...proposal, approvedBy: by.actor, approvedAt: new Date(by.at).toISOString() };
    return this.#table.putting(
      { ...keyOf(proposal.proposalId), ...approved },
      'attribute_exists(pk) AND attribute_not_exists(approvedBy) AND sha256 = :sha256',
      { ':sha256': proposal.sha256 },
    );
  }
}

const keyOf = (proposalId: string) => ({ pk: proposalPartition, sk: proposalId });

function fromItem(item: Item): PolicyProposal {
  const document = String(item.document);
  const named = String(item.sk).split('-')[0]!;
  invariant(
    sha256Hex(document) === item.sha256 && document !== '' && String(item.sha256).startsWith(named),
    'a proposal is what was proposed',
    {
      proposalId: item.sk,
    },
  );
  return {
    proposalId: String(item.sk),
    sha256: String(item.sha256) as Sha256,
    document,
    basedOn: Number(item.basedOn),
    actor: String(item.actor),
    reason: String(item.reason),
    at: String(item.at),
    expiresAt: String(item.expiresAt),
    ...(item.approvedBy !== undefined && { approvedBy: String(item.approvedBy), approvedAt: String(item.approvedAt) }),
  };
}

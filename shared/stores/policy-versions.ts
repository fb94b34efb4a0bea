/** How a version of the policy lies in its table, and who stands behind it. The pointer names the version in force and its hash. */
import { sha256Hex } from '../kernel/canonical-json.ts';
import { invariant } from '../kernel/errors.ts';
import { tryParseJson } from '../kernel/json.ts';
import type { Sha256 } from '../kernel/units.ts';
import type { Item } from './table.ts';

export const policyPartition = 'policy';
export const pointerKey = { pk: policyPartition, sk: 'in-force' } as const;
export const versionKey = (version: number) => ({ pk: policyPartition, sk: `version#${String(version).padStart(8, '0')}` });

/** What is known of a version besides its document. */
export interface PolicyProvenance {
  readonly version: number;
  readonly sha256: Sha256;
  readonly actor: string;
  readonly reason: string;
  readonly at: string;
  /** The version it replaced; absent from the first one. */
  readonly basedOn?: number;
  /** The second person, where a limit was loosened. */
  readonly approvedBy?: string;
  readonly proposalId?: string;
}

export interface PolicyVersionRecord {
  readonly provenance: PolicyProvenance;
  /** As it was published; of whatever schema was then in use. */
  readonly document: object;
}

/** @throws InvariantViolation for an item whose document is not what its hash says. */
export function versionRecordOf(item: Item): PolicyVersionRecord {
  const text = String(item.document);
  const provenance = provenanceOf(item);
  invariant(sha256Hex(text) === item.sha256, 'a published policy hashes to the SHA-256 it was published under', {
    version: provenance.version,
    golden: item.sha256,
    found: sha256Hex(text),
  });
  const document = tryParseJson(text);
  invariant(typeof document === 'object' && document !== null, 'a published policy is a document', { version: provenance.version });
  return { provenance, document };
}

/** Reads no document, so that it also shows a version that somebody changed. */
export function provenanceOf(item: Item): PolicyProvenance {
  return {
    version: Number(/^version#(\d+)$/.exec(String(item.sk))?.[1] ?? Number.NaN),
    sha256: String(item.sha256) as Sha256,
    actor: String(item.actor ?? 'unknown'),
    reason: String(item.reason ?? 'not given'),
    at: String(item.at ?? 'unknown'),
    ...(item.basedOn !== undefined && { basedOn: Number(item.basedOn) }),
    ...(item.approvedBy !== undefined && { approvedBy: String(item.approvedBy) }),
    ...(item.proposalId !== undefined && { proposalId: String(item.proposalId) }),
  };
}

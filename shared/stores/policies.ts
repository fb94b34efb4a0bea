/**
 * The golden config: each policy version is one immutable item with the SHA-256 of its canonical text, and a pointer names
 * the version in force together with that hash. Both must agree with the document, or nothing trades.
 */
import { Policy } from '../contracts/policy.ts';
import { canonicalJson, sha256Hex } from '../kernel/canonical-json.ts';
import { ContractViolation, InvariantViolation, invariant, TransientFailure } from '../kernel/errors.ts';
import { tryParseJson } from '../kernel/json.ts';
import { type Refusal, refuse } from '../kernel/refusal.ts';
import type { EpochMs, PolicyVersion, Sha256 } from '../kernel/units.ts';
import { cancellationCodes } from './aws-errors.ts';
import type { Table } from './table.ts';

const pointerKey = { pk: 'policy', sk: 'in-force' } as const;
const versionKey = (version: number) => ({ pk: 'policy', sk: `version#${String(version).padStart(8, '0')}` });

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

export class PolicyStore {
  readonly #table: Table;

  constructor(policyTable: Table) {
    this.#table = policyTable;
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

  /**
   * Stores the next version and puts it in force, in one transaction.
   * @throws ContractViolation for a policy outside its bounds, TransientFailure when another was published meanwhile.
   */
  async publish(policy: Policy, by: { readonly actor: string; readonly reason: string; readonly at: EpochMs }): Promise<PolicyInForce> {
    const pointer = await this.#table.get(pointerKey);
    const version = Number(pointer?.version ?? 0) + 1;
    const accepted = Policy.safeParse(policy);
    if (!accepted.success)
      throw new ContractViolation('The policy is outside the bounds of a policy', { issues: accepted.error.issues.slice(0, 5) });
    const document = canonicalJson(accepted.data);
    const sha256 = sha256Hex(document);
    const provenance = { actor: by.actor, reason: by.reason, at: new Date(by.at).toISOString() };
    const parts = [
      this.#table.putting({ ...versionKey(version), document, sha256, ...provenance }, 'attribute_not_exists(pk)'),
      pointer
        ? this.#table.putting({ ...pointerKey, version, sha256, ...provenance }, 'version = :version', { ':version': pointer.version })
        : this.#table.putting({ ...pointerKey, version, sha256, ...provenance }, 'attribute_not_exists(pk)'),
    ];
    try {
      await this.#table.transact(parts);
    } catch (error) {
      if (!cancellationCodes(error)?.includes('ConditionalCheckFailed')) throw error;
      throw new TransientFailure('Another policy was published meanwhile: read it, then publish again', { version }, { cause: error });
    }
    return { version: version as PolicyVersion, sha256, policy: accepted.data };
  }
}

/**
 * What a change in the policy table means: the record it leaves in the audit trail and the event that tells of it. One place for every
 * writer, since store, controller, console and programs all end in the same items.
 *
 *   policy | version#…     a version was put in force. Changed or deleted later, it is a finding.
 *   policy | in-force      says nothing new after a publication; moved by hand, it is a finding and another policy in force.
 *   policy-proposal | …    somebody wants to loosen a limit, or a second person agreed.
 *   control | …            who stopped or resumed what. enforce-stop tells people; here it is kept.
 *
 * Every trail is named by what happened, so that the same change again adds nothing. What an item holds goes into the record as it stands,
 * garbled or not; a value too long for a record is named by its hash.
 */
import { ControlItem, controlPartition, scopeOfControlItem, scopeText } from '../contracts/control.ts';
import type { BallastEvent } from '../contracts/events.ts';
import { Policy } from '../contracts/policy.ts';
import { diffPolicies, type PolicyChange } from '../domain/policy/policy-diff.ts';
import { sha256Hex } from '../kernel/canonical-json.ts';
import { tryParseJson } from '../kernel/json.ts';
import type { AuditEntry } from '../stores/audit.ts';
import { proposalPartition } from '../stores/policy-proposals.ts';
import { type PolicyProvenance, pointerKey, policyPartition, provenanceOf } from '../stores/policy-versions.ts';
import type { Item } from '../stores/table.ts';

export interface PolicyTableChange {
  /** The stream's id of this change: the same at every delivery of it. */
  readonly eventId: string;
  readonly kind: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly pk: string;
  readonly sk: string;
  readonly at: string;
  /** Undefined when it was deleted. */
  readonly item: Item | undefined;
}

export interface PolicyTableAccount {
  readonly trailId: string;
  readonly entry: AuditEntry;
  readonly event?: BallastEvent;
}

/** The item of a version as it stands, unchecked; undefined when there is none. */
export type VersionItems = (version: number) => Promise<Item | undefined>;

/** Null for what says nothing new: the pointer after a publication. */
export async function accountOf(change: PolicyTableChange, versions: VersionItems): Promise<PolicyTableAccount | null> {
  if (change.pk === controlPartition) return ofControl(change);
  if (change.pk === proposalPartition) return ofProposal(change, versions);
  if (change.pk === policyPartition && change.sk === pointerKey.sk) return ofPointer(change, versions);
  if (change.pk === policyPartition && change.sk.startsWith('version#')) return ofVersion(change, versions);
  return found(change, 'an item lies in the policy table that nobody reads');
}

async function ofVersion(change: PolicyTableChange, versions: VersionItems): Promise<PolicyTableAccount> {
  const { item, kind, sk } = change;
  if (kind === 'REMOVE' || !item) return found(change, 'a published version was deleted');
  if (kind === 'MODIFY') return found(change, 'a published version was changed');
  const provenance = provenanceOf({ ...item, sk });
  const policy = readable(item);
  if (policy === undefined) return found(change, 'what was published is no policy, or not what its hash says');
  const { basedOn } = provenance;
  const before = basedOn === undefined ? undefined : documentOf(await versions(basedOn));
  const changes = before ? shown(diffPolicies(before, policy)) : [];
  return {
    trailId: `policy-v${String(provenance.version).padStart(8, '0')}`,
    entry: { type: 'policy', record: { what: 'published', ...provenance, mode: policy.steering.mode, changes } },
    event: updated(`policy-v${provenance.version}`, provenance, policy, changes),
  };
}

/** A publication writes version and pointer in one transaction, with the same author: a pointer that differs was moved by hand. */
async function ofPointer(change: PolicyTableChange, versions: VersionItems): Promise<PolicyTableAccount | null> {
  if (change.item === undefined) return found(change, 'the pointer to the policy in force was deleted');
  const version = Number(change.item.version);
  const item = Number.isSafeInteger(version) ? await versions(version) : undefined;
  if (!item) return found(change, 'the pointer names no version');
  const [named, pointer] = [provenanceOf(item), change.item];
  if (named.at === pointer.at && named.actor === pointer.actor && named.sha256 === pointer.sha256) return null;
  const account = found(change, 'the pointer was moved by hand');
  const policy = readable(item);
  if (policy === undefined || named.sha256 !== pointer.sha256) return account;
  const byHand = { ...named, version, actor: 'unknown', reason: 'the pointer was moved by hand', at: change.at };
  const { basedOn: _replaced, ...moved } = byHand;
  return { ...account, event: updated(`policy/${change.eventId}`, moved, policy, []) };
}

async function ofProposal(change: PolicyTableChange, versions: VersionItems): Promise<PolicyTableAccount> {
  const { item, sk: proposalId, at } = change;
  if (item === undefined) return found(change, 'a proposal was deleted');
  const [actor, reason] = [String(item.actor ?? 'unknown'), String(item.reason ?? 'not given')];
  const before = documentOf(await versions(Number(item.basedOn)));
  const after = readable(item);
  const changes = shown(before && after ? diffPolicies(before, after) : []);
  const { document: _text, ...told } = item;
  const isApproved = item.approvedBy !== undefined;
  const record = { what: isApproved ? 'approved' : 'proposed', proposalId, ...(plain(told) as object), changes };
  const account = { trailId: trailOf('policy-proposal', change), entry: { type: 'policy', record } } as const;
  if (isApproved) return account;
  const loosens = changes.filter(({ effect }) => effect === 'loosens').map(({ path }) => path);
  const summary = `${actor} proposes to loosen ${listed(loosens)}: ${reason}. A second person approves it with "ballast policy approve ${proposalId}".`;
  const detail = { eventId: `policy-proposal/${change.eventId}`, at, summary, proposalId, actor, reason, changes };
  return { ...account, event: { type: 'PolicyProposed', detail } };
}

function ofControl(change: PolicyTableChange): PolicyTableAccount {
  const { item, sk, at, kind } = change;
  const scope = scopeOfControlItem(sk);
  const parsed = ControlItem.safeParse(item);
  const standing = parsed.success ? parsed.data : { written: plain(item ?? null), actor: String(item?.actor ?? 'unknown') };
  return {
    trailId: trailOf('control', change),
    entry: {
      type: 'control',
      record: {
        what: item === undefined ? 'deleted' : parsed.success ? 'written' : 'garbled',
        sortKey: sk,
        scope: scope ? scopeText(scope) : 'stops nothing',
        ...standing,
        change: kind,
        changedAt: at,
      },
    },
  };
}

/** Something that the store never does. */
function found(change: PolicyTableChange, finding: string): PolicyTableAccount {
  const { pk, sk, kind, at, item } = change;
  return {
    trailId: trailOf('policy-finding', change),
    entry: { type: 'policy', record: { what: 'found', finding, pk, sk, change: kind, changedAt: at, written: plain(item ?? null) } },
  };
}

function updated(eventId: string, provenance: PolicyProvenance, policy: Policy, changes: readonly PolicyChange[]): BallastEvent {
  const { version, basedOn = null, sha256, actor, approvedBy, reason, at } = provenance;
  const by = approvedBy === undefined ? actor : `${actor} with ${approvedBy}`;
  const what = changes.length === 0 ? '' : ` (${listed(changes.map(({ path }) => path))})`;
  const { mode } = policy.steering;
  const summary = `Policy version ${version}, mode ${mode}, is in force by ${by}: ${reason}${what}`;
  const detail = { eventId, at, summary, version, previousVersion: basedOn, sha256, actor, reason, mode, changes: [...changes] };
  return { type: 'PolicyUpdated', detail };
}

/** Its policy, when the item holds one and its hash is right. */
function readable(item: Item): Policy | undefined {
  const text = String(item.document);
  if (sha256Hex(text) !== item.sha256) return undefined;
  return Policy.safeParse(tryParseJson(text)).data;
}

function documentOf(item: Item | undefined): object | undefined {
  const document = tryParseJson(String(item?.document));
  return typeof document === 'object' && document !== null ? document : undefined;
}

const trailOf = (what: string, { eventId, pk, sk }: PolicyTableChange): string =>
  `${what}-${sha256Hex(`${eventId} ${pk} ${sk}`).slice(0, 16)}`;

const namedAtMost = 3;
const listed = (paths: readonly string[]): string =>
  paths.length <= namedAtMost ? paths.join(', ') : `${paths.slice(0, namedAtMost).join(', ')} and ${paths.length - namedAtMost} more`;

const charactersMax = 2000;

/** An event has a place for both values: null also where there was, or is, nothing. */
const shown = (changes: readonly PolicyChange[]): PolicyChange[] =>
  changes.map(({ path, from, to, effect }) => ({ path, from: plain(from) ?? null, to: plain(to) ?? null, effect }));

/** As JSON can say it: what a console can put into an item and JSON cannot hold becomes text, what is too long its hash. */
function plain(value: unknown): unknown {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return String(inner);
    if (inner instanceof Set) return [...inner].map(String);
    return inner instanceof Uint8Array ? Buffer.from(inner).toString('base64') : inner;
  });
  return text.length <= charactersMax ? JSON.parse(text) : { sha256: sha256Hex(text), characters: text.length };
}

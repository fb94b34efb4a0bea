/**
 * A policy with some settings replaced. Nothing is checked here but that the place exists: whether the result is a policy is for the
 * schema to say, and whether one person may publish it for the two-person rule.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { isKnownPlace } from './hard-limits-effect.ts';
import { isRecord, type PolicyChange } from './policy-diff.ts';
import { type PathStep, pathText, tryParsePath } from './policy-patch-path.ts';

export interface Assignment {
  readonly path: string;
  /** Undefined takes the setting away, where it is one that may be absent. */
  readonly value: unknown;
}

/** The document with these settings; a new one, the old is left as it is. Refuses a path under which a policy has no setting. */
export function patchPolicy(policy: object, assignments: readonly Assignment[]): object | Refusal<'no-such-setting'> {
  let document: unknown = policy;
  for (const { path, value } of assignments) {
    const steps = tryParsePath(path);
    if (steps === undefined || !mayStand(document, steps)) return refuse('no-such-setting', { path });
    document = replaced(document, steps, value);
  }
  return document as object;
}

/** The other policy of a diff, from the one it was taken of. */
export function applyChanges(policy: object, changes: readonly PolicyChange[]): object {
  let document: unknown = policy;
  for (const { path, to } of changes) document = replaced(document, tryParsePath(path)!, to);
  return document as object;
}

/** The value under a path; undefined where there is none. */
export function settingAt(policy: unknown, path: readonly PathStep[]): unknown {
  return path.reduce<unknown>(stepInto, policy);
}

/** Every path of the document that holds a value, sections included, in order. */
export function pathsOf(value: unknown, path: readonly PathStep[] = []): readonly string[] {
  const below = isRecord(value)
    ? Object.keys(value).flatMap((key) => pathsOf(value[key], [...path, { kind: 'key', key }]))
    : namedEntries(value).flatMap(({ name, entry }) => pathsOf(entry, [...path, { kind: 'entry', name }]));
  return path.length === 0 ? below : [pathText(path), ...below];
}

/** What is there, and what the table of limits knows a place for: a key of a record, an entry of a list, a setting that may be absent. */
function mayStand(document: unknown, path: readonly PathStep[]): boolean {
  if (settingAt(document, path) !== undefined) return true;
  const [last, above] = [path.at(-1)!, path.slice(0, -1)];
  const parent = settingAt(document, above);
  if (last.kind === 'entry') return Array.isArray(parent) && isKnownPlace(path);
  if (!isKnownPlace(path)) return false;
  // A record that is not there yet is begun with its first key; an entry without a name is none.
  return parent === undefined ? above.at(-1)?.kind === 'key' && mayStand(document, above) : isRecord(parent);
}

function replaced(node: unknown, [step, ...rest]: readonly PathStep[], value: unknown): unknown {
  if (step === undefined) return value;
  if (step.kind === 'key') {
    const { [step.key]: was, ...others } = isRecord(node) ? node : {};
    const is = replaced(was, rest, value);
    return is === undefined ? others : { ...(node as object | undefined), [step.key]: is };
  }
  const entries: readonly unknown[] = Array.isArray(node) ? node : [];
  const was = stepInto(node, step);
  const is = replaced(was, rest, value);
  if (was === undefined) return is === undefined ? entries : [...entries, is];
  return entries.flatMap((entry) => (entry === was ? (is === undefined ? [] : [is]) : [entry]));
}

function stepInto(node: unknown, step: PathStep): unknown {
  if (step.kind === 'entry') return namedEntries(node).find(({ name }) => name === step.name)?.entry;
  return isRecord(node) && Object.hasOwn(node, step.key) ? node[step.key] : undefined;
}

const namedEntries = (value: unknown): readonly { readonly name: string; readonly entry: unknown }[] =>
  Array.isArray(value)
    ? (value as readonly unknown[]).flatMap((entry) =>
        isRecord(entry) && typeof entry.name === 'string' ? [{ name: entry.name, entry }] : [],
      )
    : [];

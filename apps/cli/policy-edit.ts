/**
 * A policy as a person edits it: a document from a file or the one in force, and settings as `path=value`, `path+=name`, `path-=name`.
 * What is wrong is said in one sentence that names the place: the setting that was probably meant, or the bound that was broken.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Policy } from '../../shared/contracts/policy.ts';
import { type Assignment, patchPolicy, pathsOf, settingAt } from '../../shared/domain/policy/policy-patch.ts';
import { type PathStep, pathText, tryParsePath } from '../../shared/domain/policy/policy-patch-path.ts';
import { tryParseJson } from '../../shared/kernel/json.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { nearest } from './nearest.ts';
import { BadInput } from './outcome.ts';

/** @throws BadInput for a file that cannot be read, a setting there is not, or a value outside its bounds. */
export function editedPolicy(
  inForce: Policy,
  { settings, file, cwd }: { readonly settings: readonly string[]; readonly file?: string | undefined; readonly cwd: string },
): Policy {
  let document: object = file === undefined ? inForce : documentFrom(resolve(cwd, file));
  for (const setting of settings) {
    const assignment = assignmentOf(setting, document);
    const patched = patchPolicy(document, [assignment]);
    if (isRefusal(patched)) throw new BadInput(noSuchSetting(assignment.path, document));
    document = patched;
  }
  const parsed = Policy.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new BadInput(
    parsed.error.issues
      .slice(0, 5)
      .map((issue) => brokenBound(issue, document))
      .join('; '),
  );
}

/** The start of a path, for a look at a part. @throws BadInput */
export function knownPath(path: string, document: object): readonly PathStep[] {
  const steps = tryParsePath(path);
  if (steps === undefined || settingAt(document, steps) === undefined) throw new BadInput(noSuchSetting(path, document));
  return steps;
}

function documentFrom(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new BadInput(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const document = tryParseJson(text);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw new BadInput(`${path} holds no policy as JSON.`);
  // What "ballast policy show --json" printed may be given back as it is.
  const { policy } = document as { readonly policy?: unknown };
  return typeof policy === 'object' && policy !== null ? policy : document;
}

const form = /^((?:[^[=]|\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\])+?)([+-]?)=(.*)$/s;

function assignmentOf(setting: string, document: object): Assignment {
  const [, path, sign, text] = form.exec(setting) ?? [];
  if (path === undefined || text === undefined)
    throw new BadInput(`"${setting}" sets nothing: write path=value, e.g. risk.cvarFracMax=0.05.`);
  const steps = tryParsePath(path.trim());
  const current = steps && settingAt(document, steps);
  if (sign === '') return { path: path.trim(), value: settingFrom(text, current) };
  if (steps === undefined || current === undefined) throw new BadInput(noSuchSetting(path.trim(), document));
  if (!isNames(current)) throw new BadInput(`${path}: is no list of names, so nothing can be added or taken away: set it with "=".`);
  const names = namesIn(text);
  const unknown = names.filter((name) => !current.includes(name));
  if (sign === '-' && unknown.length > 0) throw new BadInput(`${path}: does not hold ${unknown.join(', ')}.`);
  const value = sign === '+' ? [...current, ...unknown] : current.filter((name) => !names.includes(name));
  return { path: path.trim(), value };
}

/** JSON where it is JSON; a list of names may be written with commas; an empty text takes the setting away, or empties the list. */
function settingFrom(text: string, current: unknown): unknown {
  const parsed = tryParseJson(text);
  if (isNames(current) && !Array.isArray(parsed)) return namesIn(text);
  if (parsed !== undefined && !(typeof current === 'string' && typeof parsed === 'number')) return parsed;
  return text === '' ? undefined : text;
}

const isNames = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((name) => typeof name === 'string');
const namesIn = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

function noSuchSetting(path: string, document: object): string {
  const [near] = nearest(path, pathsOf(document), 1);
  const section = path.split('.')[0]!;
  const inSection = Object.hasOwn(document, section)
    ? `"ballast policy show --path ${section}" lists its settings`
    : '"ballast policy show" lists all';
  return near !== undefined ? `${path}: no such setting; did you mean ${near}?` : `${path}: no such setting; ${inSection}.`;
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code: string;
  readonly keys?: readonly string[];
}

function brokenBound(issue: Issue, document: object): string {
  const { steps, value } = located(issue.path, document);
  const where = steps.length === 0 ? 'the policy' : pathText(steps);
  if (issue.code === 'unrecognized_keys' && issue.keys) {
    return issue.keys.map((key) => noSuchSetting(pathText([...steps, { kind: 'key', key }]), document)).join('; ');
  }
  const given = typeof value === 'object' || value === undefined ? '' : `, and ${JSON.stringify(value)} was given`;
  return `${where}: ${issue.message}${given}`;
}

/** An issue names entries of a list by their place; a person by their name. */
function located(path: readonly PropertyKey[], document: object): { readonly steps: readonly PathStep[]; readonly value: unknown } {
  const steps: PathStep[] = [];
  let value: unknown = document;
  for (const key of path) {
    value = (value as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key];
    const name = (value as { readonly name?: unknown } | undefined)?.name;
    if (typeof key === 'number' && typeof name === 'string') steps.push({ kind: 'entry', name });
    else steps.push({ kind: 'key', key: String(key) });
  }
  return { steps, value };
}

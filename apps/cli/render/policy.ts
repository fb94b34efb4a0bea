/** Policies, their history and what differs between them, as a person reads it. */

import type { LimitClass } from '../../../shared/domain/policy/hard-limits.ts';
import { limitClassOf } from '../../../shared/domain/policy/hard-limits-effect.ts';
import { isRecord, type PolicyChange } from '../../../shared/domain/policy/policy-diff.ts';
import { pathsOf, settingAt } from '../../../shared/domain/policy/policy-patch.ts';
import { type PathStep, pathText, tryParsePath } from '../../../shared/domain/policy/policy-patch-path.ts';
import type { PolicyProposal } from '../../../shared/stores/policy-proposals.ts';
import type { PolicyProvenance } from '../../../shared/stores/policy-versions.ts';
import type { Io } from '../io.ts';
import { renderTable } from './table.ts';

type Colors = Io['colors'];

const characters = 44;

export function renderChanges(changes: readonly PolicyChange[], colors: Colors): string {
  const dress = { loosens: colors.red, tightens: colors.green, neutral: colors.dim };
  return renderTable(
    [
      { title: 'setting', text: ({ path }) => path },
      { title: 'from', text: (change) => told(change).from },
      { title: 'to', text: (change) => told(change).to },
      { title: 'effect', text: ({ effect }) => effect, dress: (cell, { effect }) => dress[effect](cell) },
    ],
    changes,
    colors.dim,
  );
}

/** Of two lists only what differs, where both are names. */
function told({ from, to }: PolicyChange): { readonly from: string; readonly to: string } {
  const whole = { from: shown(from), to: shown(to) };
  if (!isNames(from) || !isNames(to) || !`${whole.from}${whole.to}`.includes('…')) return whole;
  const [gone, come] = [from.filter((name) => !to.includes(name)), to.filter((name) => !from.includes(name))];
  return { from: `${from.length} names${signed('−', gone)}`, to: `${to.length} names${signed('+', come)}` };
}

const isNames = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((name) => typeof name === 'string');
const signed = (sign: string, names: readonly string[]): string => (names.length === 0 ? '' : `, ${sign}${names.join(` ${sign}`)}`);

/** Every setting under a path, and which way it tightens. */
export function renderSettings(document: object, under: readonly PathStep[], colors: Colors): string {
  const start = under.length === 0 ? document : settingAt(document, under);
  const paths = isLeaf(start) ? [''] : pathsOf(document).filter((path) => isLeaf(settingAt(document, tryParsePath(path)!)));
  const rows = isLeaf(start)
    ? [{ path: under, value: start }]
    : paths
        .map((path) => tryParsePath(path)!)
        .filter((path) => within(path, under))
        .map((path) => ({ path, value: settingAt(document, path) }));
  return renderTable(
    [
      { title: 'setting', text: ({ path }) => pathText(path) },
      { title: 'value', text: ({ value }) => shown(value) },
      { title: 'limit', text: ({ path }) => limitText(limitClassOf(path)), dress: colors.dim },
    ],
    rows,
    colors.dim,
  );
}

export function renderHistory(versions: readonly PolicyProvenance[], inForce: number | null, colors: Colors): string {
  return renderTable(
    [
      { title: 'version', align: 'right', text: ({ version }) => String(version) },
      { title: '', text: ({ version }) => (version === inForce ? 'in force' : ''), dress: colors.green },
      { title: 'at', text: ({ at }) => at.slice(0, 19).replace('T', ' ') },
      { title: 'by', text: ({ actor, approvedBy }) => (approvedBy === undefined ? actor : `${actor} with ${approvedBy}`) },
      { title: 'reason', text: ({ reason }) => reason },
      { title: 'sha256', text: ({ sha256 }) => sha256.slice(0, 12), dress: colors.dim },
    ],
    versions,
    colors.dim,
  );
}

export function renderProposals(proposals: readonly PolicyProposal[], colors: Colors): string {
  return renderTable(
    [
      { title: 'proposal', text: ({ proposalId }) => proposalId },
      { title: 'by', text: ({ actor }) => actor },
      { title: 'until', text: ({ expiresAt }) => expiresAt.slice(0, 16).replace('T', ' ') },
      { title: 'reason', text: ({ reason }) => reason },
    ],
    proposals,
    colors.dim,
  );
}

function limitText(limit: LimitClass | undefined): string {
  if (limit === undefined) return 'any change loosens';
  if (typeof limit === 'object') return `strictest first: ${limit.strictestFirst.join(', ')}`;
  return limit === 'neutral' ? '' : limit.replaceAll('-', ' ');
}

function isLeaf(value: unknown): boolean {
  const holdsNamed = Array.isArray(value) && value.some((entry) => isRecord(entry) && typeof entry.name === 'string');
  return !holdsNamed && !(isRecord(value) && Object.keys(value).length > 0);
}

const within = (path: readonly PathStep[], under: readonly PathStep[]): boolean =>
  under.every((step, index) => JSON.stringify(step) === JSON.stringify(path[index]));

function shown(value: unknown): string {
  if (value === undefined) return '—';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}

/**
 * One thing that people are told: what happened, how bad it is, what it is about, and where its cure is written.
 *
 * An alert is made from a draft: texts from elsewhere (reasons, error messages) lose what looks like a credential and what a screen does
 * not show, and are cut to a length that every channel takes. Its id follows from what happened, so that the same event delivered twice
 * is the same alert; the first letter is its severity, the rest sorts by time.
 *
 * Not covered: who is told and when (delivery-plan.ts, quiet-hours.ts), and how it looks on a channel.
 */
import { canonicalJson, sha256Hex } from '../../kernel/canonical-json.ts';
import type { EpochMs } from '../../kernel/units.ts';
import type { Severity } from '../policy/alert-rules.ts';
import { fingerprintOf } from './fingerprint.ts';
import { withoutCredentials } from './redaction.ts';

export const alertCategories = ['RISK', 'PERFORMANCE', 'SYSTEM', 'MARKET_DATA', 'TRADING', 'DATA_QUALITY'] as const;
export type AlertCategory = (typeof alertCategories)[number];

export interface AlertFact {
  readonly name: string;
  readonly value: string;
}

export interface Alert {
  readonly alertId: string;
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly category: AlertCategory;
  readonly title: string;
  readonly lines: readonly string[];
  readonly facts: readonly AlertFact[];
  /** The anchor of its section in docs/runbook.md. */
  readonly runbook: string | null;
  /** ISO instant of what happened. */
  readonly at: string;
  /** What stays wrong until somebody puts it right, e.g. `stop/fund`; the event that says so ends the escalation. */
  readonly matter: string | null;
  /** A rule of the bus puts this on the topic without any code of ours, so the first message leaves the topic out. */
  readonly onTopicByRule: boolean;
}

export interface AlertDraft extends Omit<Alert, 'alertId' | 'fingerprint' | 'matter' | 'runbook' | 'lines' | 'facts' | 'onTopicByRule'> {
  /** What kind of thing happened, e.g. the event's type. */
  readonly kind: string;
  /** What it happened to: the part of it that is the same when it happens again. */
  readonly subject: string;
  /** Tells this occurrence from every other: the event's id. */
  readonly occurrence: string;
  readonly lines?: readonly string[];
  readonly facts?: Readonly<Record<string, string | number>>;
  readonly runbook?: string;
  readonly matter?: string;
  readonly onTopicByRule?: boolean;
}

const titleCharactersMax = 150;
const lineCharactersMax = 600;
const factCharactersMax = 200;
const linesMost = 12;
const factsMost = 16;

export function alertOf(draft: AlertDraft): Alert {
  const { severity, category, kind, subject, occurrence, at } = draft;
  return {
    alertId: alertIdOf(severity, at, `${kind} ${occurrence}`),
    fingerprint: fingerprintOf({ severity, category, kind, subject }),
    severity,
    category,
    title: tidy(draft.title, titleCharactersMax),
    lines: (draft.lines ?? []).slice(0, linesMost).map((line) => tidy(line, lineCharactersMax)),
    facts: Object.entries(draft.facts ?? {})
      .slice(0, factsMost)
      .map(([name, value]) => ({ name: tidy(name, factCharactersMax), value: tidy(String(value), factCharactersMax) })),
    runbook: draft.runbook ?? null,
    at,
    matter: draft.matter ?? null,
    onTopicByRule: draft.onTopicByRule ?? false,
  };
}

/** The same with every text about what happened changed alike. */
export const withTexts = <Texts extends Pick<Alert, 'title' | 'lines' | 'facts'>>(of: Texts, change: (text: string) => string): Texts => ({
  ...of,
  title: change(of.title),
  lines: of.lines.map(change),
  facts: of.facts.map(({ name, value }) => ({ name: change(name), value: change(value) })),
});

/** E.g. `C-20241202-204500-1f0a9c3e`: severity, UTC time, and a hash of what happened. */
export function alertIdOf(severity: Severity, at: string, occurrence: string): string {
  const digits = at.replaceAll(/\D/g, '').padEnd(14, '0');
  return `${severity[0]}-${digits.slice(0, 8)}-${digits.slice(8, 14)}-${sha256Hex(canonicalJson([at, occurrence])).slice(0, 8)}`;
}

/** The severity that an id says; undefined for a text that is no alert id. */
export function severityOfId(alertId: string): Severity | undefined {
  const letter = /^([LMHC])-\d{8}-\d{6}-[0-9a-f]{8}$/.exec(alertId)?.[1];
  return letter === undefined ? undefined : bySeverityLetter[letter];
}

const bySeverityLetter: Readonly<Record<string, Severity>> = { L: 'LOW', M: 'MEDIUM', H: 'HIGH', C: 'CRITICAL' };

/** ISO text of an instant, to the second. */
export const secondText = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** One line of visible text, no longer than that. Whole characters are kept: a cut inside a surrogate pair would be no text. */
export function tidy(text: string, charactersMax: number): string {
  const oneLine = withoutCredentials(text).replaceAll(unseen, ' ').replaceAll(/\s+/g, ' ').trim();
  return shortened(oneLine, charactersMax);
}

export function shortened(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const kept = text.slice(0, charactersMax - 1);
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/** Control characters, half characters, and the marks that turn the direction of text round. */
const unseen = /[\p{Cc}\p{Cs}\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

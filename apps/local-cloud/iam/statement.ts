/**
 * A policy document as the evaluator holds it: statements whose action and resource patterns are compiled once.
 * A document with an element the evaluator does not know is refused by name when it is read, so that nothing
 * a template says about access is silently passed over.
 */
import { notEmulated } from '../service.ts';
import { type Condition, readConditions } from './conditions.ts';
import { type Pattern, pattern } from './pattern.ts';

export interface Statement {
  readonly id: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly Pattern[];
  /** `NotAction`: the statement is about every action but these. */
  readonly actionsInverted: boolean;
  readonly resources: readonly Pattern[];
  readonly resourcesInverted: boolean;
  readonly conditions: readonly Condition[];
  /** Resource and trust policies only. */
  readonly principals: Principals | undefined;
}

export interface Principals {
  readonly inverted: boolean;
  readonly everyone: boolean;
  /** ARNs and account ids. */
  readonly aws: readonly string[];
  readonly services: readonly string[];
}

const KNOWN_ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
  'Principal',
  'NotPrincipal',
]);

/** Reads a document, given as an object or as its JSON text; `idOf` names the statement at an index. */
export function readStatements(document: unknown, idOf: (index: number) => string): Statement[] {
  const { Statement: statements } = (typeof document === 'string' ? JSON.parse(document) : document) as { Statement?: unknown };
  return listOf<Record<string, unknown>>(statements).map((statement, index) => readStatement(statement, idOf(index)));
}

function readStatement(raw: Record<string, unknown>, id: string): Statement {
  const unknown = Object.keys(raw).find((element) => !KNOWN_ELEMENTS.has(element));
  if (unknown !== undefined) throw notEmulated('IAM', `policy element "${unknown}" (statement ${id})`);
  if (raw.Effect !== 'Allow' && raw.Effect !== 'Deny') throw notEmulated('IAM', `effect "${String(raw.Effect)}" (statement ${id})`);
  return {
    id,
    effect: raw.Effect,
    actions: listOf<string>(raw.Action ?? raw.NotAction).map((text) => pattern(text, 'ignore-case')),
    actionsInverted: raw.NotAction !== undefined,
    resources: listOf<string>(raw.Resource ?? raw.NotResource ?? '*').map((text) => pattern(text, 'exact-case')),
    resourcesInverted: raw.NotResource !== undefined,
    conditions: readConditions(raw.Condition, id),
    principals: readPrincipals(raw, id),
  };
}

function readPrincipals(raw: Record<string, unknown>, id: string): Principals | undefined {
  const principal = raw.Principal ?? raw.NotPrincipal;
  if (principal === undefined) return undefined;
  const inverted = raw.Principal === undefined;
  if (principal === '*') return { inverted, everyone: true, aws: [], services: [] };
  const byKind = principal as Record<string, unknown>;
  const unknown = Object.keys(byKind).find((kind) => kind !== 'AWS' && kind !== 'Service');
  if (unknown !== undefined) throw notEmulated('IAM', `principal kind "${unknown}" (statement ${id})`);
  const aws = listOf<string>(byKind.AWS);
  return { inverted, everyone: aws.includes('*'), aws, services: listOf<string>(byKind.Service) };
}

export function listOf<Item>(value: unknown): Item[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as Item[];
}

/**
 * Who publishes an event, read from the sources: a declaration that writes `type: 'X'`, and every function whose handler comes to it through
 * what it calls and imports. Followed name by name, because one file makes several events for several functions.
 *
 * It sees names, not values: what is only ever reached through a property or a computed name is not followed.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { type EventType, eventSchemas } from '../../shared/contracts/events.ts';

export interface Producers {
  /** Files that make an event of that type, from the project's root. */
  filesOf(type: EventType): string[];
  /** Whether anything in that file comes to a declaration that makes one. */
  reaches(file: string, type: EventType): boolean;
}

/** One declaration at the top of a file, or one name that the file hands on. */
interface Declared {
  readonly makes: ReadonlySet<EventType>;
  /** Keys of what it mentions. */
  readonly mentions: readonly string[];
}

const sources = ['shared/**/*.ts', 'functions/**/*.ts', 'apps/cli/**/*.ts'];
const types = new Set<string>(Object.keys(eventSchemas));
const keyOf = (file: string, name: string): string => `${file}#${name}`;

export function readProducers(projectRoot: string): Producers {
  const declared = new Map<string, Declared>();
  const names = new Map<string, string[]>();
  for (const file of globSync(sources, { cwd: projectRoot })) {
    const own = declarationsOf(file, readFileSync(join(projectRoot, file), 'utf8'));
    names.set(file, [...own.keys()]);
    for (const [name, facts] of own) declared.set(keyOf(file, name), facts);
  }
  const makesIn = (file: string): Declared[] => (names.get(file) ?? []).map((name) => declared.get(keyOf(file, name))!);
  return {
    filesOf: (type) => [...names.keys()].filter((file) => makesIn(file).some(({ makes }) => makes.has(type))).sort(),
    reaches: (file, type) => {
      const seen = new Set<string>();
      const waiting = (names.get(file) ?? []).map((name) => keyOf(file, name));
      for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
        if (seen.has(key)) continue;
        seen.add(key);
        const facts = declared.get(key);
        if (facts?.makes.has(type)) return true;
        waiting.push(...(facts?.mentions ?? []));
      }
      return false;
    },
  };
}

function declarationsOf(file: string, text: string): Map<string, Declared> {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imported = new Map(tree.statements.flatMap((statement) => importsOf(statement, file)));
  const statements = tree.statements.map((statement) => ({ statement, names: namesOf(statement) }));
  const own = new Set(statements.flatMap(({ names }) => names));
  const found = new Map<string, Declared>(handedOn(tree, file));
  for (const { statement, names } of statements) {
    const makes = new Set<EventType>();
    const mentions = new Set<string>();
    const look = (node: ts.Node): void => {
      if (ts.isPropertyAssignment(node) && node.name.getText() === 'type')
        for (const word of literalsOf(node.initializer)) if (types.has(word)) makes.add(word as EventType);
      if (ts.isIdentifier(node)) {
        const target = imported.get(node.text) ?? (own.has(node.text) ? keyOf(file, node.text) : undefined);
        if (target !== undefined) mentions.add(target);
      }
      ts.forEachChild(node, look);
    };
    if (!ts.isImportDeclaration(statement)) look(statement);
    for (const name of names.length > 0 ? names : [`line ${statement.pos}`]) found.set(name, { makes, mentions: [...mentions] });
  }
  return found;
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText());
  const named = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return named && statement.name !== undefined ? [statement.name.text] : [];
}

/** Of `'X'`, `'X' as const` and `condition ? 'X' : 'Y'`. */
function literalsOf(value: ts.Expression): string[] {
  if (ts.isStringLiteral(value)) return [value.text];
  if (ts.isAsExpression(value) || ts.isParenthesizedExpression(value)) return literalsOf(value.expression);
  return ts.isConditionalExpression(value) ? [...literalsOf(value.whenTrue), ...literalsOf(value.whenFalse)] : [];
}

/** Local name to the key it stands for. */
function importsOf(statement: ts.Statement, file: string): [string, string][] {
  if (!ts.isImportDeclaration(statement)) return [];
  const bindings = statement.importClause?.namedBindings;
  const from = pathOf(statement.moduleSpecifier, file);
  if (from === undefined || bindings === undefined || !ts.isNamedImports(bindings)) return [];
  return bindings.elements.map(({ name, propertyName }) => [name.text, keyOf(from, (propertyName ?? name).text)]);
}

/** `export { a } from './b.ts'`. */
const handedOn = (tree: ts.SourceFile, file: string): [string, Declared][] =>
  tree.statements.filter(ts.isExportDeclaration).flatMap(({ exportClause, moduleSpecifier }) => {
    const from = pathOf(moduleSpecifier, file);
    if (from === undefined || exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
    return exportClause.elements.map(({ name, propertyName }): [string, Declared] => [
      name.text,
      { makes: new Set(), mentions: [keyOf(from, (propertyName ?? name).text)] },
    ]);
  });

const pathOf = (from: ts.Expression | undefined, file: string): string | undefined =>
  from !== undefined && ts.isStringLiteral(from) && from.text.startsWith('.') ? normalize(join(dirname(file), from.text)) : undefined;

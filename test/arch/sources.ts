/** The files of the house as the rules see them: path from its root, text, and for TypeScript the syntax tree. */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const projectRoot = resolve(import.meta.dirname, '../..');
const rooms = ['apps', 'cdk', 'functions', 'scripts', 'shared', 'test'];

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

export const sourceOf = (path: string, text: string): Source => ({
  path,
  text,
  tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true),
});

/** Every TypeScript file of the house. */
export const sources = (): Source[] =>
  globSync(
    rooms.map((room) => `${room}/**/*.ts`),
    { cwd: projectRoot },
  )
    .sort()
    .map((path) => sourceOf(path, readFileSync(join(projectRoot, path), 'utf8')));

/** Every text file that people read or machines run, whatever its kind. */
export const texts = (): { readonly path: string; readonly text: string }[] =>
  globSync(['*', '.*', '.ci/*', ...[...rooms, 'docs', 'layers', 'state-machines'].map((room) => `${room}/**/*`)], { cwd: projectRoot })
    .filter(
      (path) =>
        /\.(ts|mjs|cjs|js|json|md|yml|yaml|sh)$|^\.ci\/|^[A-Z]+$/.test(path) && !/^(package-lock|test-report)\.json$|^cdk\.out/.test(path),
    )
    .filter((path) => statSync(join(projectRoot, path)).isFile())
    .sort()
    .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));

/** Every node of a tree, parents first. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

/**
 * Lists the agents and the factors: every `<name>.agent.ts` and `<name>.factor.ts` in its room becomes a line of the room's
 * `known-*.ts`, so that adding one is one file and its name in the policy. Run after adding or removing one; a test says when it was
 * forgotten.
 */
import { readdirSync, writeFileSync } from 'node:fs';

interface Room {
  readonly folder: string;
  readonly kind: 'agent' | 'factor';
  readonly type: string;
}

const rooms: readonly Room[] = [
  { folder: 'shared/domain/agents', kind: 'agent', type: 'Agent' },
  { folder: 'shared/domain/factors', kind: 'factor', type: 'Factor' },
];

const fileOf = ({ folder, kind }: Room): string => `${folder}/known-${kind}s.ts`;

/** Every registry with the text it should have. */
export function registries(): Array<{ readonly path: string; readonly text: string }> {
  return rooms.map((room) => ({ path: fileOf(room), text: textOf(room) }));
}

function textOf({ folder, kind, type }: Room): string {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(`.${kind}.ts`))
    .map((file) => file.slice(0, -`.${kind}.ts`.length))
    .sort();
  const imports = [
    `import type { ${type} } from './${kind}.ts';`,
    ...names.map((name) => `import { ${constantOf(name, type)} } from './${name}.${kind}.ts';`),
  ].sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
  return [
    `/** Every ${kind} there is: written by scripts/generate-registries.ts from the files beside this one. */`,
    ...imports,
    '',
    listOf(
      `export const known${type}s: readonly ${type}[] =`,
      names.map((name) => constantOf(name, type)),
    ),
    '',
  ].join('\n');
}

/** As the formatter would write it: on one line where it fits. */
function listOf(head: string, items: readonly string[]): string {
  const line = `${head} [${items.join(', ')}];`;
  return line.length <= 140 ? line : `${head} [\n${items.map((item) => `  ${item},\n`).join('')}];`;
}

const pathOf = (line: string): string => /'(.+)'/.exec(line)![1]!;

const constantOf = (name: string, type: string): string =>
  `${name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}${type}`;

if (import.meta.main) for (const { path, text } of registries()) writeFileSync(path, text);

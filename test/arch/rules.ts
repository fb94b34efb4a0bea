/** House rules that neither the compiler nor the linters know. Each takes a file and names what in it breaks the rule. */
import { basename } from 'node:path';
import ts from 'typescript';
import { nodesOf, type Source } from './sources.ts';

export interface Rule {
  readonly title: string;
  /** Which files it holds for. */
  holdsFor(path: string): boolean;
  breaches(source: Source): string[];
  /** Shows that the rule can be broken. */
  readonly offending: { readonly path: string; readonly text: string };
  /** Shows that keeping it is possible. */
  readonly keeping: { readonly path: string; readonly text: string };
}

const linesMax = 350;
const handlerLinesMax = 120;
/** Written in halves, so that this file keeps its own rules. */
const unfinished = ['TO', 'FIX'].map((half) => (half === 'TO' ? `${half}DO` : `${half}ME`));
const silencers = ['ts-', 'ts-no', 'ts-expect-', 'eslint-'].map((half, at) => half + ['ignore', 'check', 'error', 'disable'][at]);

const isProduct = (path: string): boolean => /^(apps|cdk|functions|scripts|shared)\//.test(path);

export const rules: readonly Rule[] = [
  {
    title:
      'time and chance are passed in: no Date.now, new Date() or Math.random in shared/ and functions/ but in the clock and the generator',
    holdsFor: (path) => /^(shared|functions)\//.test(path) && !/^shared\/kernel\/(clock|rng)\.ts$/.test(path),
    breaches: ({ tree }) => [...nodesOf(tree)].filter(readsClockOrChance).map(where(tree)),
    offending: {
      path: 'functions/trading/late.lambda.ts',
      text: 'export const at = Date.now(); const day = new Date(); const luck = Math.random();',
    },
    keeping: { path: 'shared/domain/day.ts', text: '// Date.now() is for clocks.\nexport const day = (at: number) => new Date(at);' },
  },
  {
    title: 'no test is left out or run alone',
    holdsFor: (path) => path.startsWith('test/'),
    breaches: ({ tree }) => [...nodesOf(tree)].filter(leavesTestsOut).map(where(tree)),
    offending: { path: 'test/unit/left.test.ts', text: "test.skip('later', () => {}); describe.only('this', () => {}); it.todo('that');" },
    keeping: {
      path: 'test/unit/kept.test.ts',
      text: "test.skipIf(!present)('reads the pack, skipped because there is none', () => {}); rows.skip(1);",
    },
  },
  {
    title: 'nothing is left unfinished and no check is silenced',
    holdsFor: () => true,
    breaches: ({ text }) =>
      text
        .split('\n')
        .filter((line) =>
          [...unfinished.map((word) => `\\b${word}\\b`), ...silencers.map((word) => `@?\\b${word}\\b`)].some((word) =>
            new RegExp(word).test(line),
          ),
        ),
    offending: { path: 'shared/kernel/half.ts', text: `// ${unfinished[0]}: the rest\n// @${silencers[0]}\nexport const half = 1;` },
    keeping: { path: 'shared/kernel/whole.ts', text: 'export const whole = 1; // A whole sentence.' },
  },
  {
    title: `a file has at most ${linesMax} lines`,
    holdsFor: isProduct,
    breaches: ({ text }) => tooLong(text, linesMax),
    offending: { path: 'shared/kernel/long.ts', text: '\n'.repeat(linesMax + 1) },
    keeping: { path: 'shared/kernel/short.ts', text: `${'x\n'.repeat(linesMax)}` },
  },
  {
    title: `a handler has at most ${handlerLinesMax} lines`,
    holdsFor: (path) => path.endsWith('.lambda.ts'),
    breaches: ({ text }) => tooLong(text, handlerLinesMax),
    offending: { path: 'functions/trading/long.lambda.ts', text: '\n'.repeat(handlerLinesMax + 1) },
    keeping: { path: 'functions/trading/short.lambda.ts', text: '\n'.repeat(handlerLinesMax) },
  },
  {
    title: 'a handler opens with a comment, is made by defineHandler or defineConsumer and onAws, and exports `handler` alone',
    holdsFor: (path) => /^functions\/[a-z-]+\/[a-z-]+\.lambda\.ts$/.test(path),
    breaches: handlerFaults,
    offending: { path: 'functions/trading/bare.lambda.ts', text: 'export const handler = async () => 1; export const helper = 2;' },
    keeping: {
      path: 'functions/trading/whole.lambda.ts',
      text: '/** State "Whole": does it. */\nconst whole = defineHandler({});\n\nexport const handler = onAws(whole);\n',
    },
  },
  {
    title: 'a handler lies at functions/<context>/<verb>.lambda.ts, and no other source lies in functions/',
    holdsFor: (path) => path.startsWith('functions/'),
    breaches: ({ path }) => (/^functions\/[a-z-]+\/[a-z]+(-[a-z]+)*\.lambda\.ts$/.test(path) ? [] : [path]),
    offending: { path: 'functions/trading/helpers.ts', text: '' },
    keeping: { path: 'functions/trading/check-risk.lambda.ts', text: '' },
  },
  {
    title: 'index.ts hands on its own folder only',
    holdsFor: (path) => basename(path) === 'index.ts',
    breaches: ({ tree }) =>
      tree.statements
        .filter(ts.isExportDeclaration)
        .filter(({ moduleSpecifier }) => moduleSpecifier !== undefined && !/^['"]\.\/[^/]+['"]$/.test(moduleSpecifier.getText()))
        .map(where(tree)),
    offending: {
      path: 'shared/domain/risk/index.ts',
      text: "export { price } from '../market/price.ts'; export * from './deep/inside.ts';",
    },
    keeping: { path: 'shared/domain/risk/index.ts', text: "import { x } from '../market/x.ts'; export { limit } from './limit.ts';" },
  },
  {
    title: 'a file of the domain opens with a comment that says what it computes',
    holdsFor: (path) => path.startsWith('shared/domain/'),
    breaches: ({ path, text }) => (/^\/\*\*\s[\s\S]*?[.:)][\s\S]*?\*\//.test(text) ? [] : [path]),
    offending: { path: 'shared/domain/risk/mute.ts', text: "import { x } from './x.ts';\n/** Too late. */\nexport const mute = x;" },
    keeping: { path: 'shared/domain/risk/plain.ts', text: '/** Losses are positive. */\nexport const plain = 1;' },
  },
  {
    title: 'exports have names',
    holdsFor: isProduct,
    breaches: ({ tree }) =>
      [...nodesOf(tree)].filter((node) => node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent)).map(where(tree)),
    offending: { path: 'shared/kernel/nameless.ts', text: 'export default function () {}' },
    keeping: { path: 'shared/kernel/named.ts', text: 'export function named(x: number) { switch (x) { default: return 1; } }' },
  },
  {
    title: 'a type is never waved through with any or a double assertion',
    holdsFor: isProduct,
    breaches: ({ tree }) =>
      [...nodesOf(tree)]
        .filter(
          (node) =>
            node.kind === ts.SyntaxKind.AnyKeyword ||
            (ts.isAsExpression(node) && ts.isAsExpression(node.expression) && node.expression.type.kind === ts.SyntaxKind.UnknownKeyword),
        )
        .map(where(tree)),
    offending: { path: 'shared/kernel/waved.ts', text: 'export const waved = (x: any) => x as unknown as string;' },
    keeping: { path: 'shared/kernel/typed.ts', text: 'export const any = (x: unknown) => x as string;' },
  },
  {
    title: 'files are named in kebab-case, with a suffix that says how they run',
    holdsFor: () => true,
    breaches: ({ path }) =>
      /^[a-z0-9]+(-[a-z0-9]+)*(\.(lambda|task|agent|factor|strategy|test|prop|bench|cards|golden))?(\.d)?\.ts$/.test(basename(path))
        ? []
        : [path],
    offending: { path: 'shared/kernel/camelCase.ts', text: '' },
    keeping: { path: 'test/unit/kernel/money.test.ts', text: '' },
  },
];

const where =
  (tree: ts.SourceFile) =>
  (node: ts.Node): string =>
    `${tree.fileName}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${node.getText().slice(0, 80)}`;

function readsClockOrChance(node: ts.Node): boolean {
  if (ts.isNewExpression(node)) return node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0;
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return true;
  return ts.isPropertyAccessExpression(node) && ['Date.now', 'Math.random'].includes(node.getText());
}

function leavesTestsOut(node: ts.Node): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    /^(test|it|describe|suite|bench)\b/.test(node.getText()) &&
    ['skip', 'only', 'todo', 'fails'].includes(node.name.text)
  );
}

/** Lines as an editor counts them: a closing line break starts none. */
function tooLong(text: string, max: number): string[] {
  const lines = text.replace(/\n$/, '').split('\n').length;
  return lines > max ? [`${lines} lines`] : [];
}

function handlerFaults({ text, tree }: Source): string[] {
  const found: string[] = [];
  if (!/^\/\*\*\s[\s\S]*?\.[\s\S]*?\*\//.test(text)) found.push('opens without a comment');
  if (exportedNames(tree).join() !== 'handler') found.push(`exports ${exportedNames(tree).join(', ') || 'nothing'}`);
  if (!/^const \w+ = define(Handler|Consumer)\(/m.test(text)) found.push('is not made by defineHandler or defineConsumer');
  if (!/^export const handler = onAws\(\w+\);$/m.test(text)) found.push('does not export onAws(…) as its handler');
  return found;
}

const exportedNames = (tree: ts.SourceFile): string[] =>
  tree.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement) || ts.isExportAssignment(statement)) return [statement.getText()];
    const exported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!exported) return [];
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText());
    return [(statement as ts.DeclarationStatement).name?.getText() ?? 'something without a name'];
  });

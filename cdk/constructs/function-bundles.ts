/**
 * Bundles every Lambda of the inventory (`functions/**\/*.lambda.ts`) in one esbuild run, so that what they share is
 * parsed once. Names are kept: a state machine matches an error by its class name, and a stack trace must be readable.
 */
import { globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const projectRoot = resolve(import.meta.dirname, '../..');
const cache = join(projectRoot, 'node_modules/.cache/ballast');
let bundleRoot: string | undefined;

/** The folder with the `index.mjs` of one function, e.g. `trading/preflight`. */
export function functionBundle(name: string): string {
  bundleRoot ??= bundleAll();
  return join(bundleRoot, name);
}

/** Every function there is, as `<context>/<verb-noun>`. */
export const functionInventory = (): string[] =>
  globSync('functions/*/*.lambda.ts', { cwd: projectRoot })
    .map((file) => join(basename(dirname(file)), basename(file, '.lambda.ts')))
    .sort();

/** Into a folder of this process alone: two that synthesize at once must not read each other's half-written files. */
function bundleAll(): string {
  mkdirSync(cache, { recursive: true });
  const outdir = mkdtempSync(join(cache, 'bundles-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  const entryPoints = Object.fromEntries(
    functionInventory().map((name) => [`${name}/index`, join(projectRoot, 'functions', `${name}.lambda.ts`)]),
  );
  buildSync({
    absWorkingDir: projectRoot,
    entryPoints,
    outdir: relative(projectRoot, outdir),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'error',
    // Packages that still speak CommonJS call require(); an ES module has none of its own.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outdir;
}

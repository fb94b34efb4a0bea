/**
 * Bundles every Lambda of the inventory (`functions/**\/*.lambda.ts`), each on its own, since esbuild keeps what any entry of a
 * common run needs in all of them. The app bundles before it builds its stacks, because constructs cannot wait.
 * Names are shortened; the source map beside each bundle gives stack traces back their names. State machines match an error
 * by the `name` its class states, not by the name of the class.
 */
import { globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { alpacaClientInParts } from './alpaca-client-parts.ts';
import { BundleCache } from './bundle-cache.ts';

/** Ways to find credentials that only a developer's machine has; the SDK imports them on demand, and on Lambda there is no demand. */
const laptopCredentials = ['ini', 'login', 'process', 'sso', 'web-identity'].map((kind) => `@aws-sdk/credential-provider-${kind}`);

/** zod speaks fifty languages, 300 kB of them, and a package that imports it as `{ z }` keeps them all; what is said here is said in English. */
const zodInEnglish: Plugin = {
  name: 'zod-in-english',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ importer }) =>
      /\/node_modules\/zod\//.test(importer) ? { path: 'none', namespace: 'zod-locales', sideEffects: false } : undefined,
    );
    onLoad({ filter: /./, namespace: 'zod-locales' }, () => ({ contents: 'export {};' }));
  },
};

const projectRoot = resolve(import.meta.dirname, '../..');
const cache = join(projectRoot, 'node_modules/.cache/ballast');
let bundleRoot: string | undefined;

/** The folder with the `index.mjs` of one function, e.g. `trading/preflight`. @throws Error before `bundleFunctions`. */
export function functionBundle(name: string): string {
  if (bundleRoot === undefined) throw new Error('Functions are bundled before a stack asks for them: await bundleFunctions() first.');
  return join(bundleRoot, name);
}

/** Every function there is, as `<context>/<verb-noun>`. */
export const functionInventory = (): string[] =>
  globSync('functions/*/*.lambda.ts', { cwd: projectRoot })
    .map((file) => join(basename(dirname(file)), basename(file, '.lambda.ts')))
    .sort();

/** Into a folder of this process alone: two that synthesize at once must not read each other's half-written files. */
export async function bundleFunctions(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const root = mkdtempSync(join(cache, 'bundles-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const kept = new BundleCache(cache, projectRoot, globSync('cdk/constructs/*.ts', { cwd: projectRoot }).sort());
  const waiting = functionInventory();
  // One build at a time for each core: esbuild works in parallel by itself, and holds a whole SDK in memory for each.
  const worker = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const folder = join(root, name);
      if (!kept.restore(name, folder)) kept.keep(name, folder, await bundleOne(name, folder));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  bundleRoot = root;
}

/** What it was made from, relative to the project. */
async function bundleOne(name: string, folder: string): Promise<readonly string[]> {
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: projectRoot,
    entryPoints: [join('functions', `${name}.lambda.ts`)],
    outfile: join(relative(projectRoot, folder), 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    external: laptopCredentials,
    plugins: [zodInEnglish, alpacaClientInParts(projectRoot)],
    logLevel: 'error',
    // Packages that still speak CommonJS call require(); an ES module has none of its own.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return Object.keys(metafile.inputs);
}

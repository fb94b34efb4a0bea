/** What is uploaded for each function: small, alone, and without effect until its first event. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { functionInventory } from '../../cdk/constructs/function-bundles.ts';
import { fixedClock } from '../../shared/kernel/clock.ts';
import type { EpochMs } from '../../shared/kernel/units.ts';
import { lendHost } from '../../shared/runtime/host.ts';
import { type Assembly, devAssembly } from './support/assembly.ts';
import { isObject, type Resource } from './support/templates.ts';

const bundleBytesMax = 1_048_576;

let assembly: Assembly;
let functions: Resource[];

beforeAll(async () => {
  assembly = await devAssembly();
  functions = assembly.templates.all('AWS::Lambda::Function');
});

const nameOf = (fn: Resource): string => fn.text('FunctionName');
/** The folder that is zipped and uploaded. */
const folderOf = (fn: Resource): string => join(assembly.directory, `asset.${fn.text('Code.S3Key').replace('.zip', '')}`);
const entryOf = (fn: Resource): string => join(folderOf(fn), 'index.mjs');

test('a bundle is one file with its source map, and the handler of each function is in it', () => {
  for (const fn of functions) {
    expect(readdirSync(folderOf(fn)), nameOf(fn)).toEqual(['index.mjs', 'index.mjs.map']);
    expect(fn.at('Handler'), nameOf(fn)).toBe('index.handler');
  }
});

test('a bundle has at most 1 MB', () => {
  const sizes = functions.map((fn) => [nameOf(fn), statSync(entryOf(fn)).size] as const);
  expect(sizes.filter(([, bytes]) => bytes > bundleBytesMax)).toEqual([]);
  expect(sizes).toHaveLength(functionInventory().length);
});

test('every function has a bundle of its own', () => {
  expect(new Set(functions.map(entryOf)).size).toBe(functions.length);
});

test('a bundle keeps the names of the errors that state machines match', () => {
  const nameless = functions.filter((fn) => {
    const text = readFileSync(entryOf(fn), 'utf8');
    return !['ContractViolation', 'InvariantViolation'].every((name) => text.includes(`"${name}"`));
  });
  expect(nameless.map(nameOf)).toEqual([]);
});

describe('importing', () => {
  /** Marks that packages leave in the process without doing anything. */
  const leftByPackages: Readonly<Record<string, string>> = {
    'globals: __zod_globalConfig': 'zod shares its settings between copies',
    'globals: __zod_globalRegistry': 'as above',
    'globals: awslambda': 'the Lambda runtime has it; middy makes sure',
    'globals: Symbol(undici.globalDispatcher.1)': 'Node makes it when the name fetch is first read',
    'globals: Symbol(undici.globalDispatcher.2)': 'as above',
    'environment: AWS_SDK_UA_APP_ID': 'Powertools tells AWS which library calls',
  };

  interface Report {
    readonly path: string;
    readonly exported: readonly string[];
    readonly modules: number;
    /** What importing it left behind in the process. */
    readonly left: readonly string[];
  }

  function importAlone(paths: readonly string[]): Report[] {
    const script = join(import.meta.dirname, 'support/import-bundles.mjs');
    // On Lambda there is an environment, but nothing of ours may be needed to import.
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...paths], { encoding: 'utf8', env: {} });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Report);
  }

  test('any bundle loads one module, exports the handler alone, and connects, starts, prints and changes nothing', () => {
    const reports = importAlone(functions.map(entryOf));
    const strange = reports.map((report) => ({ ...report, left: report.left.filter((one) => !(one in leftByPackages)) }));
    expect(strange.filter(({ exported, modules, left }) => exported.join() !== 'handler' || modules !== 1 || left.length > 0)).toEqual([]);
    expect(reports).toHaveLength(functions.length);
  });

  test('is seen through when it has an effect', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ballast-bundle-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'other.mjs'), 'globalThis.left = 1; process.env.LEFT = 1; setTimeout(() => {}, 1);');
    writeFileSync(join(folder, 'index.mjs'), "import './other.mjs'; export const handler = 1; export const other = 2;");
    const [report] = importAlone([join(folder, 'index.mjs')]);
    expect(report).toMatchObject({ exported: ['handler', 'other'], modules: 2 });
    expect(report!.left).toEqual(['resources: Timeout', 'globals: left', 'environment: LEFT']);
  });
});

describe('at its first event, a function', () => {
  test('finds in its environment the name of everything it needs', async () => {
    const outcomes = await Promise.all(functions.map(async (fn) => [nameOf(fn), await firstEvent(fn, environmentOf(fn))] as const));
    // The empty event is refused only after everything the handler needs was found and built.
    expect(outcomes.filter(([, outcome]) => outcome !== 'ContractViolation')).toEqual([]);
  });

  test('names what its environment lacks', async () => {
    const fn = functions.find((one) => nameOf(one) === 'ballast-dev-trading-preflight')!;
    expect(await firstEvent(fn, {})).toBe('InvariantViolation');
  });

  const environmentOf = (fn: Resource): Record<string, string> => {
    const variables = fn.at('Environment.Variables');
    return isObject(variables) ? Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, fn.resolve(value)])) : {};
  };

  async function firstEvent(fn: Resource, env: Readonly<Record<string, string>>): Promise<string> {
    // A copy of its own, as on Lambda: what an earlier test wired stays with that test.
    const copy = `${pathToFileURL(entryOf(fn)).href}?env=${Object.keys(env).length}`;
    const { handler } = (await import(/* @vite-ignore */ copy)) as { handler(event: unknown, context: Context): Promise<unknown> };
    const host = {
      env,
      clock: fixedClock(0 as EpochMs),
      awsClientConfig: () => ({ region: 'us-east-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } }),
      fetch: () => Promise.reject(new Error('nothing is reached before the event is accepted')),
      writeLog: () => {},
    };
    try {
      await lendHost(host, () => handler({}, { functionName: nameOf(fn), awsRequestId: 'first' } as Context));
      return 'accepted an empty event';
    } catch (error) {
      return (error as Error).name;
    }
  }
});

/**
 * Imports a function's bundle as Lambda's Node runtime does: `<module>.<export>`, tried as `.mjs`, `.js`, `.cjs`.
 * Each call gives a module instance of its own, as each execution environment has one: two functions from one
 * bundle, or one function in two clouds, share nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Handler = (event: unknown, context: object) => unknown;

/** A failure of the runtime itself, with the name Lambda gives it. */
export class RuntimeFailure extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** How often each bundle was imported by this process. */
const imports = new Map<string, number>();

/** Handlers that several clouds of this process start from, by bundle and name. */
const shared = new Map<string, Promise<Handler>>();

/** The handler as it was loaded for whoever asked first. */
export function loadSharedHandler(codeDirectory: string, handler: string): Promise<Handler> {
  const key = join(codeDirectory, handler);
  const known = shared.get(key) ?? loadHandler(codeDirectory, handler);
  shared.set(key, known);
  known.catch(() => shared.delete(key));
  return known;
}

/** @throws RuntimeFailure, or what the bundle throws while it loads. */
export async function loadHandler(codeDirectory: string, handler: string): Promise<Handler> {
  const separator = handler.lastIndexOf('.');
  const moduleName = handler.slice(0, separator);
  const exportName = handler.slice(separator + 1);
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => join(codeDirectory, `${moduleName}${extension}`))
    .find((path) => existsSync(path));
  if (file === undefined) throw new RuntimeFailure('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'`);

  const loaded = isEsModule(file, codeDirectory) ? await importFresh(file) : requireFresh(file);
  const found = loaded[exportName];
  if (typeof found !== 'function') throw new RuntimeFailure('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (found.length >= 3) {
    throw new RuntimeFailure(
      'Runtime.CallbackHandlerDeprecated',
      `${handler} takes a callback, which Node.js 24 functions no longer can: make it async`,
    );
  }
  return found as Handler;
}

/** The first import goes by the plain address, so that Node's compile cache finds it again in the next process. */
async function importFresh(file: string): Promise<Record<string, unknown>> {
  const earlier = imports.get(file) ?? 0;
  imports.set(file, earlier + 1);
  const url = pathToFileURL(file);
  if (earlier > 0) url.searchParams.set('instance', String(earlier));
  return (await import(/* @vite-ignore */ url.href)) as Record<string, unknown>;
}

function requireFresh(file: string): Record<string, unknown> {
  const require = createRequire(file);
  delete require.cache[require.resolve(file)];
  return require(file) as Record<string, unknown>;
}

function isEsModule(file: string, codeDirectory: string): boolean {
  if (!file.endsWith('.js')) return file.endsWith('.mjs');
  const manifest = join(codeDirectory, 'package.json');
  return existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type === 'module';
}

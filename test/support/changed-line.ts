/** The replay as it would be with one line of one file written otherwise: bundled anew, everything else as it stands. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { replayCycle } from '../../shared/runtime/replay-cycle.ts';

export interface ChangedLine {
  /** From the project's root. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** @throws Error when the line does not stand exactly once in the file. */
export async function replayWith({ file, from, to }: ChangedLine): Promise<typeof replayCycle> {
  const source = readFileSync(file, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`"${from}" stands once in ${file}`);
  const folder = mkdtempSync(join(tmpdir(), 'ballast-replay-'));
  const outfile = join(folder, 'replay.mjs');
  await build({
    entryPoints: ['shared/runtime/replay-cycle.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [
      {
        name: 'one-line-changed',
        setup({ onLoad }) {
          onLoad({ filter: new RegExp(`${file.replaceAll('.', '\\.')}$`) }, () => ({ contents: source.replace(from, to), loader: 'ts' }));
        },
      },
    ],
  });
  const bundle = (await import(pathToFileURL(outfile).href)) as { replayCycle: typeof replayCycle };
  rmSync(folder, { recursive: true });
  return bundle.replayCycle;
}

/**
 * An `npx` that starts what is installed at once. The real one takes npm a second to find the same file, and pages are full of it;
 * that it does find the same is a test of its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const script = `#!/bin/sh
program="$1"
shift
[ "$program" = ballast ] && exec node apps/cli/ballast.mjs "$@"
exec "node_modules/.bin/$program" "$@"
`;

/** The folder to put first on the path. */
export function quickNpxIn(scratch: string): string {
  const folder = join(scratch, 'quick-npx');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'npx'), script, { mode: 0o755 });
  return folder;
}

#!/usr/bin/env node
// The machine's Node may be older than the one pinned here: hand over to the pinned one, which npm ci installed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const pinned = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import('./main.ts');
} else if (existsSync(pinned)) {
  process.exitCode = spawnSync(pinned, [main, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
} else {
  process.stderr.write('ballast needs Node 24, which "npm ci" installs into this folder. Run "npm ci" first.\n');
  process.exitCode = 2;
}

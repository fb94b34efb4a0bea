/**
 * Runs on its own: imports each bundle named on the command line and reports what that did, as JSON lines. A bundle is one
 * module that imports nothing but Node, and importing it connects, starts, prints and changes nothing.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const loaded = new Set();
registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('node:')) loaded.add(url);
    return nextLoad(url, context);
  },
});

const surroundings = () => ({
  resources: process.getActiveResourcesInfo(),
  globals: Reflect.ownKeys(globalThis).map(String),
  environment: Object.keys(process.env),
  listeners: process.eventNames().map(String),
});
/** What is there that was not, one entry for each time it is. */
const added = (before, after) => {
  const left = [...before];
  return after.filter((one) => {
    const known = left.indexOf(one);
    if (known >= 0) left.splice(known, 1);
    return known < 0;
  });
};

// Node opens these when they are first looked at, as importing node:process does; here that is us.
for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', () => {});

for (const path of process.argv.slice(2)) {
  loaded.clear();
  const before = surroundings();
  const exported = Object.keys(await import(pathToFileURL(path).href));
  const after = surroundings();
  const left = Object.keys(before).flatMap((kind) => added(before[kind], after[kind]).map((one) => `${kind}: ${one}`));
  process.stdout.write(`${JSON.stringify({ path, exported, modules: loaded.size, left })}\n`);
}

/**
 * Writes docs/reference/ from what is deployed: the synthesized templates, the state machines and the head comments of the
 * functions. The same sources give the same bytes; a test fails when a page is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { synthesizedAssembly } from '../apps/cli/assembly.ts';
import { alarmsPage } from './reference/alarms.ts';
import { Deployed } from './reference/deployed.ts';
import { environmentPage } from './reference/environment.ts';
import { eventsPage } from './reference/events.ts';
import { functionsPage } from './reference/functions.ts';
import { machinesPage } from './reference/machines.ts';

const projectRoot = resolve(import.meta.dirname, '..');
const folder = join(projectRoot, 'docs/reference');

/** Every page by file name. */
export async function referencePages(): Promise<Map<string, string>> {
  const deployed = Deployed.read(await synthesizedAssembly('dev'), projectRoot);
  const pages = [
    ['functions.md', functionsPage(deployed)],
    ['machines.md', machinesPage(deployed)],
    ['environment.md', environmentPage(deployed)],
    ['alarms.md', alarmsPage(deployed)],
    ['events.md', eventsPage(deployed, projectRoot)],
  ] as const;
  const notice = '<!-- Generated from the sources by `node scripts/generate-reference.ts`. Change those, not this. -->\n\n';
  return new Map(pages.map(([name, page]) => [name, `${notice}${page.trimEnd()}\n`]));
}

/** A page as it lies in docs/reference; empty when there is none. */
export function writtenPage(name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return '';
  }
}

if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  for (const [name, page] of await referencePages()) writeFileSync(join(folder, name), page);
}

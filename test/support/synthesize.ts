/** Before the tests that boot the local cloud: one synthesis for all workers, instead of one in each of them at once. */
import { synthesizedAssembly } from '../../apps/cli/assembly.ts';

export async function setup(): Promise<void> {
  await synthesizedAssembly('dev');
}

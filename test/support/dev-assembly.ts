/** What `cdk synth` writes for stage `dev`. A process looks for it once: which it is takes a hash over all sources, and a fund is booted hundreds of times. */
import { synthesizedAssembly } from '../../apps/cli/assembly.ts';

let found: Promise<string> | undefined;

export function devAssemblyDirectory(): Promise<string> {
  found ??= synthesizedAssembly('dev');
  return found;
}

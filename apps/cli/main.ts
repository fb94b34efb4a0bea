/** `ballast`: runs a command here, or sends it to the server that owns the state directory. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { runFromTerminal } = await import('./terminal.ts');
process.exitCode = await runFromTerminal(process.argv.slice(2));

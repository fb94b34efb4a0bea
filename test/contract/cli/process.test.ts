/** The program as the operating system sees it: streams, terminals, signals, the Node that runs it. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../../../apps/cli/program.ts';
import { copyOf, ingestedState, newState, projectRoot, run, scratch, start } from './support/cli.ts';

const launcher = join(projectRoot, 'apps/cli/ballast.mjs');
/** A Node of the machine that is older than the pinned one, where there is one. */
const olderNode = (process.env.PATH ?? '')
  .split(':')
  .concat('/usr/local/bin', '/usr/bin')
  .map((folder) => join(folder, 'node'))
  .find((node) => existsSync(node) && !node.includes('node_modules'));
const script = ['/usr/bin/script', '/bin/script'].find((path) => existsSync(path));

let ingested: string;
beforeAll(async () => {
  ingested = await ingestedState();
});

/** Through a pseudo-terminal, as a person sees it: both streams in one. */
const onTerminal = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> => {
  const line = [process.execPath, join(projectRoot, 'apps/cli/main.ts'), ...argv].map((word) => `'${word}'`).join(' ');
  return (await start(['-qec', line, '/dev/null'], { TERM: 'xterm', ...env }, [script!]).ended).stdout;
};

const escapeCharacter = String.fromCharCode(27);

describe('streams', () => {
  test('help goes to standard output with 0; no command at all shows it on standard error with 2', async () => {
    const asked = await run(['--help']);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toContain('Exit codes: 0 done, 1 failed, 2 bad input, 3 refused');
    expect(await run([])).toEqual({ code: 2, stdout: '', stderr: asked.stdout });
  });

  test('--version names the version and the Node', async () => {
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ballast \d+\.\d+\.\d+ \(Node 24\./) as string,
    });
  });

  test('a reader that goes away early, like head, ends nothing with a stack trace', async () => {
    const cycle = start(['cycle', '--state', copyOf(ingested)]);
    await cycle.says('Trading cycle');
    cycle.child.stdout.destroy();
    expect(await cycle.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('the state directory can be named by BALLAST_STATE', async () => {
    expect(await run(['status', '--json'], { BALLAST_STATE: ingested })).toMatchObject({ code: 0 });
  });

  test('an error that nobody foresaw is one line too, and ends with 1', () => {
    const lines: string[] = [];
    const io = { out: () => {}, err: (line: string) => lines.push(line), colors: pc.createColors(false), interactive: false };
    expect(explain(new TypeError('first line\n  second line'), io)).toBe(1);
    expect(lines).toEqual(['ballast: something went wrong here: TypeError: first line second line (BALLAST_DEBUG=1 shows where)']);
  });
});

describe.skipIf(!script)('on a terminal (needs script)', () => {
  test('colours are used, slow steps say that they began, and NO_COLOR takes only the colours away', async () => {
    const [colourful, plain] = [
      await onTerminal(['ingest', '--state', newState()]),
      await onTerminal(['status', '--state', ingested], { NO_COLOR: '1' }),
    ];
    expect(colourful).toContain('Ingesting the simulated market: once per data set …');
    expect(plain).toContain('control    RUNNING');
    expect(plain).not.toContain(escapeCharacter);
    expect(await onTerminal(['status', '--state', ingested])).toContain(escapeCharacter);
  });
});

describe.skipIf(!olderNode)('on a machine with another Node (needs one outside node_modules)', () => {
  test('the launcher hands over to the pinned Node', async () => {
    const ending = await start(['--version'], {}, [olderNode!, launcher]).ended;
    expect(ending).toMatchObject({ code: 0, stdout: expect.stringMatching(/\(Node 24\./) as string });
  });

  test('exit codes come through', async () => {
    expect(await start(['cylce'], {}, [olderNode!, launcher]).ended).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean cycle?') as string,
    });
  });

  test('a signal sent to the launcher ends the program in its own way', async () => {
    mkdirSync(join(scratch, 'signalled'));
    const local = start(['local', '--port', '0', '--state', join(scratch, 'signalled')], {}, [olderNode!, launcher]);
    await local.says('Ctrl-C stops it');
    local.child.kill('SIGTERM');
    expect(await local.ended).toMatchObject({ code: 0, stderr: 'Stopping: finishing what is under way.\n' });
  });
});

describe('deploy', () => {
  test('says in one line what to do when there are no AWS credentials', async () => {
    const nowhere = join(scratch, 'no-credentials');
    const env = {
      AWS_SHARED_CREDENTIALS_FILE: nowhere,
      AWS_CONFIG_FILE: nowhere,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PROFILE: '',
      AWS_ACCESS_KEY_ID: '',
    };
    const { code, stdout, stderr } = await run(['deploy', '--dry-run'], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ballast: No AWS credentials were found, so nothing was deployed\. Set AWS_PROFILE[^\n]*\n$/);
  });
});

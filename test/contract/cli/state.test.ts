/** What a kill, a torn file or a second command may do to the state of a fund: nothing that was acknowledged is lost. */
import { appendFileSync, globSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ballast, copyOf, ingestedState, oneLine, reportOf, run, start } from './support/cli.ts';

let ingested: string;
let traded: string;
beforeAll(async () => {
  ingested = await ingestedState();
  traded = copyOf(ingested);
  expect(await ballast('cycle', '--state', traded)).toMatchObject({ code: 0 });
});

const journalsOf = (state: string): string[] => globSync('**/*.{journal,jsonl}', { cwd: state }).sort();

async function everythingIn(state: string): Promise<string> {
  const views = ['status', 'orders', 'positions', 'audit', 'symbols'];
  const endings = [];
  for (const view of views) endings.push(await ballast(view, '--state', state, '--json'));
  return endings.map(({ stdout }) => stdout).join('');
}

describe('a journal', () => {
  test('is kept by every service that keeps anything, and by the exchange', () => {
    expect(journalsOf(traded).map((file) => file.split('/').slice(0, 2).join('/'))).toEqual(
      expect.arrayContaining(['cloud/dynamodb', 'cloud/s3', 'cloud/states', 'exchange/exchange.journal']),
    );
  });

  test('that ends in half a record is named, and repaired without losing a whole one', async () => {
    const before = await everythingIn(copyOf(traded));
    const state = copyOf(traded);
    for (const file of journalsOf(state)) {
      const path = join(state, file);
      appendFileSync(path, '1234abcd {"half":');
      expect(await ballast('status', '--state', state), file).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(oneLine(/ends in half a record .*ballast local --repair/)) as string,
      });
      const repaired = await ballast('local', '--repair', '--state', state);
      expect(repaired).toMatchObject({ code: 0, stdout: expect.stringContaining(`${file}: dropped 17 bytes`) as string });
      expect(readFileSync(`${path}.torn`, 'utf8')).toBe('1234abcd {"half":');
    }
    expect(await everythingIn(state)).toBe(before);
  });

  test('that lost its last bytes is repaired to the record before', async () => {
    const state = copyOf(traded);
    const file = journalsOf(state).find((name) => name.includes('dynamodb') && name.includes('symbols'))!;
    const linesIn = (): number => readFileSync(join(state, file), 'utf8').split('\n').length - 1;
    const before = linesIn();
    truncateSync(join(state, file), statSync(join(state, file)).size - 5);
    expect(await ballast('cycle', '--state', state)).toMatchObject({ code: 2, stderr: expect.stringContaining(file) as string });
    expect(await ballast('local', '--repair', '--state', state)).toMatchObject({ code: 0 });
    expect(linesIn()).toBe(before - 1);
    expect(await ballast('status', '--state', state)).toMatchObject({ code: 0 });
  });

  test('with a changed byte in the middle is named with its line, and left as it is', async () => {
    const state = copyOf(traded);
    const path = join(state, journalsOf(state).find((name) => name.includes('ledger'))!);
    const content = readFileSync(path);
    content[20] = content[20]! ^ 1;
    writeFileSync(path, content);
    const says = expect.stringMatching(oneLine(/ledger\.jsonl line 1 is not what was written \(checksum differs\).*--fresh/)) as string;
    expect(await ballast('status', '--state', state)).toEqual({ code: 2, stdout: '', stderr: says });
    expect(await ballast('local', '--repair', '--state', state)).toMatchObject({ code: 2, stderr: says });
    expect(readFileSync(path).equals(content)).toBe(true);
  });
});

describe('the marker of a state directory', () => {
  test('that is garbled stops every command but --fresh', async () => {
    const state = copyOf(traded);
    writeFileSync(join(state, 'ballast-state.json'), '{"layo');
    expect(await ballast('ingest', '--state', state)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(oneLine(/ballast-state\.json is not what was written.*nothing was changed/)) as string,
    });
    expect(await ballast('ingest', '--state', state, '--fresh')).toMatchObject({ code: 0 });
  });
});

describe('a cycle that is killed', () => {
  // Any moment will do for a killed process; `npm run verify:deep` tries them all.
  const moments = ['✓ orders', '✓ preflight', '✓ allocation', '✓ risk'];
  test.each(process.env.BALLAST_DEEP === undefined ? moments.slice(0, 1) : moments)(
    'after "%s" stays refused by name, and the exchange has no order the ledger does not know',
    async (moment) => {
      const state = copyOf(ingested);
      const cycle = start(['cycle', '--state', state]);
      await cycle.says(moment);
      cycle.child.kill('SIGKILL');
      expect((await cycle.ended).code).toBeNull();

      const again = await ballast('cycle', '--state', state, '--json');
      const { refusal, orders } = reportOf(again);
      expect(again.code).toBe(3);
      expect({ reason: refusal?.reason, orders }).toEqual({ reason: 'already-run', orders: [] });
      expect(refusal?.details).toMatchObject({ status: 'ABORTED' });
      const text = await ballast('cycle', '--state', state);
      expect(text.stdout).toContain('this cycle was interrupted: the process that ran it ended in the middle.');
      const known = await ballast('orders', '--state', state, '--cycle', 'cycle-2024-12-31T20-45-00Z', '--json');
      expect(idsIn(known.stdout, 'orderId')).toEqual(
        expect.arrayContaining(idsIn(readFileSync(join(state, 'exchange/exchange.journal'), 'utf8'), 'clientOrderId')),
      );
      expect(JSON.parse((await ballast('audit', '--state', state, '--json')).stdout)).toMatchObject({ verdict: { kind: 'intact' } });
    },
  );
});

const idsIn = (text: string, field: string): string[] =>
  [...new Set([...text.matchAll(new RegExp(`"${field}":"([^"]+)"`, 'g'))].map(([, id]) => id!))].sort();

test('a state directory of another version is refused in one line that says what to do, and begun anew on request', async () => {
  const state = copyOf(ingested);
  const marker = join(state, 'ballast-state.json');
  writeFileSync(marker, readFileSync(marker, 'utf8').replace(/"layout":\d+/, '"layout":1'));
  for (const command of ['status', 'cycle', 'halt'])
    expect(await ballast(command, '--state', state), command).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(oneLine(/was written by another version of Ballast .* begin anew with --fresh/)) as string,
    });
  expect(await ballast('ingest', '--fresh', '--state', state)).toMatchObject({ code: 0 });
});

describe('a state directory in use', () => {
  test('is refused to a second command, and taken over at once when the first was killed', async () => {
    const state = copyOf(ingested);
    const first = start(['cycle', '--state', state]);
    await first.says('Trading cycle');
    expect(await run(['status', '--state', state])).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(oneLine(new RegExp(`is in use by process ${first.child.pid}\\. Wait for it to end`))) as string,
    });
    first.child.kill('SIGKILL');
    await first.ended;
    expect(await run(['status', '--state', state])).toMatchObject({ code: 0 });
  });

  test('goes to one of two commands that start together', async () => {
    const state = copyOf(ingested);
    const codes = (await Promise.all([run(['cycle', '--state', state]), run(['cycle', '--state', state])])).map(({ code }) => code);
    // Apart in time, the second is a duplicate; together, it finds the directory in use.
    expect([
      [0, 2],
      [0, 3],
    ]).toContainEqual(codes.sort());
  });
});

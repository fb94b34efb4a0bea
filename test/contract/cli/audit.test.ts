/**
 * `ballast audit verify`, `checkpoint`, `hold` and `pack` on a fund that ran two cycles: what the fund itself archived and signed, what somebody
 * with every right over the table does to it, and what a reviewer can check with nothing of ours.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditReport } from '../../../apps/cli/audit/verify-audit.ts';
import { accountId, region } from '../../../apps/local-cloud/cloud.ts';
import { bucketName } from '../../../shared/contracts/names/index.ts';
import type { StoredRecord } from '../../../shared/domain/audit/hash-chain.ts';
import { fromLine, sequenceText, toItem, toLine } from '../../../shared/stores/audit-items.ts';
import { type Attack, attacks } from '../../support/audit-chain.ts';
import type { TestFund } from '../../support/boot-fund.ts';
import { bootSmall } from '../../support/small-fund.ts';
import { putItem } from '../../support/tampering.ts';
import { onFund } from './support/in-memory.ts';

const bucket = bucketName('dev', 'auditArchive', accountId, region);
const folder = mkdtempSync(join(tmpdir(), 'ballast-audit-'));
let fund: TestFund;
let chain: StoredRecord[];

beforeAll(async () => {
  fund = await bootSmall();
  await fund.cycle('2024-12-02');
  await fund.cycle('2024-12-03');
  await fund.fund.cloud.settle();
  chain = await fund.fund.audit.chain();
}, 60_000);

afterAll(() => fund[Symbol.asyncDispose]());

const audit = (...argv: string[]) => onFund(fund, 'audit', ...argv);
const reportOf = async (...argv: string[]): Promise<AuditReport> =>
  JSON.parse((await audit('verify', '--json', ...argv)).stdout) as AuditReport;

async function copyArchive(into: string): Promise<void> {
  const { Contents } = await fund.call<{ Contents: { Key: string }[] }>('s3', 'ListObjectsV2', { Bucket: bucket });
  for (const { Key } of Contents) {
    const { Body } = await fund.call<{ Body: Uint8Array }>('s3', 'GetObject', { Bucket: bucket, Key });
    mkdirSync(dirname(join(into, Key)), { recursive: true });
    writeFileSync(join(into, Key), Body);
  }
}

describe('verify', () => {
  test('finds table, archive and checkpoints as the fund left them, and every record signed for', async () => {
    const report = await reportOf();
    expect(report).toMatchObject({
      intact: true,
      table: { records: chain.length },
      archive: { records: chain.length, behind: 0 },
      checkpoints: { uncovered: 0, isKeyTrusted: true, last: { sequence: chain.length - 1 } },
      findings: [],
    });
    const { code, stdout } = await audit('verify');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/Everything that is on record is what was written/) });
  });

  test('needs nothing but the files of a copied archive and the public key', async () => {
    const copy = join(folder, 'copy');
    await copyArchive(copy);
    writeFileSync(join(folder, 'key.pem'), `${(await audit('checkpoint', '--key')).stdout}\n`);
    const offline = ['--from-archive', copy, '--public-key', join(folder, 'key.pem')];
    expect(await reportOf(...offline)).toMatchObject({ intact: true, table: null, archive: { records: chain.length } });
    expect((await audit('verify', '--from-archive', copy)).stdout).toMatch(/The public key is the one in the checkpoints/);
    expect(await audit('verify', '--from-archive', folder)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no copy of an audit archive/),
    });
  });

  // Every attack on every place: test/unit/cli/audit-attacks.test.ts.
  test('tells a forged copy by the signed checkpoints', async () => {
    const [attack] = attacks as [Attack];
    const copy = join(folder, 'forged');
    await copyArchive(copy);
    const [first] = execFileSync('ls', [join(copy, 'records')], { encoding: 'utf8' }).split('\n');
    for (const forgery of [attack.naive(chain, 20), attack.rehashing(chain, 20)]) {
      execFileSync('find', [join(copy, 'records'), '-name', '*.ndjson', '-delete']);
      writeFileSync(join(copy, 'records', first!), `${forgery.map(toLine).join('\n')}\n`);
      const report = await reportOf('--from-archive', copy);
      const [found] = report.findings;
      expect(report.intact).toBe(false);
      expect(found!.sequence).toBeLessThanOrEqual(20);
      expect('through' in found! ? found.through : found!.sequence).toBeGreaterThanOrEqual(20);
    }
  });
});

test('checkpoint shows what was signed, each following the one before', async () => {
  const { checkpoints } = JSON.parse((await audit('checkpoint', '--json')).stdout) as { checkpoints: { sequence: number }[] };
  expect(checkpoints.length).toBeGreaterThan(1);
  expect(checkpoints.at(-1)).toMatchObject({ sequence: chain.length - 1 });
  expect((await audit('checkpoint')).stdout.trimEnd().split('\n')).toHaveLength(1 + checkpoints.length);
});

test('pack gives a year that sha256sum and openssl check as its README says', async () => {
  const out = join(folder, 'pack');
  expect(await audit('pack', '--year', '2024', '--out', out)).toMatchObject({ code: 0 });
  const readme = readFileSync(join(out, 'README.md'), 'utf8');
  const fences = [...readme.matchAll(/```sh\n(.*?)```/gs)].map(([, commands]) => commands!);
  expect(fences).toHaveLength(4);
  const ran = fences.map((commands) => spawnSync('bash', ['-c', commands], { cwd: out, encoding: 'utf8' }));
  expect(ran.map(({ status, stderr }) => [status, stderr])).toEqual(fences.map(() => [0, '']));
  expect(ran[1]!.stdout).toMatch(/^(Verified OK\n)+$/);
  expect(ran[3]!.stdout.split(' ')[0]).toBe(chain.find(({ at }) => at.startsWith('2024-'))!.hash);
  const ofYear = chain.filter(({ at }) => at.startsWith('2024-'));
  const lines = readFileSync(join(out, 'records.ndjson'), 'utf8').trimEnd().split('\n');
  expect(lines.map(fromLine)).toEqual(ofYear);
  const decisions = chain.filter(({ type }) => type === 'decision').length;
  expect(readFileSync(join(out, 'decisions.csv'), 'utf8').trimEnd().split('\r\n')).toHaveLength(1 + decisions);
  expect(await audit('pack', '--year', '2024', '--out', out)).toMatchObject({ code: 2, stderr: expect.stringMatching(/is not empty/) });

  writeFileSync(join(out, 'decisions.csv'), 'nothing\n');
  expect(spawnSync('bash', ['-c', fences[0]!], { cwd: out, encoding: 'utf8' }).status).not.toBe(0);
});

test('hold keeps what was archived in those days, is on record itself, and comes off again', async () => {
  const held = async (): Promise<unknown> => {
    const { Contents } = await fund.call<{ Contents: { Key: string }[] }>('s3', 'ListObjectsV2', { Bucket: bucket, Prefix: 'records/' });
    const { Key } = Contents.find((one) => one.Key.includes(`-${sequenceText(chain.length - 1)}-`))!;
    return (await fund.call<{ ObjectLockLegalHoldStatus?: string }>('s3', 'HeadObject', { Bucket: bucket, Key })).ObjectLockLegalHoldStatus;
  };
  const days = ['--from-day', '2024-12-02', '--to-day', '2024-12-03', '--reason', 'an inquiry'];
  expect(await audit('hold', 'on', ...days)).toMatchObject({ code: 0, stdout: expect.stringMatching(/is on for \d+ objects/) });
  expect(await held()).toBe('ON');
  expect(await audit('hold', 'off', ...days)).toMatchObject({ code: 0 });
  expect(await held()).toBe('OFF');
  const records = (await fund.fund.audit.all()).filter(({ record }) => record.type === 'hold').map(({ record }) => record.record);
  expect(records).toMatchObject([
    { status: 'on', reason: 'an inquiry', from_day: '2024-12-02' },
    { status: 'off', actor: expect.stringMatching(/^operator\//) },
  ]);
  expect(await audit('hold', 'on', '--from-day', '2019-01-01', '--to-day', '2019-01-02', '--reason', 'none')).toMatchObject({ code: 2 });
  expect(await reportOf()).toMatchObject({ intact: true, checkpoints: { uncovered: 2 } });
});

test('verify names the record that somebody changed in the table, and ends with 1', async () => {
  const at = chain.length - 3;
  await putItem(fund, 'audit', { ...toItem(chain[at]!), record: '{}' });
  const { code, stdout } = await audit('verify');
  expect(code).toBe(1);
  expect(stdout).toMatch(
    new RegExp(
      `is broken. First: mutate at record ${at} \\(\\w+ of cycle-2024-12-03\\S+\\), table: record ${at} does not have the content`,
    ),
  );
  await putItem(fund, 'audit', toItem(chain[at]!));
  expect(await reportOf()).toMatchObject({ intact: true });
});

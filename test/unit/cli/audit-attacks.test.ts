/**
 * The six attacks on the audit trail, in one table: each by a naive hand and by one that computes every later hash and the head anew, on each
 * place where records lie. What is verified is what a fund leaves: thirty records, checkpoints at records 9, 19 and 29, record 13 attacked.
 *
 *   table    by `ballast audit verify`, which has the archive's copy beside it: named to the record
 *   archive  by `ballast audit verify --from-archive`, which has the copy and the checkpoints alone
 *   parquet  by the named SQL query `verify-chain`, over the rows and the checkpoints
 *
 * A trail made anew from record 13 on holds together by itself: the signed checkpoint at record 19 gives it away, and tells the stretch from
 * record 10 to it. Finer cases of the query are in audit-chain-query.test.ts, of the walk along the chain in verify-chain.test.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { verifyAudit } from '../../../apps/cli/audit/verify-audit.ts';
import { openAuditLake } from '../../../apps/cli/audit-lake/audit-lake.ts';
import { verificationReport } from '../../../apps/cli/render/audit.ts';
import { readAuditQueries } from '../../../shared/contracts/names/audit-queries.ts';
import type { StoredRecord } from '../../../shared/domain/audit/hash-chain.ts';
import type { ChainFault } from '../../../shared/domain/audit/verify-chain.ts';
import { canonicalJson } from '../../../shared/kernel/canonical-json.ts';
import { toLine } from '../../../shared/stores/audit-items.ts';
import { attacks, chainOf, Signer } from '../../support/audit-chain.ts';
import { type AuditRow, writeAuditLake } from '../../support/audit-rows.ts';

const at = 13;
const chain = chainOf(30);
const signer = new Signer();
const checkpoints = [9, 19, 29].map((sequence) => signer.sign(chain[sequence]!));

type Place = 'table' | 'archive' | 'parquet';
type Hand = 'naive' | 'rehashing';

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}

/** What a person reads of the first finding. */
const places: Readonly<Record<Place, (forged: readonly StoredRecord[]) => Promise<string>>> = {
  table: (forged) => reportOf(forged, chain),
  archive: (forged) => reportOf(null, forged),
  async parquet(forged) {
    const directory = mkdtempSync(join(tmpdir(), 'audit-attacks-'));
    try {
      const rows = forged.map((record) => JSON.parse(toLine(record)) as AuditRow);
      await writeAuditLake(
        directory,
        rows,
        checkpoints.map(({ checkpoint }) => checkpoint),
      );
      using lake = await openAuditLake(directory);
      const { columns, rows: found } = await lake.query(readAuditQueries().find(({ name }) => name === 'verify-chain')!.sql);
      const cell = (name: string) => String(found[0]![columns.indexOf(name)]);
      return `${cell('fault')} at record ${cell('first_bad_record')}: ${cell('finding')}`;
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};

async function reportOf(table: readonly StoredRecord[] | null, archive: readonly StoredRecord[]): Promise<string> {
  const head = () => Promise.resolve(table!.at(-1)!);
  const report = await verifyAudit({
    table: table && { pages: one(table), head },
    archive: one({ key: 'records/000000000000-000000000029-0.ndjson', text: archive.map(toLine).join('\n') }),
    checkpoints: checkpoints.map(({ key, checkpoint }) => ({ key, text: canonicalJson(checkpoint) })),
    publicKey: signer.spki,
  });
  expect(report.intact).toBe(false);
  const nowhere = (): void => {};
  const shown = verificationReport(report, { out: nowhere, err: nowhere, colors: pc.createColors(false), interactive: false });
  return /First: (.*?)(?:; expected .*)?$/m.exec(shown)![1]!;
}

/** Of the stretch between the two checkpoints around record 13. */
const rewritten = {
  archive: 'fork at record 10 | a record from 10 to 19 was replaced: record 19 is not the one that the checkpoint at record 19, signed',
  parquet: 'fork at record 19 | the checkpoint saw another record here: of records 10 to 19, one or more were written again',
};
const shorter = 'drop-tail at record 13 | the chain ends before record 19, which the checkpoint at record 19, signed';
const differs = (others: number): string =>
  `fork at record 13 | record 13 of the table is not the one in the archive, nor are ${others} others after it`;

type Row = readonly [fault: ChainFault, hand: Hand, table: string, archive: string, parquet: string];

const same = (fault: ChainFault, verify: string, sql: string): Row => [fault, 'naive', verify, verify, sql];

const cells: readonly Row[] = [
  same(
    'mutate',
    'mutate at record 13 | record 13 does not have the content that its hash was made from',
    'mutate at record 13 | its hash is not that of its content',
  ),
  ['mutate', 'rehashing', differs(16), rewritten.archive, rewritten.parquet],
  same('drop', 'drop at record 13 | record 13 cannot be found', 'drop at record 13 | no record has this number, and later ones are there'),
  ['drop', 'rehashing', differs(15), rewritten.archive, rewritten.parquet],
  same(
    'reorder',
    'reorder at record 13 | record 13 is what was written as record 14',
    'reorder at record 13 | what stands here was hashed as record 14, and record 14 as this one',
  ),
  ['reorder', 'rehashing', differs(16), rewritten.archive, rewritten.parquet],
  same('drop-tail', shorter, 'drop-tail at record 13 | a checkpoint saw records up to 29, and the trail ends before this one'),
  [
    'drop-tail',
    'rehashing',
    shorter,
    shorter,
    'drop-tail at record 13 | a checkpoint saw records up to 29, and the trail ends before this one',
  ],
  same(
    'fork',
    'fork at record 13 | record 13 does not continue record 12: it belongs to another chain',
    'fork at record 13 | the record continues another than the one before it',
  ),
  ['fork', 'rehashing', differs(16), rewritten.archive, rewritten.parquet],
  same(
    'insert',
    'insert at record 13 | record 13 stands there twice, and one of the two was put in',
    'fork at record 13 | two different records continue record 12',
  ),
  ['insert', 'rehashing', differs(16), rewritten.archive, rewritten.parquet],
];

test('no attack and no hand is left out of the table', () => {
  const listed = cells.map(([fault, hand]) => `${fault} ${hand}`);
  expect(listed).toEqual(attacks.flatMap(({ fault }) => [`${fault} naive`, `${fault} rehashing`]));
});

test.each(cells)('%s by a %s hand', async (fault, hand, table, archive, parquet) => {
  const forged = attacks.find((attack) => attack.fault === fault)![hand](chain, at);
  for (const [place, told] of Object.entries({ table, archive, parquet })) {
    const [where, why] = told.split(' | ') as [string, string];
    const message = await places[place as Place](forged);
    expect(message, place).toMatch(new RegExp(`^${where}\\b`));
    expect(message, place).toContain(why);
  }
});

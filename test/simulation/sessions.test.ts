/** Ten sessions, one after the other: what is carried over, what may be turned over, and what is kept of it for ever. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CycleReport } from '../../apps/cli/cycle-run.ts';
import { accountId, region } from '../../apps/local-cloud/cloud.ts';
import { bucketName } from '../../shared/contracts/names/index.ts';
import { genesisHash } from '../../shared/domain/audit/hash-chain.ts';
import { verifyChain } from '../../shared/domain/audit/verify-chain.ts';
import { nextSession } from '../../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../../shared/domain/policy/default-policy.ts';
import { formatDay, parseDay } from '../../shared/kernel/days.ts';
import { microUsdToFloat, nanoSharesToFloat } from '../../shared/kernel/money.ts';
import { bootFund, session, type TestFund } from '../support/boot-fund.ts';
import { expectLedgerIsExchange } from '../support/reconciliation.ts';

const archive = bucketName('dev', 'auditArchive', accountId, region);

let fund: TestFund;
const reports: CycleReport[] = [];
/** Traded at the exchange in each session, over the fund's worth at its end. */
const turnovers: number[] = [];

beforeAll(async () => {
  fund = await bootFund();
  for (let day = parseDay(session); reports.length < 10; day = nextSession(day)) {
    const before = fund.fund.exchange.state().fills.length;
    const report = await fund.cycle(formatDay(day));
    reports.push(report);
    const fills = fund.fund.exchange.state().fills.slice(before);
    const traded = fills.reduce((sum, { quantity, price }) => sum + nanoSharesToFloat(quantity) * microUsdToFloat(price), 0);
    turnovers.push(traded / report.equity);
    await expectLedgerIsExchange(fund);
  }
});
afterAll(() => fund[Symbol.asyncDispose]());

describe('ten sessions', () => {
  test('all end well, each under a lease of its own', () => {
    expect(reports.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'traded' && outcome !== 'no-trade')).toEqual([]);
    expect(new Set(reports.map(({ cycleId }) => cycleId)).size).toBe(10);
    expect(fund.told('BackgroundFailed')).toEqual([]);
  });

  test('carry positions over: the second starts with what the first bought, and adds to it', () => {
    const [first, second] = reports as [CycleReport, CycleReport];
    expect(first.positions.length).toBeGreaterThan(5);
    const held = new Set<string>(second.positions.map(({ symbol }) => symbol));
    const sold = new Set<string>(second.orders.filter(({ side }) => side === 'SELL').map(({ symbol }) => symbol));
    expect(first.positions.filter(({ symbol }) => !held.has(symbol) && !sold.has(symbol))).toEqual([]);
    expect(second.positions.length).toBeGreaterThan(0);
  });

  test('turn over no more than the policy allows, but for what moved between decision and fill', () => {
    const allowed = defaultPolicy.portfolio.turnoverFracMax * (1 + defaultPolicy.execution.priceCollarFrac);
    expect(turnovers.filter((turnover) => turnover > allowed)).toEqual([]);
    expect(turnovers[0]).toBeGreaterThan(0.1);
  });

  test('send an order once each: client order ids never come twice', () => {
    const ids = reports.flatMap(({ orders }) => orders.map(({ orderId }) => orderId));
    expect(new Set(ids).size).toBe(ids.length);
    expect(fund.brokerOrders).toHaveLength(ids.length);
  });

  test('leave one chain of audit records, whole and in order', async () => {
    const records = await fund.fund.audit.all();
    const types = Map.groupBy(records, ({ record }) => record.type);
    // What the fund was set up with, and ten cycles of sixty symbols.
    expect(Object.fromEntries([...types].map(([type, ofType]) => [type, ofType.length]))).toEqual({
      ...{ policy: 1, control: 1 },
      ...{ opening: 10, decision: 10 * 60, order: fund.brokerOrders.length, cycle: 10 },
    });
    expect(records[0]!.previousHash).toBe(genesisHash);
    const head = { ...(await fund.fund.audit.head())!, what: 'the head', isSigned: false };
    expect(verifyChain(await fund.fund.audit.chain(), [head])).toMatchObject({ kind: 'intact' });
  });

  test('lie in the archive record for record', async () => {
    const archived = (await archiveObjects()).flatMap(({ text }) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
    const records = await fund.fund.audit.all();
    expect(archived.sort((a, b) => a.sequence - b.sequence).map(({ sequence, hash }) => [sequence, hash])).toEqual(
      records.map(({ sequence, hash }) => [sequence, hash]),
    );
  });

  test('lie there under Object Lock: not even the account root deletes or shortens it', async () => {
    // The retention of stage dev is one day: only what the last session wrote is still under it.
    const { Key, VersionId } = (await archiveObjects()).at(-1)!;
    const object = { Bucket: archive, Key, VersionId };
    await expect(fund.call('s3', 'DeleteObject', { ...object, BypassGovernanceRetention: true })).rejects.toThrow(
      /AccessDenied|Access Denied|lock/i,
    );
    const sooner = { Retention: { Mode: 'COMPLIANCE', RetainUntilDate: new Date(fund.fund.clock.now() + 1000) } };
    await expect(fund.call('s3', 'PutObjectRetention', { ...object, ...sooner })).rejects.toThrow(/AccessDenied|Access Denied|lock/i);
  });

  async function archiveObjects() {
    const { Contents } = await fund.call<{ Contents: { Key: string }[] }>('s3', 'ListObjectsV2', {
      Bucket: archive,
      Prefix: 'records/',
    });
    return Promise.all(
      Contents.map(async ({ Key }) => {
        const { Body, VersionId } = await fund.call<{ Body: Uint8Array; VersionId: string }>('s3', 'GetObject', { Bucket: archive, Key });
        return { Key, VersionId, text: Buffer.from(Body).toString('utf8') };
      }),
    );
  }
});

/** State carries keys and counts: however many symbols a cycle decides on, nothing that passes between states comes near 16 KB. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sliceBars } from '../../shared/domain/market/bars.ts';
import { simulateMarket } from '../../shared/domain/market/simulator/simulate-market.ts';
import { simulatedUniverse } from '../../shared/domain/market/simulator/universe.ts';
import { identify } from '../../shared/providers/ingest/source.ts';
import { ingestCsv, linesOf } from '../support/bars-csv.ts';
import { bootFund, named, type TestFund } from '../support/boot-fund.ts';
import { ingest } from '../support/simulated-lake.ts';
import { garbleRiskMemory, loosenStoredPolicy, setControlState } from '../support/tampering.ts';

const payloadBytesMax = 16 * 1024;

interface Payload {
  readonly bytes: number;
  /** Machine, event and member. */
  readonly where: string;
}

/** Everything that the histories of all executions hold as data, largest first. */
async function payloadsOf(fund: TestFund): Promise<Payload[]> {
  const found: Payload[] = [];
  for (const machine of ['trading-cycle', 'ingest']) {
    const stateMachineArn = fund.fund.cloud.stateMachineArn(named(machine));
    const { executions } = await fund.call<{ executions: { executionArn: string }[] }>('states', 'ListExecutions', { stateMachineArn });
    for (const { executionArn } of executions) {
      const { events } = await fund.call<{ events: Record<string, unknown>[] }>('states', 'GetExecutionHistory', {
        executionArn,
        maxResults: 1000,
        includeExecutionData: true,
      });
      for (const event of events) found.push(...payloadsIn(event, `${machine} ${String(event.type)}`));
    }
  }
  return found.sort((a, b) => b.bytes - a.bytes);
}

function payloadsIn(value: unknown, where: string): Payload[] {
  if (typeof value === 'string') return [{ bytes: Buffer.byteLength(value), where }];
  if (typeof value !== 'object' || value === null || value instanceof Date) return [];
  return Object.entries(value).flatMap(([member, inner]) => payloadsIn(inner, `${where}.${member}`));
}

async function expectSmall(fund: TestFund): Promise<void> {
  const payloads = await payloadsOf(fund);
  expect(payloads.length).toBeGreaterThan(20);
  expect(payloads.filter(({ bytes }) => bytes > payloadBytesMax)).toEqual([]);
}

describe('no payload of a cycle exceeds 16 KB', () => {
  test('over 60 symbols, in cycles that trade, are refused, and halt', async () => {
    await using fund = await bootFund();
    expect((await fund.cycle('2024-12-02')).decisions).toHaveLength(60);
    await setControlState(fund, 'PAUSED');
    await fund.cycle('2024-12-03');
    await setControlState(fund, 'RUNNING');
    await loosenStoredPolicy(fund);
    expect((await fund.cycle('2024-12-04')).outcome).toBe('halted');
    await expectSmall(fund);
  });

  test('over 60 symbols, when a phase fails with all it has to say', async () => {
    await using fund = await bootFund();
    await garbleRiskMemory(fund);
    expect((await fund.cycle()).outcome).toBe('halted');
    await expectSmall(fund);
  });

  test('over 40 symbols of a file, its ingest included', async () => {
    await using fund = await bootFund({ data: false });
    const { bars } = simulateMarket({ seed: 1 });
    const symbols = simulatedUniverse.slice(0, 40).map(({ symbol }) => symbol);
    const lines = symbols.flatMap((symbol) => {
      const series = bars.get(symbol)!;
      return linesOf(sliceBars(series, Math.max(0, series.day.length - 1300), series.day.length));
    });
    const { datasetId } = await ingestCsv(fund, lines);
    expect((await fund.cycle('2024-12-30', datasetId)).decisions).toHaveLength(40);
    await expectSmall(fund);
  });

  const marketData = resolve(process.env.BALLAST_MARKET_DATA ?? '../shared/data');
  const file = join(marketData, 'daily/us_equities_daily.parquet');

  // Twelve seconds for what the sizes above already say: part of `npm run verify:deep`.
  const deep = process.env.BALLAST_DEEP !== undefined && existsSync(file);
  test.skipIf(!deep)('over 356 symbols of the market data pack (with $BALLAST_DEEP, where $BALLAST_MARKET_DATA has it)', async () => {
    await using fund = await bootFund({ data: false });
    const key = await fund.fund.lake.putInbox('us_equities_daily.parquet', readFileSync(file));
    expect(await ingest(fund.fund, { kind: 'file', key })).toMatchObject({ status: 'SUCCEEDED' });
    const { datasetId } = identify({ kind: 'file', key });
    // Eight of the 356 were listed later, and nobody knows of them yet.
    expect((await fund.cycle('2019-06-14', datasetId)).decisions).toHaveLength(348);
    await expectSmall(fund);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { CycleReport } from '../../../apps/cli/cycle-run.ts';
import type { Explanation } from '../../../apps/cli/explanation.ts';
import type { FinalDecision } from '../../../shared/domain/audit/decision-record.ts';
import type { Policy } from '../../../shared/domain/policy/policy.ts';
import { lakeKeys } from '../../../shared/stores/lake/index.ts';
import { bootFund, named, session, type TestFund } from '../../support/boot-fund.ts';
import { type Ending, oneLine } from './support/cli.ts';
import { onFund } from './support/in-memory.ts';

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));
/** As if the terminal were wide enough for every line. */
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');
const titles = (text: string): string[] => [...text.matchAll(/^\d+ {2}(.+)$/gm)].map(([, title]) => title!);
const symbolOf = ({ decisions }: CycleReport, wanted: FinalDecision, reason = /./): string =>
  decisions.find(({ final_decision, reason_codes }) => final_decision === wanted && reason.test(reason_codes[0] ?? ''))!.symbol;

async function cycleUnder(policy: (standard: Policy) => Policy): Promise<{ fund: TestFund; report: CycleReport }> {
  const fund = await bootFund({ policy });
  return { fund, report: await fund.cycle() };
}

/** What holds of every explanation, whatever was decided. */
function expectReadable({ code, stdout, stderr }: Ending): void {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toMatch(/undefined|NaN|null|Infinity|\[object|(^|[^\d.])-0(\.0+)?( |$)/m);
  expect(widest(stdout)).toBeLessThanOrEqual(100);
}

describe('a cycle that traded', () => {
  let fund: TestFund;
  let report: CycleReport;
  beforeAll(async () => {
    fund = await bootFund();
    report = await fund.cycle('2024-12-31');
  });
  afterAll(() => fund[Symbol.asyncDispose]());
  const explained = (symbol: string, cycle = 'latest'): Promise<Ending> => onFund(fund, 'explain', cycle, symbol);

  test('tells a purchase in ten steps, from the data to the fill', async () => {
    const symbol = symbolOf(report, 'EXECUTE_BUY');
    const ending = await explained(symbol);
    expectReadable(ending);
    const { stdout } = ending;
    expect(stdout.split('\n')[0]).toBe(`${symbol} in ${report.cycleId}`);
    expect(titles(stdout)).toEqual([
      'Data and governance',
      'Market and regime',
      'Factors',
      'Agents',
      'Meta-Brain',
      'Allocation',
      'Risk',
      'Checks before the order',
      'Orders, and what became of them',
      'Decision',
    ]);
    const decision = report.decisions.find((one) => one.symbol === symbol)!;
    const order = report.orders.find((one) => one.symbol === symbol)!;
    expect(stdout).toMatch(/^ {4}state +ACTIVE: may trade$/m);
    expect(stdout).toContain(`${(decision.data_quality_score * 1).toFixed(3)} ██████████`);
    for (const { agent } of decision.agent_results) expect(stdout).toMatch(new RegExp(`^ {4}${agent} `, 'm'));
    expect(stdout).toMatch(/^ {4}technical +[+-]?0\.\d{4} %\/day {2}[01]\.\d\d [█░]{10} {2}\w/m);
    expect(stdout).toMatch(/^ {4}gross leverage +\d+\.\d\d % +100\.00 % {2}[█░]{10}$/m);
    expect(stdout).toMatch(/^ {4}concentration .* passed$/m);
    expect(stdout).toContain(order.orderId);
    expect(stdout).toMatch(/became +FILLED: [\d,.]+ shares at [\d,.]+ USD/);
    expect(stdout).toMatch(/held now +[\d,.]+ shares at/);
    expect(stdout).toMatch(/^ {4}decision +EXECUTE_BUY$/m);
  });

  test('tells what held a symbol back that was left alone', async () => {
    const ending = await explained(symbolOf(report, 'HOLD'));
    expectReadable(ending);
    expect(flat(ending.stdout)).toContain('. Nothing was held, and no order was sent. 1 Data and governance');
    expect(ending.stdout).toMatch(/Checks before the order\n +none: there was no order to check/);
    expect(ending.stdout).toMatch(/^ {4}because +[a-z-]+: /m);
  });

  test('tells what governance found in a blocked symbol, and that nothing after it looked at the symbol', async () => {
    const ending = await explained('QNOV');
    expectReadable(ending);
    expect(ending.stdout).toMatch(
      /state +QUARANTINED: may not trade\n +because +A price is zero, negative or no number\.\n +found +\w+ is -?\d/,
    );
    expect(ending.stdout).toMatch(/3 {2}Factors\n +not looked at: zero or negative price\n/);
    expect(ending.stdout).toMatch(/6 {2}Allocation\n +held +0\.00 % of equity/);
  });

  test('gives one document with the record, the documents behind it and the ledger', async () => {
    const symbol = symbolOf(report, 'EXECUTE_BUY');
    const { code, stdout } = await onFund(fund, 'explain', report.cycleId, symbol, '--json');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const document = JSON.parse(stdout) as Explanation;
    expect(document.decision).toEqual(report.decisions.find((one) => one.symbol === symbol));
    expect(document).toMatchObject({
      cycleId: report.cycleId,
      symbol,
      ending: { outcome: 'traded', reason: null },
      policyVersion: 1,
      universe: { symbol, governance: { state: 'ACTIVE' } },
      risk: { kind: 'assessed' },
      orders: report.orders.filter((one) => one.symbol === symbol),
      position: { symbol },
    });
  });

  test('finds a cycle by its day and a symbol in lower case', async () => {
    const symbol = symbolOf(report, 'HOLD');
    expect((await explained(symbol.toLowerCase(), '2024-12-31')).stdout).toBe((await explained(symbol)).stdout);
  });

  test.each([
    [
      ['explain', 'latest', 'QNOW'],
      /There is no symbol "QNOW" in cycle-2024-12-31T20-45-00Z\. Near it: .*QNOV.*"ballast symbols" lists all\./,
    ],
    [['explain', 'latest', 'MICROSOFT'], /There is no symbol "MICROSOFT" .*\. It has 60 symbols; /],
    [
      ['explain', 'cycle-2024-12-30T20-45-00Z', 'QNOV'],
      /There is no cycle .*\. Near it: cycle-2024-12-31T20-45-00Z; "latest" means the last one\./,
    ],
    [['explain', 'yesterday', 'QNOV'], /There is no cycle "yesterday"\. The last one is cycle-2024-12-31T20-45-00Z; /],
    [['explain', 'latest'], /missing required argument 'symbol'/],
  ] as const)('refuses %j in one line that says what is near', async (argv, message) => {
    const { code, stdout, stderr } = await onFund(fund, ...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(oneLine(message));
  });

  test('explains from the audit record alone when the documents are gone', async () => {
    const symbol = symbolOf(report, 'EXECUTE_BUY');
    const { Buckets } = await fund.call<{ Buckets: { Name: string }[] }>('s3', 'ListBuckets', {});
    const Bucket = Buckets.find(({ Name }) => Name.startsWith(named('lake')))!.Name;
    for (const document of ['policy', 'universe', 'signals', 'portfolio', 'allocation', 'risk', 'plan'])
      await fund.call('s3', 'DeleteObject', { Bucket, Key: `cycles/${report.cycleId}/${document}.json` });
    const ending = await explained(symbol);
    expectReadable(ending);
    expect(titles(ending.stdout)).toHaveLength(10);
    expect(ending.stdout).toContain('risk says');
    expect(ending.stdout).toContain("the cycle's documents are not in the lake any more");
    expect(ending.stdout).toMatch(/became +FILLED: /);
  });
});

describe('each way to be turned down', () => {
  test('by the Meta-Brain: the verdict of the risk agent stands with its figures', async () => {
    const { fund, report } = await cycleUnder((standard) => ({ ...standard, risk: { ...standard.risk, cvarFracMax: 0.02 } }));
    await using _ = fund;
    const ending = await onFund(fund, 'explain', 'latest', symbolOf(report, 'REJECT', /marginal-cvar/));
    expectReadable(ending);
    expect(ending.stdout).toMatch(/^REJECT: its own loss on the worst days lies above the tail-loss limit\./m);
    expect(ending.stdout).toMatch(/risk agent +override: its own loss .* \(tail\s+loss of its own \d+\.\d\d %, limit 2\.00 %/s);
    expect(ending.stdout).toMatch(/proposal +REJECT/);
  });

  test('by risk: the limit that is over is marked, and what it does', async () => {
    const { fund, report } = await cycleUnder((standard) => ({ ...standard, risk: { ...standard.risk, stressLossFracMax: 0.001 } }));
    await using _ = fund;
    expect(report.orders).toEqual([]);
    const ending = await onFund(fund, 'explain', 'latest', symbolOf(report, 'REJECT', /risk-reject/));
    expectReadable(ending);
    expect(ending.stdout).toMatch(/^REJECT: risk rejects the proposed book\. Nothing was held, and no order was sent\./m);
    expect(ending.stdout).toMatch(/^ {4}stress: [\w-]+ +\d+\.\d\d % +0\.10 % {2}██████████ {2}over: reject$/m);
    expect(ending.stdout).toMatch(/risk says +REJECT: a stress scenario would lose more than its limit/);
  });

  test('by a check before the order: the check is named with its number', async () => {
    const { fund: open, report: before } = await cycleUnder((standard) => standard);
    const symbol = symbolOf(before, 'EXECUTE_BUY');
    await open[Symbol.asyncDispose]();
    const { fund, report } = await cycleUnder((standard) => ({
      ...standard,
      execution: { ...standard.execution, restricted: [symbol] },
    }));
    await using _ = fund;
    expect(report.orders.map((order) => order.symbol)).not.toContain(symbol);
    const ending = await onFund(fund, 'explain', 'latest', symbol);
    expectReadable(ending);
    expect(ending.stdout).toMatch(/^REJECT: it is on the restricted list\./m);
    expect(ending.stdout).toMatch(/restricted list +yes +no +REFUSED: it is on the restricted list/);
    expect(ending.stdout).toMatch(/order value +[\d,]+ USD +1,000,000 USD {2}[█░]{10} {2}passed/);
  });

  test('by a regime that cannot be read: nothing after it was reached', async () => {
    const { fund, report } = await cycleUnder((standard) => ({
      ...standard,
      regime: { ...standard.regime, historySessions: 5000, historySessionsMin: 4000 },
    }));
    await using _ = fund;
    expect(report.outcome).toBe('no-trade');
    const ending = await onFund(fund, 'explain', 'latest', symbolOf(report, 'REJECT', /market/));
    expectReadable(ending);
    expect(ending.stdout).toMatch(/regime +none: the history of the market is too short to name a regime/);
    expect(ending.stdout).toMatch(/6 {2}Allocation\n +not reached\n\n7 {2}Risk\n +not reached\n/);
  });

  test('by a pause: there is no decision, and why stands on top', async () => {
    await using fund = await bootFund();
    await fund.cycle('2024-11-29');
    await onFund(fund, 'pause', '--reason', 'a look at the news');
    const report = await fund.cycle(session);
    expect(report.outcome).toBe('refused');
    const ending = await onFund(fund, 'explain', 'latest', 'QORC');
    expectReadable(ending);
    expect(flat(ending.stdout)).toMatch(
      / No decision: the cycle was refused\. trading-paused: trading is PAUSED by operator\/\S+ \(a look at the news\)\. /,
    );
    expect(titles(ending.stdout)).toEqual(['Data and governance', 'Orders, and what became of them']);
    const missing = await onFund(fund, 'explain', 'latest', 'QORK');
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('QORC') as string });
  });

  test('by a failure in the middle: what was judged and reserved before it is shown', async () => {
    await using fund = await bootFund();
    fund.failing({ service: 'lambda', operation: 'Invoke', target: named('trading-check-risk'), fault: 'crash-before' });
    const report = await fund.cycle();
    expect(report.outcome).toBe('failed');
    const ending = await onFund(fund, 'explain', 'latest', 'QORC');
    expectReadable(ending);
    expect(ending.stdout).toMatch(/^No decision: the cycle was cut short by a failure\./m);
    expect(titles(ending.stdout)).toContain('Market and regime');
  });
});

test('a cycle that was cut off left no record; what it had judged until then is shown', async () => {
  await using fund = await bootFund();
  await fund.cycle();
  const cutOff = 'cycle-2024-12-03T20-45-00Z';
  const [policy, universe] = await Promise.all(
    ['policy', 'universe'].map((name) => fund.fund.lake.getJson(lakeKeys.cycle('cycle-2024-12-02T20-45-00Z', name), z.unknown())),
  );
  await fund.fund.lake.putJsonOnce(lakeKeys.cycle(cutOff, 'policy'), policy);
  await fund.fund.lake.putJsonOnce(lakeKeys.cycle(cutOff, 'universe'), universe);
  const ending = await onFund(fund, 'explain', cutOff, 'QORC');
  expectReadable(ending);
  expect(ending.stdout).toContain('No decision: the cycle was cut off and left no record of its end.');
  expect(ending.stdout).toMatch(/state +ACTIVE: may trade/);
});

test('says so when no cycle has run', async () => {
  await using fund = await bootFund({ data: false });
  const { code, stderr } = await onFund(fund, 'explain', 'latest', 'QORC');
  expect(code).toBe(2);
  expect(stderr).toMatch(oneLine(/No cycle has run yet: "ballast cycle" runs one\./));
});

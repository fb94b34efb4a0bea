/** `ballast pause`, `reduce`, `halt`, `resume` for the fund and its parts, and `halt --flatten`, through the command line. */
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { explainCycle } from '../../../apps/cli/render/cycle.ts';
import { bootFund } from '../../support/boot-fund.ts';
import { expectLedgerIsExchange } from '../../support/reconciliation.ts';
import { bootSmall } from '../../support/small-fund.ts';
import { onFund } from './support/in-memory.ts';

describe('a part of the fund', () => {
  test('is stopped, shown and resumed by name, and the fund runs on', async () => {
    await using fund = await bootFund({ data: false });
    expect(await onFund(fund, 'reduce', '--strategy', 'ensemble', '--reason', 'a doubt')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Trading of strategy ensemble is REDUCE_ONLY \(epoch \d+\)\. Only orders of it that reduce/),
    });
    const { stdout } = await onFund(fund, 'status');
    expect(stdout).toMatch(/^control +RUNNING/m);
    expect(stdout).toMatch(/^stop +strategy ensemble REDUCE_ONLY: a doubt \(operator\/\S+\)$/m);
    expect(JSON.parse((await onFund(fund, 'status', '--json')).stdout)).toMatchObject({ stops: [{ state: 'REDUCE_ONLY' }] });
    expect(await onFund(fund, 'resume', '--strategy', 'ensemble')).toMatchObject({ code: 0 });
    expect((await onFund(fund, 'status')).stdout).not.toMatch(/^stop /m);
  });

  test('that would have traded is told of by the cycle that did not', async () => {
    await using fund = await bootSmall();
    await onFund(fund, 'reduce', '--strategy', 'ensemble');
    const report = await fund.cycle();
    const io = { out: () => {}, err: () => {}, colors: pc.createColors(false), interactive: false };
    expect(report.orders).toEqual([]);
    expect(explainCycle(report, null, io)).toMatch(
      /^No trade\. \d+ orders were held back by a stop: "ballast status" says by whom, and why\.$/m,
    );
  });

  test('that is halted needs --after-halt', async () => {
    await using fund = await bootFund({ data: false });
    await onFund(fund, 'halt', '--broker', 'alpaca', '--reason', 'a drill');
    expect(await onFund(fund, 'resume', '--broker', 'alpaca')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /^ballast: Trading of broker alpaca is HALTED \(a drill\)\. .*"ballast resume --broker alpaca --after-halt/,
      ),
    });
    expect(await onFund(fund, 'resume', '--broker', 'alpaca', '--after-halt')).toMatchObject({ code: 0 });
  });

  test.each([
    ['two parts at once', ['pause', '--strategy', 'ensemble', '--broker', 'alpaca'], /Name one of --symbol, --strategy and --broker/],
    ['a strategy that there is not', ['pause', '--strategy', 'ensembel'], /Allowed choices are ensemble/],
    ['a sale of a strategy', ['halt', '--flatten', '--yes', '--strategy', 'ensemble'], /does not hold strategy ensemble apart/],
  ])('is not %s', async (_what, argv, says) => {
    await using fund = await bootFund({ data: false });
    expect(await onFund(fund, ...argv)).toMatchObject({ code: 2, stderr: expect.stringMatching(says) });
    expect(await fund.fund.control.stops()).toEqual([]);
  });
});

describe('halt --flatten', () => {
  test('sells nothing without a yes', async () => {
    await using fund = await bootFund({ data: false });
    expect(await onFund(fund, 'halt', '--flatten')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/sells everything the fund holds at the market/),
    });
    expect(await fund.fund.control.read()).toMatchObject({ state: 'RUNNING' });
  });

  test('sells everything, shows what, and stays halted; a symbol that nobody knows is not sold', async () => {
    await using fund = await bootSmall();
    const { orders } = await fund.cycle();
    expect(await onFund(fund, 'halt', '--symbol', 'QBYTE', '--flatten', '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/knows no symbol "QBYTE"\. Near it: QBYT/),
    });
    const sold = await onFund(fund, 'halt', '--flatten', '--yes', '--reason', 'out');
    expect(sold.code).toBe(0);
    for (const { symbol } of orders) expect(sold.stdout).toMatch(new RegExp(`^SELL +${symbol} .* FILLED$`, 'm'));
    expect(sold.stdout).toMatch(/^Nothing is held any more\.$/m);
    await expectLedgerIsExchange(fund);
    const [, id = ''] = /^On record as (\S+)\.$/m.exec(sold.stdout) ?? [];
    expect((await onFund(fund, 'audit', '--cycle', id)).stdout).toMatch(new RegExp(`^ +\\d+  flatten  ${id} .*\\n.* is intact\\.$`, 'm'));
    expect((await onFund(fund, 'positions')).stdout).toBe('Nothing is held.\n');
    expect(await fund.cycle('2024-12-03')).toMatchObject({ refusal: { reason: 'trading-halted' } });
  });

  test('sells one symbol, and says that only that one is halted; sold again, there is nothing to sell', async () => {
    await using fund = await bootSmall();
    const symbols = (await fund.cycle()).orders.map((order) => String(order.symbol));
    const [symbol = '', ...others] = symbols;
    const sold = await onFund(fund, 'halt', '--symbol', symbol, '--flatten', '--yes');
    expect(sold).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^Trading of symbol ${symbol} is HALTED\\.`)) });
    expect(sold.stdout).toContain(`"ballast resume --symbol ${symbol} --after-halt"`);
    expect(sold.stdout).toMatch(new RegExp(`^No ${symbol} is held any more\\.$`, 'm'));
    const held = (await fund.fund.ledger.positions()).filter(({ quantity }) => quantity !== 0);
    expect(held.map((position) => String(position.symbol)).sort()).toEqual(others.sort());
    const again = await onFund(fund, 'halt', '--symbol', symbol, '--flatten', '--yes');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/^There was nothing to sell\.$/m) });
  });
});

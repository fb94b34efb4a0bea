/** Strategies on the command line, in a state directory of their own; the fund that hears of them is a list. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../../apps/cli/program.ts';
import { keepFinding } from '../../../apps/cli/research/findings.ts';
import { withStrategyBook } from '../../../apps/cli/research/strategy-desk.ts';
import { sessionsAfter } from '../../../apps/cli/research/strategy-runs.ts';
import { countTrials } from '../../../apps/cli/research/trial-book.ts';
import type { BallastEvent } from '../../../shared/contracts/events.ts';
import type { StrategyWork } from '../../../shared/contracts/strategy-life.ts';
import { evaluatorOf } from '../../../shared/domain/research/evolution/evaluate-genome.ts';
import { startEvolution, trialsOf } from '../../../shared/domain/research/evolution/evolution.ts';
import { groundOf } from '../../../shared/domain/research/evolution/ground.ts';
import { judgeSearch, splitRanges } from '../../../shared/domain/research/evolution/judge-search.ts';
import { defaultStrategyRules } from '../../../shared/domain/research/lifecycle.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { handRules, panelOf } from '../../support/research/hand-panel.ts';
import { noiseMarket, searchPlan, searchRules } from '../../support/research/noise-market.ts';
import { goodEvidence } from '../domain/research/strategy-evidence.ts';

const scratch = mkdtempSync(join(tmpdir(), 'ballast-strategies-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const heard: BallastEvent[] = [];
const bus = { publish: async (events: readonly BallastEvent[]) => void heard.push(...events) };

async function ballast(state: string, ...argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const io = {
    ...{ out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) },
    ...{ colors: pc.createColors(false), interactive: false },
  };
  const host = {
    io,
    cwd: scratch,
    holdsFund: () => true,
    withFund: (_: object, work: (fund: never) => unknown) => work({ events: bus } as never),
  };
  const code = await runCommand(['strategies', ...argv, '--state', state], host as Parameters<typeof runCommand>[1]);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** Nothing is held from November 2024 on, by the simulated market of seed 1. */
const idle: StrategyWork = {
  ...{ kind: 'named', strategy: 'sma-cross', parameters: { fast: 10, slow: 30 }, rebalance: null, symbols: ['QBYT'], membership: null },
  rules: handRules(),
};

describe('from shadow to the end', () => {
  const state = join(scratch, 'life');
  const id = 'sma-cross-1';

  beforeAll(async () => {
    const by = { actor: 'operator/ada', reason: 'a test' };
    const at = '2024-12-16T21:00:00.000Z';
    await withStrategyBook({ state }, (book) =>
      book.tell(
        id,
        [
          { ...by, event: { kind: 'registered', strategyId: id, author: 'operator/ada', at } },
          { ...by, event: { kind: 'backtested', evidence: goodEvidence, at } },
        ],
        { rules: defaultStrategyRules, work: idle },
      ),
    );
  });

  test('is not approved before its sessions, and says which gates are closed', async () => {
    const { code, out } = await ballast(state, 'approve', id, '--as', 'grace', '--reason', 'it looks sound');
    expect(code).toBe(3);
    expect(out).toMatch(/^sma-cross-1 stays in SHADOW/);
    expect(out).toMatch(/shadow-length +closed +0 +7/);
    expect(out).toMatch(/approver +open/);
  });

  test('counts the sessions since it entered shadow, once, and orders nothing', async () => {
    const first = await ballast(state, 'shadow', id, '--as', 'ada');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/shadow-length +open +10 +7/);
    const again = await ballast(state, 'shadow', id, '--as', 'ada');
    expect(again.out).toMatch(/hold no session of sma-cross-1 after 2024-12-31; it stays in SHADOW/);
    expect(JSON.parse((await ballast(state, 'show', id, '--json')).out)).toMatchObject({ stage: 'SHADOW', record: { sessions: 10 } });
  });

  test('is not run on other symbols than it was judged on', async () => {
    const { code, err } = await ballast(state, 'shadow', id, '--symbols', 'QCIR');
    expect(code).toBe(2);
    expect(err).toMatch(/hold no bars of QBYT/);
  });

  test('takes a reason, and somebody else than its author', async () => {
    expect(await ballast(state, 'approve', id, '--as', 'grace')).toMatchObject({ code: 2 });
    const own = await ballast(state, 'approve', id, '--as', 'ada', '--reason', 'mine');
    expect(own.code).toBe(3);
    expect(own.out).toMatch(/approver +closed +operator\/ada is the author/);
    expect(heard).toEqual([]);
  });

  test('goes live with all gates open, and the bus hears who let it', async () => {
    const { code, out } = await ballast(state, 'approve', id, '--as', 'grace', '--reason', 'ten quiet sessions');
    expect(code).toBe(0);
    expect(out).toMatch(/^sma-cross-1 is LIVE, was SHADOW/);
    expect(heard).toMatchObject([
      {
        type: 'StrategyPromoted',
        detail: {
          eventId: `strategy/${id}/13`,
          from: 'SHADOW',
          to: 'LIVE',
          author: 'operator/ada',
          actor: 'operator/grace',
          reason: 'ten quiet sessions',
        },
      },
    ]);
  });

  test('falls back, and ends, by a person; its whole life stays readable', async () => {
    expect((await ballast(state, 'demote', id, '--as', 'ada', '--reason', 'costs have doubled')).out).toMatch(/is SHADOW, was LIVE/);
    expect((await ballast(state, 'retire', id, '--as', 'ada', '--reason', 'no use')).out).toMatch(/is RETIRED, was SHADOW/);
    expect(heard.map(({ type }) => type)).toEqual(['StrategyPromoted', 'StrategyDemoted', 'StrategyRetired']);
    const refused = await ballast(state, 'retire', id, '--as', 'ada', '--reason', 'again');
    expect(refused).toMatchObject({ code: 3, err: 'ballast: stage-has-no-use-for-it: it is in RETIRED, where nothing can be retired.' });
    const { out } = await ballast(state, 'show', id);
    expect(out).toMatch(/13 +2\d{3}-\d\d-\d\d \d\d:\d\d +approved +operator\/grace +ten quiet sessions/);
    expect((await ballast(state)).out).toMatch(/sma-cross-1 +RETIRED/);
  });
});

describe('a proposal', () => {
  const state = join(scratch, 'proposal');
  const backtest = ['propose', '--strategy', 'sma-cross', '--params', 'fast=10,slow=30', '--size', 'all-cash', '--symbols', 'QBYT'];

  test('shows every gate with its figure, counts its trial, and stays in BACKTEST while one is closed', async () => {
    const { code, out } = await ballast(state, ...backtest, '--as', 'ada', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      ...{ outcome: 'unmoved', stage: 'BACKTEST', author: 'operator/ada', version: 2 },
      evidence: { trials: { trials: 1 } },
      gates: [{ gate: 'annual-sharpe', isOpen: false, required: 2 }, {}, {}, {}, { gate: 'track-record' }],
    });
  });

  test('is brought new evidence by its author alone', async () => {
    expect(await ballast(state, ...backtest, '--as', 'grace')).toMatchObject({ code: 3 });
    const again = await ballast(state, ...backtest, '--as', 'ada', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ version: 3, evidence: { trials: { trials: 1 } } });
  });

  test.each([
    [['propose'], /--strategy with --params, or --from-evolution/],
    [['propose', '--from-evolution', 'abcdef0123'], /No search abcdef0123 was kept/],
    [['propose', '--from-evolution', 'latest'], /at least 8 hex digits/],
    [['show', 'sma-crosss'], /There is no strategy "sma-crosss"/],
    [['approve', 'nothing', '--reason', 'x', '--as', 'controller/steering'], /is the name of a program/],
  ])('%j is bad input', async (argv, says) => {
    const { code, err } = await ballast(state, ...argv);
    expect(code).toBe(2);
    expect(err).toMatch(says);
  });
});

describe('what a search found', () => {
  const state = join(scratch, 'search');
  const findingId = 'c'.repeat(64);
  const datasetSha256 = 'd'.repeat(64);
  const panel = noiseMarket({ seed: 'proposed', symbols: 3, moments: 700, edge: 0 });
  const ground = groundOf({ panel, cacheBytesMax: 16e6 });
  if ('kind' in ground) throw new Error(ground.reason);
  const ranges = splitRanges(ground.moments, 0.4, 60);
  const found = startEvolution(searchPlan('proposed', 10), 0, evaluatorOf(ground, ranges.training, searchRules));
  const verdict = judgeSearch({ states: [found], ground, ranges, rules: searchRules, confidenceLevel: 0.95 });
  const symbols = panel.series.map(({ symbol }) => symbol);

  test('is no evidence while its trials are not in the ledger', async () => {
    keepFinding({ findingId, datasetSha256, symbols, rules: searchRules, verdict }, state);
    const { code, err } = await ballast(state, 'propose', '--from-evolution', 'cccccccc', '--as', 'ada');
    expect(code).toBe(2);
    expect(err).toMatch(/trials missing \(counted 0, evaluated 10\)/);
  });

  test('is judged with all trials of the data, those of other searches too', async () => {
    const at = '2026-03-02T21:00:00.000Z';
    const batch = {
      strategy: 'evolved',
      datasetSha256,
      command: 'evolve',
      at,
      actor: 'ada',
      datasetName: 'noise',
      tried: 'by hand',
    } as const;
    const counted = { ...batch, fromDay: '2014-01-02', toDay: '2016-10-12', sharpe: trialsOf([found]).sharpe };
    await countTrials({ ...counted, batchId: 'this one', trials: 10 }, { state });
    await countTrials({ ...counted, batchId: 'another', trials: 990 }, { state });
    const { code, out } = await ballast(state, 'propose', '--from-evolution', 'cccccccc', '--as', 'ada', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      ...{ stage: 'BACKTEST', work: { kind: 'genome', genome: verdict.candidate!.genome, symbols } },
      evidence: { trials: { trials: 1000 }, holdOut: { trades: verdict.holdOut!.evaluation.trades } },
    });
    expect((await ballast(state)).out).toMatch(/^evolved-[0-9a-f]{12} +BACKTEST/m);
  });
});

describe('the sessions of a strategy', () => {
  const genome: StrategyWork = {
    kind: 'genome',
    genome: {
      ...{ side: 'long', exit: null, timeStopBars: 1, volatilityStop: null, sizing: { kind: 'equal' } },
      entry: {
        kind: 'condition',
        left: { name: 'close', parameters: [] },
        relation: 'above',
        right: { name: 'simple-average', parameters: [3] },
      },
    },
    rules: { costBps: 0, borrowAnnualFrac: 0, momentsPerYear: 252, depthMax: 3 },
    symbols: ['AAA'],
  };
  const panel = panelOf({ AAA: [100, 100, 100, 100, 101, 105, 110, 110] });
  const market = { panel, membership: null, range: { fromMoment: 0, toMoment: 7 }, notes: [] };
  const eve = parseDay('2014-01-08');

  test('begin with what was decided on the eve, at the next open', () => {
    // The close of 101 is above its average: bought at the open of the first session, 105, and sold a bar later at 110.
    const sessions = sessionsAfter(genome, market, eve);
    expect(sessions.map(({ day }) => day)).toEqual(['2014-01-09', '2014-01-10', '2014-01-13']);
    expect(sessions[0]!.simpleReturn).toBe(0);
    expect(sessions[1]!.simpleReturn).toBeCloseTo(110 / 105 - 1, 15);
  });

  test('are none where the data end on the eve, and wanted bars before it', () => {
    expect(sessionsAfter(genome, market, parseDay('2014-01-13'))).toEqual([]);
    expect(() => sessionsAfter(genome, market, parseDay('2014-01-01'))).toThrow(/must begin before 2014-01-01/);
    expect(() => sessionsAfter({ ...genome, symbols: ['AAA', 'BBB'] }, market, eve)).toThrow(/no bars of BBB/);
  });
});

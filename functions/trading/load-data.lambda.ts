/**
 * State "Load Data": the inputs of every decision of this cycle, stored once. Bars of the symbols that may trade or are held,
 * rows strictly before the session, go into a content-addressed snapshot; what else is known of these companies before the session,
 * and the market's returns up to it, become documents; the book is valued at the same bars' last closes.
 * Idempotent: the same data gives the same snapshot key, and each document is written once.
 */

import * as z from 'zod';
import { CycleState, sessionOf } from '../../shared/contracts/cycle.ts';
import type { PortfolioInput } from '../../shared/domain/cycle/step-types.ts';
import type { DailyBars } from '../../shared/domain/market/bars.ts';
import { regimeSessions } from '../../shared/domain/policy/regime-rules.ts';
import { isRefusal, refuse } from '../../shared/kernel/refusal.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { lake, ledger, riskState } from '../../shared/runtime/needs.ts';
import { storedMarket } from '../../shared/stores/lake/stored-market.ts';
import type { LedgerAccount, LedgerPosition } from '../../shared/stores/ledger/index.ts';

const loadData = defineHandler({
  name: 'trading/load-data',
  needs: { lake, ledger, riskState },
  input: z.object({ cycle: CycleState }),
  output: z.object({
    kind: z.literal('loaded'),
    snapshotKey: z.string(),
    symbols: z.number().int(),
    rows: z.number().int(),
    /** Who reads the news, by the policy. */
    newsReader: z.enum(['lexicon', 'llm']),
  }),

  async run({ cycle }, needs) {
    const documents = new CycleDocuments(needs.lake, cycle.cycleId);
    const [policy, universe, account, everOrdered, { memory }] = await Promise.all([
      documents.read('policy'),
      documents.read('universe'),
      needs.ledger.account(),
      needs.ledger.positions(),
      needs.riskState.read(),
    ]);
    if (isRefusal(account)) return account;
    // The ledger remembers every symbol that was ever ordered; what is not held needs no price.
    const positions = everOrdered.filter(({ quantity }) => quantity !== 0);

    const wanted = new Set<string>(positions.map(({ symbol }) => symbol));
    for (const { symbol, governance } of universe) if (governance.state === 'ACTIVE') wanted.add(symbol);
    const of = { datasetId: cycle.datasetId, before: sessionOf(cycle.session), symbols: [...wanted] };
    const [bars, facts, market] = await Promise.all([
      needs.lake.readBars({ ...of, sessions: policy.history.loadedSessions }),
      needs.lake.readFacts(of),
      needs.lake.readMarket({ ...of, sessions: regimeSessions(policy.regime) }),
    ]);
    if (isRefusal(bars)) return bars;
    if (isRefusal(facts)) return facts;
    if (isRefusal(market)) return market;
    const unpriced = positions.filter(({ symbol }) => !bars.some((one) => one.symbol === symbol && one.close.length > 0));
    if (unpriced.length > 0) return refuse('position-without-price', { symbols: unpriced.map(({ symbol }) => symbol) });

    const { key } = await needs.lake.writeSnapshot(bars);
    await Promise.all([
      documents.write('facts', facts),
      documents.write('market', storedMarket(market)),
      documents.write('portfolio', valueBook(account, positions, bars, policy.capital.initialEquityUsd, memory?.allTimeHighUsd)),
    ]);
    const rows = bars.reduce((sum, { day }) => sum + day.length, 0);
    return { kind: 'loaded' as const, snapshotKey: key, symbols: bars.length, rows, newsReader: policy.sentiment.reader };
  },
});

export const handler = onAws(loadData);

function valueBook(
  account: LedgerAccount,
  held: readonly LedgerPosition[],
  bars: readonly DailyBars[],
  initialEquityUsd: number,
  knownHighUsd: number | undefined,
): PortfolioInput {
  const closes = new Map<string, number>(bars.map(({ symbol, close }) => [symbol, close.at(-1)!]));
  const positions = held.map(({ symbol, quantity }) => ({ symbol, quantity, priceUsd: closes.get(symbol)! }));
  const equityUsd = account.cashUsd + positions.reduce((sum, { quantity, priceUsd }) => sum + quantity * priceUsd, 0);
  return {
    cashUsd: account.cashUsd,
    equityUsd,
    positions,
    peakEquityUsd: Math.max(equityUsd, knownHighUsd ?? initialEquityUsd),
    initialEquityUsd,
  };
}

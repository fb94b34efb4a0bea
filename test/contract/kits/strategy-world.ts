/**
 * A made-up market for the strategy kit: companies with earnings, an index that not all of them belong to all the time, gaps, one that is listed
 * late and one that ends early. Long enough for what the kit is told; nothing in it is real.
 */
import type { EarningsRelease } from '../../../shared/domain/market/facts.ts';
import type { Membership, Panel } from '../../../shared/domain/research/panel.ts';
import { type Rng, seededRng } from '../../../shared/kernel/rng.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { type HandBar, membershipOf, panelOf, simulatedBars } from '../../support/research/hand-panel.ts';

export interface StrategyWorld {
  readonly panel: Panel;
  readonly membership: Membership;
}

const COMPANIES = 14;
const LATE = 'S003';
const EARLY = 'S007';
const QUARTER_SESSIONS = 21;

/** `rename` gives every company another name, and so another place, and nothing else. */
export function strategyWorld(moments: number, rename: (symbol: string) => string = (symbol) => symbol): StrategyWorld {
  const bars = simulatedBars({ symbols: COMPANIES, moments, seed: 'strategy-world', missingFrac: 0.002 });
  const lives = Object.entries(bars).map(([symbol, rows]): [string, readonly HandBar[]] => [
    symbol,
    rows.map((bar, moment) => (isListed(symbol, moment, moments) ? bar : null)),
  ]);
  const panel = panelOf(Object.fromEntries(lives.map(([symbol, rows]) => [rename(symbol), rows])));
  const earnings = new Map(lives.map(([symbol]) => [rename(symbol), earningsOf(panel, seededRng(`earnings/${symbol}`))]));
  const member = new Map(lives.map(([symbol], i) => [rename(symbol), i]));
  return {
    panel: { ...panel, earnings: panel.series.map(({ symbol }) => earnings.get(symbol)!) },
    membership: membershipOf(panel, (symbol, moment) => (member.get(symbol)! + Math.floor((4 * moment) / moments)) % 4 !== 0),
  };
}

const isListed = (symbol: string, moment: number, moments: number): boolean =>
  symbol === LATE ? moment > moments / 2 : symbol !== EARLY || moment < 0.8 * moments;

/** One a month, so that a short world has enough of them. */
function earningsOf({ day }: Panel, rng: Rng): EarningsRelease[] {
  const offset = Math.floor(QUARTER_SESSIONS * rng.uniform());
  return Array.from(
    day.filter((_, moment) => moment % QUARTER_SESSIONS === offset),
    (availableDay): EarningsRelease => {
      const epsEstimateUsd = 1 + 0.2 * rng.normal();
      return { availableDay: availableDay as EpochDay, session: 'post', epsUsd: epsEstimateUsd + 0.2 * rng.normal(), epsEstimateUsd };
    },
  );
}

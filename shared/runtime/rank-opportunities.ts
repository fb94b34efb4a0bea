/**
 * Makes the list of opportunities of an instant: the universe as preflight would judge it, the agents asked as a cycle of that instant would
 * ask them, the ranking, and the list stored before anything points at it.
 *
 * The list is a function of instant, policy and data set; its id names the instant and the hash of its content. News that a language model reads
 * in a cycle is read by the lexicon here.
 */
import { cycleIdAt } from '../contracts/cycle.ts';
import type { OpportunityEntry, OpportunityList } from '../contracts/opportunities.ts';
import { runSignals } from '../domain/cycle/index.ts';
import { judgeUniverse } from '../domain/cycle/judge-universe.ts';
import type { CycleContext, PortfolioInput, SymbolInput } from '../domain/cycle/step-types.ts';
import type { DailyBars } from '../domain/market/bars.ts';
import { noFacts, type SymbolFacts } from '../domain/market/facts.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { regimeSessions } from '../domain/policy/regime-rules.ts';
import { underMode } from '../domain/policy/risk-mode.ts';
import { predictionsOf } from '../domain/ranking/predictions.ts';
import { rankOpportunities } from '../domain/ranking/rank-opportunities.ts';
import { contentHash } from '../kernel/canonical-json.ts';
import { formatDay } from '../kernel/days.ts';
import { isRefusal, type Refusal } from '../kernel/refusal.ts';
import type { EpochDay, EpochMs } from '../kernel/units.ts';
import { lakeKeys } from '../stores/lake/keys.ts';
import type { Lake } from '../stores/lake/lake.ts';
import type { DatasetManifest } from '../stores/lake/manifest.ts';
import type { OpportunityStore } from '../stores/opportunities.ts';
import type { PolicyInForce, PolicyStore } from '../stores/policies.ts';

export interface RankingNeeds {
  readonly lake: Lake;
  readonly policies: PolicyStore;
  readonly opportunities: OpportunityStore;
}

export interface RankingInstant {
  readonly at: EpochMs;
  readonly session: EpochDay;
  /** The data set to rank on; the published one when left out. */
  readonly dataset?: string | undefined;
}

/** The list that stands for that instant; made now unless it was made before. */
export async function rankAt(instant: RankingInstant, needs: RankingNeeds): Promise<OpportunityEntry | Refusal> {
  const manifest = await needs.lake.readManifest(instant.dataset ?? 'current');
  if (isRefusal(manifest)) return manifest;
  const rankedAt = new Date(instant.at).toISOString();
  const standing = await needs.opportunities.find(rankedAt, manifest.datasetId);
  const entry = standing === undefined ? await newList(instant, manifest, needs) : standing;
  if (!isRefusal(entry)) await needs.opportunities.pointAt(entry);
  return entry;
}

async function newList(instant: RankingInstant, manifest: DatasetManifest, needs: RankingNeeds): Promise<OpportunityEntry | Refusal> {
  const inForce = await needs.policies.inForce();
  if (isRefusal(inForce)) return inForce;
  const list = await listOf(instant, manifest, inForce, needs.lake);
  if (isRefusal(list)) return list;
  const key = lakeKeys.opportunities(list.session, list.listId);
  await needs.lake.putJsonOnce(key, list);
  const { listId, session, rankedAt, datasetId, policyVersion, listed, ranked, filtered } = list;
  const considered = ranked.length + filtered.length;
  return needs.opportunities.settle({ listId, session, rankedAt, datasetId, policyVersion, considered, symbols: listed, key });
}

async function listOf(
  { at, session }: RankingInstant,
  manifest: DatasetManifest,
  { policy: asPublished, version, sha256 }: PolicyInForce,
  lake: Lake,
): Promise<OpportunityList | Refusal> {
  const policy = underMode(asPublished);
  const inputs = await inputsOf(session, manifest, policy, lake);
  if (isRefusal(inputs)) return inputs;
  const context = contextAt(at, session, policy);
  const signals = runSignals({ context, symbols: inputs.symbols, market: inputs.market, portfolio: nothingHeld(policy) });
  const ranking = rankOpportunities({ symbols: inputs.symbols, predictions: predictionsOf(signals, policy), policy });
  const content = {
    schema: 'ballast.opportunities/1' as const,
    session: formatDay(session),
    rankedAt: new Date(at).toISOString(),
    datasetId: manifest.datasetId,
    policyVersion: version,
    policySha256: sha256,
    listed: [...ranking.listed],
    ranked: [...ranking.ranked],
    filtered: ranking.filtered.map(({ reasons, ...rest }) => ({ ...rest, reasons: [...reasons] })),
  };
  return { ...content, listId: `${content.rankedAt.slice(0, 16).replace(':', '')}Z-${contentHash(content).slice(0, 12)}` };
}

async function inputsOf(session: EpochDay, manifest: DatasetManifest, policy: Policy, lake: Lake) {
  const profiles = await lake.readProfiles(manifest.datasetId);
  if (isRefusal(profiles)) return profiles;
  const sectors = new Map(manifest.instruments.map(({ symbol, sector }) => [symbol, sector ?? null]));
  const universe = judgeUniverse({ profiles, sectors, policy, asOf: session });
  const active = universe.flatMap(({ symbol, governance }) => (governance.state === 'ACTIVE' ? [symbol] : []));
  const of = { datasetId: manifest.datasetId, before: session, symbols: active };
  const [bars, facts, market] = await Promise.all([
    lake.readBars({ ...of, sessions: policy.history.loadedSessions }),
    lake.readFacts(of),
    lake.readMarket({ ...of, sessions: regimeSessions(policy.regime) }),
  ]);
  if (isRefusal(bars)) return bars;
  if (isRefusal(facts)) return facts;
  if (isRefusal(market)) return market;
  const barsOf = new Map<string, DailyBars>(bars.map((one) => [one.symbol, one]));
  const factsOf = new Map<string, SymbolFacts>(facts.map((one) => [one.symbol, one]));
  const symbols = universe.map(
    (judged): SymbolInput => ({
      ...judged,
      bars: barsOf.get(judged.symbol) ?? null,
      facts: factsOf.get(judged.symbol) ?? noFacts(judged.symbol),
    }),
  );
  return { symbols, market };
}

const contextAt = (at: EpochMs, session: EpochDay, policy: Policy): CycleContext => ({
  cycleId: cycleIdAt(at),
  fund: 'ballast',
  strategy: 'ensemble',
  asOf: session,
  scheduledAt: at,
  policy,
  opportunities: null,
});

const nothingHeld = ({ capital: { initialEquityUsd } }: Policy): PortfolioInput => ({
  cashUsd: initialEquityUsd,
  equityUsd: initialEquityUsd,
  positions: [],
  peakEquityUsd: initialEquityUsd,
  initialEquityUsd,
});

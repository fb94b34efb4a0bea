/**
 * State "Preflight": may this cycle trade at all, and which symbols may it trade?
 * Refuses when control is not running, the exchange is closed, no policy is in force, the data set is missing, or another
 * cycle holds the lease. The audit trail is opened here: where it cannot be written, nothing is traded. A policy that does not hash to its golden SHA-256 is an InvariantViolation and halts trading.
 * Idempotent: the lease knows its holder, and the documents are written once under the cycle id.
 */
import * as z from 'zod';
import type { ControlItem } from '../../shared/contracts/control.ts';
import { CycleIdText, CycleState, InstantText, instantOf } from '../../shared/contracts/cycle.ts';
import type { SymbolRecord } from '../../shared/contracts/symbols.ts';
import { judgeUniverse } from '../../shared/domain/cycle/judge-universe.ts';
import type { UniverseSymbol } from '../../shared/domain/cycle/step-types.ts';
import { sessionState } from '../../shared/domain/market/calendar.ts';
import { transition } from '../../shared/domain/quality/governance.ts';
import { formatDay } from '../../shared/kernel/days.ts';
import { isRefusal, type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { auditTrail, control, lake, leases, opportunities, policies, symbols } from '../../shared/runtime/needs.ts';
import { openingRecord } from '../../shared/runtime/opening-record.ts';
import { letIn } from '../../shared/runtime/rank-gate.ts';

/** Longer than the machine's own deadline, so that no second cycle starts beside a slow one. */
const leaseMs = 20 * 60_000;

const preflight = defineHandler({
  name: 'trading/preflight',
  needs: { control, policies, leases, symbols, lake, auditTrail, opportunities },
  input: z.object({ cycleId: CycleIdText, scheduledAt: InstantText, dataset: z.string().min(1).nullable() }),
  output: CycleState,

  async run({ cycleId, scheduledAt, dataset }, needs) {
    const trading = mayTrade(await needs.control.read());
    if (isRefusal(trading)) return trading;
    const market = sessionState(instantOf(scheduledAt));
    if (market.kind === 'closed') return refuse('market-closed', { scheduledAt, why: market.why });
    const inForce = await needs.policies.inForce();
    if (isRefusal(inForce)) return inForce;
    const manifest = await needs.lake.readManifest(dataset ?? 'current');
    if (isRefusal(manifest)) return manifest;
    const profiles = await needs.lake.readProfiles(manifest.datasetId);
    if (isRefusal(profiles)) return profiles;
    const lease = await needs.leases.acquire(cycleId, instantOf(scheduledAt), needs.clock.now(), leaseMs);
    if (isRefusal(lease)) return lease;

    const sectors = new Map(manifest.instruments.map(({ symbol, sector }) => [symbol, sector ?? null]));
    const universe = judgeUniverse({ profiles, sectors, policy: inForce.policy, asOf: market.session });
    const documents = new CycleDocuments(needs.lake, cycleId);
    const session = formatDay(market.session);
    const standing = { session, datasetId: manifest.datasetId, scheduledAt: instantOf(scheduledAt) };
    const [opportunities] = await Promise.all([
      // By a second delivery a newer list may be in force; the cycle stands on the one it began with.
      letIn(inForce.policy.ranking, standing, needs).then((found) => documents.settle('opportunities', found)),
      documents.write('policy', inForce.policy),
      documents.write('universe', universe),
      needs.symbols.recordTransitions(transitions(await needs.symbols.all(), universe, scheduledAt)),
    ]);
    await needs.auditTrail.append(cycleId, 'opened', [
      { type: 'opening', record: openingRecord({ ...standing, cycleId, scheduledAt, policy: inForce, opportunities }) },
    ]);

    const active = universe.filter(({ governance }) => governance.state === 'ACTIVE').length;
    return {
      kind: 'ready' as const,
      cycleId,
      scheduledAt,
      session,
      controlState: trading.state,
      controlEpoch: trading.epoch,
      leaseToken: lease.token,
      policyVersion: inForce.version,
      policySha256: inForce.sha256,
      datasetId: manifest.datasetId,
      active,
      blocked: universe.length - active,
    };
  },
});

export const handler = onAws(preflight);

type MayTrade = ControlItem & { readonly state: 'RUNNING' | 'REDUCE_ONLY' };

function mayTrade(item: ControlItem | Refusal): MayTrade | Refusal {
  if (isRefusal(item)) return item;
  const { state } = item;
  if (state === 'RUNNING' || state === 'REDUCE_ONLY') return { ...item, state };
  return refuse(state === 'PAUSED' ? 'trading-paused' : 'trading-halted', { reason: item.reason, actor: item.actor, at: item.at });
}

/** Only what changed is written: governance of a steady universe costs one query. */
function transitions(known: ReadonlyMap<string, SymbolRecord>, universe: readonly UniverseSymbol[], scheduledAt: string): SymbolRecord[] {
  return universe.flatMap(({ symbol, governance, quality }) => {
    const change = transition(symbol, known.get(symbol) ?? null, governance, instantOf(scheduledAt));
    if (!change) return [];
    return [
      {
        symbol,
        state: change.to,
        previousState: change.from ?? ('NEW' as const),
        reasons: [...change.reasons],
        rows: quality.rows,
        score: quality.score,
        since: scheduledAt,
      },
    ];
  });
}

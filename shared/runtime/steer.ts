/**
 * One look of the meta strategy controller: gathers the evidence, has the reducer judge it, puts what it decides into force, and remembers.
 *
 * 1. The policy in force, what was remembered, what risk remembers, the health of each part.
 * 2. The market: the regime is read as a cycle reads it, from the current data set up to the session before. Its data change once a day,
 *    so the reading is kept with the memory and taken anew when the data, the session or the rules differ. It is taken before the open
 *    already, because the first one of a month fits the market's model.                                 readAhead, marketReading
 * 3. Equity is what the broker said at its last check, the high is the one that risk holds the fund against.       fundEvidence
 * 4. The policy first, then the memory: cut off in between, the next look finds a policy that it does not remember, takes it as set by
 *    hand and begins its cool-down. When another policy came in between, the look begins anew.
 *
 * Not covered: what each of several strategies earned. With one, its equity is the fund's; with more, none is measured, and the reducer
 * says so.
 */
import type { Policy } from '../domain/policy/policy.ts';
import { regimeSessions } from '../domain/policy/regime-rules.ts';
import { readRegime } from '../domain/regime/read-regime.ts';
import { drawdownFrac } from '../domain/risk/drawdown.ts';
import type { FundEvidence, SteeringEvidence } from '../domain/steering/evidence.ts';
import { healthEvidence } from '../domain/steering/health.ts';
import type { HealthPart } from '../domain/steering/health-parts.ts';
import { applyHealth, applyLook, type Steered } from '../domain/steering/steer.ts';
import { contentHash } from '../kernel/canonical-json.ts';
import { TransientFailure } from '../kernel/errors.ts';
import { isRefusal, type Refusal, refuse } from '../kernel/refusal.ts';
import { seededRng } from '../kernel/rng.ts';
import type { EpochDay, EpochMs } from '../kernel/units.ts';
import type { HealthRecord, HealthStore } from '../stores/health.ts';
import type { Lake } from '../stores/lake/lake.ts';
import type { PolicyInForce, PolicyStore } from '../stores/policies.ts';
import type { RiskStateStore } from '../stores/risk-state.ts';
import type { MarketReading, SteeringRecord, SteeringStore } from '../stores/steering-state.ts';

const attemptsMax = 3;
/** More is in the memory of the controller. */
const reasonLengthMax = 480;

export interface SteeringParts {
  readonly policies: Pick<PolicyStore, 'inForce' | 'steer'>;
  readonly steering: Pick<SteeringStore, 'read' | 'write'>;
  readonly health: Pick<HealthStore, 'all' | 'read'>;
  readonly riskState: Pick<RiskStateStore, 'read'>;
  readonly lake: Pick<Lake, 'readManifest' | 'readMarket'>;
}

export interface LookRequest {
  readonly id: string;
  readonly at: EpochMs;
  /** The session that goes on. */
  readonly session: EpochDay;
}

export interface Looked {
  readonly kind: 'steered';
  readonly steered: Steered;
  /** The version now in force. */
  readonly version: number;
}

/** A look at everything. Refuses a fund without a policy. @throws TransientFailure when others wrote at every attempt. */
export async function look(parts: SteeringParts, { id, at, session }: LookRequest): Promise<Looked | Refusal> {
  return decided(parts, at, async (inForce, record) => {
    const { policy } = inForce;
    const [market, health, risk] = await Promise.all([
      marketReading(parts.lake, policy, session, record.market),
      parts.health.all(),
      parts.riskState.read(),
    ]);
    const fund = fundEvidence(health.broker, risk.memory?.state.peakEquityUsd ?? null);
    const evidence: SteeringEvidence = {
      market: market.evidence,
      fund,
      health: healthOf(health, at, policy),
      strategies: strategiesOf(policy, fund),
    };
    const steered = applyLook(record.state, { id, at, session, standing: standingOf(policy), evidence }, policy.steering);
    return { steered, market };
  });
}

/**
 * Reads the market for a session that has not begun, and keeps the reading for its looks. Whether there is one now; a fund without a policy
 * is refused. It decides nothing, so what another wrote meanwhile stands, and the first look reads for itself.
 */
export async function readAhead(
  { policies, steering, lake }: Pick<SteeringParts, 'policies' | 'steering' | 'lake'>,
  session: EpochDay,
): Promise<{ readonly kind: 'read'; readonly readable: boolean } | Refusal> {
  const [inForce, record] = await Promise.all([policies.inForce(), steering.read()]);
  if (isRefusal(inForce)) return inForce;
  const market = await marketReading(lake, inForce.policy, session, record.market);
  if (market !== record.market) await steering.write({ state: record.state, market }, record);
  return { kind: 'read', readable: !isRefusal(market.evidence) };
}

/** A look at one part whose health changed: only tightens. What the event said is not asked; the part is read as it now is. */
export async function lookAtHealth(
  parts: Omit<SteeringParts, 'riskState' | 'lake'>,
  { id, at, part }: { readonly id: string; readonly at: EpochMs; readonly part: HealthPart },
): Promise<Looked | Refusal> {
  return decided(parts, at, async ({ policy }, record) => {
    const evidence = healthEvidence((await parts.health.read(part)).document?.state ?? null, at, policy.steering.health);
    const asked = { id, at, standing: standingOf(policy), health: { [part]: evidence } };
    return { steered: applyHealth(record.state, asked), market: record.market };
  });
}

type Judged = { readonly steered: Steered; readonly market: MarketReading | null };

async function decided(
  { policies, steering }: Pick<SteeringParts, 'policies' | 'steering'>,
  at: EpochMs,
  judge: (inForce: PolicyInForce, record: SteeringRecord) => Promise<Judged>,
): Promise<Looked | Refusal> {
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const [inForce, record] = await Promise.all([policies.inForce(), steering.read()]);
    if (isRefusal(inForce)) return inForce;
    const { steered, market } = await judge(inForce, record);
    let { version } = inForce;
    if (steered.decision.kind === 'change') {
      const { kind: _, ...change } = steered.decision;
      const taken = await policies.steer(change, { reason: reasonOf(inForce.policy, steered), at, basedOn: version });
      if (isRefusal(taken)) {
        if (taken.reason === 'policy-moved') continue;
        return taken;
      }
      version = taken.version;
    }
    const isSame = steered.state === record.state && market === record.market;
    if (isSame || (await steering.write({ state: steered.state, market }, record))) return { kind: 'steered', steered, version };
  }
  throw new TransientFailure('The policy or the memory of the controller was being written by others at every attempt');
}

const standingOf = ({ steering, strategies }: Policy) => ({ mode: steering.mode, block: strategies.block });

async function marketReading(
  lake: SteeringParts['lake'],
  { regime: rules }: Policy,
  session: EpochDay,
  known: MarketReading | null,
): Promise<MarketReading> {
  const manifest = await lake.readManifest('current');
  if (isRefusal(manifest)) return { key: 'no-data-set', evidence: manifest };
  const { datasetId, contentHash: rows, lastDay } = manifest;
  const key = contentHash({ datasetId, rows, lastDay, session, rules });
  if (known?.key === key) return known;
  const history = await lake.readMarket({ datasetId, before: session, sessions: regimeSessions(rules) });
  if (isRefusal(history)) return { key, evidence: history };
  // The seed of the cycle, so that both read the same.
  const reading = readRegime(history, session, rules, seededRng('regime'));
  if (isRefusal(reading)) return { key, evidence: reading };
  // The model is early and jumps, what was measured is sure and late: the higher of the two is heard.
  const { annualizedVol = Number.NaN, realizedAnnualizedVol = Number.NaN } = reading.evidence;
  return { key, evidence: { regime: reading.name, annualizedVol: Math.max(annualizedVol, realizedAnnualizedVol) } };
}

/** Before the first cycle nothing was lost yet: the high is what there is. */
function fundEvidence({ document }: HealthRecord, peakEquityUsd: number | null): FundEvidence | Refusal {
  const equityUsd = document?.memory.equityUsd;
  if (equityUsd === undefined) return refuse('equity-unknown');
  return { equityUsd, drawdownFrac: drawdownFrac(equityUsd, peakEquityUsd ?? equityUsd) };
}

const healthOf = (records: Readonly<Record<HealthPart, HealthRecord>>, at: EpochMs, { steering }: Policy): SteeringEvidence['health'] => {
  const of = (part: HealthPart) => healthEvidence(records[part].document?.state ?? null, at, steering.health);
  return { data: of('data'), broker: of('broker'), audit: of('audit'), cycle: of('cycle') };
};

const strategiesOf = ({ strategies: { allow } }: Policy, fund: FundEvidence | Refusal): SteeringEvidence['strategies'] =>
  allow.map((name) => ({ name, equityUsd: allow.length === 1 && !isRefusal(fund) ? fund.equityUsd : null }));

/** For the policy's provenance, the event, the audit record and whoever reads them. */
function reasonOf({ steering }: Policy, { decision, reasons, state }: Steered): string {
  if (decision.kind === 'keep') return 'nothing changes';
  const { mode, block } = decision;
  const changes = [mode !== undefined && `${steering.mode} → ${mode}`, block !== undefined && `blocked: ${block.join(', ')}`].filter(
    Boolean,
  );
  const agreed = `looks that bear it: ${state.agreement.asLooseAs[state.mode]}`;
  return `${changes.join('; ')} (${reasons.length > 0 ? reasons.join('; ') : agreed})`.slice(0, reasonLengthMax);
}

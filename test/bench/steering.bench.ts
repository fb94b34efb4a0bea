/**
 * What one look of the meta strategy controller costs, reducer and all the reading around it, without the network: tables and lake answer
 * from memory. The reading of the market dominates the first look of a day; the others find it kept. Peer: bare SHA-256 of the manifest.
 */
import { newYorkInstant, sessionsBack, sessionsBetween } from '../../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../../shared/domain/policy/default-policy.ts';
import { applyCheck } from '../../shared/domain/steering/health.ts';
import { type HealthPart, healthParts } from '../../shared/domain/steering/health-parts.ts';
import { contentHash } from '../../shared/kernel/canonical-json.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { seededRng } from '../../shared/kernel/rng.ts';
import type { EpochMs, PolicyVersion, Sha256, Ticker } from '../../shared/kernel/units.ts';
import { look, type SteeringParts } from '../../shared/runtime/steer.ts';
import type { HealthRecord } from '../../shared/stores/health.ts';
import { DatasetManifest } from '../../shared/stores/lake/manifest.ts';
import type { SteeringRecord } from '../../shared/stores/steering-state.ts';
import { asOf } from '../unit/domain/fixtures.ts';
import { type Bench, median } from './bench.ts';

const RUNS = 15;
const symbols = 5000;
const sessions = 1300;
const day = sessionsBetween(sessionsBack(asOf, sessions), sessionsBack(asOf, 1));
const opensAt = newYorkInstant(asOf, 9, 30);

export const benches: Bench[] = [
  {
    name: 'steering: a look of the controller, 5,000 symbols in the data set',
    unit: 'ms',
    goal: { atMost: 100 },
    run: async () => looks(({ steering }) => steering),
  },
  {
    name: 'steering: the first look after an ingest, regime read anew',
    unit: 'ms',
    goal: { atMost: 200 },
    run: async () => looks(({ steering }) => ({ ...steering, market: null }), 'other data each time'),
  },
  {
    name: 'steering: for scale, the SHA-256 of the policy',
    unit: 'ms',
    run: async () => timed(async () => void contentHash(defaultPolicy)),
  },
];

async function looks(memoryOf: (memory: { steering: SteeringRecord }) => SteeringRecord, fresh?: string): Promise<number> {
  const memory = { steering: { state: null, market: null, version: 0 } as SteeringRecord };
  let count = 0;
  const parts = partsOf(memory, () => (fresh === undefined ? 0 : count));
  const once = async (): Promise<void> => {
    const at = (opensAt + count++ * 300_000) as EpochMs;
    memory.steering = memoryOf(memory);
    const looked = await look(parts, { id: `tick/${at}`, at, session: asOf });
    if (isRefusal(looked)) throw new Error(looked.reason);
  };
  await once();
  return timed(once);
}

async function timed(work: () => Promise<void>): Promise<number> {
  for (let warmUp = 0; warmUp < 3; warmUp++) await work();
  const taken: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    await work();
    taken.push(performance.now() - start);
  }
  return median(taken);
}

/** Documents come as text and go through their schema, as they do from S3. */
function partsOf(memory: { steering: SteeringRecord }, dataOf: () => number): SteeringParts {
  const manifest = JSON.stringify(manifestOf());
  const inForce = { version: 1 as PolicyVersion, sha256: contentHash(defaultPolicy), policy: defaultPolicy };
  const health = Object.fromEntries(healthParts.map((part) => [part, recordOf(part)])) as Record<HealthPart, HealthRecord>;
  return {
    policies: { inForce: async () => inForce, steer: async () => inForce },
    steering: {
      read: async () => memory.steering,
      write: async (document) => {
        memory.steering = { ...(JSON.parse(JSON.stringify(document)) as typeof document), version: memory.steering.version + 1 };
        return true;
      },
    },
    health: { all: async () => health, read: async (part) => health[part] },
    riskState: { read: async () => ({ memory: undefined, writtenBy: undefined, version: 0 }) },
    lake: {
      readManifest: async () => DatasetManifest.parse({ ...(JSON.parse(manifest) as object), datasetId: `bench-${dataOf()}` }),
      readMarket: async () => ({ name: 'bench', day, simpleReturn: returnsOf(dataOf()) }),
    },
  };
}

const returnsOf = (data: number): Float64Array => {
  const rng = seededRng(`bench/steering/${data}`);
  return Float64Array.from(day, (_, t) => 0.0004 + (t % 80 < 60 ? 0.007 : 0.022) * rng.normal());
};

function manifestOf(): DatasetManifest {
  const lastDay = sessionsBack(asOf, 1);
  const instruments = Array.from({ length: symbols }, (_, i) => ({
    ...{ symbol: `S${i}` as Ticker, sector: 'Industrials', rows: sessions, firstDay: sessionsBack(asOf, sessions), lastDay, part: i % 100 },
  }));
  const parts = Array.from({ length: 600 }, (_, part) => ({ key: `bars/${part}`, part, year: 2020, rows: 1, bytes: 1 }));
  const base = {
    datasetId: 'bench',
    provider: 'bench',
    contentHash: 'a'.repeat(64) as Sha256,
    rows: symbols * sessions,
    firstDay: lastDay,
    lastDay,
  };
  return { ...base, instruments, parts, qualityKeys: [], factsParts: [], marketKey: 'market' };
}

function recordOf(part: HealthPart): HealthRecord {
  const check = { id: 'bench', at: (opensAt + 3_600_000) as EpochMs, finding: 'healthy' as const, reasons: [] };
  const { state } = applyCheck(part, null, check, defaultPolicy.steering.health);
  return { document: { state, memory: part === 'broker' ? { equityUsd: 1e6 } : {}, unannounced: null }, version: 1 };
}

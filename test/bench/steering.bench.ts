/**
 * What one look of the meta strategy controller costs, reducer and all the reading around it, without the network: tables and lake answer
 * from memory. The market is read before the open, and every look of the session finds the reading kept, the first one too. What is read
 * ahead is dominated by the fit of the market's model, once a month in a process: it is measured for itself and has no goal of a look.
 * A data set that comes within the session makes one look read the market again; a function that has read it before the open, as one does
 * that is called every five minutes, has the month's model still. Peer: the bare SHA-256 of the policy.
 */
import { newYorkInstant, sessionsBack, sessionsBetween } from '../../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../../shared/domain/policy/default-policy.ts';
import { applyCheck } from '../../shared/domain/steering/health.ts';
import { type HealthPart, healthParts } from '../../shared/domain/steering/health-parts.ts';
import { contentHash } from '../../shared/kernel/canonical-json.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { seededRng } from '../../shared/kernel/rng.ts';
import type { EpochMs, PolicyVersion, Sha256, Ticker } from '../../shared/kernel/units.ts';
import { look, readAhead, type SteeringParts } from '../../shared/runtime/steer.ts';
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
    run: async () => looks(),
  },
  {
    name: 'steering: the first look of a session after an ingest, the market read ahead before the open',
    unit: 'ms',
    goal: { atMost: 100 },
    run: async () => looks({ data: 'other years each time', isReadAhead: true }),
  },
  {
    name: 'steering: the first look after an ingest within the session, the model of the month in the process',
    unit: 'ms',
    goal: { atMost: 100 },
    run: async () => looks({ data: 'another last session each time' }),
  },
  {
    name: 'steering: for scale, reading the market with the model fitted anew, which only a look in a cold process after a late ingest waits for',
    unit: 'ms',
    run: async () => readings(),
  },
  {
    name: 'steering: for scale, the SHA-256 of the policy',
    unit: 'ms',
    run: async () => timed(async () => void contentHash(defaultPolicy)),
  },
];

type Data = 'the same' | 'other years each time' | 'another last session each time';

async function looks({ data = 'the same', isReadAhead = false }: { data?: Data; isReadAhead?: boolean } = {}): Promise<number> {
  const memory = { steering: { state: null, market: null, version: 0 } as SteeringRecord };
  let count = 0;
  const parts = partsOf(memory, data, () => count);
  return timed(
    async () => {
      const at = (opensAt + count * 300_000) as EpochMs;
      const looked = await look(parts, { id: `tick/${at}`, at, session: asOf });
      if (isRefusal(looked)) throw new Error(looked.reason);
    },
    async () => {
      count++;
      if (isReadAhead) await readAhead(parts, asOf);
    },
  );
}

async function readings(): Promise<number> {
  const memory = { steering: { state: null, market: null, version: 0 } as SteeringRecord };
  let count = 0;
  const parts = partsOf(memory, 'other years each time', () => ++count);
  return timed(async () => void (await readAhead(parts, asOf)));
}

/** `before` is not counted. */
async function timed(work: () => Promise<void>, before = async (): Promise<void> => {}): Promise<number> {
  for (let warmUp = 0; warmUp < 3; warmUp++) {
    await before();
    await work();
  }
  const taken: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    await before();
    const start = performance.now();
    await work();
    taken.push(performance.now() - start);
  }
  return median(taken);
}

/** Documents come as text and go through their schema, as they do from S3. */
function partsOf(memory: { steering: SteeringRecord }, data: Data, countOf: () => number): SteeringParts {
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
      readManifest: async () =>
        DatasetManifest.parse({ ...(JSON.parse(manifest) as object), datasetId: `bench-${data === 'the same' ? 0 : countOf()}` }),
      readMarket: async () => ({ name: 'bench', day, simpleReturn: returnsOf(data, countOf()) }),
    },
  };
}

function returnsOf(data: Data, count: number): Float64Array {
  const rng = seededRng(`bench/steering/${data === 'other years each time' ? count : 0}`);
  const returns = Float64Array.from(day, (_, t) => 0.0004 + (t % 80 < 60 ? 0.007 : 0.022) * rng.normal());
  if (data === 'another last session each time') returns[returns.length - 1] = 0.001 + count * 1e-6;
  return returns;
}

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

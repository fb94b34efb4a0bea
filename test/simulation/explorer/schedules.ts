/**
 * Which schedules there are, in a fixed order: a seed and an index name one.
 *
 * Of four, three are systematic: of every scenario each point of the undisturbed run with each fault alone, and with each act of an
 * operator, before and after; stepping through them by a stride, so that any stretch of indexes is a sample of all. The fourth is drawn: a pair (two
 * faults, or a fault and an operator's act near it), or a long random run in which any request may be struck. Once the systematic ones are
 * done, all are drawn, in turn of each scenario.
 */
import { type Rng, seededRng } from '../../../shared/kernel/rng.ts';
import { type Fault, faultKinds, type OperatorMove, operatorActs, type Plan } from './faults.ts';
import { type Scenario, scenarios } from './scenario.ts';

export interface Schedule {
  readonly index: number;
  readonly scenario: Scenario;
  readonly kind: 'single' | 'pair' | 'random';
  /** Of latencies and of what the broker makes of orders. */
  readonly seed: string;
  readonly plan: Plan;
  /** For people. */
  readonly what: string;
}

/** The undisturbed run of each scenario: how many points it has, and which of them matter most: an order goes out, is cancelled, or is booked. */
export type PointCounts = readonly { readonly points: number; readonly decisive: readonly number[] }[];

const whens = ['before', 'after'] as const;
const singlesPerPoint = faultKinds.length + operatorActs.length * whens.length;
/** No divisor of it divides a count of singles by chance: it is prime, and larger than any. */
const stride = 1_000_003;

const singlesOf = (points: number): number => points * singlesPerPoint;
export const singlesInAll = (counts: PointCounts): number => counts.reduce((sum, { points }) => sum + singlesOf(points), 0);

/** The seed under which a scenario's points are counted; its systematic schedules run under the same. */
export const undisturbedSeed = (seed: number, scenario: number): string => `${seed}/${scenario}`;

export function scheduleOf(seed: number, index: number, points: PointCounts): Schedule {
  const round = Math.floor(index / 4);
  const systematic = round * 3 + (index % 4);
  const all = singlesInAll(points);
  if (index % 4 < 3 && systematic < all) {
    const { of, single } = ownSingle((systematic * stride) % all, points);
    return { index, scenario: scenarios[of]!, kind: 'single', seed: undisturbedSeed(seed, of), ...singlePlan(single) };
  }
  const of = round % scenarios.length;
  const own = `${seed}/drawn/${index}`;
  const rng = seededRng(`${own}/plan`);
  const kind = rng.uniform() < 0.5 ? 'pair' : 'random';
  const { points: count, decisive } = points[of]!;
  return {
    index,
    scenario: scenarios[of]!,
    kind,
    seed: own,
    ...(kind === 'pair' ? pairPlan(rng, count, decisive) : randomPlan(rng, count)),
  };
}

/** Of all singles, one scenario's after the other's: whose this one is, and which of its own. */
function ownSingle(ofAll: number, points: PointCounts): { readonly of: number; readonly single: number } {
  let single = ofAll;
  let of = 0;
  for (; single >= singlesOf(points[of]!.points); of++) single -= singlesOf(points[of]!.points);
  return { of, single };
}

type Drawn = Pick<Schedule, 'plan' | 'what'>;

function singlePlan(single: number): Drawn {
  const point = 1 + Math.floor(single / singlesPerPoint);
  const which = single % singlesPerPoint;
  const kind = faultKinds[which];
  if (kind !== undefined) return planOf([[point, { kind, lateFrac: ((single * 7) % 10) / 10 }]], []);
  const move = which - faultKinds.length;
  return planOf([], [[point, { act: operatorActs[Math.floor(move / 2)]!, when: whens[move % 2]! }]]);
}

/** Half of the first are at a decisive call: what befalls that one matters most. */
function pairPlan(rng: Rng, points: number, decisive: readonly number[]): Drawn {
  const first = rng.uniform() < 0.5 ? decisive[pick(rng, decisive.length)]! : 1 + pick(rng, points);
  // Half of the time close by: that is where two things get into each other's way.
  const second = rng.uniform() < 0.5 ? first + pick(rng, 12) : 1 + pick(rng, points);
  const twoFaults = rng.uniform() < 0.4;
  return twoFaults
    ? planOf([...pointed(first, drawnFault(rng)), ...pointed(second === first ? first + 1 : second, drawnFault(rng))], [])
    : planOf(pointed(first, drawnFault(rng)), pointed(second, drawnMove(rng)));
}

function randomPlan(rng: Rng, points: number): Drawn {
  const chance = 0.02 + 0.18 * rng.uniform() ** 2;
  const faults: [number, Fault][] = [];
  for (let point = 1; point <= 3 * points; point++) if (rng.uniform() < chance) faults.push([point, drawnFault(rng)]);
  const moves: [number, OperatorMove][] = Array.from({ length: pick(rng, 3) }, () => [1 + pick(rng, points), drawnMove(rng)]);
  return planOf(faults, moves);
}

const pick = (rng: Rng, below: number): number => Math.floor(rng.uniform() * below);
const pointed = <T>(point: number, what: T): [number, T][] => [[point, what]];
const drawnFault = (rng: Rng): Fault => ({ kind: faultKinds[pick(rng, faultKinds.length)]!, lateFrac: rng.uniform() });
const drawnMove = (rng: Rng): OperatorMove => ({ act: operatorActs[pick(rng, operatorActs.length)]!, when: whens[pick(rng, 2)]! });

function planOf(faults: readonly (readonly [number, Fault])[], moves: readonly (readonly [number, OperatorMove])[]): Drawn {
  const faultsByPoint = new Map(faults);
  return {
    plan: {
      faultAt: (point) => faultsByPoint.get(point),
      movesAt: (point) => moves.flatMap(([at, move]) => (at === point ? [move] : [])),
    },
    what: [
      ...faults.map(([point, { kind }]) => `${kind} at ${point}`),
      ...moves.map(([point, { act, when }]) => `${act} ${when} ${point}`),
    ].join(', '),
  };
}

/**
 * k-means with k-means++ seeding: the first guess of which observations belong together, from which EM starts.
 *
 * 1. The first centre is an observation drawn at random; each further one is drawn with a probability in proportion to its squared
 *    distance from the nearest centre so far (Arthur and Vassilvitskii 2007, algorithm 1).
 * 2. Lloyd's iteration: each observation goes to its nearest centre, the lower number on a tie; each centre to the mean of its own;
 *    a centre without observations stays. Until nothing moves, or `iterationsMax`.
 *
 * Distances are Euclidean: the caller brings the dimensions to one scale.
 */
import type { Rng } from '../../kernel/rng.ts';
import type { Observations } from './hmm-model.ts';

/** The cluster of each observation, 0 to clusters − 1. */
export function kMeans(observations: Observations, clusters: number, iterationsMax: number, rng: Rng): Uint8Array {
  const { rows, dimensions } = observations;
  const centres = seedCentres(observations, clusters, rng);
  const labels = new Uint8Array(rows);
  const sums = new Float64Array(clusters * dimensions);
  const counts = new Float64Array(clusters);
  for (let iteration = 0; iteration < iterationsMax; iteration++) {
    const moved = assign(observations, centres, clusters, labels);
    if (moved === 0 && iteration > 0) break;
    sums.fill(0);
    counts.fill(0);
    for (let t = 0; t < rows; t++) {
      const label = labels[t]!;
      counts[label]!++;
      for (let d = 0; d < dimensions; d++) sums[label * dimensions + d]! += observations.values[t * dimensions + d]!;
    }
    for (let at = 0; at < centres.length; at++) {
      const count = counts[Math.floor(at / dimensions)]!;
      if (count > 0) centres[at] = sums[at]! / count;
    }
  }
  return labels;
}

function seedCentres(observations: Observations, clusters: number, rng: Rng): Float64Array {
  const { rows, dimensions, values } = observations;
  const centres = new Float64Array(clusters * dimensions);
  const nearest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  let chosen = Math.floor(rng.uniform() * rows);
  for (let cluster = 0; cluster < clusters; cluster++) {
    centres.set(values.subarray(chosen * dimensions, (chosen + 1) * dimensions), cluster * dimensions);
    let total = 0;
    for (let t = 0; t < rows; t++) {
      nearest[t] = Math.min(nearest[t]!, squaredDistance(observations, t, centres, cluster));
      total += nearest[t]!;
    }
    chosen = draw(nearest, total * rng.uniform());
  }
  return centres;
}

/** The first index at which the running sum of the weights exceeds `target`. */
function draw(weights: Float64Array, target: number): number {
  let sum = 0;
  for (let t = 0; t < weights.length; t++) {
    sum += weights[t]!;
    if (sum > target) return t;
  }
  return weights.length - 1;
}

function assign(observations: Observations, centres: Float64Array, clusters: number, labels: Uint8Array): number {
  let moved = 0;
  for (let t = 0; t < observations.rows; t++) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let cluster = 0; cluster < clusters; cluster++) {
      const distance = squaredDistance(observations, t, centres, cluster);
      if (distance < least) {
        least = distance;
        best = cluster;
      }
    }
    if (labels[t] !== best) moved++;
    labels[t] = best;
  }
  return moved;
}

function squaredDistance({ dimensions, values }: Observations, t: number, centres: Float64Array, cluster: number): number {
  let sum = 0;
  for (let d = 0; d < dimensions; d++) {
    const difference = values[t * dimensions + d]! - centres[cluster * dimensions + d]!;
    sum += difference * difference;
  }
  return sum;
}

import type { Neighbors } from './nearest-neighbors.js';

/** How near the sum of a vector's memberships comes to what it is to be, in so many halvings at most. */
const [TOLERANCE, HALVINGS] = [1e-5, 64];
/** σ is at least this share of the mean distance. */
const LEAST = 1e-3;

/**
 * How strongly neighbours belong to a vector (McInnes et al. 2018, §3.1): exp(−(d − ρ) / σ), where ρ is the distance of the nearest that is not
 * equal, and σ what makes the memberships of the other neighbours add up to log₂ of their number, the vector counted. To the last bit what umap-js gives.
 * @returns in 0 … 1, of the vector itself 0, [vectors, count]
 */
export function memberships({ count, distances }: Omit<Neighbors, 'indices'>): Float32Array {
  const strengths = new Float32Array(distances.length);
  const beyond = new Float64Array(count);
  const target = Math.log(count) / Math.log(2);
  for (let first = 0; first < distances.length; first += count) {
    const own = distances.subarray(first, first + count);
    const rho = own.find((distance) => distance > 0) ?? 0;
    for (let j = 0; j < count; j++) beyond[j] = own[j] - rho;
    const mean = own.reduce((sum, distance) => sum + distance, 0) / count;
    // Where all neighbours are equal, σ is of no account.
    const sigma = Math.max(scaleOf(beyond, target), LEAST * mean);
    for (let j = 1; j < count; j++) strengths[first + j] = beyond[j] > 0 ? Math.exp(-(beyond[j] / sigma)) : 1;
  }
  return strengths;
}

/** σ, by halving. @param beyond how much farther neighbours are than the nearest, the vector itself first, from the nearest on */
function scaleOf(beyond: Float64Array, target: number): number {
  let [low, high, middle] = [0, Number.POSITIVE_INFINITY, 1];
  for (let halving = 0; halving < HALVINGS; halving++) {
    let sum = 0;
    // What is left of a sum that is too large would only add to it.
    for (let j = 1; j < beyond.length && sum < target + TOLERANCE; j++) {
      sum += beyond[j] > 0 ? Math.exp(-(beyond[j] / middle)) : 1;
    }
    if (Math.abs(sum - target) < TOLERANCE) break;
    if (sum > target) high = middle;
    else low = middle;
    middle = high === Number.POSITIVE_INFINITY ? 2 * middle : (low + high) / 2;
  }
  return middle;
}

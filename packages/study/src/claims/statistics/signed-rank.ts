/** Signs of so many differences are enumerated; the normal distribution stands for those of more. */
const EXACT = 200;

/** What comes of a signed-rank test of differences against zero. */
export interface SignedRank {
  /** Differences that are not zero. */
  readonly n: number;
  /** Probability of ranks as large or larger on the positive side, if signs were those of a coin: small where differences are above zero. */
  readonly above: number;
  /** The same of the negative side: small where differences are below zero. */
  readonly below: number;
}

/**
 * Wilcoxon's signed-rank test (1945) of paired differences. The distribution is that of all 2ⁿ signs, given the ranks, so that ties change
 * nothing in its being exact; from more than 200 differences it is the normal one with the same variance. Differences of zero are ranked
 * with the others and then dropped (Pratt 1959); equal ones share the mean of their ranks.
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const { doubled, positive } = ranks(differences);
  const sum = doubled.reduce((total, rank) => total + rank, 0);
  const tail = doubled.length <= EXACT ? exactTail(doubled, sum) : normalTail(doubled, sum);
  return { n: doubled.length, above: tail(positive), below: tail(sum - positive) };
}

/** Of both sides: twice the smaller, at most 1. */
export const twoSided = ({ above, below }: SignedRank): number => Math.min(1, 2 * Math.min(above, below));

/** The least p that so many signals can give: all differences on one side. */
export const leastP = (signals: number, sides: 1 | 2): number => Math.min(1, sides * 2 ** -signals);

/** Twice the ranks of what is not zero, which makes them whole numbers, and the sum of those of positive differences. */
function ranks(differences: readonly number[]): { readonly doubled: number[]; readonly positive: number } {
  const ordered = [...differences].sort((a, b) => Math.abs(a) - Math.abs(b));
  const doubled: number[] = [];
  let positive = 0;
  for (let first = 0; first < ordered.length; ) {
    let end = first + 1;
    while (end < ordered.length && Math.abs(ordered[end]) === Math.abs(ordered[first])) end++;
    // The mean of the ranks first + 1 … end, twice.
    const rank = first + 1 + end;
    for (const difference of ordered.slice(first, end)) {
      if (difference === 0) continue;
      doubled.push(rank);
      if (difference > 0) positive += rank;
    }
    first = end;
  }
  return { doubled, positive };
}

/** P(sum of ranks with positive signs ≥ at), each sign that of a coin. */
function exactTail(doubled: readonly number[], sum: number): (at: number) => number {
  let probabilities = new Float64Array(sum + 1);
  probabilities[0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    const next = new Float64Array(sum + 1);
    for (let i = 0; i <= reached; i++) {
      next[i] += probabilities[i] / 2;
      next[i + rank] += probabilities[i] / 2;
    }
    reached += rank;
    probabilities = next;
  }
  return (at) => probabilities.subarray(at).reduce((total, probability) => total + probability, 0);
}

function normalTail(doubled: readonly number[], sum: number): (at: number) => number {
  const deviation = Math.sqrt(doubled.reduce((total, rank) => total + rank ** 2, 0)) / 2;
  return (at) => {
    const z = (at - sum / 2) / deviation;
    return z < 0 ? 1 - upperNormal(-z) : upperNormal(z);
  };
}

const STEPS = 2000;

/** P(Z ≥ z) of a standard normal Z, z ≥ 0, by Simpson's rule up to where nothing is left. */
function upperNormal(z: number): number {
  const [from, to] = [z, z + 10];
  const density = (x: number) => Math.exp((x * x) / -2);
  let sum = density(from) + density(to);
  for (let i = 1; i < STEPS; i++) sum += (i % 2 === 0 ? 2 : 4) * density(from + (i * (to - from)) / STEPS);
  return (((to - from) / STEPS / 3) * sum) / Math.sqrt(2 * Math.PI);
}

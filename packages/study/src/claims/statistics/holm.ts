/**
 * Holm's correction (1979) of several p: the k-th smallest of m is taken m − k + 1 times, at most 1, and none is less than one before it.
 * If no claim were true, the probability that any corrected p is at most 0.05 would be at most 0.05.
 * @returns in the order given
 */
export function holm(ps: readonly number[]): number[] {
  const order = [...ps.keys()].sort((a, b) => ps[a] - ps[b]);
  const corrected = new Array<number>(ps.length);
  let least = 0;
  for (const [k, i] of order.entries()) {
    least = Math.max(least, Math.min(1, (ps.length - k) * ps[i]));
    corrected[i] = least;
  }
  return corrected;
}

/** Scaled linearly so that the smallest value is 0 and the largest 1; zeros where they are the same. */
export function scaled(values: ArrayLike<number>): Float32Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return Float32Array.from(values, (value) => (high > low ? (value - low) / (high - low) : 0));
}

/** Indices of the `count` largest |v|, largest first; NaN (not yet known) is left out. */
export function strongest(values: ArrayLike<number>, count: number): number[] {
  // Keeping a short list sorted is faster than sorting all: most values are below its last one.
  const best: number[] = [];
  let threshold = -1;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (!(size > threshold)) continue;
    let at = best.length;
    while (at > 0 && Math.abs(values[best[at - 1]]) < size) at--;
    best.splice(at, 0, i);
    if (best.length > count) best.pop();
    if (best.length === count) threshold = Math.abs(values[best[count - 1]]);
  }
  return best;
}

/** Σ |v| of what is known. */
export function sumOfSizes(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (!Number.isNaN(size)) sum += size;
  }
  return sum;
}

/** How many of the largest |v| add up to `share` of Σ |v|. */
export function countForShare(values: ArrayLike<number>, share: number): number {
  const sizes = Float64Array.from(values as ArrayLike<number>, (value) =>
    Number.isNaN(value) ? 0 : -Math.abs(value),
  ).sort();
  const wanted = share * sumOfSizes(sizes);
  let sum = 0;
  for (let i = 0; i < sizes.length; i++) {
    if (sum >= wanted) return i;
    sum -= sizes[i];
  }
  return sizes.length;
}

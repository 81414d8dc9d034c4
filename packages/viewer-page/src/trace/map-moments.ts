/** How many numbers `mapMoments` gives of each map. */
export const MOMENTS = 3;

/**
 * Of each map c with a plane w of the same pixels: Σ c·w, Σ c and Σ c².
 * @param maps [n, P]
 * @param plane [P]
 * @returns [n, 3]
 */
export function mapMoments(maps: Float32Array, plane: Float32Array): Float64Array {
  const pixels = plane.length;
  const moments = new Float64Array((MOMENTS * maps.length) / pixels);
  for (let n = 0; n < moments.length / MOMENTS; n++) {
    const map = maps.subarray(n * pixels, (n + 1) * pixels);
    let [product, sum, squares] = [0, 0, 0];
    for (let p = 0; p < pixels; p++) {
      const value = map[p];
      product += value * plane[p];
      sum += value;
      squares += value * value;
    }
    moments.set([product, sum, squares], MOMENTS * n);
  }
  return moments;
}

/** Of what a map varies by, the least share of its mean square that is no rounding. */
const ROUNDING = 1e-9;

/**
 * The correlation over pixels of each map with the plane that its moments were made with, [n] in [−1, 1]; NaN where one of the two is
 * the same everywhere.
 * @param moments [n, 3], of `mapMoments`
 */
export function mapCorrelations(moments: Float64Array, plane: Float32Array): Float64Array {
  const pixels = plane.length;
  const [, planeSum, planeSquares] = mapMoments(plane, plane);
  const planeSpread = planeSquares - planeSum ** 2 / pixels;
  return Float64Array.from({ length: moments.length / MOMENTS }, (_, n) => {
    const [product, sum, squares] = moments.subarray(MOMENTS * n, MOMENTS * (n + 1));
    const spread = squares - sum ** 2 / pixels;
    if (!(spread > ROUNDING * squares) || !(planeSpread > ROUNDING * planeSquares)) return Number.NaN;
    const correlation = (product - (sum * planeSum) / pixels) / Math.sqrt(spread * planeSpread);
    return Math.max(-1, Math.min(1, correlation));
  });
}

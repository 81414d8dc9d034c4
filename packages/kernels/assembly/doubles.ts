/*
 * Sums in double precision, each in one order, with its products rounded before they are added: the same bits as plain loops.
 */

/** Σ_k weights[k] · source[starts[k] + x] for 0 ≤ x < 16 · blocks, added up in the order of k and rounded to float32. All but starts, which are bytes, are float64. */
export function sumShifted(source: usize, starts: usize, weights: usize, taps: i32, target: usize, blocks: i32): void {
  const end = starts + (<usize>taps << 2);
  for (let block = 0; block < blocks; block++, source += 128, target += 128) {
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    for (let start = starts, weight = weights; start < end; start += 4, weight += 8) {
      const at = source + <usize>load<u32>(start), w = v128.load64_splat(weight);
      s0 = f64x2.add(s0, f64x2.mul(v128.load(at), w));
      s1 = f64x2.add(s1, f64x2.mul(v128.load(at, 16), w));
      s2 = f64x2.add(s2, f64x2.mul(v128.load(at, 32), w));
      s3 = f64x2.add(s3, f64x2.mul(v128.load(at, 48), w));
      s4 = f64x2.add(s4, f64x2.mul(v128.load(at, 64), w));
      s5 = f64x2.add(s5, f64x2.mul(v128.load(at, 80), w));
      s6 = f64x2.add(s6, f64x2.mul(v128.load(at, 96), w));
      s7 = f64x2.add(s7, f64x2.mul(v128.load(at, 112), w));
    }
    v128.store(target, rounded(s0));
    v128.store(target, rounded(s1), 16);
    v128.store(target, rounded(s2), 32);
    v128.store(target, rounded(s3), 48);
    v128.store(target, rounded(s4), 64);
    v128.store(target, rounded(s5), 80);
    v128.store(target, rounded(s6), 96);
    v128.store(target, rounded(s7), 112);
  }
}

// @ts-ignore: decorator
@inline
function rounded(x: v128): v128 {
  return f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(x));
}

/**
 * The nearest centroid of each vector, by the sum of squared differences in the order of dimensions; the first of several.
 * @param vectors float32 [count, dimensions]
 * @param lanes float64 [groups, dimensions, 8]: eight centroids side by side, those that fill up the last group at infinity
 * @param labels int32 [count]
 */
export function nearest(vectors: usize, count: i32, dimensions: i32, lanes: usize, groups: i32, labels: usize): void {
  const step = <usize>dimensions << 2;
  for (let i = 0; i < count; i++, vectors += step, labels += 4) {
    const end = vectors + step;
    let found = 0, smallest: f64 = Infinity, at = lanes;
    for (let group = 0; group < groups; group++) {
      let a = f64x2.splat(0), b = a, c = a, d = a;
      for (let value = vectors; value < end; value += 4, at += 64) {
        const x = f64x2.promote_low_f32x4(v128.load32_splat(value));
        const p = f64x2.sub(x, v128.load(at)), q = f64x2.sub(x, v128.load(at, 16));
        const r = f64x2.sub(x, v128.load(at, 32)), s = f64x2.sub(x, v128.load(at, 48));
        a = f64x2.add(a, f64x2.mul(p, p));
        b = f64x2.add(b, f64x2.mul(q, q));
        c = f64x2.add(c, f64x2.mul(r, r));
        d = f64x2.add(d, f64x2.mul(s, s));
      }
      const least = f64x2.splat(smallest);
      const nearer = v128.or(
        v128.or(f64x2.lt(a, least), f64x2.lt(b, least)),
        v128.or(f64x2.lt(c, least), f64x2.lt(d, least)),
      );
      if (!v128.any_true(nearer)) continue;
      const first = group << 3;
      for (let k = 0; k < 8; k++) {
        const pair = k < 4 ? (k < 2 ? a : b) : k < 6 ? c : d;
        const distance = k & 1 ? f64x2.extract_lane(pair, 1) : f64x2.extract_lane(pair, 0);
        if (distance < smallest) {
          smallest = distance;
          found = first + k;
        }
      }
    }
    store<i32>(labels, found);
  }
}

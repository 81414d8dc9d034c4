/*
 * Along an axis, an output of a smoothing is a weighted sum of a few neighbouring inputs; weights are vectors, since
 * neurons of different sub-pixels have different ones.
 */

/** Along a row: output x sums `count[x]` inputs from `offset[x]` on, by the `taps` vectors of weights from x · taps on. */
export function sumAcross(
  source: usize, target: usize, outputs: i32, offset: usize, count: usize, weights: usize, taps: i32,
): void {
  const step = <usize>taps << 4;
  for (let x = 0; x < outputs; x++) {
    let from = source + (<usize>load<i32>(offset) << 4);
    let weight = weights;
    let sum = f32x4.mul(v128.load(from), v128.load(weight));
    for (let n = load<i32>(count); n > 1; n--) {
      from += 16;
      weight += 16;
      sum = f32x4.add(sum, f32x4.mul(v128.load(from), v128.load(weight)));
    }
    v128.store(target, sum);
    target += 16;
    offset += 4;
    count += 4;
    weights += step;
  }
}

/**
 * The same for whole rows at twice the resolution and size 3, where outputs 2x and 2x + 1 are a·v[x−1] + b·v[x] and
 * c·v[x] + d·v[x+1].
 * @param source with a zero vector before and after it
 * @param weights a, b, c, d
 */
export function sumAcross2x3(source: usize, width: i32, target: usize, weights: usize): void {
  const a = v128.load(weights, 0), b = v128.load(weights, 16), c = v128.load(weights, 32), d = v128.load(weights, 48);
  const end = source + (<usize>width << 4);
  let before = v128.load(source - 16);
  let here = v128.load(source);
  for (; source < end; source += 16, target += 32) {
    const after = v128.load(source, 16);
    v128.store(target, f32x4.add(f32x4.mul(before, a), f32x4.mul(here, b)), 0);
    v128.store(target, f32x4.add(f32x4.mul(here, c), f32x4.mul(after, d)), 16);
    before = here;
    here = after;
  }
}

export function scaled(a: usize, weights: usize, n: i32, target: usize): void {
  const u = v128.load(weights);
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16, a += 16) v128.store(target, f32x4.mul(v128.load(a), u));
}

export function sumOfTwo(a: usize, b: usize, weights: usize, n: i32, target: usize): void {
  const u = v128.load(weights, 0), v = v128.load(weights, 16);
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16, a += 16, b += 16) {
    v128.store(target, f32x4.add(f32x4.mul(v128.load(a), u), f32x4.mul(v128.load(b), v)));
  }
}

export function addScaled(a: usize, weights: usize, n: i32, target: usize): void {
  const u = v128.load(weights);
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16, a += 16) {
    v128.store(target, f32x4.add(v128.load(target), f32x4.mul(v128.load(a), u)));
  }
}

/** Weights of four lanes: of every `phases` floats, each lane takes the one of its own phase (int32 in `lanePhases`). */
export function pickWeights(source: usize, n: i32, phases: i32, lanePhases: usize, target: usize): void {
  const p0 = <usize>load<i32>(lanePhases, 0) << 2, p1 = <usize>load<i32>(lanePhases, 4) << 2;
  const p2 = <usize>load<i32>(lanePhases, 8) << 2, p3 = <usize>load<i32>(lanePhases, 12) << 2;
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16) {
    store<f32>(target, load<f32>(source + p0), 0);
    store<f32>(target, load<f32>(source + p1), 4);
    store<f32>(target, load<f32>(source + p2), 8);
    store<f32>(target, load<f32>(source + p3), 12);
    source += <usize>phases << 2;
  }
}

/*
 * Along an axis, an output of a smoothing is a weighted sum of a few neighbouring inputs; weights are vectors, since
 * neurons of different sub-pixels have different ones.
 */

/**
 * Along a row: output x sums `count[x]` inputs, at the first places (bytes) and by the first vectors of weights of the `taps` from x · taps on.
 * @param start what is summed to: 0, or −0, which leaves a product as it is, with the sign of its zero
 */
export function sumAcross(
  source: usize, count: usize, index: usize, weights: usize, taps: i32, start: f32, n: i32, target: usize,
): void {
  const step = <usize>taps << 2;
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16, count += 4, index += step, weights += step << 2) {
    let sum = f32x4.splat(start);
    const stop = index + (<usize>load<i32>(count) << 2);
    let weight = weights;
    for (let at = index; at < stop; at += 4, weight += 16) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(source + load<usize>(at)), v128.load(weight)));
    }
    v128.store(target, sum);
  }
}

/** A column whose four lanes are in places of their own: their addresses follow one another. */
// @ts-ignore: decorator
@inline
function gathered(addresses: usize): v128 {
  let column = v128.load32_zero(load<usize>(addresses, 0));
  column = v128.load32_lane(load<usize>(addresses, 4), column, 1, 4);
  column = v128.load32_lane(load<usize>(addresses, 8), column, 2, 8);
  return v128.load32_lane(load<usize>(addresses, 12), column, 3, 12);
}

/** @param isSpread whether `source` holds addresses of lanes; known when this is compiled */
// @ts-ignore: decorator
@inline
function acrossTwice(isSpread: bool, source: usize, width: i32, target: usize, weights: usize): void {
  const a = v128.load(weights, 0), b = v128.load(weights, 16), c = v128.load(weights, 32), d = v128.load(weights, 48);
  const end = source + (<usize>width << 4);
  let before = isSpread ? gathered(source - 16) : v128.load(source - 16);
  let here = isSpread ? gathered(source) : v128.load(source);
  for (; source < end; source += 16, target += 32) {
    const after = isSpread ? gathered(source + 16) : v128.load(source, 16);
    v128.store(target, f32x4.add(f32x4.mul(before, a), f32x4.mul(here, b)), 0);
    v128.store(target, f32x4.add(f32x4.mul(here, c), f32x4.mul(after, d)), 16);
    before = here;
    here = after;
  }
}

/**
 * As sumAcross, for whole rows at twice the resolution and size 3, where outputs 2x and 2x + 1 are a·v[x−1] + b·v[x] and
 * c·v[x] + d·v[x+1].
 * @param source with a zero vector before and after it
 * @param weights a, b, c, d
 */
export function sumAcross2x3(source: usize, width: i32, target: usize, weights: usize): void {
  acrossTwice(false, source, width, target, weights);
}

/**
 * As sumAcross2x3, of a row that holds each column that differs once.
 * @param addresses of the four lanes of every column, and of zeros before and after them [width + 2, 4]: those of the first column
 */
export function sumSpread2x3(addresses: usize, width: i32, target: usize, weights: usize): void {
  acrossTwice(true, addresses, width, target, weights);
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

/** Of every `phases` numbers of four bytes, each of four lanes takes the one of its own phase (int32 in `lanePhases`): [n, 4]. */
export function pickByPhase(source: usize, n: i32, phases: i32, lanePhases: usize, target: usize): void {
  const p0 = <usize>load<i32>(lanePhases, 0) << 2, p1 = <usize>load<i32>(lanePhases, 4) << 2;
  const p2 = <usize>load<i32>(lanePhases, 8) << 2, p3 = <usize>load<i32>(lanePhases, 12) << 2;
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16) {
    store<u32>(target, load<u32>(source + p0), 0);
    store<u32>(target, load<u32>(source + p1), 4);
    store<u32>(target, load<u32>(source + p2), 8);
    store<u32>(target, load<u32>(source + p3), 12);
    source += <usize>phases << 2;
  }
}

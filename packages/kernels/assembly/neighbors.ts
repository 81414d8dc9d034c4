import { multiplyTile } from './product';

/*
 * The search for nearest neighbours: products of float32, which are never written out, leave few of all vectors; these are measured in float64.
 */

/** Products of four vectors with eight. */
const PRODUCTS = memory.data(128, 16);

/**
 * Which vectors b may be near each of some vectors a: those with h − a·b ≤ limit.
 * @param rows vectors a, float32 [m, k]
 * @param m a multiple of four
 * @param columns vectors b, eight side by side, float32 [panels, k, 8]
 * @param halves h of each vector b, float32 [8 · panels]; NaN for those that fill up the last panel
 * @param limits of each vector a, float32 [m]
 * @param found gets the indices of vectors b in their order, int32 [m, room]
 * @param counts gets how many there are for each vector a, int32 [m]
 */
export function findNear(
  rows: usize, m: i32, k: i32, columns: usize, panels: i32, halves: usize, limits: usize,
  found: usize, room: i32, counts: usize,
): void {
  const rowStep = <usize>k << 2, panelStep = <usize>k << 5, foundStep = <usize>room << 2;
  memory.fill(counts, 0, <usize>m << 2);
  for (let panel = 0; panel < panels; panel++, columns += panelStep, halves += 32) {
    const u = v128.load(halves), v = v128.load(halves, 16);
    for (let i = 0; i < m; i += 4) {
      multiplyTile(rows + <usize>i * rowStep, rowStep, columns, columns + panelStep, PRODUCTS, 32, false);
      for (let row = i, products = PRODUCTS; row < i + 4; row++, products += 32) {
        const limit = v128.load32_splat(limits + (<usize>row << 2));
        let mask = i32x4.bitmask(f32x4.le(f32x4.sub(u, v128.load(products)), limit));
        mask |= i32x4.bitmask(f32x4.le(f32x4.sub(v, v128.load(products, 16)), limit)) << 4;
        if (!mask) continue;
        const count = counts + (<usize>row << 2);
        let at = found + <usize>row * foundStep + (<usize>load<u32>(count) << 2);
        store<u32>(count, load<u32>(count) + popcnt(mask));
        for (; mask; mask &= mask - 1, at += 4) store<i32>(at, (panel << 3) + ctz(mask));
      }
    }
  }
}

/**
 * The nearest to one vector of those that were found, from the nearest on; of equally near ones the first before the others. Squares are
 * added up in the order of dimensions.
 * @param vectors float32 [n, k]
 * @param own index of the vector, which is not counted among those found
 * @param found their indices in their order, int32 [size]; overwritten
 * @param distances room for float64 [size]
 * @param order room for int32 [count]
 * @param count how many are wanted
 * @param nearest gets their indices, int32 [count]
 * @param apart gets their distances, float32 [count]
 * @returns the largest of these distances; infinity, and nothing written, where fewer were found
 */
export function pickNearest(
  vectors: usize, k: i32, own: i32, found: usize, size: i32, distances: usize, order: usize, count: i32,
  nearest: usize, apart: usize,
): f64 {
  const step = <usize>k << 2;
  let measured = 0, equal = 0;
  // None is nearer than equal ones: where there are enough, the others are not measured.
  for (let i = 0; i < size && equal < count; i++) {
    const j = load<i32>(found + (<usize>i << 2));
    if (j == own) continue;
    const distance = distanceOf(vectors + <usize>own * step, vectors + <usize>j * step, step);
    store<i32>(found + (<usize>measured << 2), j);
    store<f64>(distances + (<usize>measured << 3), distance);
    measured++;
    if (distance == 0) equal++;
  }
  if (measured < count) return Infinity;
  if (!count) return 0;
  // A heap of the nearest, in which each is farther than the two after it.
  for (let i = 0; i < count; i++) store<i32>(order + (<usize>i << 2), i);
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(order, count, distances, i);
  for (let i = count; i < measured; i++) {
    if (!farther(distances, load<i32>(order), i)) continue;
    store<i32>(order, i);
    sink(order, count, distances, 0);
  }
  const largest = load<f64>(distances + (<usize>load<i32>(order) << 3));
  for (let last = count - 1; last >= 0; last--) {
    const farthest = <usize>load<i32>(order);
    store<i32>(nearest + (<usize>last << 2), load<i32>(found + (farthest << 2)));
    store<f32>(apart + (<usize>last << 2), <f32>load<f64>(distances + (farthest << 3)));
    store<i32>(order, load<i32>(order + (<usize>last << 2)));
    sink(order, last, distances, 0);
  }
  return largest;
}

// @ts-ignore: decorator
@inline
function distanceOf(a: usize, b: usize, bytes: usize): f64 {
  let square: f64 = 0;
  for (const end = a + bytes; a < end; a += 4, b += 4) {
    const by = <f64>load<f32>(a) - <f64>load<f32>(b);
    square += by * by;
  }
  return sqrt(square);
}

/** Whether the one at `i` is farther than the one at `j`, or as far and after it. */
// @ts-ignore: decorator
@inline
function farther(distances: usize, i: i32, j: i32): bool {
  const one = load<f64>(distances + (<usize>i << 3)), other = load<f64>(distances + (<usize>j << 3));
  return one > other || (one == other && i > j);
}

/** Moves what is at `from` in a heap of `size` behind all that are farther. */
function sink(heap: usize, size: i32, distances: usize, from: i32): void {
  const moved = load<i32>(heap + (<usize>from << 2));
  for (let child = 2 * from + 1; child < size; child = 2 * from + 1) {
    let at = heap + (<usize>child << 2);
    if (child + 1 < size && farther(distances, load<i32>(at + 4), load<i32>(at))) {
      child++;
      at += 4;
    }
    if (!farther(distances, load<i32>(at), moved)) break;
    store<i32>(heap + (<usize>from << 2), load<i32>(at));
    from = child;
  }
  store<i32>(heap + (<usize>from << 2), moved);
}

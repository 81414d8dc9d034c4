import { coefficient, step, WHOLE } from './lanes';

/*
 * One round of UMAP's optimiser in the plane (McInnes et al. 2018, §3.2), four edges at a time. Edges are listed in both directions, and both
 * have their turn in the same round: so the first end is drawn to the other twice as far, and the other end moves when it is the first. Then
 * the first end is pushed away from points drawn at random. All others are where they were before the round, so that ends of edges
 * can be moved in any order, by several threads. The four are taken from the four quarters of the list, so that they seldom have the same first end.
 */

/** Points that an edge is pushed from. */
const REPULSIONS = 5;
/** The most that a coordinate is moved by, before the step size. */
const MOST: f32 = 4;

const LOGARITHM = memory.data<f32>([0.17212873, -0.26950627, 0.2956336, -0.35935065, 0.48062915, -0.72136404, 1.4426964]);

/** log₂ of positive numbers, to 2e-6: the exponent, and the mantissa m in [√½, √2) as (m − 1) · p(m − 1). */
// @ts-ignore: decorator
@inline
function logarithm(x: v128): v128 {
  const exponent = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
  const t = f32x4.sub(i32x4.sub(x, i32x4.shl(exponent, 23)), f32x4.splat(1));
  let p = step(coefficient(LOGARITHM, 0), t, LOGARITHM, 1);
  p = step(p, t, LOGARITHM, 2);
  p = step(p, t, LOGARITHM, 3);
  p = step(p, t, LOGARITHM, 4);
  p = step(p, t, LOGARITHM, 5);
  p = step(p, t, LOGARITHM, 6);
  return f32x4.add(f32x4.mul(p, t), f32x4.convert_i32x4_s(exponent));
}

const POWER = memory.data<f32>([0.0013400432, 0.009676037, 0.055503272, 0.24022107, 0.6931472, 1]);

/** 2^x for −126 ≤ x ≤ 126, to 3e-7 of it. */
// @ts-ignore: decorator
@inline
function power(x: v128): v128 {
  const shifted = f32x4.add(x, f32x4.splat(WHOLE));
  const f = f32x4.sub(x, f32x4.sub(shifted, f32x4.splat(WHOLE)));
  let p = step(coefficient(POWER, 0), f, POWER, 1);
  p = step(p, f, POWER, 2);
  p = step(p, f, POWER, 3);
  p = step(p, f, POWER, 4);
  p = step(p, f, POWER, 5);
  return f32x4.mul(p, i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23));
}

/** d^b of squared distances d, to 2e-6 of it; of 0, a small number. */
// @ts-ignore: decorator
@inline
function raised(d: v128, b: f32): v128 {
  const x = f32x4.mul(logarithm(f32x4.pmax(d, f32x4.splat(1e-30))), f32x4.splat(b));
  return power(f32x4.pmin(f32x4.pmax(x, f32x4.splat(-126)), f32x4.splat(126)));
}

// @ts-ignore: decorator
@inline
function clipped(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(-MOST)), f32x4.splat(MOST));
}

/** The next of xoshiro128+ (Blackman & Vigna 2018), one stream in each lane. */
// @ts-ignore: decorator
@inline
function drawn(state: usize): v128 {
  const a = v128.load(state), b = v128.load(state, 16), last = v128.load(state, 48);
  const c = v128.xor(v128.load(state, 32), a), d = v128.xor(last, b);
  v128.store(state, v128.xor(a, d));
  v128.store(state, v128.xor(b, c), 16);
  v128.store(state, v128.xor(c, i32x4.shl(b, 9)), 32);
  v128.store(state, v128.or(i32x4.shl(d, 11), i32x4.shr_u(d, 21)), 48);
  return i32x4.add(a, last);
}

// @ts-ignore: decorator
@inline
function place(points: usize, index: u32): usize {
  return points + (<usize>index << 3);
}

/** x and y of two points, from each of two places. */
// @ts-ignore: decorator
@inline
function two(one: usize, other: usize): v128 {
  return v128.load64_lane(other, v128.load64_zero(one), 1);
}

/** Adds to x and y of two points, one after the other: they may be the same. */
// @ts-ignore: decorator
@inline
function move(one: usize, other: usize, by: v128): void {
  v128.store64_lane(one, f32x4.add(v128.load64_zero(one), by), 0);
  v128.store64_lane(other, f32x4.add(v128.load64_lane(other, by, 1), by), 1);
}

/**
 * Which edges' turn it is in a pass: an edge of rate r, in 0 … 1, has had ⌊pass · r⌋ turns after so many passes.
 * @param count a multiple of four
 * @param due their indices, and `count` in the rest of the last four [count at most]
 * @returns into how many fours they go
 */
export function dueEdges(rates: usize, count: i32, pass: f32, due: usize): i32 {
  const start = due;
  const now = f32x4.splat(pass), before = f32x4.splat(pass - 1);
  for (let edge = 0; edge < count; edge += 4, rates += 16) {
    const r = v128.load(rates);
    let mask = i32x4.bitmask(f32x4.ne(f32x4.floor(f32x4.mul(r, now)), f32x4.floor(f32x4.mul(r, before))));
    for (; mask; mask &= mask - 1, due += 4) store<i32>(due, edge + ctz(mask));
  }
  for (; (due - start) & 15; due += 4) store<i32>(due, count);
  return <i32>((due - start) >> 4);
}

/**
 * @param due the edges whose turn it is [4 · quarter]
 * @param heads the end of each edge that is moved, [edges]
 * @param tails its other end, [edges]
 * @param points x and y before the round, [count, 2] and more that no other point is pushed from
 * @param moved x and y of the points that are moved, at the same indices
 * @param random state of the streams, [4, 4] uint32
 */
export function moveAlong(
  due: usize, quarter: i32, heads: usize, tails: usize, points: usize, moved: usize, count: i32,
  a: f32, b: f32, size: f32, random: usize,
): void {
  const step = f32x4.splat(size), twice = f32x4.splat(2 * size), one = f32x4.splat(1), zero = f32x4.splat(0);
  const factor = f32x4.splat(a), pull = f32x4.splat(-2 * a * b), push = f32x4.splat(2 * b);
  const range = i32x4.splat(count);
  const stride = <usize>quarter << 2;
  for (const end = due + stride; due < end; due += 4) {
    const e0 = <usize>load<u32>(due) << 2, e1 = <usize>load<u32>(due + stride) << 2;
    const e2 = <usize>load<u32>(due + 2 * stride) << 2, e3 = <usize>load<u32>(due + 3 * stride) << 2;
    const i0 = load<u32>(heads + e0), i1 = load<u32>(heads + e1), i2 = load<u32>(heads + e2), i3 = load<u32>(heads + e3);
    const t0 = place(points, load<u32>(tails + e0)), t1 = place(points, load<u32>(tails + e1));
    const t2 = place(points, load<u32>(tails + e2)), t3 = place(points, load<u32>(tails + e3));
    const head = i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(i0), 1, i1), 2, i2), 3, i3);
    let u = two(place(points, i0), place(points, i1)), v = two(place(points, i2), place(points, i3));
    let dx = v128.shuffle<f32>(u, v, 0, 2, 4, 6), dy = v128.shuffle<f32>(u, v, 1, 3, 5, 7);
    u = two(t0, t1);
    v = two(t2, t3);
    dx = f32x4.sub(dx, v128.shuffle<f32>(u, v, 0, 2, 4, 6));
    dy = f32x4.sub(dy, v128.shuffle<f32>(u, v, 1, 3, 5, 7));
    let d = f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy));
    let p = raised(d, b);
    let slope = f32x4.div(f32x4.mul(pull, p), f32x4.mul(d, f32x4.add(f32x4.mul(factor, p), one)));
    slope = v128.and(slope, f32x4.gt(d, zero));
    // How far the first ends move in all.
    let mx = f32x4.mul(clipped(f32x4.mul(slope, dx)), twice), my = f32x4.mul(clipped(f32x4.mul(slope, dy)), twice);
    const h0 = place(moved, i0), h1 = place(moved, i1), h2 = place(moved, i2), h3 = place(moved, i3);
    u = two(h0, h1);
    v = two(h2, h3);
    const x = f32x4.add(v128.shuffle<f32>(u, v, 0, 2, 4, 6), mx), y = f32x4.add(v128.shuffle<f32>(u, v, 1, 3, 5, 7), my);
    for (let k = 0; k < REPULSIONS; k++) {
      const bits = drawn(random);
      const j = v128.shuffle<i32>(i64x2.extmul_low_i32x4_u(bits, range), i64x2.extmul_high_i32x4_u(bits, range), 1, 3, 5, 7);
      u = two(place(points, i32x4.extract_lane(j, 0)), place(points, i32x4.extract_lane(j, 1)));
      v = two(place(points, i32x4.extract_lane(j, 2)), place(points, i32x4.extract_lane(j, 3)));
      dx = f32x4.sub(x, v128.shuffle<f32>(u, v, 0, 2, 4, 6));
      dy = f32x4.sub(y, v128.shuffle<f32>(u, v, 1, 3, 5, 7));
      d = f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy));
      p = raised(d, b);
      slope = f32x4.div(push, f32x4.mul(f32x4.add(d, f32x4.splat(0.001)), f32x4.add(f32x4.mul(factor, p), one)));
      // Points in the same place are pushed apart in one direction; a point is not pushed from itself.
      const apart = f32x4.gt(d, zero), others = i32x4.ne(j, head);
      dx = v128.bitselect(clipped(f32x4.mul(slope, dx)), f32x4.splat(MOST), apart);
      dy = v128.bitselect(clipped(f32x4.mul(slope, dy)), f32x4.splat(MOST), apart);
      mx = f32x4.add(mx, f32x4.mul(v128.and(dx, others), step));
      my = f32x4.add(my, f32x4.mul(v128.and(dy, others), step));
    }
    move(h0, h1, v128.shuffle<f32>(mx, my, 0, 4, 1, 5));
    move(h2, h3, v128.shuffle<f32>(mx, my, 2, 6, 3, 7));
  }
}

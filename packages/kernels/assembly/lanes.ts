/** The sums over the lanes of four vectors. */
// @ts-ignore: decorator
@inline
export function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  // (a0 + a2, b0 + b2, a1 + a3, b1 + b3), and likewise for c and d.
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

// @ts-ignore: decorator
@inline
export function laneSum(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 2) + (f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 3));
}

/** Added to a whole number, it leaves that in the lowest bits. */
export const WHOLE: f32 = 12582912;

/*
 * Coefficients of polynomials lie in memory, from the highest power on, in the order in which they are read: V8 makes a vector that is
 * written in the code anew wherever it is used, in three instructions.
 */
// @ts-ignore: decorator
@inline
export function coefficient(table: usize, k: i32): v128 {
  return v128.load32_splat(table + (<usize>k << 2));
}

const ALL_BUT_SIGN = memory.data<u32>([0x7fffffff]);

/** What `v128.and` makes |x| of x with: f32x4.abs makes it anew each time, in two instructions. */
// @ts-ignore: decorator
@inline
export function allButSign(): v128 {
  return v128.load32_splat(ALL_BUT_SIGN);
}

/** p · x + the k-th coefficient. */
// @ts-ignore: decorator
@inline
export function step(p: v128, x: v128, table: usize, k: i32): v128 {
  return f32x4.add(f32x4.mul(p, x), coefficient(table, k));
}

/** max(x, 0), NaN for NaN. Two instructions: f32x4.max takes eight on x64, since it makes one of ±0 and of any NaN for either operand. */
// @ts-ignore: decorator
@inline
export function positive(x: v128): v128 {
  const zero = f32x4.splat(0);
  return f32x4.add(f32x4.pmax(x, zero), zero);
}

/** The last two of four float32. */
// @ts-ignore: decorator
@inline
export function promoteHigh(sum: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(sum, sum, 2, 3, 0, 1));
}

/** Adds two float64 and two more to four. */
// @ts-ignore: decorator
@inline
function addDoubles(target: usize, low: v128, high: v128): void {
  v128.store(target, f64x2.add(v128.load(target, 0), low), 0);
  v128.store(target, f64x2.add(v128.load(target, 16), high), 16);
}

/** Adds four float32 to four float64. */
// @ts-ignore: decorator
@inline
export function addPromoted(target: usize, sum: v128): void {
  addDoubles(target, f64x2.promote_low_f32x4(sum), promoteHigh(sum));
}

/** Adds four float32, as often as given, to four float64. */
// @ts-ignore: decorator
@inline
export function addPromotedTimes(target: usize, sum: v128, times: i32): void {
  const factor = f64x2.splat(<f64>times);
  addDoubles(target, f64x2.mul(f64x2.promote_low_f32x4(sum), factor), f64x2.mul(promoteHigh(sum), factor));
}

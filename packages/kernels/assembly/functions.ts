/* Functions of two float64, to about 1e-11 of the larger of 1 and their value: more than float32 asks for. */

/** Added to a whole number, it leaves that in the lowest bits. */
const WHOLE: f64 = 6755399441055744;

// Coefficients lie in memory, as those of lanes.ts do.
// @ts-ignore: decorator
@inline
function coefficient(table: usize, k: i32): v128 {
  return v128.load64_splat(table + (<usize>k << 3));
}

/** p · x + the k-th coefficient. */
// @ts-ignore: decorator
@inline
function step(p: v128, x: v128, table: usize, k: i32): v128 {
  return f64x2.add(f64x2.mul(p, x), coefficient(table, k));
}

const EXPONENTIAL = memory.data<f64>([
  2.755731922398589e-6, 2.48015873015873e-5, 1.984126984126984e-4, 1.3888888888888889e-3, 8.333333333333333e-3,
  4.1666666666666664e-2, 1.6666666666666666e-1, 0.5, 1, 1,
]);

// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  // e^x = 2^n · e^r with n = round(x / ln 2), |r| ≤ ln 2 / 2, and e^r by its series.
  const clamped = f64x2.pmin(f64x2.pmax(x, f64x2.splat(-708)), f64x2.splat(709));
  const shifted = f64x2.add(f64x2.mul(clamped, f64x2.splat(1.4426950408889634)), f64x2.splat(WHOLE));
  const n = f64x2.sub(shifted, f64x2.splat(WHOLE));
  const r = f64x2.sub(
    f64x2.sub(clamped, f64x2.mul(n, f64x2.splat(0.693147180369123816490))),
    f64x2.mul(n, f64x2.splat(1.90821492927058770002e-10)),
  );
  let p = step(coefficient(EXPONENTIAL, 0), r, EXPONENTIAL, 1);
  p = step(p, r, EXPONENTIAL, 2);
  p = step(p, r, EXPONENTIAL, 3);
  p = step(p, r, EXPONENTIAL, 4);
  p = step(p, r, EXPONENTIAL, 5);
  p = step(p, r, EXPONENTIAL, 6);
  p = step(p, r, EXPONENTIAL, 7);
  p = step(p, r, EXPONENTIAL, 8);
  p = step(p, r, EXPONENTIAL, 9);
  return f64x2.mul(p, i64x2.shl(i64x2.add(shifted, i64x2.splat(1023)), 52));
}

const SINE = memory.data<f64>([
  -7.647163731819816e-13, 1.6059043836821613e-10, -2.505210838544172e-8, 2.755731922398589e-6,
  -1.984126984126984e-4, 8.333333333333333e-3, -1.6666666666666666e-1,
]);

/** sin of n · π + r with |r| ≤ π / 2, where `shifted` is n + WHOLE. */
// @ts-ignore: decorator
@inline
function sineOf(r: v128, shifted: v128): v128 {
  const q = f64x2.mul(r, r);
  let p = step(coefficient(SINE, 0), q, SINE, 1);
  p = step(p, q, SINE, 2);
  p = step(p, q, SINE, 3);
  p = step(p, q, SINE, 4);
  p = step(p, q, SINE, 5);
  p = step(p, q, SINE, 6);
  const value = f64x2.add(r, f64x2.mul(f64x2.mul(p, q), r));
  return v128.xor(value, i64x2.shl(shifted, 63));
}

// @ts-ignore: decorator
@inline
export function sine(x: v128): v128 {
  const shifted = f64x2.add(f64x2.mul(x, f64x2.splat(0.3183098861837907)), f64x2.splat(WHOLE));
  const n = f64x2.sub(shifted, f64x2.splat(WHOLE));
  const r = f64x2.sub(
    f64x2.sub(x, f64x2.mul(n, f64x2.splat(3.141592653589793))),
    f64x2.mul(n, f64x2.splat(1.2246467991473532e-16)),
  );
  return sineOf(r, shifted);
}

// @ts-ignore: decorator
@inline
export function cosine(x: v128): v128 {
  // sin(x + π/2): x = (n − ½) π + r.
  const half = f64x2.splat(0.5);
  const shifted = f64x2.add(f64x2.add(f64x2.mul(x, f64x2.splat(0.3183098861837907)), half), f64x2.splat(WHOLE));
  const n = f64x2.sub(f64x2.sub(shifted, f64x2.splat(WHOLE)), half);
  const r = f64x2.sub(
    f64x2.sub(x, f64x2.mul(n, f64x2.splat(3.141592653589793))),
    f64x2.mul(n, f64x2.splat(1.2246467991473532e-16)),
  );
  return sineOf(r, shifted);
}

const ARCTANGENT = memory.data<f64>([
  -0.8750608600031904, -16.157537187333652, -75.00855792314705, -122.88666844901361, -64.85021904942025,
  24.858464901423062, 165.02700983169885, 432.88106049129027, 485.3903996359137, 194.5506571482614,
]);

// @ts-ignore: decorator
@inline
export function arctangent(x: v128): v128 {
  // With t = |x|: π/2 + atan(−1/t) from tan 3π/8 on, π/4 + atan((t − 1)/(t + 1)) from 0.66 on; else r + r³ · p(r²)/q(r²) (Moshier's Cephes).
  const t = f64x2.abs(x);
  const one = f64x2.splat(1);
  const far = f64x2.gt(t, f64x2.splat(2.414213562373095));
  const middle = f64x2.gt(t, f64x2.splat(0.66));
  const above = v128.bitselect(f64x2.splat(-1), v128.bitselect(f64x2.sub(t, one), t, middle), far);
  const below = v128.bitselect(t, v128.bitselect(f64x2.add(t, one), one, middle), far);
  const from = v128.and(v128.bitselect(f64x2.splat(1.5707963267948966), f64x2.splat(0.7853981633974483), far), middle);
  const r = f64x2.div(above, below);
  const s = f64x2.mul(r, r);
  let p = step(coefficient(ARCTANGENT, 0), s, ARCTANGENT, 1);
  p = step(p, s, ARCTANGENT, 2);
  p = step(p, s, ARCTANGENT, 3);
  p = step(p, s, ARCTANGENT, 4);
  let q = step(one, s, ARCTANGENT, 5);
  q = step(q, s, ARCTANGENT, 6);
  q = step(q, s, ARCTANGENT, 7);
  q = step(q, s, ARCTANGENT, 8);
  q = step(q, s, ARCTANGENT, 9);
  const value = f64x2.add(from, f64x2.add(r, f64x2.mul(r, f64x2.mul(s, f64x2.div(p, q)))));
  return v128.or(value, v128.and(x, f64x2.splat(-0.0)));
}

const LOGARITHM = memory.data<f64>([
  2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9, 2.0 / 7, 2.0 / 5, 2.0 / 3, 2,
]);

// @ts-ignore: decorator
@inline
export function logarithm(x: v128): v128 {
  // ln(2^e · m) = e · ln 2 + 2 artanh((m − 1) / (m + 1)), √½ ≤ m < √2.
  const bits = i64x2.sub(x, i64x2.splat(0x3fe6a09e667f3bcd));
  const e = i64x2.shr_s(bits, 52);
  const m = i64x2.sub(x, i64x2.shl(e, 52));
  const exponent = f64x2.sub(i64x2.add(e, f64x2.splat(WHOLE)), f64x2.splat(WHOLE));
  const one = f64x2.splat(1);
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const q = f64x2.mul(s, s);
  let p = step(coefficient(LOGARITHM, 0), q, LOGARITHM, 1);
  p = step(p, q, LOGARITHM, 2);
  p = step(p, q, LOGARITHM, 3);
  p = step(p, q, LOGARITHM, 4);
  p = step(p, q, LOGARITHM, 5);
  p = step(p, q, LOGARITHM, 6);
  p = step(p, q, LOGARITHM, 7);
  const value = f64x2.add(f64x2.mul(exponent, f64x2.splat(0.6931471805599453)), f64x2.mul(p, s));
  const zero = f64x2.splat(0);
  const positive = v128.bitselect(value, f64x2.splat(f64.NaN), f64x2.gt(x, zero));
  const known = v128.bitselect(f64x2.splat(-f64.POSITIVE_INFINITY), positive, f64x2.eq(x, zero));
  const infinite = f64x2.eq(x, f64x2.splat(f64.POSITIVE_INFINITY));
  return v128.bitselect(x, known, infinite);
}

const ERF = memory.data<f64>([
  0.004730743619488522, -0.02156903799646245, -0.02104491035375189, 0.38306795183935755, -1.2556434763522495,
  2.168748430366051, -2.226512304368433, 1.4192100688635776, -0.7204418577429283, 0.336319284402324,
  0.11175703497825884, 0.25850578104610195, 0.2806772064841486, 0.2821985433126454, -3.4580976606690683e-6,
]);

// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  // 1 − e^(−t²) · p(2 / (2 + t)) with t = |x|, p fitted to e^(t²) erfc t on 0 … 6.2: error below 1e-12.
  const t = f64x2.pmin(f64x2.abs(x), f64x2.splat(6));
  const u = f64x2.div(f64x2.splat(2), f64x2.add(f64x2.splat(2), t));
  let p = step(coefficient(ERF, 0), u, ERF, 1);
  p = step(p, u, ERF, 2);
  p = step(p, u, ERF, 3);
  p = step(p, u, ERF, 4);
  p = step(p, u, ERF, 5);
  p = step(p, u, ERF, 6);
  p = step(p, u, ERF, 7);
  p = step(p, u, ERF, 8);
  p = step(p, u, ERF, 9);
  p = step(p, u, ERF, 10);
  p = step(p, u, ERF, 11);
  p = step(p, u, ERF, 12);
  p = step(p, u, ERF, 13);
  p = step(p, u, ERF, 14);
  const value = f64x2.sub(f64x2.splat(1), f64x2.mul(p, exponential(f64x2.neg(f64x2.mul(t, t)))));
  const sign = v128.and(x, f64x2.splat(-0.0));
  return v128.or(v128.bitselect(x, value, f64x2.ne(x, x)), sign);
}

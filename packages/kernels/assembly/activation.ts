import { allButSign, coefficient, positive, step, WHOLE } from './lanes';
import { applyPointwise, Pointwise } from './pointwise';

// Pointwise functions on four float32 lanes. Their numbers are those of `ACTIVATION_CODES` in src/wasm/activation-codes.ts.

export const RELU = 1;

/** Larger codes are addresses of programs. */
const LARGEST_CODE = 255;

const EXPONENTIAL = memory.data<f32>([
  1.388888889e-3, 8.333333333e-3, 4.166666667e-2, 1.666666667e-1, 0.5, 1, 1,
]);

// @ts-ignore: decorator
@inline
function exp(x: v128): v128 {
  // e^x = 2^n · e^r with n = round(x / ln 2), |r| ≤ ln 2 / 2, and e^r by its series: relative error below 2e-7.
  const clamped = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87)), f32x4.splat(88));
  const shifted = f32x4.add(f32x4.mul(clamped, f32x4.splat(1.44269504)), f32x4.splat(WHOLE));
  const n = f32x4.sub(shifted, f32x4.splat(WHOLE));
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(0.693145752)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(1.42860677e-6)));
  let p = step(coefficient(EXPONENTIAL, 0), r, EXPONENTIAL, 1);
  p = step(p, r, EXPONENTIAL, 2);
  p = step(p, r, EXPONENTIAL, 3);
  p = step(p, r, EXPONENTIAL, 4);
  p = step(p, r, EXPONENTIAL, 5);
  p = step(p, r, EXPONENTIAL, 6);
  return f32x4.mul(p, i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23));
}

// @ts-ignore: decorator
@inline
function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}

const TANH = memory.data<f32>([-5.704985e-3, 2.0639086e-2, -5.3739715e-2, 1.3331442e-1, -3.3333282e-1]);

// @ts-ignore: decorator
@inline
function tanh(x: v128): v128 {
  // 2 · sigmoid(2x) − 1, whose absolute error is that of 1; up to |x| = 0.625 x + x³ · p(x²), with p fitted to the least relative error,
  // 8e-8 in float32.
  const s = sigmoid(f32x4.add(x, x));
  const far = f32x4.sub(f32x4.add(s, s), f32x4.splat(1));
  const q = f32x4.mul(x, x);
  let p = step(coefficient(TANH, 0), q, TANH, 1);
  p = step(p, q, TANH, 2);
  p = step(p, q, TANH, 3);
  p = step(p, q, TANH, 4);
  const near = f32x4.add(x, f32x4.mul(x, f32x4.mul(q, p)));
  return v128.bitselect(far, near, f32x4.gt(f32x4.abs(x), f32x4.splat(0.625)));
}

const GELU = memory.data<f32>([
  6.332441444101278e-6, 4.138793519814499e-5, 5.970653364784084e-5, 3.2493299804627895e-3, 2.1157288923859596e-2,
  4.9864139407873154e-2, 1, 10, 0.5,
]);

/** In place, from `at` to `end`. All coefficients stay in registers meanwhile. */
function gelu(at: usize, end: usize): void {
  // x · Φ(x) = max(x, 0) − t · Φ(−t) with t = |x|, and Φ(−t) = 1 / (2 · q(t)^16) as in Abramowitz & Stegun 7.1.28, but with q
  // fitted to the least |error| of t · Φ(−t): 5.2e-7 in float32. Beyond t = 10 the tail is zero to float32.
  const a = coefficient(GELU, 0), b = coefficient(GELU, 1), c = coefficient(GELU, 2), d = coefficient(GELU, 3);
  const e = coefficient(GELU, 4), f = coefficient(GELU, 5), one = coefficient(GELU, 6);
  const most = coefficient(GELU, 7), half = coefficient(GELU, 8), m = allButSign();
  for (; at < end; at += 16) {
    const x = v128.load(at);
    const t = f32x4.pmin(v128.and(x, m), most);
    let q = f32x4.add(f32x4.mul(t, a), b);
    q = f32x4.add(f32x4.mul(q, t), c);
    q = f32x4.add(f32x4.mul(q, t), d);
    q = f32x4.add(f32x4.mul(q, t), e);
    q = f32x4.add(f32x4.mul(q, t), f);
    q = f32x4.add(f32x4.mul(q, t), one);
    q = f32x4.mul(q, q);
    q = f32x4.mul(q, q);
    q = f32x4.mul(q, q);
    q = f32x4.mul(q, q);
    // Where x is NaN, pmax gives 0 and the tail is NaN.
    v128.store(at, f32x4.sub(f32x4.pmax(f32x4.splat(0), x), f32x4.div(f32x4.mul(t, half), q)));
  }
}

const SINE = memory.data<f32>([-2.5052108e-8, 2.7557319e-6, -1.9841270e-4, 8.3333333e-3, -1.6666666e-1]);

// @ts-ignore: decorator
@inline
function sine(x: v128): v128 {
  // sin x = (−1)^n sin r, r = x − n·π in three parts (Cody & Waite), and the series to r^11 on |r| ≤ π/2.
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(0.318309886)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(3.140625)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(9.67502593994e-4)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(1.50995799097e-7)));
  const q = f32x4.mul(r, r);
  let p = f32x4.add(f32x4.mul(q, f32x4.splat(-2.5052108e-8)), f32x4.splat(2.7557319e-6));
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(-1.9841270e-4));
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(8.3333333e-3));
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(-1.6666667e-1));
  const value = f32x4.add(r, f32x4.mul(f32x4.mul(p, q), r));
  const odd = i32x4.shl(i32x4.trunc_sat_f32x4_s(n), 31);
  return v128.xor(value, odd);
}

// @ts-ignore: decorator
@inline
function leakyRelu(at: usize, end: usize, slope: v128): void {
  for (; at < end; at += 16) {
    const x = v128.load(at);
    v128.store(at, f32x4.pmax(x, f32x4.mul(x, slope)));
  }
}

/** Applies activation `code` to n vectors in place. */
export function activate(at: usize, n: i32, code: i32): void {
  if (code > LARGEST_CODE) return applyPointwise(changetype<Pointwise>(<usize>code), at, n);
  const end = at + (<usize>n << 4);
  switch (code) {
    case RELU:
      for (; at < end; at += 16) v128.store(at, positive(v128.load(at)));
      break;
    case 2:
      leakyRelu(at, end, f32x4.splat(0.01));
      break;
    case 3:
      gelu(at, end);
      break;
    case 4:
      for (; at < end; at += 16) {
        const x = v128.load(at);
        v128.store(at, f32x4.mul(x, sigmoid(x)));
      }
      break;
    case 5:
      for (; at < end; at += 16) v128.store(at, sine(v128.load(at)));
      break;
    case 6:
      for (; at < end; at += 16) v128.store(at, tanh(v128.load(at)));
      break;
    case 7:
      for (; at < end; at += 16) v128.store(at, sigmoid(v128.load(at)));
      break;
    case 8:
      for (; at < end; at += 16) v128.store(at, f32x4.sub(sigmoid(v128.load(at)), f32x4.splat(0.5)));
      break;
    case 9:
      leakyRelu(at, end, f32x4.splat(0.1));
      break;
    case 10:
      leakyRelu(at, end, f32x4.splat(0.2));
      break;
  }
}

/**
 * One row of the responses of four kernels on one input channel: conv(x, K) + bias at n neighbouring pixels.
 * @param input the channel, with zeros around it, at the first pixel's upper left tap; `stride` floats per row
 * @param kernel k² vectors, `tapBytes` apart, one lane per kernel
 */
export function respondRow(
  input: usize, stride: i32, k: i32, kernel: usize, tapBytes: i32, bias: usize, n: i32, target: usize,
): void {
  if (k == 3) return respondRow3(input, stride, kernel, tapBytes, bias, n, target);
  const offset = v128.load(bias);
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16, input += 4) {
    let sum = offset;
    let weight = kernel;
    let row = input;
    for (let u = 0; u < k; u++) {
      let from = row;
      for (let t = 0; t < k; t++) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(from), v128.load(weight)));
        from += 4;
        weight += <usize>tapBytes;
      }
      row += <usize>stride << 2;
    }
    v128.store(target, sum);
  }
}

function respondRow3(
  input: usize, stride: i32, kernel: usize, tapBytes: i32, bias: usize, n: i32, target: usize,
): void {
  const offset = v128.load(bias);
  const step = <usize>tapBytes;
  const k1 = kernel + 3 * step, k2 = kernel + 6 * step;
  const w0 = v128.load(kernel), w1 = v128.load(kernel + step), w2 = v128.load(kernel + 2 * step);
  const w3 = v128.load(k1), w4 = v128.load(k1 + step), w5 = v128.load(k1 + 2 * step);
  const w6 = v128.load(k2), w7 = v128.load(k2 + step), w8 = v128.load(k2 + 2 * step);
  const end = target + (<usize>n << 4);
  let b = input + (<usize>stride << 2);
  let c = b + (<usize>stride << 2);
  for (; target < end; target += 16) {
    let s = f32x4.add(offset, f32x4.mul(v128.load32_splat(input, 0), w0));
    s = f32x4.add(s, f32x4.mul(v128.load32_splat(input, 4), w1));
    s = f32x4.add(s, f32x4.mul(v128.load32_splat(input, 8), w2));
    let r = f32x4.mul(v128.load32_splat(b, 0), w3);
    r = f32x4.add(r, f32x4.mul(v128.load32_splat(b, 4), w4));
    r = f32x4.add(r, f32x4.mul(v128.load32_splat(b, 8), w5));
    s = f32x4.add(s, f32x4.mul(v128.load32_splat(c, 0), w6));
    s = f32x4.add(s, f32x4.mul(v128.load32_splat(c, 4), w7));
    r = f32x4.add(r, f32x4.mul(v128.load32_splat(c, 8), w8));
    v128.store(target, f32x4.add(s, r));
    input += 4;
    b += 4;
    c += 4;
  }
}

/** n values of four neurons of a dense layer: x · scale + offset. */
export function scaleRow(input: usize, scale: usize, n: i32, target: usize): void {
  const factor = v128.load(scale, 0);
  const offset = v128.load(scale, 16);
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16, input += 16) {
    v128.store(target, f32x4.add(f32x4.mul(v128.load(input), factor), offset));
  }
}

/**
 * Copies pixels of a dense layer's input, [pixels, neurons], into planes of four neurons each.
 * @param planes the first plane at the first of these pixels; the next one is `planeBytes` further
 */
export function interleave(input: usize, pixels: i32, neurons: i32, planes: usize, planeBytes: usize): void {
  const step = <usize>neurons << 2;
  for (let n = 0; n < neurons; n += 4) {
    let from = input + (<usize>n << 2);
    const end = planes + (<usize>pixels << 4);
    for (let to = planes; to < end; to += 16, from += step) v128.store(to, v128.load(from));
    planes += planeBytes;
  }
}

/**
 * The same for kernels of any extents and steps.
 * @param outputBytes from what one output reads to what the next one does
 * @param rowBytes from a tap to the one below it, and `tapBytes` to the next one
 */
export function respondTaps(
  input: usize, outputBytes: usize, rowBytes: usize, tapBytes: usize, k: i32, l: i32, kernel: usize, bias: usize,
  n: i32, target: usize,
): void {
  const offset = v128.load(bias);
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16, input += outputBytes) {
    let sum = offset;
    let weight = kernel;
    let row = input;
    for (let u = 0; u < k; u++, row += rowBytes) {
      let from = row;
      for (let t = 0; t < l; t++, from += tapBytes, weight += 16) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(from), v128.load(weight)));
      }
    }
    v128.store(target, sum);
  }
}

/** A tap's products, added up in float64. */
let low: v128 = f64x2.splat(0);
let high: v128 = f64x2.splat(0);

// @ts-ignore: decorator
@inline
function beginExactly(bias: usize): void {
  low = v128.load(bias, 16);
  high = v128.load(bias, 32);
}

// @ts-ignore: decorator
@inline
function addExactly(value: usize, weight: usize): void {
  const x = f64x2.splat(<f64>load<f32>(value));
  const w = v128.load(weight);
  low = f64x2.add(low, f64x2.mul(x, f64x2.promote_low_f32x4(w)));
  high = f64x2.add(high, f64x2.mul(x, f64x2.promote_low_f32x4(v128.shuffle<f32>(w, w, 2, 3, 2, 3))));
}

// @ts-ignore: decorator
@inline
function endExactly(): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** The same, rounded once: for functions that are steep. @param bias a vector, and the same in float64 */
export function respondTapsExactly(
  input: usize, outputBytes: usize, rowBytes: usize, tapBytes: usize, k: i32, l: i32, kernel: usize, bias: usize,
  n: i32, target: usize,
): void {
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16, input += outputBytes) {
    beginExactly(bias);
    let weight = kernel;
    let row = input;
    for (let u = 0; u < k; u++, row += rowBytes) {
      let from = row;
      for (let t = 0; t < l; t++, from += tapBytes, weight += 16) addExactly(from, weight);
    }
    v128.store(target, endExactly());
  }
}

/**
 * One row of a transposed convolution.
 * @param exactly rounded once
 * @param rowTaps pairs: where a row of the kernel begins, and a row of the channel; `columnTaps` the same of columns, `most` for each
 *   output, of which the first `columnCount` count
 */
export function respondTransposed(
  input: usize, kernel: usize, bias: usize, rowCount: i32, rowTaps: usize, columnCount: usize, columnTaps: usize,
  most: i32, exactly: bool, n: i32, target: usize,
): void {
  const offset = v128.load(bias);
  const end = target + (<usize>n << 4);
  const rowEnd = rowTaps + (<usize>rowCount << 3);
  const step = <usize>most << 3;
  for (; target < end; target += 16, columnCount += 4, columnTaps += step) {
    let sum = offset;
    if (exactly) beginExactly(bias);
    const columnEnd = columnTaps + (<usize>load<i32>(columnCount) << 3);
    for (let row = rowTaps; row < rowEnd; row += 8) {
      const weights = kernel + load<usize>(row);
      const values = input + load<usize>(row, 4);
      for (let column = columnTaps; column < columnEnd; column += 8) {
        const value = values + load<usize>(column, 4);
        const weight = weights + load<usize>(column);
        if (exactly) addExactly(value, weight);
        else sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(value), v128.load(weight)));
      }
    }
    v128.store(target, exactly ? endExactly() : sum);
  }
}

/** float32 sums of as many products go on in float64. */
const PRODUCTS = 16;

/**
 * n values of four neurons of a dense layer with a gate: x · Σ_o g_o W[o] + offset, per pixel.
 * @param gate g of the first pixel, [pixels, outputs]
 * @param weights a vector per output
 * @param offsets float32 per pixel
 */
export function gateRow(
  input: usize, gate: usize, outputs: i32, weights: usize, offsets: usize, n: i32, target: usize,
): void {
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16, input += 16, offsets += 4) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let weight = weights;
    for (let o = 0; o < outputs; o += PRODUCTS) {
      let sum = f32x4.splat(0);
      const stop = gate + (<usize>min(PRODUCTS, outputs - o) << 2);
      for (; gate < stop; gate += 4, weight += 16) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(gate), v128.load(weight)));
      }
      low = f64x2.add(low, f64x2.promote_low_f32x4(sum));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(sum, sum, 2, 3, 2, 3)));
    }
    const scale = v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
    v128.store(target, f32x4.add(f32x4.mul(v128.load(input), scale), v128.load32_splat(offsets)));
  }
}

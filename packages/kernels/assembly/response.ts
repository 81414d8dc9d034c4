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

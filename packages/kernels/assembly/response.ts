/**
 * Four kernels on one input channel: conv(x, K) + bias at input resolution, rows y0 … y1 − 1 and columns x0 … x1 − 1.
 * @param input the channel with (k − 1) / 2 zeros around it, `stride` floats per row
 * @param weights k² vectors, one lane per kernel
 * @param target [(y1 − y0) · (x1 − x0)] vectors
 */
export function respond(
  input: usize,
  stride: i32,
  y0: i32,
  y1: i32,
  x0: i32,
  x1: i32,
  k: i32,
  weights: usize,
  bias: usize,
  target: usize,
): void {
  if (k == 3) return respond3(input, stride, y0, y1, x0, x1, weights, bias, target);
  const offset = v128.load(bias);
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      let sum = offset;
      for (let u = 0; u < k; u++) {
        let from = input + (<usize>((y + u) * stride + x) << 2);
        let weight = weights + (<usize>(u * k) << 4);
        for (let t = 0; t < k; t++) {
          sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(from), v128.load(weight)));
          from += 4;
          weight += 16;
        }
      }
      v128.store(target, sum);
      target += 16;
    }
  }
}

function respond3(
  input: usize,
  stride: i32,
  y0: i32,
  y1: i32,
  x0: i32,
  x1: i32,
  weights: usize,
  bias: usize,
  target: usize,
): void {
  const offset = v128.load(bias);
  const w0 = v128.load(weights, 0), w1 = v128.load(weights, 16), w2 = v128.load(weights, 32);
  const w3 = v128.load(weights, 48), w4 = v128.load(weights, 64), w5 = v128.load(weights, 80);
  const w6 = v128.load(weights, 96), w7 = v128.load(weights, 112), w8 = v128.load(weights, 128);
  const row = <usize>stride << 2;
  for (let y = y0; y < y1; y++) {
    let a = input + (<usize>(y * stride + x0) << 2);
    const end = a + (<usize>(x1 - x0) << 2);
    for (; a < end; a += 4) {
      const b = a + row, c = b + row;
      let s = f32x4.add(offset, f32x4.mul(v128.load32_splat(a, 0), w0));
      s = f32x4.add(s, f32x4.mul(v128.load32_splat(a, 4), w1));
      s = f32x4.add(s, f32x4.mul(v128.load32_splat(a, 8), w2));
      let r = f32x4.mul(v128.load32_splat(b, 0), w3);
      r = f32x4.add(r, f32x4.mul(v128.load32_splat(b, 4), w4));
      r = f32x4.add(r, f32x4.mul(v128.load32_splat(b, 8), w5));
      s = f32x4.add(s, f32x4.mul(v128.load32_splat(c, 0), w6));
      s = f32x4.add(s, f32x4.mul(v128.load32_splat(c, 4), w7));
      r = f32x4.add(r, f32x4.mul(v128.load32_splat(c, 8), w8));
      v128.store(target, f32x4.add(s, r));
      target += 16;
    }
  }
}

/** n vectors of the same value. */
export function fill(target: usize, n: i32, value: f32): void {
  const v = f32x4.splat(value);
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16) v128.store(target, v);
}

/**
 * Puts a response at each lane's own sub-pixel of every s×s cell. Windows: the response's begins at (y0, x0), the plane's
 * at (top, left); what falls outside the plane's window is left out.
 * @param cells per lane its row and column in the cell, int32
 */
export function scatter(
  source: usize,
  y0: i32,
  x0: i32,
  h: i32,
  w: i32,
  s: i32,
  cells: usize,
  target: usize,
  top: i32,
  left: i32,
  height: i32,
  width: i32,
): void {
  for (let lane = 0; lane < 4; lane++) {
    const dy = load<i32>(cells + (lane << 3)) - top;
    const dx = load<i32>(cells + (lane << 3), 4) - left;
    const shift = <usize>(lane << 2);
    // Columns whose target lies inside the window.
    let first = 0;
    while (first < w && (x0 + first) * s + dx < 0) first++;
    let last = w;
    while (last > first && (x0 + last - 1) * s + dx >= width) last--;
    for (let y = 0; y < h; y++) {
      const row = (y0 + y) * s + dy;
      if (row < 0 || row >= height) continue;
      let to = target + (<usize>(row * width + (x0 + first) * s + dx) << 4) + shift;
      let from = source + (<usize>(y * w + first) << 4) + shift;
      const end = source + (<usize>(y * w + last) << 4) + shift;
      for (; from < end; from += 16) {
        store<f32>(to, load<f32>(from));
        to += <usize>s << 4;
      }
    }
  }
}

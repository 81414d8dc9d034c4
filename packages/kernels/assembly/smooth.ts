/**
 * Nearest upsampling by s and a k×k mean with zero padding, in one: along each axis an output is a weighted sum of a few
 * neighbouring inputs, the weights being how many of its k taps fall on each (÷ k).
 *
 * Along rows: every output column x reads `count[x]` inputs from `offset[x]` on.
 * @param source [rows, width] vectors; @param target [rows, outWidth] vectors
 * @param offset,count int32 per output column; @param weights float32, `taps` per output column
 */
export function smoothRows(
  source: usize,
  rows: i32,
  width: i32,
  target: usize,
  outWidth: i32,
  offset: usize,
  count: usize,
  weights: usize,
  taps: i32,
): void {
  for (let y = 0; y < rows; y++) {
    const line = source + (<usize>(y * width) << 4);
    for (let x = 0; x < outWidth; x++) {
      const at = <usize>x << 2;
      let from = line + (<usize>load<i32>(offset + at) << 4);
      let weight = weights + (<usize>(x * taps) << 2);
      let sum = f32x4.mul(v128.load(from), v128.load32_splat(weight));
      for (let n = load<i32>(count + at); n > 1; n--) {
        from += 16;
        weight += 4;
        sum = f32x4.add(sum, f32x4.mul(v128.load(from), v128.load32_splat(weight)));
      }
      v128.store(target, sum);
      target += 16;
    }
  }
}

/**
 * The same for s = 2, k = 3 over whole rows, where outputs 2x and 2x + 1 are (v[x−1] + 2v[x]) / 3 and (2v[x] + v[x+1]) / 3.
 */
export function smoothRows2x3(source: usize, rows: i32, width: i32, target: usize): void {
  const third = f32x4.splat(1.0 / 3.0);
  const zero = f32x4.splat(0);
  for (let y = 0; y < rows; y++) {
    let before = zero;
    let here = f32x4.mul(v128.load(source), third);
    for (let x = 1; x < width; x++) {
      source += 16;
      const after = f32x4.mul(v128.load(source), third);
      const twice = f32x4.add(here, here);
      v128.store(target, f32x4.add(before, twice), 0);
      v128.store(target, f32x4.add(twice, after), 16);
      target += 32;
      before = here;
      here = after;
    }
    source += 16;
    const twice = f32x4.add(here, here);
    v128.store(target, f32x4.add(before, twice), 0);
    v128.store(target, twice, 16);
    target += 32;
  }
}

/** Down columns, for one output row: a weighted sum of `count` rows of `width` vectors, the first at `source`. */
export function smoothColumn(source: usize, width: i32, count: i32, weights: usize, target: usize): void {
  const row = <usize>width << 4;
  const end = source + row;
  const a = v128.load32_splat(weights, 0);
  if (count == 1) {
    for (; source < end; source += 16, target += 16) v128.store(target, f32x4.mul(v128.load(source), a));
    return;
  }
  const b = v128.load32_splat(weights, 4);
  if (count == 2) {
    for (; source < end; source += 16, target += 16) {
      v128.store(target, f32x4.add(f32x4.mul(v128.load(source), a), f32x4.mul(v128.load(source + row), b)));
    }
    return;
  }
  const c = v128.load32_splat(weights, 8);
  for (; source < end; source += 16, target += 16) {
    let sum = f32x4.add(f32x4.mul(v128.load(source), a), f32x4.mul(v128.load(source + row), b));
    let from = source + row + row;
    sum = f32x4.add(sum, f32x4.mul(v128.load(from), c));
    for (let n = 3; n < count; n++) {
      from += row;
      sum = f32x4.add(sum, f32x4.mul(v128.load(from), v128.load32_splat(weights + (<usize>n << 2))));
    }
    v128.store(target, sum);
  }
}

/** smoothColumn for every output row of a window. */
export function smoothColumns(
  source: usize,
  width: i32,
  target: usize,
  outRows: i32,
  offset: usize,
  count: usize,
  weights: usize,
  taps: i32,
): void {
  for (let y = 0; y < outRows; y++) {
    const at = <usize>y << 2;
    const from = source + (<usize>(load<i32>(offset + at) * width) << 4);
    smoothColumn(from, width, load<i32>(count + at), weights + (<usize>(y * taps) << 2), target);
    target += <usize>width << 4;
  }
}

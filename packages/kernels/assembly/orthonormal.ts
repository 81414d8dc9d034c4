import { multiplyRows } from './product';

/*
 * The factor Q of A = Q·R by Householder reflections 1 − s·v·vᵀ, some columns at a time: the reflections of these are made first, and then
 * applied to all other columns at once, as 1 − V·T·Vᵀ, which is products of matrices (Schreiber & Van Loan 1989).
 * A matrix lies here column after column. n is a multiple of eight.
 */

/** Columns whose reflections are applied at once. */
const BLOCK = 32;
/** A square length from which on a column is reflected: less is the rounding of numbers of about 1. */
const LEAST: f32 = 1e-30;

/**
 * An orthonormal basis of the columns, with no negative number on R's diagonal. Whatever the rank, it is orthogonal.
 * @param a the columns [n, n], whose largest numbers are about 1; in their place come the reflections, each from its diagonal on
 * @param q [n, n], in whose place comes Q, column after column
 * @param work room for 2n + 2 · BLOCK² + 4 · n · BLOCK numbers
 */
export function orthonormalize(a: usize, q: usize, work: usize, n: i32): void {
  const step = <usize>n << 2;
  const scales = work, signs = scales + step;
  const triangle = signs + step, gram = triangle + (BLOCK * BLOCK << 2);
  const byColumns = gram + (BLOCK * BLOCK << 2), byRows = byColumns + BLOCK * step, turned = byRows + BLOCK * step;

  let first = 0;
  for (; first < n; first += BLOCK) {
    const width = min(BLOCK, n - first);
    makeReflections(a, first, width, scales, signs, n);
    const rest = n - first - width;
    if (rest == 0) continue;
    pack(a, first, width, byColumns, byRows, n);
    makeTriangle(a, first, width, scales, gram, triangle, n, false);
    applyBlock(a + <usize>(first + width) * step, rest, first, width, triangle, byColumns, byRows, turned, n);
  }

  memory.fill(q, 0, <usize>n * step);
  for (let j = 0; j < n; j++) store<f32>(q + <usize>j * step + (<usize>j << 2), load<f32>(signs + (<usize>j << 2)));
  for (first -= BLOCK; first >= 0; first -= BLOCK) {
    const width = min(BLOCK, n - first);
    pack(a, first, width, byColumns, byRows, n);
    makeTriangle(a, first, width, scales, gram, triangle, n, true);
    applyBlock(q + <usize>first * step, n - first, first, width, triangle, byColumns, byRows, turned, n);
  }
}

/** Brings the columns `first` to `first + width` to triangular form; their vectors v, from the diagonal on, take their place. */
function makeReflections(a: usize, first: i32, width: i32, scales: usize, signs: usize, n: i32): void {
  const step = <usize>n << 2;
  for (let k = first; k < first + width; k++) {
    const column = a + <usize>k * step, at = column + (<usize>k << 2), end = column + step;
    const head = load<f32>(at);
    const tail = dot(at + 4, at + 4, end);
    let scale: f32 = 0, sign: f32 = head < 0 ? -1 : 1;
    if (tail >= LEAST) {
      // Away from the head, so that nothing cancels.
      sign = head > 0 ? -1 : 1;
      const v = head - sign * <f32>Math.sqrt(<f64>head * <f64>head + <f64>tail);
      store<f32>(at, v);
      scale = 2 / (v * v + tail);
      for (let j = k + 1; j < first + width; j++) {
        const other = a + <usize>j * step + (<usize>k << 2);
        subtractMultiple(at, end, other, scale * dot(at, other, end));
      }
    }
    store<f32>(scales + (<usize>k << 2), scale);
    store<f32>(signs + (<usize>k << 2), sign);
  }
}

/** Σ x·y over the numbers of x up to `end`, where a column ends. */
function dot(x: usize, y: usize, end: usize): f32 {
  let sums = f32x4.splat(0), more = sums;
  let sum: f32 = 0;
  for (; x < end && (end - x & 31) != 0; x += 4, y += 4) sum += load<f32>(x) * load<f32>(y);
  for (; x < end; x += 32, y += 32) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(x), v128.load(y)));
    more = f32x4.add(more, f32x4.mul(v128.load(x, 16), v128.load(y, 16)));
  }
  sums = f32x4.add(sums, more);
  return sum
    + (f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1))
    + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
}

/** y −= factor · x, over the numbers of x up to `end`. */
function subtractMultiple(x: usize, end: usize, y: usize, factor: f32): void {
  for (; x < end && (end - x & 31) != 0; x += 4, y += 4) store<f32>(y, load<f32>(y) - factor * load<f32>(x));
  const factors = f32x4.splat(factor);
  for (; x < end; x += 32, y += 32) {
    v128.store(y, f32x4.sub(v128.load(y), f32x4.mul(factors, v128.load(x))));
    v128.store(y, f32x4.sub(v128.load(y, 16), f32x4.mul(factors, v128.load(x, 16))), 16);
  }
}

/**
 * The vectors of a block, from `first` on, with zeros before each's diagonal, in panels of eight for products: as the columns of V
 * [n − first, width], and as the rows of Vᵀ.
 */
function pack(a: usize, first: i32, width: i32, byColumns: usize, byRows: usize, n: i32): void {
  const step = <usize>n << 2, length = n - first;
  for (let i = 0; i < width; i++) {
    const from = a + <usize>(first + i) * step + (<usize>first << 2);
    const column = byColumns + (<usize>(i >> 3) * length << 5) + (<usize>(i & 7) << 2);
    for (let p = 0; p < length; p++) {
      const value: f32 = p < i ? 0 : load<f32>(from + (<usize>p << 2));
      store<f32>(column + (<usize>p << 5), value);
      store<f32>(byRows + ((<usize>(p >> 3) * width + i) << 5) + (<usize>(p & 7) << 2), value);
    }
  }
}

/** The triangle T of 1 − V·T·Vᵀ, which is the product of a block's reflections, or Tᵀ, in panels of eight columns. */
function makeTriangle(
  a: usize, first: i32, width: i32, scales: usize, gram: usize, triangle: usize, n: i32, transposed: bool,
): void {
  const step = <usize>n << 2;
  // gram [i, j] is T's own row i and column j until it is packed.
  for (let j = 0; j < width; j++) {
    const column = a + <usize>(first + j) * step, at = column + (<usize>(first + j) << 2), end = column + step;
    const scale = load<f32>(scales + (<usize>(first + j) << 2));
    for (let i = 0; i < j; i++) {
      const other = a + <usize>(first + i) * step + (<usize>(first + j) << 2);
      store<f32>(gram + (<usize>(i * BLOCK + j) << 2), dot(at, other, end));
    }
    for (let i = 0; i < j; i++) {
      let sum: f32 = 0;
      for (let l = i; l < j; l++) {
        sum += load<f32>(gram + (<usize>(i * BLOCK + l) << 2)) * load<f32>(gram + (<usize>(l * BLOCK + j) << 2));
      }
      store<f32>(gram + (<usize>(i * BLOCK + j) << 2), -scale * sum);
    }
    store<f32>(gram + (<usize>(j * BLOCK + j) << 2), scale);
  }
  for (let row = 0; row < width; row++) {
    for (let column = 0; column < width; column++) {
      const i = transposed ? column : row, j = transposed ? row : column;
      const value: f32 = i > j ? 0 : load<f32>(gram + (<usize>(i * BLOCK + j) << 2));
      store<f32>(triangle + ((<usize>(column >> 3) * width + row) << 5) + (<usize>(column & 7) << 2), value);
    }
  }
}

/** Columns x, `count` of them, each from `first` on: x ← x − V·Tᵀ·Vᵀ·x, with the triangle as it is packed. */
function applyBlock(
  columns: usize, count: i32, first: i32, width: i32, triangle: usize, byColumns: usize, byRows: usize, turned: usize, n: i32,
): void {
  const step = <usize>n << 2, length = n - first, short = <usize>width << 2;
  const target = columns + (<usize>first << 2);
  const again = turned + <usize>count * short;
  multiplyRows(target, step, byColumns, turned, short, count, length, width >> 3, false);
  multiplyRows(turned, short, triangle, again, short, count, width, width >> 3, false);
  multiplyRows(again, short, byRows, target, step, count, width, length >> 3, true);
}

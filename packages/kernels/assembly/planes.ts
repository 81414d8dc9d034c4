import { activate } from './activation';
import { fillRow, Rows } from './rows';
import { respondTaps, respondTapsExactly, respondTransposed } from './response';
import { addScaled, scaled, sumAcross, sumOfTwo } from './smooth';

/*
 * Ways to the picture that fork and join: planes of four neurons, each made of one or two others. Rows are made from top to
 * bottom, as those that read them ask for them, and each plane keeps as many as are still asked for. Places are counted in the
 * whole plane, of which a window is made.
 *
 * Fields are int32 and float32, written by src/wasm/planes.ts in this order.
 */

/** Rows of a dense layer. */
const VALUES = 0;
const CONVOLUTION = 1;
const TRANSPOSED = 2;
const ACROSS = 3;
const DOWN = 4;
const SUM = 5;
const PRODUCT = 6;
const QUOTIENT = 7;

@unmanaged
export class Plane {
  kind: i32;
  top: i32;
  left: i32;
  width: i32;
  /** Codes of the activations to apply, in order, ending with 0. */
  activations: usize;
  /** The latest rows, and how many were made so far. */
  slots: usize;
  slotCount: i32;
  made: i32;
  /** The planes that it is made of, with signs for a sum; b is 0 where there is one. */
  a: usize;
  b: usize;
  aSign: f32;
  bSign: f32;
  /** ACROSS, DOWN: per output how many inputs it sums, and `taps` of their places and weights. */
  count: usize;
  index: usize;
  weights: usize;
  taps: i32;
  /** ACROSS: whether a weight is a vector, one for each lane. */
  byLane: i32;
  /** PRODUCT, QUOTIENT: float32 per pixel of the whole plane. */
  held: usize;
  heldWidth: i32;
  /** VALUES: a `Rows`. CONVOLUTION, TRANSPOSED: the channel, its floats per row, the kernels' taps and biases. */
  input: usize;
  stride: i32;
  kernel: usize;
  bias: usize;
  /** Whether products are added up in float64. */
  exactly: i32;
  kernelRows: i32;
  kernelColumns: i32;
  /** CONVOLUTION: from one output to the next, and from one tap to the next. */
  rowStep: i32;
  columnStep: i32;
  rowDilation: i32;
  columnDilation: i32;
  /** TRANSPOSED: per row and column of outputs how many taps reach it, and which: bytes into the kernels and into the channel. */
  rowCount: usize;
  rowTaps: usize;
  rowMost: i32;
  columnCount: usize;
  columnTaps: usize;
  columnMost: i32;
}

/** Planes that end in the picture's, which is the last one. */
@unmanaged
export class Planes {
  count: i32;
  planes: usize;
}

export function restartPlanes(all: Planes): void {
  for (let i = 0; i < all.count; i++) changetype<Plane>(load<usize>(all.planes + (<usize>i << 2))).made = 0;
}

/** Pixels x … x + n − 1 of row y of the window. */
export function fillPicture(all: Planes, y: i32, x: i32, n: i32, target: usize): void {
  const last = changetype<Plane>(load<usize>(all.planes + (<usize>(all.count - 1) << 2)));
  makeRow(last, last.top + y, last.left + x, n, target);
}

/** Where place x = 0 of row y would be. */
function rowOf(at: usize, y: i32): usize {
  const plane = changetype<Plane>(at);
  const row = y - plane.top;
  while (plane.made <= row) {
    const slot = plane.slots + (<usize>((plane.made % plane.slotCount) * plane.width) << 4);
    makeRow(plane, plane.top + plane.made, plane.left, plane.width, slot);
    plane.made++;
  }
  return plane.slots + (<usize>((row % plane.slotCount) * plane.width - plane.left) << 4);
}

function makeRow(plane: Plane, y: i32, x: i32, n: i32, target: usize): void {
  switch (plane.kind) {
    case VALUES:
      fillRow(changetype<Rows>(plane.input), y, x, n, target);
      break;
    case CONVOLUTION: {
      const from = plane.input + (<usize>(y * plane.rowStep * plane.stride + x * plane.columnStep) << 2);
      const outputBytes = <usize>plane.columnStep << 2;
      const rowBytes = <usize>(plane.rowDilation * plane.stride) << 2;
      const tapBytes = <usize>plane.columnDilation << 2;
      const k = plane.kernelRows, l = plane.kernelColumns;
      if (plane.exactly) {
        respondTapsExactly(from, outputBytes, rowBytes, tapBytes, k, l, plane.kernel, plane.bias, n, target);
      } else respondTaps(from, outputBytes, rowBytes, tapBytes, k, l, plane.kernel, plane.bias, n, target);
      break;
    }
    case TRANSPOSED: {
      const rowTaps = plane.rowTaps + (<usize>(y * plane.rowMost) << 3);
      const columnTaps = plane.columnTaps + (<usize>(x * plane.columnMost) << 3);
      respondTransposed(
        plane.input, plane.kernel, plane.bias, load<i32>(plane.rowCount + (<usize>y << 2)), rowTaps,
        plane.columnCount + (<usize>x << 2), columnTaps, plane.columnMost, plane.exactly != 0, n, target,
      );
      break;
    }
    case ACROSS: {
      const from = rowOf(plane.a, y);
      const place = <usize>(x * plane.taps);
      const count = plane.count + (<usize>x << 2);
      const index = plane.index + (place << 2);
      if (plane.byLane) sumAcross(from, count, index, plane.weights + (place << 4), plane.taps, 0, n, target);
      else sumEqually(from, count, index, plane.weights + (place << 2), plane.taps, n, target);
      break;
    }
    case DOWN:
      sumRows(plane, y, x, n, target);
      break;
    case SUM:
      addPlanes(plane, y, x, n, target);
      break;
    default:
      hold(plane, y, x, n, target);
  }
  for (let code = plane.activations; load<i32>(code) != 0; code += 4) activate(target, n, load<i32>(code));
}

/** Along a row: output x sums `count[x]` inputs, at `index[x]` (bytes), with weights that all lanes share. */
function sumEqually(
  from: usize, count: usize, index: usize, weights: usize, taps: i32, n: i32, target: usize,
): void {
  const step = <usize>taps << 2;
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16, count += 4, index += step, weights += step) {
    let sum = f32x4.splat(0);
    const stop = index + (<usize>load<i32>(count) << 2);
    let weight = weights;
    for (let at = index; at < stop; at += 4, weight += 4) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(from + load<usize>(at)), v128.load32_splat(weight)));
    }
    v128.store(target, sum);
  }
}

/** Down the columns: weights are vectors, and places rows of the input. */
function sumRows(plane: Plane, y: i32, x: i32, n: i32, target: usize): void {
  const count = load<i32>(plane.count + (<usize>y << 2));
  const place = <usize>(y * plane.taps);
  const index = plane.index + (place << 2);
  const weights = plane.weights + (place << 4);
  const column = <usize>x << 4;
  if (count == 0) {
    memory.fill(target, 0, <usize>n << 4);
    return;
  }
  // The last one first: it makes the others as well.
  const last = rowOf(plane.a, load<i32>(index + (<usize>(count - 1) << 2))) + column;
  if (count == 1) return scaled(last, weights, n, target);
  const first = rowOf(plane.a, load<i32>(index)) + column;
  const second = rowOf(plane.a, load<i32>(index, 4)) + column;
  sumOfTwo(first, second, weights, n, target);
  for (let t = 2; t < count; t++) {
    const row = rowOf(plane.a, load<i32>(index + (<usize>t << 2))) + column;
    addScaled(row, weights + (<usize>t << 4), n, target);
  }
}

function addPlanes(plane: Plane, y: i32, x: i32, n: i32, target: usize): void {
  // Making a row of one may make more of the other: what is kept is planned for rows asked for in this order.
  rowOf(plane.a, y);
  const column = <usize>x << 4;
  let b = plane.b != 0 ? rowOf(plane.b, y) + column : 0;
  let a = rowOf(plane.a, y) + column;
  const end = target + (<usize>n << 4);
  const aSign = f32x4.splat(plane.aSign);
  if (plane.b == 0) {
    for (; target < end; target += 16, a += 16) v128.store(target, f32x4.mul(v128.load(a), aSign));
    return;
  }
  const bSign = f32x4.splat(plane.bSign);
  for (; target < end; target += 16, a += 16, b += 16) {
    v128.store(target, f32x4.add(f32x4.mul(v128.load(a), aSign), f32x4.mul(v128.load(b), bSign)));
  }
}

/** Times, or divided by, one value per pixel. */
function hold(plane: Plane, y: i32, x: i32, n: i32, target: usize): void {
  let a = rowOf(plane.a, y) + (<usize>x << 4);
  let held = plane.held + (<usize>(y * plane.heldWidth + x) << 2);
  const end = target + (<usize>n << 4);
  if (plane.kind == PRODUCT) {
    for (; target < end; target += 16, a += 16, held += 4) {
      v128.store(target, f32x4.mul(v128.load(a), v128.load32_splat(held)));
    }
  } else {
    for (; target < end; target += 16, a += 16, held += 4) {
      v128.store(target, f32x4.div(v128.load(a), v128.load32_splat(held)));
    }
  }
}

import { activate } from './activation';
import { applyToScaled, Pointwise } from './pointwise';
import { fillPicture, Planes, restartPlanes } from './planes';
import { gateRow, respondRow, scaleRow } from './response';
import { addScaled, scaled, sumAcross, sumAcross2x3, sumOfTwo, sumSpread2x3 } from './smooth';

/*
 * Planes of four neurons are never there as a whole: every stage makes its rows when the next one asks for them, from top to
 * bottom, and keeps the few that are still needed. What is computed stays in the nearest cache, for pictures of any size.
 *
 * Fields are int32, written by src/wasm/rows.ts in this order.
 */

const RESPONSES = 0;
const SMOOTHED = 1;
const DENSE = 2;
/** A dense layer whose first activation is a program: it is applied before the values are rounded to float32. */
const DENSE_PROGRAM = 3;
/** A dense layer with a gate. */
const GATED = 4;
/** The last one of some planes. */
const PLANES = 5;

/** Rows of a plane: a vector per pixel, one lane per neuron. */
@unmanaged
export class Rows {
  kind: i32;
  width: i32;
  /** Codes of the activations to apply, in order, ending with 0. */
  activations: usize;
  /** All ones in the lanes that hold a neuron; 0 where all four do. */
  mask: usize;
  /** RESPONSES: as in respondRow. DENSE: `input` is the plane of the four neurons, `rowBytes` the bytes of its row. */
  input: usize;
  stride: i32;
  size: i32;
  kernel: usize;
  tapBytes: i32;
  bias: usize;
  /** DENSE: scale and offset, a vector each; DENSE_PROGRAM: the same in float64. */
  scale: usize;
  /** SMOOTHED: the rows to sum up, smoothed across; per row of this plane `taps` of them, how many of those count, and their weights. */
  ring: usize;
  index: usize;
  count: usize;
  weights: usize;
  taps: i32;
  /** What lies between scattered values, where it is not 0: float32, by its share per row and per column. */
  between: usize;
  rowShares: usize;
  columnShares: usize;
  /** DENSE_PROGRAM: the program. */
  program: usize;
  /** GATED: float32 per output and pixel; `size` outputs, `kernel` a vector of weights for each, `bias` float32 per pixel. */
  gate: usize;
  /** PLANES: the planes. */
  planes: usize;
  /**
   * Where rows of the region are equal and each is made once: per row of the region, which of those that differ it equals, as they first
   * appear; per row that differs, how many equal it; and how many of the latest are kept. 0 where row y is the region's row y.
   */
  equals: usize;
  times: usize;
  kept: i32;
}

/** The latest rows of a plane that is smoothed across but not yet down the columns. */
@unmanaged
export class Ring {
  from: usize;
  /** A row of `from`, between two zero vectors: `inputs` columns, or no more that differ where `spread` tells where those are. */
  buffer: usize;
  inputs: i32;
  /** Where `from` makes the columns that differ alone: addresses for sumSpread2x3. 0 where it makes all. */
  spread: usize;
  slots: usize;
  /** No row is read once as many later ones were made. */
  slotCount: i32;
  /** How many rows were made so far. */
  made: i32;
  /** Outputs per row, and their sums as in sumAcross. */
  width: i32;
  index: usize;
  count: usize;
  weights: usize;
  taps: i32;
  /** The weights of sumAcross2x3, where that will do. */
  quick: usize;
}

/** Begins again at the top. */
export function restart(rows: Rows): void {
  while (rows.kind == SMOOTHED) {
    const ring = changetype<Ring>(rows.ring);
    ring.made = 0;
    rows = changetype<Rows>(ring.from);
  }
  if (rows.kind == PLANES) restartPlanes(changetype<Planes>(rows.planes));
}

/** Pixels x … x + n − 1 of row y. */
export function fillRow(rows: Rows, y: i32, x: i32, n: i32, target: usize): void {
  if (rows.kind == SMOOTHED) {
    sumDown(rows, y, x, n, target);
    if (rows.between != 0) addBetween(rows, y, x, n, target);
  } else {
    if (rows.kind == RESPONSES) {
      const from = rows.input + (<usize>(y * rows.stride + x) << 2);
      respondRow(from, rows.stride, rows.size, rows.kernel, rows.tapBytes, rows.bias, n, target);
    } else {
      const from = densePixel(rows, y, x);
      if (rows.kind == DENSE) scaleRow(from, rows.scale, n, target);
      else if (rows.kind == DENSE_PROGRAM) applyToScaled(changetype<Pointwise>(rows.program), from, rows.scale, n, target);
      else if (rows.kind == GATED) {
        const pixel = <usize>(y * rows.stride + x);
        const gate = rows.gate + pixel * (<usize>rows.size << 2);
        gateRow(from, gate, rows.size, rows.kernel, rows.bias + (pixel << 2), n, target);
      } else fillPicture(changetype<Planes>(rows.planes), y, x, n, target);
    }
  }
  for (let code = rows.activations; load<i32>(code) != 0; code += 4) activate(target, n, load<i32>(code));
  if (rows.mask != 0) {
    const mask = v128.load(rows.mask);
    const end = target + (<usize>n << 4);
    for (; target < end; target += 16) v128.store(target, v128.and(v128.load(target), mask));
  }
}

/** Whether row y is a sum of two rows as they are: then its consumer may add them up itself. */
export function isSumOfTwo(rows: Rows, y: i32): bool {
  if (rows.kind != SMOOTHED || rows.between != 0 || rows.mask != 0 || load<i32>(rows.activations) != 0) return false;
  return load<i32>(rows.count + (<usize>y << 2)) == 2;
}

/** The code of the activation of a dense layer that has four neurons and one activation or none, 0 for none; −1 for other rows. */
export function denseActivation(rows: Rows): i32 {
  if (rows.kind != DENSE || rows.mask != 0) return -1;
  const code = load<i32>(rows.activations);
  return code == 0 || load<i32>(rows.activations, 4) == 0 ? code : -1;
}

/** Where the values of pixel x of row y of a dense layer are. */
export function densePixel(rows: Rows, y: i32, x: i32): usize {
  return rows.input + (<usize>(y * rows.stride + x) << 4);
}

/** Where tap t of row y is. */
export function tapRow(rows: Rows, y: i32, t: i32): usize {
  const ring = changetype<Ring>(rows.ring);
  const row = load<i32>(rows.index + (<usize>(y * rows.taps + t) << 2));
  while (ring.made <= row) makeRow(ring);
  return ring.slots + (<usize>((row % ring.slotCount) * ring.width) << 4);
}

/** The weights of row y. */
export function tapWeights(rows: Rows, y: i32): usize {
  return rows.weights + (<usize>(y * rows.taps) << 4);
}

function makeRow(ring: Ring): void {
  const y = ring.made;
  const from = changetype<Rows>(ring.from);
  ring.made = y + 1;
  // Zeros are not read.
  if (from.kind == SMOOTHED && load<i32>(from.count + (<usize>y << 2)) == 0) return;
  fillRow(from, y, 0, from.width, ring.buffer);
  const slot = ring.slots + (<usize>((y % ring.slotCount) * ring.width) << 4);
  if (ring.spread != 0) sumSpread2x3(ring.spread, ring.inputs, slot, ring.quick);
  else if (ring.quick != 0) sumAcross2x3(ring.buffer, ring.inputs, slot, ring.quick);
  else sumAcross(ring.buffer, ring.count, ring.index, ring.weights, ring.taps, -0.0, ring.width, slot);
}

function sumDown(rows: Rows, y: i32, x: i32, n: i32, target: usize): void {
  const count = load<i32>(rows.count + (<usize>y << 2));
  const column = <usize>x << 4;
  const weights = tapWeights(rows, y);
  if (count == 0) return memory.fill(target, 0, <usize>n << 4);
  if (count == 1) return scaled(tapRow(rows, y, 0) + column, weights, n, target);
  sumOfTwo(tapRow(rows, y, 0) + column, tapRow(rows, y, 1) + column, weights, n, target);
  for (let t = 2; t < count; t++) addScaled(tapRow(rows, y, t) + column, weights + (<usize>t << 4), n, target);
}

function addBetween(rows: Rows, y: i32, x: i32, n: i32, target: usize): void {
  const value = load<f32>(rows.between) * load<f32>(rows.rowShares + (<usize>y << 2));
  let share = rows.columnShares + (<usize>x << 2);
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16, share += 4) {
    v128.store(target, f32x4.add(v128.load(target), f32x4.splat(value * load<f32>(share))));
  }
}

import type { Frame } from '@xinc/core';
import type { Framing } from '../framing.js';
import { pause } from '../pause.js';
import { fullScale, type Pixels } from './pixels.js';

/**
 * The frame that `framing` makes of a picture: alpha laid over white, cropped, resampled with a Lanczos3 filter, and
 * clamped to [0, 1].
 *
 * The filter is our own because frames and label maps have to stay aligned and precise: pixel centres lie at
 * half-integers (libvips puts an enlarged picture half an output pixel off), and 8-bit pictures are not rounded
 * back to 8 bits. Values stay in the sRGB encoding, as image libraries commonly resize.
 *
 * @throws XincError `cancelled`
 */
export async function resample(pixels: Pixels, { region, output }: Framing, abort?: AbortSignal): Promise<Frame> {
  const { height, width } = output;
  const columns = lanczosTaps(region.width, width);
  const rows = lanczosTaps(region.height, height);
  const rgb = new Float32Array(height * width * 3);
  const row = new Float32Array(region.width * 3);
  const levels = Float32Array.from({ length: fullScale(pixels) + 1 }, (_, value) => value / fullScale(pixels));
  // Resampled source rows, kept as a ring: an output row needs only the few around it.
  const ring = Array.from({ length: rows.count }, () => new Float32Array(width * 3));
  let nextRow = 0;
  for (let y = 0; y < height; y++) {
    if (y % ROWS === 0) await pause(abort);
    for (const end = rows.first[y] + rows.count; nextRow < end; nextRow++) {
      if (nextRow % ROWS === 0) await pause(abort);
      readRow(pixels, levels, region.top + nextRow, region.left, row);
      resampleRow(row, columns, ring[nextRow % rows.count]);
    }
    accumulateRows(ring, rows, y, rgb.subarray(y * width * 3, (y + 1) * width * 3));
  }
  return { height, width, rgb };
}

/** Rows between two pauses. */
const ROWS = 16;

/** For each output sample, `count` source samples from `first` on, with weights that sum to 1. */
interface Taps {
  readonly count: number;
  readonly first: Int32Array;
  /** [outputs, count]. */
  readonly weights: Float64Array;
}

/**
 * Lanczos3 weights from `from` to `to` samples. The filter is stretched when the picture shrinks, so that it also
 * removes what the smaller size cannot hold; at the border it is cut off and renormalised. Equal sizes are a copy.
 */
function lanczosTaps(from: number, to: number): Taps {
  if (from === to) {
    return { count: 1, first: Int32Array.from({ length: to }, (_, i) => i), weights: new Float64Array(to).fill(1) };
  }
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const count = Math.min(from, 2 * Math.ceil(3 * stretch) + 1);
  const first = new Int32Array(to);
  const weights = new Float64Array(to * count);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale - 0.5;
    first[i] = Math.min(Math.max(0, Math.round(centre) - (count >> 1)), from - count);
    const own = weights.subarray(i * count, (i + 1) * count);
    let sum = 0;
    for (let k = 0; k < count; k++) sum += own[k] = lanczos3((first[i] + k - centre) / stretch);
    for (let k = 0; k < count; k++) own[k] /= sum;
  }
  return { count, first, weights };
}

function lanczos3(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= 3) return 0;
  const t = Math.PI * x;
  return (3 * Math.sin(t) * Math.sin(t / 3)) / (t * t);
}

/** One row as RGB in [0, 1], alpha laid over white: a·c + (1 − a). `levels` holds what each sample value stands for. */
function readRow(
  { width, channels, values }: Pixels,
  levels: Float32Array,
  y: number,
  left: number,
  row: Float32Array,
) {
  const start = (y * width + left) * channels;
  if (channels === 3) {
    for (let i = 0; i < row.length; i++) row[i] = levels[values[start + i]];
    return;
  }
  for (let from = start, to = 0; to < row.length; to += 3, from += 4) {
    const alpha = levels[values[from + 3]];
    for (let c = 0; c < 3; c++) row[to + c] = alpha * levels[values[from + c]] + (1 - alpha);
  }
}

function resampleRow(row: Float32Array, { count, first, weights }: Taps, out: Float32Array): void {
  if (count === 1) {
    for (let x = 0; x < first.length; x++) {
      for (let c = 0; c < 3; c++) out[x * 3 + c] = row[first[x] * 3 + c];
    }
    return;
  }
  for (let x = 0; x < first.length; x++) {
    let r = 0;
    let g = 0;
    let b = 0;
    for (let k = 0, from = first[x] * 3; k < count; k++, from += 3) {
      const weight = weights[x * count + k];
      r += weight * row[from];
      g += weight * row[from + 1];
      b += weight * row[from + 2];
    }
    out[x * 3] = r;
    out[x * 3 + 1] = g;
    out[x * 3 + 2] = b;
  }
}

/** Output row `y`: the weighted sum of the ring's rows, clamped to [0, 1] where the filter overshoots. */
function accumulateRows(ring: readonly Float32Array[], rows: Taps, y: number, out: Float32Array): void {
  for (let k = 0; k < rows.count; k++) {
    const weight = rows.weights[y * rows.count + k];
    const source = ring[(rows.first[y] + k) % rows.count];
    if (weight !== 0) for (let i = 0; i < out.length; i++) out[i] += weight * source[i];
  }
  for (let i = 0; i < out.length; i++) {
    if (out[i] < 0) out[i] = 0;
    else if (out[i] > 1) out[i] = 1;
  }
}

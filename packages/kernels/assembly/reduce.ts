import { finishedRow, RowSource } from './rows';

/** What to gather of four neurons; int32 fields written by src/wasm/reduction.ts in this order, 0 for what is not wanted. */
@unmanaged
export class Reduction {
  rows: i32;
  width: i32;
  lanes: i32;
  source: usize;
  previous: usize;
  /** Four float64 sums, then a vector of minima and one of maxima. */
  totals: usize;
  /** A vector per pixel, each lane summed over the quads so far. */
  pixelTotals: usize;
  /** Number of groupings and, for each, four int32: labels (uint16 per pixel), sums (float32), sums (float64), groups. */
  groupingCount: i32;
  groupings: usize;
  /** uint32 per bin. */
  histogram: usize;
  firstBin: i32;
  lastBin: i32;
  /** float32 per pixel, and four int32 counts. */
  pixelThreshold: usize;
  pixelsPerNeuron: usize;
  /** Number of τ, their float32 values, and uint32 counts per pixel, one row of pixels per τ. */
  tauCount: i32;
  taus: usize;
  neuronsPerPixel: usize;
  /** A vector per pixel. */
  change: usize;
}

/** float32 sums are added to float64 ones after this many pixels: their rounding stays below 1e-5 even for equal values. */
const PIXELS_PER_FLUSH = 1024;

/** Streams four neurons, row by row, through everything that is wanted of them. */
export function reduce(job: Reduction): void {
  const rows = job.rows;
  const width = job.width;
  const pixels = rows * width;
  const source = changetype<RowSource>(job.source);
  let unflushed = 0;
  for (let y = 0; y < rows; y++) {
    const row = finishedRow(source, y);
    const p = <usize>(y * width);
    magnitudes(row, width, job.totals, job.pixelTotals ? job.pixelTotals + (p << 4) : 0);
    if (job.previous) {
      const before = finishedRow(changetype<RowSource>(job.previous), y);
      differences(row, before, width, job.change + (p << 4));
    }
    if (job.groupingCount > 0) {
      groupSums(job, row, y * width, width);
      unflushed += width;
      if (unflushed >= PIXELS_PER_FLUSH) {
        flushGroups(job);
        unflushed = 0;
      }
    }
    if (job.histogram) countBins(row, width, job);
    if (job.pixelThreshold) exceedings(row, width, job.pixelThreshold + (p << 2), job.pixelsPerNeuron);
    for (let k = 0; k < job.tauCount; k++) {
      const tau = v128.load32_splat(job.taus + (<usize>k << 2));
      above(row, width, tau, job.neuronsPerPixel + (<usize>(k * pixels + y * width) << 2));
    }
  }
  if (unflushed > 0) flushGroups(job);
}

/** Takes absolute values in place; sums, minima and maxima per lane; sums per pixel. */
function magnitudes(row: usize, width: i32, totals: usize, pixelTotals: usize): void {
  const end = row + (<usize>width << 4);
  let sum = f32x4.splat(0);
  let least = v128.load(totals, 32);
  let most = v128.load(totals, 48);
  if (pixelTotals) {
    for (let at = row; at < end; at += 16) {
      const a = f32x4.abs(v128.load(at));
      v128.store(at, a);
      sum = f32x4.add(sum, a);
      least = f32x4.pmin(least, a);
      most = f32x4.pmax(most, a);
      v128.store(pixelTotals, f32x4.add(v128.load(pixelTotals), a));
      pixelTotals += 16;
    }
  } else {
    for (let at = row; at < end; at += 16) {
      const a = f32x4.abs(v128.load(at));
      v128.store(at, a);
      sum = f32x4.add(sum, a);
      least = f32x4.pmin(least, a);
      most = f32x4.pmax(most, a);
    }
  }
  addPromoted(totals, sum);
  v128.store(totals, least, 32);
  v128.store(totals, most, 48);
}

/** Adds four float32 to four float64. */
// @ts-ignore: decorator
@inline
function addPromoted(target: usize, sum: v128): void {
  v128.store(target, f64x2.add(v128.load(target, 0), f64x2.promote_low_f32x4(sum)), 0);
  const high = f64x2.promote_low_f32x4(i8x16.shuffle(sum, sum, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  v128.store(target, f64x2.add(v128.load(target, 16), high), 16);
}

// Each group has two accumulators, for even and odd pixels, so that neighbours of one group do not wait for one another.

// @ts-ignore: decorator
@inline
function addTo(sums: usize, label: usize, parity: usize, a: v128): void {
  const at = sums + (label << 5) + parity;
  v128.store(at, f32x4.add(v128.load(at), a));
}

function groupSums(job: Reduction, row: usize, pixel: i32, width: i32): void {
  const count = job.groupingCount;
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const g = job.groupings + (<usize>k << 4);
    groupSums4(
      row, width,
      load<usize>(g, 0) + (<usize>pixel << 1), load<usize>(g, 4),
      load<usize>(g, 16) + (<usize>pixel << 1), load<usize>(g, 20),
      load<usize>(g, 32) + (<usize>pixel << 1), load<usize>(g, 36),
      load<usize>(g, 48) + (<usize>pixel << 1), load<usize>(g, 52),
    );
  }
  for (; k < count; k++) {
    const g = job.groupings + (<usize>k << 4);
    groupSums1(row, width, load<usize>(g, 0) + (<usize>pixel << 1), load<usize>(g, 4));
  }
}

function groupSums1(row: usize, width: i32, labels: usize, sums: usize): void {
  const pairs = row + (<usize>(width & ~1) << 4);
  for (; row < pairs; row += 32, labels += 4) {
    addTo(sums, load<u16>(labels, 0), 0, v128.load(row, 0));
    addTo(sums, load<u16>(labels, 2), 16, v128.load(row, 16));
  }
  if (width & 1) addTo(sums, load<u16>(labels), 0, v128.load(row));
}

function groupSums4(
  row: usize, width: i32,
  labels0: usize, sums0: usize, labels1: usize, sums1: usize,
  labels2: usize, sums2: usize, labels3: usize, sums3: usize,
): void {
  const pairs = width & ~1;
  for (let x = 0; x < pairs; x += 2) {
    const at = <usize>x << 1;
    const a = v128.load(row, 0);
    const b = v128.load(row, 16);
    row += 32;
    addTo(sums0, load<u16>(labels0 + at, 0), 0, a);
    addTo(sums1, load<u16>(labels1 + at, 0), 0, a);
    addTo(sums2, load<u16>(labels2 + at, 0), 0, a);
    addTo(sums3, load<u16>(labels3 + at, 0), 0, a);
    addTo(sums0, load<u16>(labels0 + at, 2), 16, b);
    addTo(sums1, load<u16>(labels1 + at, 2), 16, b);
    addTo(sums2, load<u16>(labels2 + at, 2), 16, b);
    addTo(sums3, load<u16>(labels3 + at, 2), 16, b);
  }
  if (width & 1) {
    const at = <usize>pairs << 1;
    const a = v128.load(row);
    addTo(sums0, load<u16>(labels0 + at), 0, a);
    addTo(sums1, load<u16>(labels1 + at), 0, a);
    addTo(sums2, load<u16>(labels2 + at), 0, a);
    addTo(sums3, load<u16>(labels3 + at), 0, a);
  }
}

function flushGroups(job: Reduction): void {
  const zero = f32x4.splat(0);
  for (let k = 0; k < job.groupingCount; k++) {
    const g = job.groupings + (<usize>k << 4);
    let sums = load<usize>(g, 4);
    let promoted = load<usize>(g, 8);
    for (let n = load<i32>(g, 12); n > 0; n--) {
      addPromoted(promoted, f32x4.add(v128.load(sums, 0), v128.load(sums, 16)));
      v128.store(sums, zero, 0);
      v128.store(sums, zero, 16);
      sums += 32;
      promoted += 32;
    }
  }
}

// @ts-ignore: decorator
@inline
function countBin(histogram: usize, bin: i32): void {
  const at = histogram + (<usize>bin << 2);
  store<u32>(at, load<u32>(at) + 1);
}

function countBins(row: usize, width: i32, job: Reduction): void {
  const histogram = job.histogram;
  const first = i32x4.splat(job.firstBin);
  const last = i32x4.splat(job.lastBin);
  const zero = i32x4.splat(0);
  const lanes = job.lanes;
  const end = row + (<usize>width << 4);
  for (; row < end; row += 16) {
    const bins = i32x4.min_s(i32x4.max_s(i32x4.sub(i32x4.shr_u(v128.load(row), 13), first), zero), last);
    countBin(histogram, i32x4.extract_lane(bins, 0));
    if (lanes > 1) countBin(histogram, i32x4.extract_lane(bins, 1));
    if (lanes > 2) countBin(histogram, i32x4.extract_lane(bins, 2));
    if (lanes > 3) countBin(histogram, i32x4.extract_lane(bins, 3));
  }
}

/** Counts, per lane, the pixels whose value exceeds theirs. */
function exceedings(row: usize, width: i32, thresholds: usize, counts: usize): void {
  let count = v128.load(counts);
  const end = row + (<usize>width << 4);
  for (; row < end; row += 16, thresholds += 4) {
    // A comparison that holds gives −1.
    count = i32x4.sub(count, f32x4.gt(v128.load(row), v128.load32_splat(thresholds)));
  }
  v128.store(counts, count);
}

/** Counts, per pixel, the lanes above τ. */
function above(row: usize, width: i32, tau: v128, counts: usize): void {
  const end = row + (<usize>width << 4);
  for (; row < end; row += 16, counts += 4) {
    const exceed = i32x4.bitmask(f32x4.gt(v128.load(row), tau));
    store<u32>(counts, load<u32>(counts) + <u32>popcnt<i32>(exceed));
  }
}

/** Adds |a − |a'|| per pixel. */
function differences(row: usize, before: usize, width: i32, change: usize): void {
  const end = row + (<usize>width << 4);
  for (; row < end; row += 16, before += 16, change += 16) {
    const difference = f32x4.abs(f32x4.sub(v128.load(row), f32x4.abs(v128.load(before))));
    v128.store(change, f32x4.add(v128.load(change), difference));
  }
}

/** Adds up the lanes of n vectors: target[p] += Σ lanes, float64. */
export function addLanes(source: usize, n: i32, target: usize): void {
  const end = source + (<usize>n << 4);
  for (; source < end; source += 16, target += 8) {
    const v = v128.load(source);
    const low = <f64>f32x4.extract_lane(v, 0) + <f64>f32x4.extract_lane(v, 1);
    const high = <f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3);
    store<f64>(target, load<f64>(target) + low + high);
  }
}

/** Writes four neurons' maps apart: lane l of pixel p to target + l · bytesPerMap + 4p. */
export function separate(source: usize, rows: i32, width: i32, lanes: i32, target: usize, bytesPerMap: i32): void {
  const job = changetype<RowSource>(source);
  for (let y = 0; y < rows; y++) {
    const row = finishedRow(job, y);
    const at = target + (<usize>(y * width) << 2);
    for (let lane = 0; lane < lanes; lane++) {
      let from = row + (<usize>lane << 2);
      let to = at + <usize>lane * <usize>bytesPerMap;
      const end = from + (<usize>width << 4);
      for (; from < end; from += 16, to += 4) store<f32>(to, load<f32>(from));
    }
  }
}

import { addPromoted, addPromotedTimes, allButSign, laneSum, laneSums, promoteHigh } from './lanes';
import { RELU } from './activation';
import { denseActivation, densePixel, fillRow, isSumOfTwo, restart, Rows, tapRow, tapWeights } from './rows';

/** What to gather of four neurons, 0 for what is not wanted. src/reductions/reduce-lanes.ts writes it; its own reducer sets each field. */
@unmanaged
export class Reduction {
  height: i32;
  width: i32;
  /** One bit per lane that holds a neuron. */
  laneBits: i32;
  rows: usize;
  previous: usize;
  /**
   * Room for |c| of the pixels of a strip, or of the rows that are kept for those that equal them; for as many float32 sums over the lanes, of the
   * values and of their differences from the previous frame's; and for a strip of that.
   */
  values: usize;
  sums: usize;
  differences: usize;
  previousBuffer: usize;
  /** Four float64 sums, then a vector of minima and one of maxima. */
  totals: usize;
  /** float32 per pixel, of the quads so far. */
  pixelTotals: usize;
  /** Number of partitions and, for each, where its addresses are: uint32 per pixel, the accumulator it belongs to. */
  partitionCount: i32;
  partitions: usize;
  /** uint32 per bin, behind fifteen more that count zeros as the first bin does. */
  histogram: usize;
  bins: i32;
  /** float32 per pixel, and four int32 counts. */
  pixelThreshold: usize;
  pixelsPerNeuron: usize;
  /** Number of τ, their float32 values, and uint32 counts per pixel, one row of pixels per τ. */
  tauCount: i32;
  taus: usize;
  neuronsPerPixel: usize;
  /** float32 per pixel, of the quads so far. */
  change: usize;
}

/** Rows are taken in strips of as many pixels: they stay in the nearest cache, and float32 sums stay short. */
const STRIP = 256;

/** Streams four neurons, strip by strip, through everything that is wanted of them. Rows that are equal are made once, and added where each is. */
export function reduce(job: Reduction): void {
  const height = job.height;
  const width = job.width;
  const rows = changetype<Rows>(job.rows);
  restart(rows);
  const dense = denseActivation(rows);
  if (job.previous != 0) restart(changetype<Rows>(job.previous));
  const repeat = rows.equals != 0;
  const once = isReadOnce(job);
  let made = 0;
  for (let y = 0; y < height; y++) {
    const row = repeat ? load<i32>(rows.equals + (<usize>y << 2)) : y;
    const isNew = row == made;
    if (isNew) made++;
    const times = repeat ? load<i32>(rows.times + (<usize>row << 2)) : 1;
    const two = isNew && isSumOfTwo(rows, row);
    for (let x = 0; x < width; x += STRIP) {
      const n = min(STRIP, width - x);
      const p = <usize>(y * width + x);
      const kept = repeat ? <usize>((row % rows.kept) * width + x) : 0;
      const values = job.values + (kept << 4), sums = job.sums + (kept << 2);
      if (!isNew) {
        if (job.pixelTotals != 0) addSums(sums, n, job.pixelTotals + (p << 2));
      } else if (two) {
        const b = tapRow(rows, row, 1) + (<usize>x << 4);
        const a = tapRow(rows, row, 0) + (<usize>x << 4);
        if (once && times == 1) gatherSumOfTwoOnce(job, a, b, tapWeights(rows, row), n, p);
        else gatherSumOfTwo(job, values, sums, a, b, tapWeights(rows, row), n, p, times);
      } else if (dense == 0) {
        if (once) gatherScaledOnce(job, densePixel(rows, y, x), rows.scale, n, p);
        else gatherScaled(job, values, densePixel(rows, y, x), rows.scale, n, p);
      } else if (dense == RELU) {
        if (once) gatherScaledReluOnce(job, densePixel(rows, y, x), rows.scale, n, p);
        else gatherScaledRelu(job, values, densePixel(rows, y, x), rows.scale, n, p);
      } else {
        fillRow(rows, row, x, n, values);
        gatherStored(job, values, sums, n, p, times);
      }
      if (job.previous != 0) {
        const ofDifferences = job.differences + (kept << 2);
        if (isNew) {
          fillRow(changetype<Rows>(job.previous), row, x, n, job.previousBuffer);
          differences(values, job.previousBuffer, n, ofDifferences);
        }
        addSums(ofDifferences, n, job.change + (p << 2));
      }
      accumulate(job, values, n, p << 2, isNew && job.partitionCount > 1 ? 2 : 0);
      if (job.histogram != 0 && isNew) {
        if (times == 1) countBins(values, n, job.histogram, job.bins);
        else countBinsOfRows(values, n, job.histogram, job.bins, times);
      }
      if (job.pixelThreshold != 0) exceedings(values, n, job.pixelThreshold + (p << 2), job.pixelsPerNeuron);
      for (let k = 0; k < job.tauCount; k++) {
        const tau = v128.load32_splat(job.taus + (<usize>k << 2));
        const counts = job.neuronsPerPixel + ((<usize>k * <usize>(height * width) + p) << 2);
        above(values, n, tau, job.laneBits, counts);
      }
    }
  }
}

/** Whether nothing reads the values of a row that no other equals but the pass that makes them. */
function isReadOnce(job: Reduction): bool {
  const grouped = job.partitionCount == 0 || job.partitionCount == 2;
  return grouped && job.previous == 0 && job.histogram == 0 && job.pixelThreshold == 0 && job.tauCount == 0;
}

/** Where values come from: they are there; they are a·u + b·v; they are a·u + v, as they are or with ReLU. */
const STORED = 0;
const SUM_OF_TWO = 1;
const SCALED = 2;
const SCALED_RELU = 3;

/** |c| of one pixel. The source is known when this is compiled. */
// @ts-ignore: decorator
@inline
function magnitude(source: i32, a: usize, b: usize, u: v128, v: v128, mask: v128): v128 {
  const value = v128.load(a);
  if (source == STORED) return v128.and(value, mask);
  if (source == SUM_OF_TWO) return v128.and(f32x4.add(f32x4.mul(value, u), f32x4.mul(v128.load(b), v)), mask);
  const scaled = f32x4.add(f32x4.mul(value, u), v);
  // 0 is made of the −0 that pmax leaves.
  return v128.and(source == SCALED_RELU ? f32x4.pmax(scaled, f32x4.splat(0)) : scaled, mask);
}

// @ts-ignore: decorator
@inline
function addTo(accumulator: usize, a: v128): void {
  v128.store(accumulator, f32x4.add(v128.load(accumulator), a));
}

/** Adds to two accumulators, whose addresses are one integer: one load is faster than two. */
// @ts-ignore: decorator
@inline
function addToTwo(addresses: u64, a: v128, b: v128): void {
  addTo(<usize><u32>addresses, a);
  addTo(<usize>(addresses >> 32), b);
}

/**
 * Takes |c| of n pixels: sums, minima and maxima per lane; sums per pixel; sums of the first two partitions, where there are two: values are at
 * hand here, and need not be loaded again.
 * @param source known when this is compiled
 * @param keeps whether |c| goes to `values`, and sums per pixel to `sums`, where the row may be repeated; known when this is compiled
 * @param weights u and v; any address where there are none
 * @param pixel the first pixel's number
 * @param times how many rows have these values
 */
// @ts-ignore: decorator
@inline
function gatherFrom(
  source: i32, keeps: bool, job: Reduction, values: usize, sums: usize, a: usize, b: usize, weights: usize, n: i32, pixel: usize, times: i32,
): void {
  const u = v128.load(weights, 0), v = v128.load(weights, 16), m = allButSign();
  const totals = job.totals;
  let sum = f32x4.splat(0);
  let least = v128.load(totals, 32);
  let most = v128.load(totals, 48);
  // Where no totals per pixel are wanted, they go to the previous frame's buffer, which is free at that time.
  let pixelTotals = job.pixelTotals != 0 ? job.pixelTotals + (pixel << 2) : job.previousBuffer;
  const repeatable = keeps && (source == STORED || source == SUM_OF_TWO);
  const grouped = job.partitionCount > 1;
  let first = grouped ? load<usize>(job.partitions, 0) + (pixel << 2) : 0;
  let second = grouped ? load<usize>(job.partitions, 4) + (pixel << 2) : 0;
  const end = a + (<usize>n << 4);
  const fours = a + (<usize>(n & ~3) << 4);
  for (; a < fours; a += 64, b += 64, pixelTotals += 16) {
    const p = magnitude(source, a, b, u, v, m), q = magnitude(source, a + 16, b + 16, u, v, m);
    const r = magnitude(source, a + 32, b + 32, u, v, m), s = magnitude(source, a + 48, b + 48, u, v, m);
    if (keeps) {
      v128.store(values, p, 0);
      v128.store(values, q, 16);
      v128.store(values, r, 32);
      v128.store(values, s, 48);
      values += 64;
    }
    if (grouped) {
      addTo(load<usize>(first, 0), p);
      addTo(load<usize>(second, 0), p);
      addTo(load<usize>(first, 4), q);
      addTo(load<usize>(second, 4), q);
      addTo(load<usize>(first, 8), r);
      addTo(load<usize>(second, 8), r);
      addTo(load<usize>(first, 12), s);
      addTo(load<usize>(second, 12), s);
      first += 16;
      second += 16;
    }
    const ofPixels = laneSums(p, q, r, s);
    v128.store(pixelTotals, f32x4.add(v128.load(pixelTotals), ofPixels));
    if (repeatable) {
      v128.store(sums, ofPixels);
      sums += 16;
    }
    sum = f32x4.add(sum, f32x4.add(f32x4.add(p, q), f32x4.add(r, s)));
    least = f32x4.pmin(least, f32x4.pmin(f32x4.pmin(p, q), f32x4.pmin(r, s)));
    most = f32x4.pmax(most, f32x4.pmax(f32x4.pmax(p, q), f32x4.pmax(r, s)));
  }
  for (; a < end; a += 16, b += 16, pixelTotals += 4) {
    const p = magnitude(source, a, b, u, v, m);
    if (keeps) {
      v128.store(values, p);
      values += 16;
    }
    if (grouped) {
      addTo(load<usize>(first), p);
      addTo(load<usize>(second), p);
      first += 4;
      second += 4;
    }
    const ofPixel = laneSum(p);
    store<f32>(pixelTotals, load<f32>(pixelTotals) + ofPixel);
    if (repeatable) {
      store<f32>(sums, ofPixel);
      sums += 4;
    }
    sum = f32x4.add(sum, p);
    least = f32x4.pmin(least, p);
    most = f32x4.pmax(most, p);
  }
  addPromotedTimes(totals, sum, times);
  v128.store(totals, least, 32);
  v128.store(totals, most, 48);
}

function gatherStored(job: Reduction, values: usize, sums: usize, n: i32, pixel: usize, times: i32): void {
  gatherFrom(STORED, true, job, values, sums, values, 0, job.totals, n, pixel, times);
}

function gatherSumOfTwo(
  job: Reduction, values: usize, sums: usize, a: usize, b: usize, weights: usize, n: i32, pixel: usize, times: i32,
): void {
  gatherFrom(SUM_OF_TWO, true, job, values, sums, a, b, weights, n, pixel, times);
}

function gatherSumOfTwoOnce(job: Reduction, a: usize, b: usize, weights: usize, n: i32, pixel: usize): void {
  gatherFrom(SUM_OF_TWO, false, job, 0, 0, a, b, weights, n, pixel, 1);
}

function gatherScaled(job: Reduction, values: usize, a: usize, weights: usize, n: i32, pixel: usize): void {
  gatherFrom(SCALED, true, job, values, 0, a, 0, weights, n, pixel, 1);
}

function gatherScaledOnce(job: Reduction, a: usize, weights: usize, n: i32, pixel: usize): void {
  gatherFrom(SCALED, false, job, 0, 0, a, 0, weights, n, pixel, 1);
}

function gatherScaledRelu(job: Reduction, values: usize, a: usize, weights: usize, n: i32, pixel: usize): void {
  gatherFrom(SCALED_RELU, true, job, values, 0, a, 0, weights, n, pixel, 1);
}

function gatherScaledReluOnce(job: Reduction, a: usize, weights: usize, n: i32, pixel: usize): void {
  gatherFrom(SCALED_RELU, false, job, 0, 0, a, 0, weights, n, pixel, 1);
}

/** Adds every pixel to its accumulator of every partition from the k-th on, two partitions at a time: `gatherFrom` sees to the first two. */
function accumulate(job: Reduction, buffer: usize, n: i32, offset: usize, k: i32): void {
  for (; k + 2 <= job.partitionCount; k += 2) {
    const at = job.partitions + (<usize>k << 2);
    accumulateTwo(buffer, n, load<usize>(at, 0) + offset, load<usize>(at, 4) + offset);
  }
  if (k < job.partitionCount) accumulateOne(buffer, n, load<usize>(job.partitions + (<usize>k << 2)) + offset);
}

function accumulateOne(buffer: usize, n: i32, addresses: usize): void {
  const end = buffer + (<usize>n << 4);
  for (; buffer < end; buffer += 16, addresses += 4) addTo(load<usize>(addresses), v128.load(buffer));
}

function accumulateTwo(buffer: usize, n: i32, first: usize, second: usize): void {
  const end = buffer + (<usize>n << 4);
  const fours = buffer + (<usize>(n & ~3) << 4);
  for (; buffer < fours; buffer += 64, first += 16, second += 16) {
    const p = v128.load(buffer, 0), q = v128.load(buffer, 16), r = v128.load(buffer, 32), s = v128.load(buffer, 48);
    const ofFirst = load<u64>(first, 0), ofSecond = load<u64>(second, 0);
    const moreOfFirst = load<u64>(first, 8), moreOfSecond = load<u64>(second, 8);
    addToTwo(ofFirst, p, q);
    addToTwo(ofSecond, p, q);
    addToTwo(moreOfFirst, r, s);
    addToTwo(moreOfSecond, r, s);
  }
  for (; buffer < end; buffer += 16, first += 4, second += 4) {
    const p = v128.load(buffer);
    addTo(load<usize>(first), p);
    addTo(load<usize>(second), p);
  }
}

/**
 * Adds up accumulators by group, in float64, and empties them.
 * @param cells n records of four int32: the first accumulator, the end of the last, an even number of them, and the sums of its two groups
 */
export function sumGroups(cells: usize, n: i32): void {
  const zero = f32x4.splat(0);
  const end = cells + (<usize>n << 4);
  for (; cells < end; cells += 16) {
    const last = load<usize>(cells, 4);
    const one = load<usize>(cells, 8), two = load<usize>(cells, 12);
    let low = v128.load(one, 0), high = v128.load(one, 16);
    let otherLow = v128.load(two, 0), otherHigh = v128.load(two, 16);
    for (let at = load<usize>(cells, 0); at < last; at += 32) {
      const sum = v128.load(at, 0), next = v128.load(at, 16);
      v128.store(at, zero, 0);
      v128.store(at, zero, 16);
      const a = f64x2.promote_low_f32x4(sum), b = promoteHigh(sum);
      const c = f64x2.promote_low_f32x4(next), d = promoteHigh(next);
      low = f64x2.add(f64x2.add(low, a), c);
      high = f64x2.add(f64x2.add(high, b), d);
      otherLow = f64x2.add(f64x2.add(otherLow, a), c);
      otherHigh = f64x2.add(f64x2.add(otherHigh, b), d);
    }
    v128.store(one, low, 0);
    v128.store(one, high, 16);
    v128.store(two, otherLow, 0);
    v128.store(two, otherHigh, 16);
  }
}

/** Moves sums of groups, of four neurons side by side, to [4, groups]: one neuron after the other. */
export function takeSums(sums: usize, groups: i32, target: usize): void {
  const zero = f64x2.splat(0);
  const bytes = <usize>groups << 3;
  const second = bytes, third = 2 * bytes, fourth = 3 * bytes;
  const end = target + bytes;
  for (; target < end; target += 8, sums += 32) {
    const low = v128.load(sums, 0), high = v128.load(sums, 16);
    v128.store64_lane(target, low, 0);
    v128.store64_lane(target + second, low, 1);
    v128.store64_lane(target + third, high, 0);
    v128.store64_lane(target + fourth, high, 1);
    v128.store(sums, zero, 0);
    v128.store(sums, zero, 16);
  }
}

// @ts-ignore: decorator
@inline
function countOne(at: usize, times: i32): void {
  store<u32>(at, load<u32>(at) + times);
}

/** Counts four bins, each in another lane. */
// @ts-ignore: decorator
@inline
function countFour(bins: v128, times: i32): void {
  const low = i64x2.extract_lane(bins, 0), high = i64x2.extract_lane(bins, 1);
  countOne(<usize>low, times);
  countOne(<usize>(low >>> 32), times);
  countOne(<usize>high, times);
  countOne(<usize>(high >>> 32), times);
}

/**
 * Where zeros are counted, from the first bin of other values on: each of sixteen values that follow one another has a counter of its
 * own, since an addition waits for the one before it at the same address.
 */
const ZEROS = memory.data<i32>([-4, -8, -12, -16, -20, -24, -28, -32, -36, -40, -44, -48, -52, -56, -60, -64], 16);

/** Addresses of bins. Others than zeros fall in bin (bits >>> 13) + 1, and what is not finite in the last; a bin takes four bytes. */
// @ts-ignore: decorator
@inline
function binsOf(bits: v128, zeros: v128, most: v128, origin: v128): v128 {
  const bin = i32x4.min_s(i32x4.shl(i32x4.shr_u(bits, 13), 2), most);
  return i32x4.add(i32x4.add(bin, origin), v128.and(i32x4.eq(bits, i32x4.splat(0)), zeros));
}

/**
 * @param histogram where bin 0 is, behind fifteen other counters of zeros
 * @param times how often each value is counted: what is added is faster where it is known when this is compiled
 */
// @ts-ignore: decorator
@inline
function countBinsTimes(buffer: usize, n: i32, histogram: usize, bins: i32, times: i32): void {
  const most = i32x4.splat((bins - 2) << 2);
  const origin = i32x4.splat(<i32>histogram + 4);
  const p = v128.load(ZEROS, 0), q = v128.load(ZEROS, 16), r = v128.load(ZEROS, 32), s = v128.load(ZEROS, 48);
  const end = buffer + (<usize>n << 4);
  const fours = buffer + (<usize>(n & ~3) << 4);
  for (; buffer < fours; buffer += 64) {
    countFour(binsOf(v128.load(buffer, 0), p, most, origin), times);
    countFour(binsOf(v128.load(buffer, 16), q, most, origin), times);
    countFour(binsOf(v128.load(buffer, 32), r, most, origin), times);
    countFour(binsOf(v128.load(buffer, 48), s, most, origin), times);
  }
  for (; buffer < end; buffer += 16) countFour(binsOf(v128.load(buffer), p, most, origin), times);
}

function countBins(buffer: usize, n: i32, histogram: usize, bins: i32): void {
  countBinsTimes(buffer, n, histogram, bins, 1);
}

function countBinsOfRows(buffer: usize, n: i32, histogram: usize, bins: i32, times: i32): void {
  countBinsTimes(buffer, n, histogram, bins, times);
}

/** Counts, per lane, the pixels whose value exceeds theirs. */
function exceedings(buffer: usize, n: i32, thresholds: usize, counts: usize): void {
  let count = v128.load(counts);
  const end = buffer + (<usize>n << 4);
  for (; buffer < end; buffer += 16, thresholds += 4) {
    // A comparison that holds gives −1.
    count = i32x4.sub(count, f32x4.gt(v128.load(buffer), v128.load32_splat(thresholds)));
  }
  v128.store(counts, count);
}

/** Counts, per pixel, the lanes above τ. */
function above(buffer: usize, n: i32, tau: v128, laneBits: i32, counts: usize): void {
  const end = buffer + (<usize>n << 4);
  for (; buffer < end; buffer += 16, counts += 4) {
    const exceed = i32x4.bitmask(f32x4.gt(v128.load(buffer), tau)) & laneBits;
    store<u32>(counts, load<u32>(counts) + <u32>popcnt<i32>(exceed));
  }
}

/** |a − |a'|| per pixel, added up over the lanes. */
function differences(buffer: usize, previous: usize, n: i32, sums: usize): void {
  const end = buffer + (<usize>n << 4);
  for (; buffer < end; buffer += 16, previous += 16, sums += 4) {
    const difference = f32x4.abs(f32x4.sub(v128.load(buffer), f32x4.abs(v128.load(previous))));
    store<f32>(sums, laneSum(difference));
  }
}

/** Adds n float32 to others. */
function addSums(sums: usize, n: i32, target: usize): void {
  const end = target + (<usize>n << 2);
  const sixteens = target + (<usize>(n & ~15) << 2);
  for (; target < sixteens; target += 64, sums += 64) {
    v128.store(target, f32x4.add(v128.load(target, 0), v128.load(sums, 0)), 0);
    v128.store(target, f32x4.add(v128.load(target, 16), v128.load(sums, 16)), 16);
    v128.store(target, f32x4.add(v128.load(target, 32), v128.load(sums, 32)), 32);
    v128.store(target, f32x4.add(v128.load(target, 48), v128.load(sums, 48)), 48);
  }
  for (; target < end; target += 4, sums += 4) store<f32>(target, load<f32>(target) + load<f32>(sums));
}

/** Moves n float32 sums into float64 ones. */
export function promote(source: usize, n: i32, target: usize): void {
  const zero = f32x4.splat(0);
  const end = source + (<usize>n << 2);
  const fours = source + (<usize>(n & ~3) << 2);
  for (; source < fours; source += 16, target += 32) {
    addPromoted(target, v128.load(source));
    v128.store(source, zero);
  }
  for (; source < end; source += 4, target += 8) {
    store<f64>(target, load<f64>(target) + <f64>load<f32>(source));
    store<f32>(source, 0);
  }
}

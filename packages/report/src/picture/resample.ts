/** Interleaved values [height, width, channels]. */
export interface Grid {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: ArrayLike<number>;
}

/** How much smaller a picture has to be drawn to have at most this many pixels and columns; 1 where it fits already. */
export function reduction(height: number, width: number, limit: { readonly pixels: number; readonly width: number }) {
  return Math.min(1, limit.width / width, Math.sqrt(limit.pixels / (height * width)));
}

/** The extents after a reduction by `factor` ≤ 1, at least one pixel each. */
export const reducedExtents = (height: number, width: number, factor: number) => ({
  height: Math.max(1, Math.round(height * factor)),
  width: Math.max(1, Math.round(width * factor)),
});

/**
 * Area average: each value of the result is the mean of the part of the picture it covers, pixels cut by its border
 * counting by the part inside. The mean of the whole stays what it was. For results not larger than the picture.
 */
export function averageDown(grid: Grid, height: number, width: number): Float32Array {
  const { channels } = grid;
  const down = coverage(grid.height, height);
  const across = coverage(grid.width, width);
  const rows = new Float64Array(grid.height * width * channels);
  const { values } = grid;
  for (let y = 0; y < grid.height; y++) {
    for (let x = 0, at = 0; x < width; x++) {
      const to = (y * width + x) * channels;
      for (let from = across.first[x]; at < across.ends[x]; at++, from++) {
        const weight = across.weights[at];
        const source = (y * grid.width + from) * channels;
        for (let c = 0; c < channels; c++) rows[to + c] += weight * values[source + c];
      }
    }
  }
  const result = new Float32Array(height * width * channels);
  const stride = width * channels;
  const sums = new Float64Array(stride);
  for (let y = 0, at = 0; y < height; y++) {
    sums.fill(0);
    for (let from = down.first[y]; at < down.ends[y]; at++, from++) {
      const weight = down.weights[at];
      for (let i = 0; i < stride; i++) sums[i] += weight * rows[from * stride + i];
    }
    result.set(sums, y * stride);
  }
  return result;
}

/** Which cells each of others covers, and the share of it that each fills. */
interface Coverage {
  /** The first that each covers; the others follow it. */
  readonly first: Uint32Array;
  /** How many shares there are up to the end of each. */
  readonly ends: Uint32Array;
  /** The shares, of one cell after the other. */
  readonly weights: readonly number[];
}

/** Which of `before` cells each of `after` cells covers. */
function coverage(before: number, after: number): Coverage {
  const size = before / after;
  const [first, ends, weights] = [new Uint32Array(after), new Uint32Array(after), [] as number[]];
  for (let i = 0; i < after; i++) {
    const [start, end] = [i * size, (i + 1) * size];
    first[i] = Math.floor(start);
    for (let from = first[i]; from < Math.min(before, Math.ceil(end - 1e-9)); from++) {
      weights.push((Math.min(end, from + 1) - Math.max(start, from)) / size);
    }
    ends[i] = weights.length;
  }
  return { first, ends, weights };
}

/** The value under each result pixel's centre, for labels, which cannot be averaged. */
export function sampleDown(grid: Grid, height: number, width: number): Uint16Array {
  const column = Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * grid.width) / width));
  return Uint16Array.from({ length: height * width }, (_, p) => {
    const y = Math.floor(((Math.floor(p / width) + 0.5) * grid.height) / height);
    return grid.values[y * grid.width + column[p % width]];
  });
}

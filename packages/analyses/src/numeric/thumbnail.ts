export interface Plane {
  readonly height: number;
  readonly width: number;
  /** [H·W] */
  readonly values: Float32Array;
}

/**
 * The plane averaged over square cells of whole pixels until it has at most `maxPixels` pixels; as it is where it has no
 * more. Cells at the right and lower edge average the pixels they have.
 */
export function thumbnail(values: ArrayLike<number>, height: number, width: number, maxPixels: number): Plane {
  const cell = Math.ceil(Math.sqrt((height * width) / maxPixels));
  if (cell <= 1) return { height, width, values: Float32Array.from(values) };
  const rows = Math.ceil(height / cell);
  const columns = Math.ceil(width / cell);
  const sums = new Float64Array(rows * columns);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / cell) * columns;
    for (let x = 0; x < width; x++) sums[row + Math.floor(x / cell)] += values[y * width + x];
  }
  const means = Float32Array.from(sums, (sum, i) => {
    const down = Math.min(cell, height - Math.floor(i / columns) * cell);
    const across = Math.min(cell, width - (i % columns) * cell);
    return sum / (down * across);
  });
  return { height: rows, width: columns, values: means };
}

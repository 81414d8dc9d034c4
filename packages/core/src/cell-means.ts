/**
 * Means of a plane over the cells of a coarser one; each pixel lies in one cell.
 * @param plane [H·W]
 * @param rows the row of cells that each row of pixels lies in, [H]
 * @param columns the column of cells that each column of pixels lies in, [W]
 * @param cells how many rows and columns of cells there are, none of them empty
 * @returns [cells.height · cells.width]
 */
export function cellMeans(
  plane: ArrayLike<number>,
  rows: Uint32Array,
  columns: Uint32Array,
  cells: { readonly height: number; readonly width: number },
): Float32Array {
  const sums = new Float64Array(cells.height * cells.width);
  const [down, across] = [countsOf(rows, cells.height), countsOf(columns, cells.width)];
  for (let y = 0; y < rows.length; y++) {
    const row = rows[y] * cells.width;
    const from = y * columns.length;
    for (let x = 0; x < columns.length; x++) sums[row + columns[x]] += plane[from + x];
  }
  return Float32Array.from(sums, (sum, i) => sum / (down[Math.floor(i / cells.width)] * across[i % cells.width]));
}

/** How often each index below `count` is among the values. */
function countsOf(values: Uint32Array, count: number): Uint32Array {
  const counts = new Uint32Array(count);
  for (const value of values) counts[value]++;
  return counts;
}

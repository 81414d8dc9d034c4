import { defineGrouping, XincError } from '@xinc/core';
import { z } from 'zod';

const options = z.object({
  rows: z.int().min(1).max(65535).default(4).describe('Rows of cells'),
  columns: z.int().min(1).max(65535).default(8).describe('Columns of cells'),
  unit: z
    .enum(['cells', 'pixels'])
    .default('cells')
    .describe('Whether rows × columns is the number of cells, or the height × width of one cell in pixels'),
});

/**
 * Equal rectangles: the grouping that knows nothing of the picture's content (paper §3; method §5). Cell boundaries fall
 * on whole pixels, so cells of sizes that do not divide evenly differ by a pixel.
 */
export const grid = defineGrouping<z.output<typeof options>>({
  kind: 'grouping',
  name: 'grid',
  title: 'Grid cells',
  description: 'Equal rectangles, whatever they show: pixels that are near each other.',
  options,
  form: 'grid:4x8 (cells), grid:4x8px (cells of 4×8 pixels)',
  parse(text) {
    const match = /^(\d+)[x×](\d+)(px)?$/.exec(text);
    if (!match) {
      throw new XincError('invalid-option', `Grouping 'grid:${text}': '${text}' is not rows × columns`, {
        subject: 'grid',
        hint: 'Write grid:4x8 for 4 rows of 8 cells, grid:4x8px for cells of 4×8 pixels.',
      });
    }
    return { rows: Number(match[1]), columns: Number(match[2]), unit: match[3] ? 'pixels' : 'cells' };
  },
  presets: { published: { rows: 4, columns: 8, unit: 'pixels' } },
  check: (chosen, signal) => void cellsOf(signal, chosen),
  label({ height, width }, chosen) {
    const { rows, columns, unit } = chosen;
    const { down, across } = cellsOf({ height, width }, chosen);
    const row = cellOfEach(height, down, unit === 'pixels' ? rows : undefined);
    const column = cellOfEach(width, across, unit === 'pixels' ? columns : undefined);
    const labels = new Uint16Array(height * width);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) labels[y * width + x] = row[y] * across + column[x];
    }
    return {
      height,
      width,
      labels,
      groups: Array.from({ length: down * across }, (_, cell) => ({
        name: `row ${Math.floor(cell / across) + 1}, column ${(cell % across) + 1}`,
      })),
    };
  },
});

/** @throws XincError `invalid-option` where there are more cells than pixels, or than labels */
function cellsOf(
  { height, width }: { readonly height: number; readonly width: number },
  { rows, columns, unit }: z.output<typeof options>,
): { readonly down: number; readonly across: number } {
  const down = unit === 'cells' ? rows : Math.ceil(height / rows);
  const across = unit === 'cells' ? columns : Math.ceil(width / columns);
  if (down <= height && across <= width && down * across <= 65535) return { down, across };
  throw new XincError(
    'invalid-option',
    `A picture of ${height}×${width} pixels cannot be divided into a grid of ${down}×${across} cells`,
    {
      subject: 'grid',
      hint: `Ask for fewer cells, for instance grid:${Math.min(4, height)}x${Math.min(8, width)}.`,
    },
  );
}

/** Cell of each position along one axis: cells of `size` pixels, or `cells` of them with boundaries at round(i·extent/cells). */
function cellOfEach(extent: number, cells: number, size?: number): Uint16Array {
  const cellOf = new Uint16Array(extent);
  for (let cell = 0; cell < cells; cell++) {
    const from = size === undefined ? Math.round((cell * extent) / cells) : cell * size;
    const to = size === undefined ? Math.round(((cell + 1) * extent) / cells) : (cell + 1) * size;
    cellOf.fill(cell, from, to);
  }
  return cellOf;
}

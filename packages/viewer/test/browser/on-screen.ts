import type { Frame, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { contributionScale } from '../../../viewer-page/src/color/color-scale.js';
import { formatShare, formatValue } from '../../../viewer-page/src/color/number-format.js';
import { pixelsOf } from './open-viewer.js';
import { expectClose } from './reference.js';

/* What is on screen, read as a person reads it. */

/** Extents of the pictures of the made runs. */
export const [HEIGHT, WIDTH] = [16, 24];

/** A page of the viewer: whole, or in a frame of another page. */
export type Shown = Page | Frame;

export const mouseOf = (page: Shown) => ('mouse' in page ? page : page.page()).mouse;

export const stageOf = (page: Shown) => page.getByRole('application');

/** A place on the large picture, in pixels of the screen; rows and columns are of the picture, and may be fractions. */
async function placeOf(page: Shown, row: number, column: number): Promise<readonly [number, number]> {
  const { x, y, width, height } = (await stageOf(page).boundingBox())!;
  return [x + (column / WIDTH) * width, y + (row / HEIGHT) * height];
}

/** The pointer goes to the middle of a pixel. */
export async function pointAt(page: Shown, row: number, column: number): Promise<void> {
  await mouseOf(page).move(...(await placeOf(page, row + 0.5, column + 0.5)));
}

export async function drag(page: Shown, ...places: readonly (readonly [row: number, column: number])[]): Promise<void> {
  await mouseOf(page).move(...(await placeOf(page, ...places[0])));
  await mouseOf(page).down();
  for (const [row, column] of places.slice(1))
    await mouseOf(page).move(...(await placeOf(page, row, column)), { steps: 4 });
  await mouseOf(page).up();
}

export const neuronList = (page: Shown) => page.getByRole('listbox', { name: 'Neurons by contribution' });

/** A line of a ranking. */
export interface Row {
  readonly index: number;
  readonly value: number;
  readonly texts: string[];
}

export function rowsOf(list: Locator): Promise<Row[]> {
  return list.getByRole('option').evaluateAll((items) =>
    items.map((item) => ({
      index: Number((item as HTMLElement).dataset.index),
      value: Number((item as HTMLElement).dataset.value),
      texts: [...item.querySelectorAll('.value, .share')].map(({ textContent }) => textContent.trim()),
    })),
  );
}

/** Every line is what the tracer says of its neuron, the largest come first, and none of them is missing. */
export function expectRanking(rows: readonly Row[], values: ArrayLike<number>, most = 60): void {
  const sizes = Array.from(values, Math.abs);
  const sum = sizes.reduce((total, size) => total + size, 0);
  const sorted = sizes.filter((size) => size > 0).sort((a, b) => b - a);
  expect(rows).toHaveLength(Math.min(most, sorted.length));
  expect(new Set(rows.map(({ index }) => index)).size).toBe(rows.length);
  expectClose(
    rows.map(({ value }) => value),
    rows.map(({ index }) => values[index]),
  );
  expectClose(
    rows.map(({ value }) => Math.abs(value)),
    sorted.slice(0, rows.length),
  );
  for (const { value, texts } of rows) {
    expect(texts[0]).toBe(formatValue(value));
    // The sum of a layer may round otherwise than ours.
    const shares = [1 - 1e-5, 1, 1 + 1e-5].map((factor) => formatShare((factor * Math.abs(value)) / sum));
    expect(shares).toContain(texts[1]);
  }
}

/** A canvas shows a map in the colours of the scale up to `limit`; a value between two colours may have either. */
export async function expectPainted(
  canvas: Locator,
  map: ArrayLike<number>,
  { height, width }: { readonly height: number; readonly width: number },
  limit: number,
  nonnegative: boolean,
  theme: 'light' | 'dark',
): Promise<void> {
  const { table, low, high } = contributionScale(limit, nonnegative, theme);
  const painted = await pixelsOf(canvas);
  expect([painted.height, painted.width]).toEqual([height, width]);
  const off: string[] = [];
  for (let p = 0; p < height * width; p++) {
    const [r, g, b, a] = painted.rgba.slice(4 * p, 4 * p + 4);
    const color = ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;
    const at = ((map[p] - low) / (high - low)) * (table.length - 1);
    const near = [at - 0.01, at, at + 0.01].map(
      (one) => table[Math.max(0, Math.min(table.length - 1, Math.round(one)))],
    );
    if (!near.includes(color)) off.push(`pixel ${p}: ${color.toString(16)}, not ${near[1].toString(16)}`);
  }
  expect(off).toEqual([]);
}

export const mapCanvas = (page: Shown) => page.getByTestId('map').locator('canvas');

import type { RasterFigure, RasterPanel, RasterScale } from '@xinc/core';
import { expect, test } from 'vitest';
import { columnsOf, placeScales, ticksOf } from './raster-layout.js';

const scale = (map: RasterScale['map'], high: number): RasterScale => ({ map, domain: [-1, high], label: 'x' });
const panel = (own?: RasterScale, width = 2): RasterPanel => ({
  title: 't',
  height: 1,
  width,
  pixels: { kind: 'values', values: new Float32Array(width), ...(own && { scale: own }) },
});
const figure = (panels: readonly RasterPanel[], rest: Partial<RasterFigure> = {}): RasterFigure => ({
  kind: 'raster',
  name: 'f',
  title: 'F',
  caption: 'C.',
  panels,
  ...rest,
});

test('a scale that all panels share is shown once, below', () => {
  const shared = scale('sequential', 1);
  const placed = placeScales(figure([panel(), panel(), panel(scale('sequential', 1))], { scale: shared }));
  expect(placed).toEqual({ perPanel: [undefined, undefined, undefined], below: [shared] });
});

test('a sequential and a diverging scale tell themselves apart; two sequential ones stand under their panels', () => {
  const [a, b, c] = [scale('sequential', 1), scale('diverging', 1), scale('sequential', 2)];
  expect(placeScales(figure([panel(a), panel(b), panel(a)])).below).toEqual([a, b]);
  expect(placeScales(figure([panel(a), panel(c)]))).toEqual({ perPanel: [a, c], below: [] });
});

test('a panel without any scale gets one over its finite values', () => {
  const values = Float32Array.of(3, Number.NaN, 5);
  const bare: RasterPanel = { title: 't', height: 1, width: 3, pixels: { kind: 'values', values } };
  expect(placeScales(figure([bare])).below[0].domain).toEqual([3, 5]);
});

test('columns are those of the figure, never more than panels; by default few places stay empty', () => {
  const wide = (count: number) => columnsOf(figure(Array.from({ length: count }, () => panel())));
  expect([0, 1, 2, 3, 4, 5, 6, 8, 9].map(wide)).toEqual([1, 1, 2, 3, 2, 3, 3, 2, 3]);
  expect(columnsOf(figure([panel(), panel()], { columns: 8 }))).toBe(2);
  expect(columnsOf(figure([panel(), panel()], { columns: 0 }))).toBe(1);
});

test('a diverging scale is marked at zero, where zero is', () => {
  expect(ticksOf(scale('diverging', 3)).map(({ value, share }) => [value, share])).toEqual([
    [-1, 0],
    [0, 0.25],
    [3, 1],
  ]);
  expect(ticksOf(scale('sequential', 3))).toHaveLength(2);
});

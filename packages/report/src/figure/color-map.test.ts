import { expect, test } from 'vitest';
import { colorStops, colorTable, LEVELS, levelOf, parseColor } from './color-map.js';

const luminance = (table: Uint8Array, level: number) =>
  0.2126 * table[3 * level] + 0.7152 * table[3 * level + 1] + 0.0722 * table[3 * level + 2];

test('the sequential map becomes lighter from its lowest to its highest value', () => {
  const table = colorTable('sequential');
  expect(table).toHaveLength(3 * LEVELS);
  for (let level = 1; level < LEVELS; level++) {
    expect(luminance(table, level)).toBeGreaterThan(luminance(table, level - 1) - 1);
  }
  expect(luminance(table, LEVELS - 1) - luminance(table, 0)).toBeGreaterThan(220);
});

test('the diverging map is lightest at zero, blue below and red above', () => {
  const table = colorTable('diverging');
  const middle = levelOf(0, [-2, 2]);
  expect(luminance(table, middle)).toBeGreaterThan(235);
  expect(table[0]).toBeLessThan(table[2]);
  expect(table[3 * (LEVELS - 1)]).toBeGreaterThan(table[3 * (LEVELS - 1) + 2]);
});

test('values beyond the scale take its ends, values that are none take no colour', () => {
  expect([-9, 0, 1, 9].map((value) => levelOf(value, [0, 1]))).toEqual([0, 0, LEVELS - 1, LEVELS - 1]);
  expect([Number.NaN, Number.POSITIVE_INFINITY].map((value) => levelOf(value, [0, 1]))).toEqual([-1, -1]);
  expect(levelOf(5, [5, 5])).toBe(0);
});

test('colours are read from CSS and given as CSS', () => {
  expect([parseColor('#0072b2'), parseColor('#fa0'), parseColor('rgb(1, 2, 3)')]).toEqual([
    [0, 114, 178],
    [255, 170, 0],
    [1, 2, 3],
  ]);
  expect(parseColor('url(http://x)')).toEqual([128, 128, 128]);
  expect(colorStops('sequential', 3)[0]).toBe('rgb(0,0,4)');
});

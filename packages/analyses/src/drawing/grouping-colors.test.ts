import { expect, it } from 'vitest';
import { groupingEncoding } from './chart.js';
import { groupingColor } from './palette.js';

const BUILT_IN = ['instances', 'rgb', 'gabor', 'grid', 'categories'];

it('gives a grouping one colour, whichever others are drawn and in whatever order', () => {
  const colorOf = (name: string, names: readonly string[]) => {
    const { domain, range } = groupingEncoding(names).color.scale as { domain: string[]; range: string[] };
    return range[domain.indexOf(name)];
  };
  for (const name of BUILT_IN) {
    expect(colorOf(name, BUILT_IN)).toBe(groupingColor(name));
    expect(colorOf(name, [...BUILT_IN].reverse())).toBe(groupingColor(name));
    expect(colorOf(name, [name])).toBe(groupingColor(name));
  }
  expect(new Set(BUILT_IN.map(groupingColor)).size).toBe(BUILT_IN.length);
});

it('gives those that are not built in other colours, by their names', () => {
  const foreign = ['depth', 'saliency', 'faces', 'toString'].map(groupingColor);
  expect(foreign).toEqual(['depth:4', 'saliency', 'faces', 'toString'].map(groupingColor));
  expect(BUILT_IN.map(groupingColor).filter((color) => foreign.includes(color))).toEqual([]);
});

it('tells groupings of one kind apart by their dashes', () => {
  const { color, strokeDash } = groupingEncoding(['rgb:8', 'grid', 'rgb:32']);
  const [first, , second] = (color.scale as { range: string[] }).range;
  expect(first).toBe(second);
  const dashes = (strokeDash.scale as { range: number[][] }).range;
  expect(dashes[0]).not.toEqual(dashes[2]);
});

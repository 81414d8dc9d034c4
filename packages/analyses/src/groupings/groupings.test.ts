import { type GroupingContext, groupSizes } from '@xinc/core';
import { checkLabelMap } from '@xinc/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelMap } from '../../test/memory-context.js';
import { discs, flat } from '../../test/pictures.js';
import { categories } from './categories.js';
import { gabor } from './gabor.js';
import { grid } from './grid.js';
import { instances } from './instances.js';
import { rgb } from './rgb.js';

const contextOf = (height: number, width: number, more: Partial<GroupingContext> = {}): GroupingContext => ({
  frame: 0,
  seed: 0,
  signal: { kind: 'image', frames: 1, height, width },
  ...more,
});

describe('rgb', () => {
  it('divides a picture into the clusters asked for, coloured by their means, dark to bright', async () => {
    const picture = discs(48, 64);
    const map = await rgb.label(picture, rgb.options.parse(rgb.parse!('16')), contextOf(48, 64));
    expect(checkLabelMap('rgb', map, 48, 64).groups).toHaveLength(16);
    expect(groupSizes(map).every((size) => size > 0)).toBe(true);
    const brightness = map.groups.map(({ color }) =>
      [1, 3, 5].reduce((sum, i) => sum + parseInt(color!.slice(i, i + 2), 16), 0),
    );
    expect(brightness[0]).toBeLessThan(brightness[15]);
  });

  it('has 32 clusters by default', () => {
    expect(rgb.options.parse({})).toEqual({ clusters: 32 });
  });

  it('gives a picture of one colour one group', async () => {
    const map = await rgb.label(flat(3, 5, [1, 0.5, 0]), { clusters: 32 }, contextOf(3, 5));
    expect(map.groups).toEqual([{ name: 'colour 1', color: '#ff8000' }]);
  });

  it('finds clusters on several frames together: a colour is one group on all of them', async () => {
    const frames = [flat(3, 5, [1, 0, 0]), flat(3, 5, [0, 0, 1]), flat(3, 5, [1, 0, 0])];
    const label = await rgb.fit!(
      frames.map((frame) => async () => frame),
      { clusters: 32 },
    );
    const maps = await Promise.all(frames.map(label));
    expect(maps.map(({ groups }) => groups)).toEqual(maps.map(() => maps[0].groups));
    expect(maps[0].groups).toHaveLength(2);
    expect([...maps[2].labels]).toEqual([...maps[0].labels]);
    expect(maps[1].labels[0]).not.toBe(maps[0].labels[0]);
    for (const map of maps) checkLabelMap('rgb', map, 3, 5);
  });

  it('says what its short form is', () => {
    expect(() => rgb.parse!('many')).toThrow(
      "Grouping 'rgb:many': 'many' is not a number of clusters. Write for instance rgb:32.",
    );
  });
});

describe('grid', () => {
  const label = (height: number, width: number, options: unknown) =>
    grid.label(flat(height, width, [0, 0, 0]), grid.options.parse(options), contextOf(height, width));

  it('has 4×8 cells by default, as many as the clusterings have groups', async () => {
    const map = await label(128, 256, {});
    expect(map.groups).toHaveLength(32);
    expect([...new Set(groupSizes(map))]).toEqual([32 * 32]);
  });

  it('numbers cells row by row', async () => {
    const map = await label(2, 4, { rows: 2, columns: 2 });
    expect([...map.labels]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(map.groups[2]).toEqual({ name: 'row 2, column 1' });
  });

  it('makes cells that differ by at most one pixel per side, whatever the size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        async (height, width, rows, columns) => {
          fc.pre(rows <= height && columns <= width);
          const map = checkLabelMap('grid', await label(height, width, { rows, columns }), height, width);
          const sizes = groupSizes(map);
          const possible = [Math.floor, Math.ceil].flatMap((h) =>
            [Math.floor, Math.ceil].map((w) => h(height / rows) * w(width / columns)),
          );
          expect(sizes.every((size) => possible.includes(size))).toBe(true);
        },
      ),
    );
  });

  it('takes cells of so many pixels, smaller at the far edges', async () => {
    const map = await label(5, 9, grid.parse!('4x8px'));
    expect([...groupSizes(map)]).toEqual([32, 4, 8, 1]);
  });

  it('has the published preset of cells of 4×8 pixels', async () => {
    const map = await label(128, 256, grid.presets!.published);
    expect(map.groups).toHaveLength(32 * 32);
    expect([...new Set(groupSizes(map))]).toEqual([32]);
  });

  it('refuses more cells than pixels, and a short form it cannot read', () => {
    expect(() => label(3, 5, { rows: 4, columns: 2 })).toThrow(
      'A picture of 3×5 pixels cannot be divided into a grid of 4×2 cells. Ask for fewer cells, for instance grid:3x5.',
    );
    expect(() => grid.parse!('32')).toThrow(
      "Grouping 'grid:32': '32' is not rows × columns. Write grid:4x8 for 4 rows of 8 cells, grid:4x8px for cells of 4×8 pixels.",
    );
  });
});

describe('instances', () => {
  const picture = flat(1, 3, [0, 0, 0]);

  it('are the annotation of the frame', async () => {
    const annotation = labelMap(1, 3, [0, 1, 1]);
    expect(await instances.label(picture, {}, contextOf(1, 3, { annotation }))).toBe(annotation);
  });

  it('ask for label maps where there are none', () => {
    expect(() => instances.label(picture, {}, contextOf(1, 3, { frame: 4 }))).toThrow(
      "Frame 4 has no annotation, which the grouping 'instances' needs. Give label maps with `labels`.",
    );
  });
});

describe('gabor', () => {
  it('has 12 filters and 32 clusters by default, as many as the other groupings', async () => {
    const options = gabor.options.parse({});
    expect(options.orientations * options.wavelengths.length).toBe(12);
    const map = await gabor.label(discs(48, 64), options, contextOf(48, 64));
    expect(checkLabelMap('gabor', map, 48, 64).groups).toHaveLength(32);
    expect(groupSizes(map).every((size) => size > 0)).toBe(true);
  });

  it('tells stripes of different directions and widths apart, whatever their brightness', async () => {
    const [height, width] = [64, 96];
    const picture = flat(height, width, [0, 0, 0]);
    const stripes = [
      (y: number, _x: number) => y / 4,
      (_y: number, x: number) => x / 4,
      (_y: number, x: number) => x / 16,
    ];
    for (let p = 0; p < height * width; p++) {
      const [y, x] = [Math.floor(p / width), p % width];
      picture.rgb.fill(
        0.5 + 0.3 * Math.sin(2 * Math.PI * (stripes[Math.floor(x / 32)](y, x) + 1 / 8)),
        3 * p,
        3 * p + 3,
      );
    }
    const { labels } = await gabor.label(picture, gabor.options.parse(gabor.parse!('12')), contextOf(height, width));
    const inside = [0, 1, 2].map((k) => {
      const shares = new Float64Array(12);
      for (let y = 8; y < 56; y++)
        for (let x = 32 * k + 10; x < 32 * k + 22; x++) shares[labels[y * width + x]] += 1 / 576;
      return shares;
    });
    // Near its zero crossings a wave is answered by no filter: a few pixels are alike.
    for (const [i, a] of inside.entries()) {
      for (const b of inside.slice(i + 1)) {
        expect(a.reduce((common, share, k) => common + Math.min(share, b[k]), 0)).toBeLessThan(0.3);
      }
    }
  });

  it('gives a picture of one colour one group', async () => {
    const map = await gabor.label(flat(9, 7, [0.3, 0.3, 0.3]), gabor.options.parse({}), contextOf(9, 7));
    expect(groupSizes(map).filter((size) => size > 0).length).toBeLessThan(4);
  });

  it('says what its short form is', () => {
    expect(() => gabor.parse!('4x3')).toThrow(
      "Grouping 'gabor:4x3': '4x3' is not a number of clusters. Write for instance gabor:32.",
    );
  });
});

describe('categories', () => {
  const picture = flat(1, 5, [0, 0, 0]);
  const annotation = {
    ...labelMap(1, 5, [0, 1, 2, 3, 4]),
    groups: [
      { name: 'other', type: 'other' as const },
      { name: 'car 1', category: 'car', type: 'thing' as const },
      { name: 'road', category: 'road', type: 'stuff' as const },
      { name: 'car 2', category: 'car', type: 'thing' as const },
      { name: 'sky', category: 'sky', type: 'stuff' as const },
    ],
  };
  const label = (options: unknown) =>
    categories.label(picture, categories.options.parse(options), contextOf(1, 5, { annotation }));

  it('are things, stuff and other', async () => {
    const map = checkLabelMap('categories', await label({}), 1, 5);
    expect(map.groups.map(({ name, type }) => [name, type])).toEqual([
      ['thing', 'thing'],
      ['stuff', 'stuff'],
      ['other', 'other'],
    ]);
    expect([...map.labels]).toEqual([2, 0, 1, 0, 1]);
  });

  it('are all instances of a category together, if asked', async () => {
    const map = checkLabelMap('categories', await label(categories.parse!('category')), 1, 5);
    expect(map.groups.map(({ name, type }) => [name, type])).toEqual([
      ['car', 'thing'],
      ['road', 'stuff'],
      ['sky', 'stuff'],
      ['other', 'other'],
    ]);
    expect([...map.labels]).toEqual([3, 0, 1, 0, 2]);
  });

  it('need annotations that say what objects are', () => {
    expect(() => categories.label(picture, { by: 'type' }, contextOf(1, 5))).toThrow(
      "Frame 0 has no annotation, which the grouping 'categories' needs. Give label maps with `labels`.",
    );
    const bare = labelMap(1, 5, [0, 1, 1, 0, 0]);
    expect(() => categories.label(picture, { by: 'category' }, contextOf(1, 5, { annotation: bare }))).toThrow(
      "The annotation does not say the category of its objects, which the grouping 'categories' needs. Use an annotation format with categories, for instance COCO panoptic.",
    );
    expect(() => categories.parse!('kind')).toThrow(
      "Grouping 'categories:kind': 'kind' is not a way to take objects together. Write categories:type or categories:category.",
    );
  });
});

import type { Shape, SignalShape } from '@xinc/core';
import { describe, expect, test } from 'vitest';
import hashgrid from './index.js';
import { repaired } from './nearest.js';

const image: SignalShape = { kind: 'image', frames: 1, height: 5, width: 7 };
/** Every other level of a grid, some of another number of features. */
const tablesOf = (n: number) =>
  Array.from({ length: n }, (_, i): [string, Shape] => [`level${2 * i}.table`, [4, 2 + (i % 2)]]);
const layersOf = (n: number, shape: (i: number) => Shape) =>
  Array.from({ length: n }, (_, i): [string, Shape] => [`net.${i}.weight`, shape(i)]);

/** Files of n tensors of which each suggests a network. */
const HOSTILE: Readonly<Record<string, (n: number) => [string, Shape][]>> = {
  'tables with gaps between them': (n) => [...tablesOf(n), ...layersOf(1, () => [3, 8])],
  'layers of one width beside a table': (n) => [...tablesOf(1), ...layersOf(n, () => [8, 8])],
  'layers that have no side in common': (n) => [...tablesOf(1), ...layersOf(n, (i) => [2 * i + 5, 2 * i + 5])],
  'biases without weights': (n) => [
    ...tablesOf(1),
    ...Array.from({ length: n }, (_, i): [string, Shape] => [`net.${i}.bias`, [8]]),
  ],
  'tensors of nothing beside a damaged network': (n) => [
    ...tablesOf(30),
    ...layersOf(16, () => [8, 7]),
    ...Array.from({ length: n }, (_, i): [string, Shape] => [`other.${i}`, [1]]),
  ],
};

describe('a file does not decide how many networks are tried', () => {
  test.each(Object.keys(HOSTILE))('%s', (name) => {
    const shapes = Object.fromEntries(HOSTILE[name](2000));
    const tables = Object.keys(shapes).filter((table) => table.endsWith('table'));
    const tried = [...repaired(shapes, tables)];
    expect(tried.length).toBeLessThan(400);
    expect(Math.max(0, ...tried.map((candidate) => Object.keys(candidate).length))).toBeLessThan(100);
  });

  test.each(Object.keys(HOSTILE))('and looks at its tensors a few times each: %s', (name) => {
    const looksPerTensor = (n: number) => {
      let looks = 0;
      const shapes = new Proxy(Object.fromEntries(HOSTILE[name](n)), {
        get: (target, key) => {
          looks++;
          return Reflect.get(target, key);
        },
      });
      hashgrid.infer!(shapes, image);
      hashgrid.layout!(shapes);
      return looks / n;
    };
    expect(looksPerTensor(4000)).toBeLessThanOrEqual(1.1 * looksPerTensor(1000));
    expect(looksPerTensor(4000)).toBeLessThan(100);
  });
});

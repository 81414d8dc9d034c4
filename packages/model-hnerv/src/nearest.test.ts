import type { Shape, SignalShape } from '@xinc/core';
import { describe, expect, test } from 'vitest';
import hnerv from './index.js';
import { repairedPlaces } from './nearest.js';

const signal: SignalShape = { kind: 'video', frames: 4, height: 32, width: 64 };
/** A decoder without its head. */
const decoder: Record<string, Shape> = {
  'decoder.0.conv.downconv.weight': [16, 4, 1, 1],
  'decoder.1.conv.upconv.0.weight': [224, 16, 3, 3],
};
const below = (prefix: string) => Object.entries(decoder).map(([name, shape]) => [prefix + name, shape]);

describe('a file does not decide how many networks are tried', () => {
  test('of damaged decoders that share embeddings, the first few are', () => {
    const many = Array.from({ length: 1000 }, (_, i) => below(`net${i}.`)).flat();
    const tried = [...repairedPlaces({ embed: [4, 4, 2, 4], ...Object.fromEntries(many) })];
    expect([...new Set(tried.map(({ prefix }) => prefix))]).toEqual(Array.from({ length: 8 }, (_, i) => `net${i}.`));
    expect(tried.length).toBeLessThan(8000);
  });

  test('embeddings are looked for in the innermost places around a decoder, however deep it lies', () => {
    const looksAt = (depth: number) => {
      const looked: PropertyKey[] = [];
      const shapes = new Proxy(Object.fromEntries(below('a.'.repeat(depth))), {
        get: (target, key) => {
          looked.push(key);
          return Reflect.get(target, key);
        },
      });
      hnerv.infer!(shapes, signal);
      return looked.length;
    };
    expect(looksAt(4000)).toBe(looksAt(40));
  });
});

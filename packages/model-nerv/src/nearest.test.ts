import type { Shape } from '@xinc/core';
import { expect, test } from 'vitest';
import { ownNaming } from './naming.js';
import { repaired } from './nearest.js';

test('networks that come nearest are of the tensors of layers alone, however many a file has', () => {
  const others = Array.from({ length: 5000 }, (_, i): [string, Shape] => [`other.${i}.weight`, [8, 8]]);
  const shapes: Record<string, Shape> = {
    'stem.weight': [720, 160],
    'block1.weight': [496, 36, 3, 3],
    'block1.bias': [495],
    'head.weight': [3, 31, 3, 3],
    ...Object.fromEntries(others),
  };
  const names = new Set([...repaired(shapes, ownNaming)].flatMap((tried) => Object.keys(tried)));
  expect([...names].sort()).toEqual(['block1.bias', 'block1.weight', 'head.weight', 'stem.weight']);
});

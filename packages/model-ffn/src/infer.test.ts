import type { Shape } from '@xinc/core';
import { afterEach, expect, test, vi } from 'vitest';
import { inferConfig } from './infer.js';

afterEach(() => vi.restoreAllMocks());

test('layers of nothing beside frequencies are told in a few steps each, however many a file has', () => {
  const layers = Array.from({ length: 2000 }, (_, i): [string, Shape] => [`net.${i}.weight`, [2 * i + 5, 2 * i + 5]]);
  const shapes = Object.fromEntries<Shape>([['B', [16, 2]], ...layers]);
  const steps = [vi.spyOn(Set.prototype, 'has'), vi.spyOn(Map.prototype, 'get')];
  const found = inferConfig(shapes);
  const taken = steps.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  vi.restoreAllMocks();
  expect(found).toEqual({});
  expect(taken).toBeLessThan(20 * layers.length);
});

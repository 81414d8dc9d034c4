import { expect, it } from 'vitest';
import { nextPoint } from './next-point.js';

it('goes to the nearest point in a direction', () => {
  const places = [0, 0, 1, 0.1, 5, 0, 0, -2, 0.5, 3];
  const all = [0, 1, 2, 3, 4];
  expect(nextPoint(places, all, 0, [1, 0])).toBe(1);
  expect(nextPoint(places, all, 0, [0, 1])).toBe(4);
  expect(nextPoint(places, all, 0, [0, -1])).toBe(3);
  expect(nextPoint(places, all, 0, [-1, 0])).toBeNull();
});

it('goes through all points at one place before it leaves it', () => {
  const places = [1, 1, 0, 0, 1, 1, 2, 1, 1, 1];
  const all = [0, 1, 2, 3, 4];
  const walk = (from: number, direction: readonly [number, number]) => {
    const seen = [from];
    for (let at = nextPoint(places, all, from, direction); at !== null; at = nextPoint(places, all, at, direction))
      seen.push(at);
    return seen;
  };
  expect(walk(1, [1, 0])).toEqual([1, 0, 2, 4, 3]);
  expect(walk(4, [-1, 0])).toEqual([4, 2, 0, 1]);
});

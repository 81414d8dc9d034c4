import { expect, test } from 'vitest';
import { nearestPoint, pointsInside } from './find-points.js';

const SQUARE = Float32Array.from([0, 0, 1, 0, 1, 1, 0, 1]);

test('the nearest point within reach is found, and the first of two as near', () => {
  expect(nearestPoint(SQUARE, [0.9, 0.2], 0.5)).toBe(1);
  expect(nearestPoint(SQUARE, [0.5, 0], 0.6)).toBe(0);
  expect(nearestPoint(SQUARE, [3, 3], 0.5)).toBeNull();
  expect(nearestPoint(new Float32Array(), [0, 0], 1)).toBeNull();
});

test('points inside an outline are found, inside one that turns back too', () => {
  const around = (left: number, right: number) => [
    [left, -0.5] as const,
    [right, -0.5] as const,
    [right, 1.5] as const,
    [left, 1.5] as const,
  ];
  expect(pointsInside(SQUARE, around(-0.5, 0.5))).toEqual([0, 3]);
  expect(pointsInside(SQUARE, around(-0.5, 1.5).reverse())).toEqual([0, 1, 2, 3]);
  // Down to the middle between the upper two.
  const notched = [
    [-0.5, -0.5],
    [1.5, -0.5],
    [1.5, 1.5],
    [0.5, 0.2],
    [-0.5, 1.5],
  ] as const;
  expect(pointsInside(SQUARE, notched)).toEqual([0, 1]);
  expect(pointsInside(SQUARE, [])).toEqual([]);
});

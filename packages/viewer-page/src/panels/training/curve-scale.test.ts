import { describe, expect, it } from 'vitest';
import { linearScale, logScale, nearestPoint } from './curve-scale.js';

describe('scales of the curve', () => {
  it('place values and label round ones', () => {
    const scale = linearScale([7.3, 32.9], [100, 0]);
    expect(scale.place(7.3)).toBe(100);
    expect(scale.place(32.9)).toBe(0);
    expect(scale.ticks).toEqual([10, 20, 30]);
    expect(linearScale([0, 1], [0, 1]).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearScale([5, 5], [0, 10]).place(5)).toBe(0);
  });

  it('label decades of logarithms', () => {
    const scale = logScale([1, 1000], [0, 300]);
    expect(scale.ticks).toEqual([1, 10, 100, 1000]);
    expect(scale.place(10)).toBeCloseTo(100, 9);
    expect(scale.place(0)).toBe(0);
  });

  it.each([
    ['a part of a decade', 25, 80, [40, 60, 80]],
    ['a few steps', 25, 28, [25, 26, 27, 28]],
    ['two decades', 30, 2000, [100, 1000]],
    ['seven decades', 1, 1e7, [1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7]],
  ])('label logarithms over %s', (_, low, high, ticks) => {
    const scale = logScale([low, high], [0, 300]);
    expect(scale.ticks).toEqual(expect.arrayContaining(ticks));
    expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
    expect(scale.ticks.every((tick) => tick >= low && tick <= high)).toBe(true);
  });
});

it('finds the point nearest in the room, not in steps', () => {
  const curve = [1, 10, 1000].map((step) => ({ step, psnr: step, seconds: 0 }));
  const log = logScale([1, 1000], [0, 300]);
  expect(nearestPoint(curve, 60, log)?.step).toBe(10);
  expect(nearestPoint(curve, 60, linearScale([1, 1000], [0, 300]))?.step).toBe(10);
  expect(nearestPoint(curve, 220, log)?.step).toBe(1000);
  expect(nearestPoint([], 5, log)).toBeNull();
});

import { describe, expect, test } from 'vitest';
import { encodeFrames } from './encoding.js';

const paper = { levels: 80, base: 1.25 };

describe('the encoding of frames', () => {
  test('is all sines, then all cosines, of i·bᵏ·π with i = t/T', () => {
    const { shape, data } = encodeFrames([1, 3], 4, { levels: 3, base: 2 });
    expect(shape).toEqual([2, 6]);
    const row = (i: number) => [Math.sin, Math.cos].flatMap((f) => [1, 2, 4].map((power) => f(i * power * Math.PI)));
    [...row(1 / 4), ...row(3 / 4)].forEach((value, n) => {
      expect(data[n]).toBeCloseTo(value, 5);
    });
  });

  test('of frame 0 is zeros, then ones', () => {
    const { shape, data } = encodeFrames([0], 30, paper);
    expect(shape).toEqual([1, 160]);
    expect([...data]).toEqual([...Array(80).fill(0), ...Array(80).fill(1)]);
  });

  // From NumPy with float32 powers, product and phase. In float64, level 79 of frame 7 would be 0.2325.
  test.each([
    [7, 0, 0.6691306233406067, 0.7431448101997375],
    [7, 40, -0.9556864500045776, -0.29438653588294983],
    [7, 79, -0.6604891419410706, 0.7508355975151062],
    [29, 1, -0.6087613701820374, -0.7933533787727356],
    [29, 40, 0.9427562952041626, 0.3334824740886688],
    [29, 79, 0.40895819664001465, -0.9125531315803528],
  ])('of frame %d of 30 at level %d is rounded where float32 arithmetic rounds', (frame, level, sine, cosine) => {
    const { data } = encodeFrames([frame], 30, paper);
    expect(data[level]).toBeCloseTo(sine, 6);
    expect(data[80 + level]).toBeCloseTo(cosine, 6);
  });
});

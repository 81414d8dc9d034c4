import { describe, expect, test } from 'vitest';
import { encodeFrames } from './encoding.js';

const paper = { levels: 80, base: 1.25, order: 'halves' } as const;

describe('the encoding of frames', () => {
  test('is all sines, then all cosines, of i·bᵏ·π with i = t/T', () => {
    const { shape, data } = encodeFrames([1, 3], 4, { levels: 3, base: 2, order: 'halves' });
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

  test('in pairs has a sine and a cosine per frequency', () => {
    const { shape, data } = encodeFrames([1], 4, { levels: 2, base: 2, order: 'pairs' });
    expect(shape).toEqual([1, 4]);
    [Math.PI / 4, Math.PI / 2].forEach((phase, k) => {
      expect(data[2 * k]).toBeCloseTo(Math.sin(phase), 6);
      expect(data[2 * k + 1]).toBeCloseTo(Math.cos(phase), 6);
    });
  });

  // From NumPy, as the first NeRV code multiplies: π last. With π first, level 39 of frame 29 would be −0.26903.
  test.each([
    [7, 30, 20, 0.6809705495834351, 0.7323108315467834],
    [29, 30, 39, -0.26714926958084106, 0.9636551737785339],
    [3, 5, 39, -0.3653110861778259, -0.9308854937553406],
  ])(
    'in pairs, frame %d of %d at level %d, is rounded where that code rounds',
    (frame, frames, level, sine, cosine) => {
      const { data } = encodeFrames([frame], frames, { levels: 40, base: 1.25, order: 'pairs' });
      expect(data[2 * level]).toBeCloseTo(sine, 6);
      expect(data[2 * level + 1]).toBeCloseTo(cosine, 6);
    },
  );

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

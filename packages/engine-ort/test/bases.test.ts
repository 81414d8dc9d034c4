import { ndarray } from '@xinc/core';
import { expect, test } from 'vitest';
import { BasisMakers, shareOut } from '../src/runtime/bases.js';

test('shares are as even as whole pieces can make them, and no more than help', () => {
  expect(shareOut([], 4)).toEqual([[]]);
  // Little work.
  expect(shareOut([1e6, 1e6], 4)).toEqual([[0, 1]]);
  // The largest takes as long as all the others.
  expect(shareOut([1e7, 4e7, 2e7, 1e7], 4)).toEqual([[1], [2, 0, 3]]);
  expect(shareOut([3e7, 3e7, 3e7], 2)).toEqual([[0, 2], [1]]);
  expect(shareOut([3e7, 3e7], 1)).toEqual([[0, 1]]);
});

test('where no other thread can be had, this one makes all bases, in their order', async () => {
  // From the sources, the thread's file is not there.
  const makers = new BasisMakers(2);
  const matrices = [300, 290].map((n) =>
    ndarray(
      [n, n],
      Float32Array.from({ length: n * n }, (_, i) => Math.sin(i * i)),
    ),
  );
  for (let round = 0; round < 2; round++) {
    const bases = await makers.make(matrices);
    expect(bases.map((basis) => basis?.shape)).toEqual([
      [300, 300],
      [290, 290],
    ]);
  }
  await makers.stop();
});

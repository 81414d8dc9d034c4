import { expect, test } from 'vitest';
import { shownNeurons } from './figures.js';
import type { ObjectShares } from './measure.js';

/** Eight neurons, of which each gives less to the one object than the one before. */
const measured = {
  strong: Int32Array.from({ length: 8 }, (_, n) => n),
  objects: ['bear'],
  given: Float64Array.from({ length: 8 }, (_, n) => 1 - n / 10),
} as unknown as ObjectShares;

test('neurons are shown at even ranks, and those that a finding names in any case, in the order of what they give', () => {
  expect(shownNeurons(measured, 3)).toEqual([0, 4, 7]);
  expect(shownNeurons(measured, 3, [2])).toEqual([0, 2, 7]);
  expect(shownNeurons(measured, 3, [2, 2, 5, 6])).toEqual([0, 2, 5]);
  expect(shownNeurons(measured, 1, [2])).toEqual([2]);
});

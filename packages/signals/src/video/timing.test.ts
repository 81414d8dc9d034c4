import { expect, it } from 'vitest';
import { timing } from './timing.js';

it('is the file’s own rate where the frames keep it', () => {
  expect(timing([0, 0.0417, 0.0834, 0.1251], 0.0001, 24_000 / 1001)).toEqual({ frameRate: 24_000 / 1001 });
});

it('allows for times rounded to the clock: 30 frames per second in hundredths', () => {
  expect(timing([0, 0.03, 0.07, 0.1, 0.13, 0.17], 0.01, 30)).toEqual({ frameRate: 30 });
});

it('is the distance of the frames where the file claims something else', () => {
  expect(timing([0, 0.5, 1], 0.01, 90_000).frameRate).toBeCloseTo(2);
});

it('is a mean where distances vary, which is told', () => {
  const { frameRate, varies } = timing([0, 0.1, 0.2, 0.7, 0.8], 0.0001, 10);
  expect(frameRate).toBeCloseTo(5);
  expect(varies?.shortest).toBeCloseTo(0.1);
  expect(varies?.longest).toBeCloseTo(0.5);
});

it('is the nominal rate for a lone frame and for frames without times', () => {
  expect(timing([3], 0.01, 12)).toEqual({ frameRate: 12 });
  expect(timing([Number.NaN, Number.NaN], 0.01, 12)).toEqual({ frameRate: 12 });
  expect(timing([], 0, undefined)).toEqual({ frameRate: undefined });
});

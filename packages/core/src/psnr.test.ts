import { expect, test } from 'vitest';
import { describePsnr, meanPsnr } from './psnr.js';

test.each<[string, number[], number]>([
  ['is the mean of its frames', [30, 40], 35],
  ['leaves out frames that are exact, as black ones are', [Number.POSITIVE_INFINITY, 30, 40], 35],
  [
    'is infinite where all frames are exact',
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    Number.POSITIVE_INFINITY,
  ],
  ['is not defined where a frame is not', [30, Number.NaN, Number.POSITIVE_INFINITY], Number.NaN],
])('the PSNR of a video %s', (_, frames, expected) => {
  expect(meanPsnr(frames)).toBe(expected);
});

test('a PSNR has words where it is no number to read', () => {
  expect([36.189, Number.POSITIVE_INFINITY, Number.NaN].map(describePsnr)).toEqual([
    '36.19 dB',
    'exact',
    'not defined',
  ]);
});

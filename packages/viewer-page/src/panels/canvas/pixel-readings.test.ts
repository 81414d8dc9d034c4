import { expect, it } from 'vitest';
import { pictureReading, rgbAt } from './pixel-readings.js';

it('reads the channels of the pixel', () => {
  const picture = { height: 2, width: 2, rgb: Float32Array.from({ length: 12 }, (_, i) => i) };
  expect(rgbAt(picture, { row: 1, column: 0 })).toEqual([6, 7, 8]);
  expect(rgbAt(picture, { row: 2, column: 0 })).toBeNull();
});

it('says when a channel lies beyond what a picture shows, and what is NaN', () => {
  expect(pictureReading([0.5, 0, 1])).toEqual({
    text: 'R 0.500  G 0.000  B 1.000',
    color: 'rgb(128 0 255)',
    beyond: false,
  });
  expect(pictureReading([-0.01, 1.5, Number.NaN])).toEqual({
    text: 'R −0.010  G 1.500  B NaN',
    color: 'rgb(0 255 0)',
    beyond: true,
  });
});

import { describe, expect, test } from 'vitest';
import { fitInside, pixelAt, pointOn } from './picture-fit.js';

describe('a picture in its room', () => {
  test('takes all the width or all the height, and keeps its proportions', () => {
    expect(fitInside({ width: 1000, height: 400 }, { width: 256, height: 128 })).toEqual({ width: 800, height: 400 });
    expect(fitInside({ width: 300, height: 400 }, { width: 256, height: 128 })).toEqual({ width: 300, height: 150 });
  });

  test('has no extents in no room', () => {
    expect(fitInside({ width: -4, height: 400 }, { width: 2, height: 1 })).toEqual({ width: 0, height: 0 });
    expect(fitInside({ width: 10, height: 10 }, { width: 0, height: 0 })).toEqual({ width: 0, height: 0 });
  });
});

describe('a point', () => {
  const picture = { width: 256, height: 128 };

  test('lies in the pixel under it', () => {
    expect(pixelAt(pointOn([0, 0], picture), picture)).toEqual({ row: 0, column: 0 });
    expect(pixelAt(pointOn([0.999, 0.999], picture), picture)).toEqual({ row: 127, column: 255 });
    expect(pixelAt(pointOn([0.04, 0.155], picture), picture)).toEqual({ row: 19, column: 10 });
  });

  test('outside is nearest to a pixel of the edge', () => {
    expect(pixelAt(pointOn([-0.05, 2.4], picture), picture)).toEqual({ row: 127, column: 0 });
  });
});

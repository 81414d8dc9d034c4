import { describe, expect, test } from 'vitest';
import type { Shape } from '../ndarray.js';
import { createOps } from './create-ops.js';
import type { Ops } from './ops.js';

/** The language over shapes alone. */
const ops: Ops<Shape> = createOps<Shape>({
  constant: ({ shape }) => shape,
  shapeOf: (shape) => shape,
  apply: (_op, _inputs, _attributes, shape) => shape,
});
const bilinear = { mode: 'linear', outside: 'zeros', alignCorners: false } as const;

describe('shapes of what is looked up, chosen and pooled', () => {
  test.each([
    ['where', ops.where([4], [3, 1], [2, 1, 1]), [2, 3, 4]],
    ['gather', ops.gather([5, 6, 7], [2, 3], 1), [5, 2, 3, 7]],
    ['gather at one place', ops.gather([5, 6], [], 0), [6]],
    ['scatterAdd', ops.scatterAdd([5, 2, 3, 7], [2, 3], 1, 6), [5, 6, 7]],
    ['gridSample', ops.gridSample([2, 3, 8, 9], [2, 4, 5, 2], bilinear), [2, 3, 4, 5]],
    [
      'maxPool',
      ops.maxPool([1, 2, 7, 8], [3, 2], { stride: [2, 1], dilation: [1, 3], padding: [1, 0, 1, 0] }),
      [1, 2, 4, 5],
    ],
    ['max', ops.max([2, 3, 4], { axes: [0, 2] }), [3]],
    ['softmax', ops.softmax([2, 3], 1), [2, 3]],
  ])('%s', (_, shape, expected) => {
    expect(shape).toEqual(expected);
  });

  test.each([
    [() => ops.where([4], [3], [1]), 'where(4, 3): shapes do not broadcast'],
    [() => ops.add([2, 5, 8, 9], [4]), /^add\(2×5×8×9, 4\): shapes do not broadcast$/],
    [
      () => ops.mul([5], [2, 5, 8, 9]),
      'mul(5, 2×5×8×9): shapes do not broadcast; for a value of each channel use perChannel(ops, values, shape) of @xinc/core',
    ],
    [
      () => ops.reshape([4, 3], [-1, 6]),
      'reshape(4×3, -1×6): -1 is not worked out here: give every extent, from ops.shapeOf(x)',
    ],
    [() => ops.gather([5], [2], 1), 'gather(5, 2): there is no axis 1'],
    [() => ops.scatterAdd([5, 2], [3], 1, 4), 'scatterAdd(5×2, 3): from axis 1 on there is no index for each'],
    [() => ops.softmax([2, 3], 2), 'softmax(2×3): there is no axis 2'],
    [
      () => ops.gridSample([1, 3, 8, 9], [1, 4, 5, 3], bilinear),
      'gridSample(1×3×8×9, 1×4×5×3): the grid is not [N, h, w, 2]',
    ],
    [() => ops.gridSample([1, 3, 8, 9], [2, 4, 5, 2], bilinear), 'gridSample(1×3×8×9, 2×4×5×2): 1 images, but 2 grids'],
    [
      () => ops.maxPool([1, 1, 4, 4], 2, { padding: 2 }),
      'maxPool(1×1×4×4): padding that holds a whole window of 2×2 pixels',
    ],
    [() => ops.maxPool([1, 1, 4, 4], 5), 'maxPool(1×1×4×4): 5×5 pixels are more than the padded input has'],
    [() => ops.max([2, 3], { axes: [0, 0] }), 'max(2×3): axes 0, 0 are not distinct axes of it'],
  ])('refusals name the operation and the shapes: %#', (apply, message) => {
    expect(apply).toThrow(message);
  });
});

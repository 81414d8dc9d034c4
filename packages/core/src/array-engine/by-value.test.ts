import { expect, test } from 'vitest';
import { functionOf } from '../derive/pointwise.js';
import type { OpName } from '../ops/ops.js';
import { computeByValue } from './by-value.js';
import { ONE_LOOPS, TWO_LOOPS } from './by-value-loops.js';

const special = [0, -0, 1, -1.5, 3e-40, 1e30, -90, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const x = { shape: [4, 10], data: Float32Array.from({ length: 40 }, (_, i) => special[(7 * i) % 10]) };
const y = { shape: [1, 10], data: Float32Array.from(special) };

test.each(Object.keys(ONE_LOOPS) as OpName[])('%s has the bits of its function of one value', (op) => {
  const f = functionOf(op, {} as never)!;
  const found = computeByValue(op, f, [x], x.shape);
  expect(found).toEqual(x.data.map((value) => f(value, 0, 0)));
});

test.each(Object.keys(TWO_LOOPS) as OpName[])(
  '%s has the bits of its function of two values, one of them repeated',
  (op) => {
    const f = functionOf(op, {} as never)!;
    expect(computeByValue(op, f, [x, y], x.shape)).toEqual(x.data.map((value, i) => f(value, y.data[i % 10], 0)));
    expect(computeByValue(op, f, [y, x], x.shape)).toEqual(x.data.map((value, i) => f(y.data[i % 10], value, 0)));
  },
);

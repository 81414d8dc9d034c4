import { expect, test } from 'vitest';
import { checkArrays } from './arrays.js';
import { ndarray } from './ndarray.js';

test('arrays that a program cannot take are named, with what is wrong', () => {
  const of = (x: object) => () => checkArrays(x as never, { x: [2, 3] });
  expect(of({ x: ndarray([2, 3]), y: ndarray([1]) })).not.toThrow();
  expect(of({})).toThrow("The input 'x' (2×3) is missing");
  expect(of({ x: ndarray([3, 2]) })).toThrow("The input 'x' is 3×2, not 2×3");
  expect(of({ x: { shape: [2, 3], data: new Float32Array(5) } })).toThrow(
    "The input 'x' is 2×3 but holds 5 values, not 6",
  );
  expect(() => checkArrays({}, { x: [] }, "The batch's")).toThrow("The batch's 'x' (scalar) is missing");
});

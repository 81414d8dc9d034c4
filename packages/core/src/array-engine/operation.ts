import type { Kernels } from '@xinc/kernels';
import type { NdArray, Shape } from '../ndarray.js';
import type { OpAttributes, OpName } from '../ops/ops.js';

/** How an operation is computed: its result's values, in a new array or in an input's where they are the same. */
export type Compute<K extends OpName> = (
  inputs: readonly NdArray[],
  attributes: OpAttributes[K],
  shape: Shape,
  kernels: Kernels,
) => Float32Array;

/** Distance of neighbours along each axis, in elements. */
export function stepsOf(shape: Shape): number[] {
  const steps = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    steps[axis] = step;
    step *= shape[axis];
  }
  return steps;
}

/**
 * Calls `visit` for each element of `shape` in its order, with a place in each of some arrays that is walked through with it.
 * @param steps per array and axis of `shape`, how far its place moves; 0 along what it repeats
 * @param starts where each array begins
 */
export function walk(
  shape: Shape,
  steps: readonly (readonly number[])[],
  starts: readonly number[],
  visit: (element: number, places: readonly number[]) => void,
): void {
  const rank = shape.length;
  const places = [...starts];
  const at = new Array<number>(rank).fill(0);
  const size = shape.reduce((product, extent) => product * extent, 1);
  for (let element = 0; element < size; element++) {
    visit(element, places);
    for (let axis = rank - 1; axis >= 0; axis--) {
      for (let i = 0; i < places.length; i++) places[i] += steps[i][axis];
      if (++at[axis] < shape[axis]) break;
      at[axis] = 0;
      for (let i = 0; i < places.length; i++) places[i] -= steps[i][axis] * shape[axis];
    }
  }
}

/** How far an array of `shape` moves along the axes of a larger one that it is spread out over. */
export function spreadSteps(shape: Shape, over: Shape): number[] {
  const own = stepsOf(shape);
  const added = over.length - shape.length;
  return over.map((_, axis) => (axis < added || shape[axis - added] === 1 ? 0 : own[axis - added]));
}

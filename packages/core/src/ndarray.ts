import { XincError } from './errors.js';

/** Dimensions, outermost first. A scalar has shape `[]`. */
export type Shape = readonly number[];

/** A dense float32 array in row-major (C) order. */
export interface NdArray {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Number of elements of an array of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** `[2, 3]` as `2×3`, a scalar as `scalar`: how shapes are written in messages. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join('×');
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/**
 * An NdArray over `data` (not copied), or zeros.
 * @throws XincError `shape` if `data` does not hold exactly the elements of `shape`.
 */
export function ndarray(shape: Shape, data: Float32Array = new Float32Array(sizeOf(shape))): NdArray {
  if (data.length !== sizeOf(shape)) {
    throw new XincError(
      'shape',
      `An array of shape ${formatShape(shape)} has ${sizeOf(shape)} elements, not ${data.length}`,
    );
  }
  return { shape, data };
}

export function scalar(value: number): NdArray {
  return { shape: [], data: Float32Array.of(value) };
}

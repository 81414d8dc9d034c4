import { type Shape, sizeOf } from '@xinc/core';
import type { Block } from './blocks.js';

/** Where a tensor lies: extents, and how many elements apart the neighbours along each axis are. */
export interface Value {
  readonly block: Block;
  readonly dims: Shape;
  readonly strides: readonly number[];
}

/** The last axis together. */
export function plainStrides(dims: Shape): number[] {
  return dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
}

/** A picture with the channels of a pixel together, which oneDNN's convolutions are fastest for. */
export function pixelStrides([, channels, height, width]: Shape): number[] {
  return [channels * height * width, 1, width * channels, channels];
}

/** Whether elements lie at the same places: along an axis of one element a stride says nothing. */
export function liesAs({ dims, strides }: Pick<Value, 'dims' | 'strides'>, wanted: readonly number[]): boolean {
  return dims.every((extent, axis) => extent === 1 || strides[axis] === wanted[axis]);
}

export function isPlain(value: Pick<Value, 'dims' | 'strides'>): boolean {
  return liesAs(value, plainStrides(value.dims));
}

/** The same elements in one row, for what is done to each alone. */
export function inARow(value: Value): Value {
  const size = sizeOf(value.dims);
  return { block: value.block, dims: [1, size], strides: [size, 1] };
}

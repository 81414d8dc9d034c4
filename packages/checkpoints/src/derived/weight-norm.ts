import { type Shape, sizeOf } from '@xinc/core';
import { broadcastIndex } from './broadcast.js';

/**
 * w = g · v / ‖v‖, as `torch.nn.utils.weight_norm` computes it: the norm is taken over the axes along which g has the
 * extent 1, or over everything where g is a scalar.
 * @param direction v, row-major
 * @param norm g, which stretches to v's shape
 */
export function weightNorm(direction: Float32Array, shape: Shape, norm: Float32Array, normShape: Shape): Float32Array {
  const normOf = broadcastIndex(shape, normShape);
  const squares = new Float64Array(sizeOf(normShape));
  for (let i = 0; i < direction.length; i++) squares[normOf(i)] += direction[i] ** 2;
  const factors = squares.map((square, i) => norm[i] / Math.sqrt(square));
  return direction.map((value, i) => value * factors[normOf(i)]);
}

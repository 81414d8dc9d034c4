import { type Shape, sizeOf } from '../ndarray.js';
import type { Ops } from './ops.js';

/* Layers that networks have, written in the language's operations. */

/** min(max(x, low), high); a bound may be infinite. Between the bounds, and on them, its gradient is 1. */
export function clamp<T>(ops: Ops<T>, x: T, low: number, high: number): T {
  const above = low === Number.NEGATIVE_INFINITY ? x : ops.maximum(x, low);
  return high === Number.POSITIVE_INFINITY ? above : ops.minimum(above, high);
}

/** (x − mean) / √(variance + ε) over `axes`. */
export function normalize<T>(ops: Ops<T>, x: T, axes: readonly number[], epsilon: number): T {
  const centred = ops.sub(x, ops.mean(x, { axes, keepDims: true }));
  const variance = ops.mean(ops.square(centred), { axes, keepDims: true });
  return ops.div(centred, ops.sqrt(ops.add(variance, epsilon)));
}

/** Normalised over the axes from `axis` on. */
export function layerNorm<T>(ops: Ops<T>, x: T, axis: number, epsilon: number): T {
  return normalize(ops, x, axesFrom(axis, ops.shapeOf(x)), epsilon);
}

/** x / √(mean of x² + ε) over the axes from `axis` on. */
export function rmsNorm<T>(ops: Ops<T>, x: T, axis: number, epsilon: number): T {
  const mean = ops.mean(ops.square(x), { axes: axesFrom(axis, ops.shapeOf(x)), keepDims: true });
  return ops.div(x, ops.sqrt(ops.add(mean, epsilon)));
}

/** [N, C, …], each group of channels normalised with all its pixels; with C groups an instance normalisation. */
export function groupNorm<T>(ops: Ops<T>, x: T, groups: number, epsilon: number): T {
  const shape = ops.shapeOf(x);
  const [n, channels, ...rest] = shape;
  if (groups === channels) return normalize(ops, x, axesFrom(2, shape), epsilon);
  const grouped: Shape = [n, groups, channels / groups, ...rest];
  return ops.reshape(normalize(ops, ops.reshape(x, grouped), axesFrom(2, grouped), epsilon), shape);
}

/** What a batch normalisation has for each channel, [C]; mean and variance are those that training left. */
export interface ChannelStatistics<T> {
  readonly scale: T;
  readonly shift: T;
  readonly mean: T;
  readonly variance: T;
}

/** [N, C, …]: (x − mean) · scale / √(variance + ε) + shift, as a network that is run has it. */
export function batchNorm<T>(ops: Ops<T>, x: T, channels: ChannelStatistics<T>, epsilon: number): T {
  const shape = ops.shapeOf(x);
  const [scale, shift, mean, variance] = [channels.scale, channels.shift, channels.mean, channels.variance].map(
    (values) => perChannel(ops, values, shape),
  );
  const factor = ops.div(scale, ops.sqrt(ops.add(variance, epsilon)));
  return ops.add(ops.mul(ops.sub(x, mean), factor), shift);
}

/** [C] as [1, C, 1, …], for values [N, C, …] of this shape. */
export function perChannel<T>(ops: Ops<T>, values: T, shape: Shape): T {
  return ops.reshape(values, [1, sizeOf(ops.shapeOf(values)), ...Array<number>(shape.length - 2).fill(1)]);
}

function axesFrom(first: number, shape: Shape): number[] {
  return Array.from({ length: shape.length - first }, (_, i) => first + i);
}

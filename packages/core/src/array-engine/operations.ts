import type { Kernels } from '@xinc/kernels';
import { functionOf, type NOT_BY_VALUE } from '../derive/pointwise.js';
import type { NdArray, Shape } from '../ndarray.js';
import { createOps } from '../ops/create-ops.js';
import { sampleByTaps } from '../ops/grid-sample.js';
import type { OpAttributes, OpName } from '../ops/ops.js';
import { computeByValue } from './by-value.js';
import { broadcastTo, concat, depthToSpace, pad, slice, spaceToDepth, transpose, upsampleNearest } from './layout.js';
import { gather, scatterAdd } from './lookups.js';
import type { Compute } from './operation.js';
import { conv2d, convTranspose2d, matMul } from './products.js';
import { max, mean, softmax, sum } from './reductions.js';
import { averagePool, maxPool, resize } from './windows.js';

type OtherOp = keyof typeof NOT_BY_VALUE;

/** The operations that do not work value by value. */
const computations: { readonly [K in OtherOp]: Compute<K> } = {
  softmax,
  matMul,
  conv2d,
  convTranspose2d,
  averagePool,
  maxPool,
  reshape: ([x]) => x.data,
  transpose,
  concat,
  slice,
  pad,
  broadcastTo,
  depthToSpace,
  spaceToDepth,
  upsampleNearest,
  resize,
  gather,
  scatterAdd,
  gridSample: ([x, grid], sampling, _, kernels) => sampleByTaps(arrayOps(kernels), x, grid, sampling).data,
  sum,
  mean,
  max,
};

/** An operation's result. */
export function compute<K extends OpName>(
  op: K,
  inputs: readonly NdArray[],
  attributes: OpAttributes[K],
  shape: Shape,
  kernels: Kernels,
): NdArray {
  const f = functionOf(op, attributes);
  if (f) return { shape, data: computeByValue(op, f, inputs, shape) };
  const computation = computations[op as OtherOp] as Compute<OpName>;
  return { shape, data: computation(inputs, attributes, shape, kernels) };
}

/** The tensor language over arrays, each operation computed at once. */
function arrayOps(kernels: Kernels) {
  return createOps<NdArray>({
    constant: (value) => value,
    shapeOf: ({ shape }) => shape,
    apply: (op, inputs, attributes, shape) => compute(op, inputs, attributes, shape, kernels),
  });
}

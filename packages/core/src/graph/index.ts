/* Programs and their operations, for engines and for what reads a network off its program: `@xinc/core/graph`. */

export { checkArrays, mapValues } from '../arrays.js';
export {
  type ConvolutionAttributes,
  type ConvolutionOptions,
  hasUnitSteps,
  type Pair,
  type Sides,
} from '../ops/convolution.js';
export { createOps, type OpBackend } from '../ops/create-ops.js';
export { type GradientRules, gradientRules } from '../ops/gradients.js';
export { sampleByTaps } from '../ops/grid-sample.js';
export type { GridSampling } from '../ops/grid-sampling.js';
export { oneTapKernels } from '../ops/one-tap-kernels.js';
export type { OpAttributes, OpName } from '../ops/ops.js';
export { type ResizeMethod, resizeMatrix } from '../ops/resize.js';
export { inferShape } from '../ops/shapes.js';
export { createOptimizer, type Optimizer, startingState } from '../optimizers/optimizer.js';
export { loadOrthonormalBasis, type OrthonormalBasis } from '../optimizers/orthonormal-basis.js';
export type { BasisRenewal, MemoryPart, ParameterRule, ParameterState } from '../optimizers/rule.js';
export { differentiate } from './differentiate.js';
export * from './graph.js';
export type {
  ConstantNode,
  GraphNode,
  InputNode,
  NamedNodes,
  Operation,
  OperationNode,
} from './nodes.js';
export { readProgram, type StoredNode, type StoredProgram, storeProgram } from './stored-program.js';

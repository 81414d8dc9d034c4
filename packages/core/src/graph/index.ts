/* Programs and their operations, for engines and for what reads a network off its program: `@xinc/core/graph`. */

export { checkArrays, mapValues } from '../arrays.js';
export {
  type ConvolutionAttributes,
  type ConvolutionOptions,
  hasUnitSteps,
  type Pair,
  type Sides,
} from '../ops/convolution.js';
export { twiceNormalDistribution } from '../ops/gradients.js';
export { type GridSampling, sampleByTaps } from '../ops/grid-sample.js';
export { createOps, type OpAttributes, type OpBackend, type OpName } from '../ops/ops.js';
export { type ResizeMethod, resizeMatrix } from '../ops/resize.js';
export { inferShape } from '../ops/shapes.js';
export { differentiate } from './differentiate.js';
export * from './graph.js';

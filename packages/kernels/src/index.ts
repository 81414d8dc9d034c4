export { KernelError } from './errors.js';
export { binOf, HISTOGRAM } from './histogram.js';
export { type Kernels, loadKernels } from './kernels.js';
export type {
  Activation,
  AxisSums,
  ConvSource,
  DenseSource,
  GatedSource,
  KernelLayer,
  Pair,
  PlaneStep,
  PlanesSource,
  PlanesStart,
  Stage,
} from './layer.js';
export type {
  PointwiseInstruction,
  PointwiseOperand,
  PointwiseOperation,
  PointwiseProgram,
} from './pointwise-program.js';
export type { Grouping, ReduceCounts, ReduceRequest, ReduceResult, Reduction } from './reduce-request.js';
export type { Region } from './region.js';
export type { Source } from './source.js';

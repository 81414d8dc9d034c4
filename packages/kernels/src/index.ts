export { buffersIn } from './buffers-in.js';
export type { Extents, Filters } from './convolve.js';
export { KernelError } from './errors.js';
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
export type { Curve, Layout, LayoutPart, LayoutSource } from './layout.js';
export type { NeighborSearch } from './neighbors.js';
export type {
  PointwiseInstruction,
  PointwiseOperand,
  PointwiseOperation,
  PointwiseProgram,
} from './pointwise-program.js';
export type { Grouping } from './reductions/grouping.js';
export { binOf, HISTOGRAM } from './reductions/histogram-bins.js';
export type { NeuronTotals } from './reductions/neuron-totals.js';
export { takePixelResults } from './reductions/pixel-results.js';
export type { Reduction } from './reductions/reduce-lanes.js';
export { type MapRange, type MapReduction, reduceMaps } from './reductions/reduce-maps.js';
export type { ArgumentOf, ReduceResult, ReducerName, Reductions, ResultOf } from './reductions/reducers.js';
export type { Region } from './region.js';
export type { ReduceRequest, Source } from './source.js';

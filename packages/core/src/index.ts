export type { NeuronTotals } from '@xinc/kernels';
export { switchOff, weightWithout } from './ablation.js';
export * from './analysis.js';
export { chartDoubt, chartExcess } from './chart-limits.js';
export * from './coordinates.js';
export { type DerivedHooks, type DeriveOptions, deriveHooks, type LayerName } from './derive/derive-hooks.js';
export type { InrProgram } from './derive/program.js';
export { didYouMean } from './did-you-mean.js';
export { abandonCalls } from './doors/call.js';
export { ownStatistics } from './doors/own-statistics.js';
export { strayFault } from './doors/stray.js';
export * from './engine.js';
export * from './errors.js';
export * from './figure.js';
export { formatDuration } from './format-duration.js';
export { formatJson, type JsonNumber, jsonNumber, toJsonNumber } from './formats/json.js';
export { decodeNpy, encodeNpy, type NpyArray, type NpyValues, npyHeader } from './formats/npy.js';
export { decodeSafetensors, encodeSafetensors, MOST_TENSOR_BYTES, type Safetensors } from './formats/safetensors.js';
export * from './grouping.js';
export * from './inr.js';
export { type FileAccess, ioError, ioReason } from './io-error.js';
export { layerReading } from './layer-reading.js';
export * from './ndarray.js';
export {
  checkParameters,
  clampFrame,
  createNetwork,
  evaluationProgram,
  type Network,
  OUTPUT,
  shapesOf,
} from './network.js';
export { applyActivation } from './ops/activation.js';
export {
  type ConvolutionAttributes,
  type ConvolutionOptions,
  hasUnitSteps,
  type Pair,
  type Sides,
} from './ops/convolution.js';
export { type GridSampling, sampleByTaps } from './ops/grid-sample.js';
export * from './ops/ops.js';
export { type ResizeMethod, resizeMatrix } from './ops/resize.js';
export * from './ops/shapes.js';
export { mostPixelsOfStep, pixelsAtOnce } from './pixels-at-once.js';
export * from './plugin.js';
export { printable, printableJson, printableLines } from './printable.js';
export { countNanPixels, describePsnr, meanPsnr, meanSquaredError, psnrOfError } from './psnr.js';
export { permutation, type RandomStream, randomStream } from './random.js';
export * from './registry.js';
export * from './signal.js';
export type { CustomCollector } from './statistics/custom-collector.js';
export type { LayerStatistics, NeuronsPerPixel, StatisticsRequest } from './statistics/statistics.js';
export { type Histogram, thresholdOf } from './statistics/threshold.js';
export { uniteRequests } from './statistics/unite-requests.js';
export type { ContributionSource, KernelPool } from './trace/contribution-source.js';
export type { MapOptions, MapPiece } from './trace/layer-maps.js';
export { convSource, denseSource, neuronCount } from './trace/layer-source.js';
export { createLocalPool } from './trace/local-pool.js';
export type { MapBlock } from './trace/map-block.js';
export { type Tile, tilesOf } from './trace/tiles.js';
export type { TraceOptions, TraceProgress } from './trace/trace-options.js';
export { createTracer, type Tracer } from './trace/tracer.js';
export { initializeParameters } from './train/initialize.js';
export { type TrainingState, type TrainingStep, type TrainOptions, train } from './train/train.js';
export { superscript, typeset } from './typeset.js';

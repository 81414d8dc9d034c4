/* Networks with weights, trained and traced: `@xinc/core/trace`. */
export { switchOff, weightWithout } from '../ablation.js';
export { createArrayEngine } from '../array-engine/array-engine.js';
export { type LayerLink, layerLinks } from '../derive/layer-links.js';
export { readNetwork, type StoredNetwork, storeNetwork } from '../derive/stored-network.js';
export { ownStatistics } from '../doors/own-statistics.js';
export { activationsRead } from '../inr.js';
export {
  checkParameters,
  clampFrame,
  createNetwork,
  evaluationProgram,
  type Network,
  type NetworkOptions,
  OUTPUT,
  pictureOf,
} from '../network.js';
export { trainingMemory } from '../optimizers/optimizer.js';
export { mostPixelsOfStep, pixelsAtOnce } from '../pixels-at-once.js';
export { uniteRequests } from '../statistics/unite-requests.js';
export { initializeParameters } from '../train/initialize.js';
export { type MeasuredFrame, measureFrames } from '../train/measure-frames.js';
export { type TrainingState, type TrainingStep, type TrainOptions, train } from '../train/train.js';
export { trainingBytes } from '../train/training-bytes.js';
export type { ContributionSource, KernelPool, LayerUse } from './contribution-source.js';
export type { MapOptions, MapPiece } from './layer-maps.js';
export { layerReading } from './layer-reading.js';
export { convSource, denseSource, neuronCount, neuronNumbering } from './layer-source.js';
export { createLocalPool } from './local-pool.js';
export { type Tile, tilesOf } from './tiles.js';
export type { TraceOptions, TraceProgress } from './trace-options.js';
export { createTracer, type Tracer } from './tracer.js';

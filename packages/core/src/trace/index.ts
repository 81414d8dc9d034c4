/* Networks with weights, trained and traced: `@xinc/core/trace`. */
export { switchOff, weightWithout } from '../ablation.js';
export { ownStatistics } from '../doors/own-statistics.js';
export { activationsRead } from '../inr.js';
export {
  checkParameters,
  clampFrame,
  createNetwork,
  evaluationProgram,
  type Network,
  OUTPUT,
  shapesOf,
} from '../network.js';
export { mostPixelsOfStep, pixelsAtOnce } from '../pixels-at-once.js';
export { uniteRequests } from '../statistics.js';
export { initializeParameters } from '../train/initialize.js';
export { type TrainingState, type TrainingStep, type TrainOptions, train } from '../train/train.js';
export type { ContributionSource, KernelPool } from './contribution-source.js';
export { convSource, denseSource, neuronCount } from './layer-source.js';
export { createLocalPool } from './local-pool.js';
export { type Tile, tilesOf } from './tiles.js';
export {
  createTracer,
  type MapOptions,
  type MapPiece,
  type TraceOptions,
  type TraceProgress,
  type Tracer,
} from './tracer.js';

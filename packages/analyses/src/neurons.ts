export { type NeighborMixing, type NeighborMixingOptions, neighborMixing } from './embedding/neighbor-mixing.js';
export type { Vectors } from './numeric/clustering.js';

export { displayRange } from './drawing/display-range.js';
export { groupingColor } from './drawing/palette.js';
export { defaultNeighbors } from './embedding/default-neighbors.js';
export type { EmbeddingTask } from './embedding/embedding-task.js';
export { embedApart } from './embedding/embeddings.js';
export { type NeighborMixing, type NeighborMixingOptions, neighborMixing } from './embedding/neighbor-mixing.js';
export type { Vectors } from './numeric/clustering.js';
export { stableRank } from './numeric/stable-rank.js';
export { type Plane, thumbnail } from './numeric/thumbnail.js';

import type { Vectors } from '../numeric/clustering.js';

/** Vectors to be embedded together. */
export interface EmbeddingTask {
  readonly vectors: Vectors;
  /** Nearest neighbours that UMAP uses; fewer than there are vectors. */
  readonly neighbors: number;
}

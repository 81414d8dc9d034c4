import type { Graph, NamedNodes } from '@xinc/core/graph';
import { associateProducts } from './associate-products.js';
import { fuseBiases } from './fuse-biases.js';
import { arrangeLongProducts } from './long-products.js';
import { moveFactors } from './move-factors.js';
import { splitRows } from './split-rows.js';

/**
 * A training step with fewer passes over large tensors. Values change by rounding, so programs that only run forward are
 * left as they were written.
 */
export function optimizeStep(graph: Graph, step: NamedNodes): NamedNodes {
  return splitRows(graph, arrangeLongProducts(graph, associateProducts(graph, moveFactors(graph, step))));
}

/** The same for oneDNN, whose products and convolutions are to be as large as they come. */
export function optimizeForOneDnn(graph: Graph, step: NamedNodes): NamedNodes {
  return fuseBiases(graph, associateProducts(graph, moveFactors(graph, step)));
}

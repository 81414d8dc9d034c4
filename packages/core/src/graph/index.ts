/* Programs as graphs, for engines and for what reads a network off its program: `@xinc/core/graph`. */
export { gradientRules, twiceNormalDistribution } from '../ops/gradients.js';
export { differentiate } from './differentiate.js';
export * from './graph.js';

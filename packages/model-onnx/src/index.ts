export type { OnnxGraph, OnnxInput, OnnxNode } from './graph.js';
export { type OnnxModel, readModel } from './read-model.js';
export { runGraph } from './run-graph.js';

import { type OnnxExport, type OnnxHalves, shapesOf } from '@xinc/core';
import { checkArrays, type Graph, type NamedNodes, traceProgram } from '@xinc/core/graph';
import { emitModel } from './emit.js';
import { cut } from './passes/cut.js';
import { fuseBiases } from './passes/fuse-biases.js';
import { outputNamed } from './program.js';

/**
 * A program as a standard ONNX model (opset 20) with its weights inside: the file's inputs, weights and outputs have the
 * program's names.
 * @throws XincError `shape` or `not-found` for constants and outputs that do not fit the program
 */
export function exportOnnx(model: OnnxExport): Uint8Array {
  const { graph, outputs } = trace(model);
  return write(model, graph, outputs);
}

/**
 * The same in two models, cut where some of its inputs begin to matter.
 * @throws XincError as `exportOnnx`
 */
export function exportOnnxHalves(model: OnnxExport, changing: readonly string[]): OnnxHalves | null {
  const { graph, outputs } = trace(model);
  const halves = cut(graph, outputs, changing);
  return halves && { before: write(model, graph, halves.before), after: write(model, graph, halves.after) };
}

function trace({ program, inputs, constants, outputs }: OnnxExport): { graph: Graph; outputs: NamedNodes } {
  const shapes = shapesOf(constants);
  checkArrays(constants, shapes);
  const traced = traceProgram(program, { ...inputs, ...shapes });
  const kept = outputs.map((name) => [name, outputNamed(traced.outputs, name)]);
  return { graph: traced.graph, outputs: Object.fromEntries(kept) };
}

function write({ constants, metadata }: OnnxExport, graph: Graph, outputs: NamedNodes): Uint8Array {
  return emitModel(fuseBiases(graph, outputs), { constants, metadata }).bytes;
}

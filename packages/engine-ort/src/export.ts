import type { OnnxExport } from '@xinc/core';
import { traceProgram } from '@xinc/core/graph';
import { emitModel } from './emit.js';
import { fuseBiases } from './passes/fuse-biases.js';
import { checkArrays, outputNamed, shapesOf } from './program.js';

/**
 * A program as a standard ONNX model (opset 20) with its weights inside: the file's inputs, weights and outputs have the
 * program's names.
 * @throws XincError `shape` or `not-found` for constants and outputs that do not fit the program
 */
export function exportOnnx({ program, inputs, constants, outputs, metadata }: OnnxExport): Uint8Array {
  const shapes = shapesOf(constants);
  checkArrays(constants, shapes);
  const traced = traceProgram(program, { ...inputs, ...shapes });
  const kept = Object.fromEntries(outputs.map((name) => [name, outputNamed(traced.outputs, name)]));
  return emitModel(fuseBiases(traced.graph, kept), constants, metadata).bytes;
}

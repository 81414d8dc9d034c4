import { createRequire } from 'node:module';
import type onnxProto from 'onnx-proto';

let loaded: typeof onnxProto.onnx | undefined;

/** The messages that ONNX files are made of. Loaded when the first file is read, so that listing plugins does not load them. */
export function messages(): typeof onnxProto.onnx {
  loaded ??= (createRequire(import.meta.url)('onnx-proto') as typeof onnxProto).onnx;
  return loaded;
}

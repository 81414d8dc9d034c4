import { defineEngine } from '@xinc/core';
import { devices } from './devices.js';

/**
 * Programs on ONNX Runtime, the default engine.
 *
 * @example
 * const engine = await ort.create({ threads: 2 });
 * const double = await engine.compile((ops, { x }) => ({ y: ops.mul(x, 2) }), { x: [3] });
 * const { y } = await double.run({ x: ndarray([3], Float32Array.of(1, 2, 3)) });
 */
export default defineEngine({
  kind: 'engine',
  name: 'ort',
  title: 'ONNX Runtime',
  devices,
  // Loaded here, so that listing plugins does not load the runtime.
  create: async (options) => (await import('./engine.js')).createEngine(options),
  exportOnnx: async (model) => (await import('./export.js')).exportOnnx(model),
  exportOnnxHalves: async (model, changing) => (await import('./export.js')).exportOnnxHalves(model, changing),
});

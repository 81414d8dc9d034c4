import type { Arrays } from '../engine.js';
import type { Initializer, ParameterSpec } from '../inr.js';
import { ndarray, sizeOf } from '../ndarray.js';
import { TorchStream } from './torch-stream.js';

/**
 * Values to start training from: the same for the same seed, on every machine and engine, and those that PyTorch draws after
 * `torch.manual_seed(seed)` for modules made in the order of the parameters.
 */
export function initializeParameters(parameters: readonly ParameterSpec[], seed: number): Arrays {
  const stream = new TorchStream(seed);
  return Object.fromEntries(
    parameters.map(({ name, shape, init }) => [name, ndarray(shape, draw(init, sizeOf(shape), stream))]),
  );
}

function draw(init: Initializer, length: number, stream: TorchStream): Float32Array {
  switch (init.kind) {
    case 'uniform':
      return stream.uniform(length, init.bound);
    case 'normal':
      return stream.normal(length, init.deviation);
    case 'constant':
      return new Float32Array(length).fill(init.value);
  }
}

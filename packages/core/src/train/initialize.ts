import type { Arrays } from '../engine.js';
import type { Initializer, ParameterSpec } from '../inr.js';
import { ndarray, sizeOf } from '../ndarray.js';
import { type RandomStream, randomStream } from '../random.js';

/** Values to start training from: the same for the same seed, on every machine and engine. */
export function initializeParameters(parameters: readonly ParameterSpec[], seed: number): Arrays {
  return Object.fromEntries(
    parameters.map(({ name, shape, init }) => {
      const draw = DRAW[init.kind](init as never, randomStream(seed, name));
      return [name, ndarray(shape, Float32Array.from({ length: sizeOf(shape) }, draw))];
    }),
  );
}

type Draw = () => number;
const DRAW: {
  readonly [K in Initializer['kind']]: (init: Extract<Initializer, { kind: K }>, s: RandomStream) => Draw;
} = {
  uniform:
    ({ bound }, stream) =>
    () =>
      (2 * stream.uniform() - 1) * bound,
  normal:
    ({ deviation }, stream) =>
    () =>
      stream.normal() * deviation,
  constant:
    ({ value }) =>
    () =>
      value,
};

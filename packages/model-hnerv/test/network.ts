import { type Arrays, type Engine, type Inr, ndarray, type SignalShape, sizeOf } from '@xinc/core';
import { evaluationProgram } from '@xinc/core/trace';
import hnerv from '../src/index.js';

/** A network for frames of a signal, from a configuration as a user gives it. */
export function network(config: Record<string, unknown>, signal: SignalShape): Inr {
  return hnerv.build(hnerv.config.parse(config), signal);
}

/** Numbers in [−1, 1) from a fixed sequence. */
export function drawing(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Parameters of the size that the network asks for, from a fixed sequence. */
export function drawParameters(inr: Inr): Record<string, ReturnType<typeof ndarray>> {
  const uniform = drawing();
  return Object.fromEntries(
    inr.parameters.map(({ name, shape, init }) => {
      const bound = init.kind === 'uniform' ? init.bound : 1;
      return [
        name,
        ndarray(
          shape,
          Float32Array.from({ length: sizeOf(shape) }, () => bound * uniform()),
        ),
      ];
    }),
  );
}

/** Runs the forward pass on a batch of frames. */
export async function runForward(engine: Engine, inr: Inr, parameters: Arrays, frames: readonly number[]) {
  const inputs = { ...parameters, ...inr.inputs(frames) };
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const executable = await engine.compile(evaluationProgram(inr), shapes);
  const results = await executable.run(inputs);
  await executable.dispose();
  return results;
}

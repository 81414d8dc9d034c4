import { type Arrays, type Engine, type Inr, ndarray, type SignalShape, shapesOf, sizeOf } from '@xinc/core';
import { evaluationProgram } from '@xinc/core/trace';
import nerv from '../src/index.js';

/** A network for frames of a signal, from a configuration as a user gives it. */
export function network(config: Record<string, unknown>, signal: SignalShape): Inr {
  return nerv.build(nerv.config.parse(config), signal);
}

/** Parameters drawn as the network asks, from a fixed sequence. */
export function drawParameters(inr: Inr): Record<string, ReturnType<typeof ndarray>> {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return Object.fromEntries(
    inr.parameters.map(({ name, shape, init }) => {
      if (init.kind !== 'uniform') throw new Error(`${name} is drawn otherwise`);
      return [
        name,
        ndarray(
          shape,
          Float32Array.from({ length: sizeOf(shape) }, () => init.bound * uniform()),
        ),
      ];
    }),
  );
}

/** Runs the forward pass: `output`, and every activation that the layers name. */
export async function runForward(engine: Engine, inr: Inr, parameters: Arrays, frames: readonly number[]) {
  const inputs = { ...parameters, ...inr.inputs(frames) };
  const shapes = shapesOf(inputs);
  const executable = await engine.compile(evaluationProgram(inr), shapes);
  const results = await executable.run(inputs);
  await executable.dispose();
  return results;
}

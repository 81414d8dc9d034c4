import { expect, test } from 'vitest';
import { Breach } from '../doors/breach.js';
import { ndarray } from '../ndarray.js';
import { deriveHooks } from './derive-hooks.js';
import type { InrProgram } from './program.js';

/** A dense layer that reads its weight, and its input, by these names. */
const reading = (weight: string, input: string): InrProgram => ({
  signal: { kind: 'image', frames: 1, width: 4, height: 3 },
  sampling: 'pixels',
  parameters: [
    { name: 'hed.weight', shape: [3, 2], init: { kind: 'uniform', bound: 1 }, trainable: true },
    { name: 'hed.bias', shape: [3], init: { kind: 'uniform', bound: 1 }, trainable: true },
  ],
  inputs: (_frames, pixels = new Uint32Array()) => ({ places: ndarray([pixels.length, 2]) }),
  forward: (ops, parameters, inputs) => ({
    output: ops.add(ops.matMul(inputs[input], parameters[weight], { transposeB: true }), parameters['hed.bias']),
  }),
});

test.each([
  ['head.weight', 'places', 'head.weight', 'hed.weight'],
  ['hed.weight', 'place', 'place', 'places'],
])('deriving layers tells a misspelt name: %s, %s', (weight, input, wrong, meant) => {
  let thrown: unknown;
  try {
    deriveHooks(reading(weight, input));
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Breach);
  const { problem, hint } = thrown as Breach;
  expect(problem).toBe(`it reads '${wrong}', which is neither a parameter nor an input`);
  expect(hint).toBe(`Did you mean '${meant}'? There are hed.weight, hed.bias, places.`);
});

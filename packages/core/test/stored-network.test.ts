import { deriveHooks, type Inr, type InrProgram, ndarray, type SignalShape } from '@xinc/core';
import { createArrayEngine, createNetwork, readNetwork, storeNetwork } from '@xinc/core/trace';
import { expect, test } from 'vitest';

const signal: SignalShape = { kind: 'image', frames: 1, height: 2, width: 3 };
const init = { kind: 'uniform', bound: 1 } as const;
const values = (shape: readonly number[], from: number) =>
  ndarray(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(from + 2 * i)),
  );

const program: InrProgram = {
  signal,
  sampling: 'pixels',
  parameters: [
    { name: 'first', shape: [4, 2], init, trainable: true },
    { name: 'second', shape: [3, 4], init, trainable: true },
  ],
  inputs: (_, pixels) => ({
    places: ndarray(
      [pixels!.length, 2],
      Float32Array.from({ length: 2 * pixels!.length }, (_, i) => pixels![i >> 1] + (i % 2)),
    ),
  }),
  forward: (ops, { first, second }, { places }) => {
    const shift = ops.constant(ndarray([4], Float32Array.of(0.1, -0.2, 0.3, 0.4)));
    const hidden = ops.sin(ops.add(ops.matMul(places, first, { transposeB: true }), shift));
    return { output: ops.matMul(hidden, second, { transposeB: true }) };
  },
};
const names = [
  { id: 'hidden', label: 'Hidden' },
  { id: 'last', label: 'Last' },
];
const training: Inr['training'] = {
  optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  learningRate: 1,
  schedule: () => 1,
  steps: 1,
  batch: 1,
};
const inr: Inr = { ...program, ...deriveHooks(program, { name: (_, position) => names[position] }), training };
const parameters = { first: values([4, 2], 0), second: values([3, 4], 1) };
const everyPixel = Uint32Array.from({ length: 6 }, (_, p) => p);

const engine = await createArrayEngine();
const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value));

test('a network that was stored has the same layers, and draws the same picture', async () => {
  const { network, constants, lost } = storeNetwork(inr);
  const read = readNetwork(throughJson(network), constants, () => inr.inputs([0], everyPixel));
  expect(lost).toEqual([]);
  expect(read.layers.map(({ id, label, reading }) => ({ id, label, reading }))).toEqual(
    inr.layers.map(({ id, label, reading }) => ({ id, label, reading })),
  );
  const picture = (one: Inr) => createNetwork(one, parameters, engine).reconstruct(0);
  expect(await picture(read)).toEqual(await picture(inr));
});

test('a layer that the plugin leaves out is left out, and one that it traces by itself is lost', () => {
  const [, last] = inr.layers;
  expect(storeNetwork({ ...inr, layers: [last] }).network.names).toEqual([null, names[1]]);
  const own = { kind: 'custom', id: 'own', label: 'Own', input: 'places', neurons: 2, trace: () => {} } as const;
  expect(storeNetwork({ ...inr, layers: [last, own] }).lost).toEqual([
    { id: 'own', why: 'its plugin traces it by itself, which needs the program that has the plugin' },
  ]);
});

import { expect, test } from 'vitest';
import type { Inr } from '../inr.js';
import { ndarray } from '../ndarray.js';
import { deriveHooks } from './derive-hooks.js';
import { layerLinks } from './layer-links.js';
import type { InrProgram } from './program.js';

const init = { kind: 'uniform', bound: 1 } as const;
const parameters = (shapes: Readonly<Record<string, readonly number[]>>): InrProgram['parameters'] =>
  Object.entries(shapes).map(([name, shape]) => ({ name, shape, init, trainable: true }));
const training: Inr['training'] = {
  optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  learningRate: 1,
  schedule: () => 1,
  steps: 1,
  batch: 1,
};
const IDS = ['first', 'second', 'third'];
const linksOf = (program: InrProgram) =>
  layerLinks({ ...program, ...deriveHooks(program, { name: (_, i) => ({ id: IDS[i], label: IDS[i] }) }), training });

test('outputs are followed through activations, sums and concatenations, past layers too', () => {
  const links = linksOf({
    signal: { kind: 'image', frames: 1, height: 2, width: 3 },
    sampling: 'pixels',
    parameters: parameters({ w1: [4, 2], b1: [4], w2: [4, 4], b2: [4], w3: [3, 8], b3: [3] }),
    inputs: (_, pixels) => ({ x: ndarray([pixels!.length, 2], new Float32Array(2 * pixels!.length)) }),
    forward: (ops, { w1, b1, w2, b2, w3, b3 }, { x }) => {
      const dense = (input: typeof x, w: typeof x, b: typeof x) =>
        ops.add(ops.matMul(input, w, { transposeB: true }), b);
      const first = ops.relu(dense(x, w1, b1));
      const second = ops.relu(dense(first, w2, b2));
      return { output: dense(ops.concat([ops.add(first, second), first], 1), w3, b3) };
    },
  });
  const four = [0, 1, 2, 3];
  expect(links).toEqual([
    { from: 'first', to: 'second', outputs: four, inputs: four },
    { from: 'first', to: 'third', outputs: [...four, ...four], inputs: [0, 1, 2, 3, 4, 5, 6, 7] },
    { from: 'second', to: 'third', outputs: four, inputs: four },
  ]);
});

test('parallel layers of one width are not taken for neighbours', () => {
  const links = linksOf({
    signal: { kind: 'image', frames: 1, height: 2, width: 3 },
    sampling: 'pixels',
    parameters: parameters({ w1: [4, 4], b1: [4], w2: [4, 4], b2: [4], w3: [3, 4], b3: [3] }),
    inputs: (_, pixels) => ({ x: ndarray([pixels!.length, 4], new Float32Array(4 * pixels!.length)) }),
    forward: (ops, { w1, b1, w2, b2, w3, b3 }, { x }) => {
      const dense = (input: typeof x, w: typeof x, b: typeof x) =>
        ops.add(ops.matMul(input, w, { transposeB: true }), b);
      const branches = [ops.sin(dense(x, w1, b1)), ops.sin(dense(x, w2, b2))];
      return { output: dense(ops.add(branches[0], branches[1]), w3, b3) };
    },
  });
  expect(links?.map(({ from, to }) => `${from} ${to}`)).toEqual(['first third', 'second third']);
});

test('of a pixel shuffle, the outputs that make a channel reach its kernels', () => {
  const links = linksOf({
    signal: { kind: 'video', frames: 2, height: 4, width: 6 },
    sampling: 'frames',
    parameters: parameters({ k1: [8, 2, 3, 3], b1: [8], k2: [3, 2, 3, 3], b2: [3] }),
    inputs: () => ({ x: ndarray([1, 2, 2, 3], new Float32Array(12)) }),
    forward: (ops, { k1, b1, k2, b2 }, { x }) => {
      const conv = (input: typeof x, kernel: typeof x, bias: typeof x, channels: number) =>
        ops.add(
          ops.conv2d(input, kernel, { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 }),
          ops.reshape(bias, [1, channels, 1, 1]),
        );
      const first = ops.gelu(ops.depthToSpace(conv(x, k1, b1, 8), 2));
      return { output: conv(first, k2, b2, 3) };
    },
  });
  expect(links).toEqual([
    { from: 'first', to: 'second', outputs: [0, 1, 2, 3, 4, 5, 6, 7], inputs: [0, 0, 0, 0, 1, 1, 1, 1] },
  ]);
});

test('a program that joins more than can be followed is not told, and takes no long time', () => {
  const size = 256;
  const program: InrProgram = {
    signal: { kind: 'video', frames: 2, height: 4, width: 4 },
    sampling: 'frames',
    parameters: parameters({ k1: [size, 2, 3, 3], b1: [size], k2: [3, size, 3, 3], b2: [3] }),
    inputs: () => ({ x: ndarray([1, 2, 4, 4], new Float32Array(32)) }),
    forward: (ops, { k1, b1, k2, b2 }, { x }) => {
      const conv = (input: typeof x, kernel: typeof x, bias: typeof x, channels: number) =>
        ops.add(
          ops.conv2d(input, kernel, { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 }),
          ops.reshape(bias, [1, channels, 1, 1]),
        );
      const first = conv(x, k1, b1, size);
      let value = first;
      // Each round mixes four neighbours, and turns the channels by one.
      for (let round = 0; round < 150; round++) {
        const mixed = ops.spaceToDepth(ops.depthToSpace(value, 2), 2);
        value = ops.concat(
          [ops.slice(mixed, [0, 1, 0, 0], [1, size - 1, 4, 4]), ops.slice(mixed, [0, 0, 0, 0], [1, 1, 4, 4])],
          1,
        );
      }
      const output = conv(value, k2, b2, 3);
      return { output, activations: { x, first, value, output } };
    },
  };
  const hook = { kind: 'conv', label: '', shuffle: 1, activation: null, path: [] } as const;
  const layers = [
    { ...hook, id: 'first', input: 'x', kernel: 'k1', bias: 'b1', preactivation: 'first' },
    { ...hook, id: 'second', input: 'value', kernel: 'k2', bias: 'b2', preactivation: 'output' },
  ];
  expect(layerLinks({ ...program, layers, training })).toBeNull();
});

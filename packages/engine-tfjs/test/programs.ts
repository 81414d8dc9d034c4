import type { Arrays, Ops, Program } from '@xinc/core';
import { randomArray } from './arrays.js';

/** A small network to train: a program, its start weights and one batch. */
export interface Network {
  readonly program: Program;
  readonly parameters: Arrays;
  readonly fixed: Arrays;
  readonly batch: Arrays;
  readonly learningRate: number;
}

const meanSquaredError = <T>(ops: Ops<T>, y: T, target: T): T => ops.mean(ops.square(ops.sub(y, target)));

const dense = <T>(ops: Ops<T>, x: T, weight: T, bias: T): T =>
  ops.add(ops.matMul(x, weight, { transposeB: true }), bias);

/** Weights U(±1/√fan_in), PyTorch's default. */
const weights = (shape: readonly number[], seed: number) => {
  const bound = 1 / Math.sqrt(shape.slice(1).reduce((product, extent) => product * extent, 1));
  return randomArray(shape, seed, -bound, bound);
};

const PIXELS = 12 * 16;

/** An image INR: coordinates → sin and cos features → two hidden ReLU layers → RGB (method §2, smaller). */
export const fourierNetwork: Network = {
  program(ops, { coordinates, target, frequencies, w1, b1, w2, b2, w3, b3 }) {
    const angles = ops.mul(ops.matMul(coordinates, frequencies, { transposeB: true }), 2 * Math.PI);
    const features = ops.concat([ops.sin(angles), ops.cos(angles)], 1);
    const hidden = ops.relu(dense(ops, ops.relu(dense(ops, features, w1, b1)), w2, b2));
    const output = dense(ops, hidden, w3, b3);
    return { output, loss: meanSquaredError(ops, output, target) };
  },
  parameters: {
    w1: weights([16, 24], 1),
    b1: randomArray([16], 2, -0.2, 0.2),
    w2: weights([16, 16], 3),
    b2: randomArray([16], 4, -0.2, 0.2),
    w3: weights([3, 16], 5),
    b3: randomArray([3], 6, -0.2, 0.2),
  },
  fixed: { frequencies: randomArray([12, 2], 7, -1.5, 1.5) },
  batch: { coordinates: randomArray([PIXELS, 2], 8), target: randomArray([PIXELS, 3], 9, 0, 1) },
  learningRate: 9e-4,
};

/** A video INR: encoded frame index → dense → GELU → two blocks (convolution, pixel shuffle, GELU) → head (method §3, smaller). */
export const videoNetwork: Network = {
  program(ops, { encoding, target, w0, b0, k1, c1, k2, c2, k3, c3 }) {
    const bias = (b: typeof c1) => ops.reshape(b, [1, ops.shapeOf(b)[0], 1, 1]);
    const convolve = (x: typeof k1, kernel: typeof k1, b: typeof c1) =>
      ops.add(ops.conv2d(x, kernel, { padding: 1 }), bias(b));
    const stem = ops.reshape(ops.gelu(dense(ops, encoding, w0, b0)), [2, 6, 3, 4]);
    const first = ops.gelu(ops.depthToSpace(convolve(stem, k1, c1), 2));
    const second = ops.gelu(ops.depthToSpace(convolve(first, k2, c2), 2));
    const output = ops.add(ops.mul(ops.tanh(convolve(second, k3, c3)), 0.5), 0.5);
    return { output, loss: meanSquaredError(ops, output, target) };
  },
  parameters: {
    w0: weights([6 * 3 * 4, 10], 1),
    b0: randomArray([6 * 3 * 4], 2, -0.3, 0.3),
    k1: weights([5 * 4, 6, 3, 3], 3),
    c1: randomArray([5 * 4], 4, -0.1, 0.1),
    k2: weights([4 * 4, 5, 3, 3], 5),
    c2: randomArray([4 * 4], 6, -0.1, 0.1),
    k3: weights([3, 4, 3, 3], 7),
    c3: randomArray([3], 8, -0.1, 0.1),
  },
  fixed: {},
  batch: { encoding: randomArray([2, 10], 9), target: randomArray([2, 3, 12, 16], 10, 0, 1) },
  learningRate: 1e-3,
};

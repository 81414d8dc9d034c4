import { type Kernels, loadKernels } from '@xinc/kernels';
import { beforeAll, describe, expect, test } from 'vitest';
import { Graph, type GraphNode } from '../graph/graph.js';
import { type NdArray, ndarray, sizeOf } from '../ndarray.js';
import type { Ops } from '../ops/ops.js';
import { randomStream } from '../random.js';
import { contributionsOf, neuronsOf, type ReadValue } from './contributions.js';
import { kernelSource } from './kernel-source.js';
import { type DerivedLayer, findLayers } from './layers.js';

/*
 * What the kernels make of a layer against the same layer as the tables say it, written in plain JavaScript: for layers of all
 * kinds, on values drawn at random.
 */
let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

type Forward = (
  ops: Ops<GraphNode>,
  x: GraphNode,
  weight: (name: string, ...shape: number[]) => GraphNode,
) => GraphNode;

/** The layers of a program on an input of this shape. */
function layersOf(shape: readonly number[], sampling: 'pixels' | 'frames', forward: Forward): DerivedLayer[] {
  const graph = new Graph();
  const input = graph.input('input:x', shape);
  const output = forward(graph.ops, input, (name, ...extents) => graph.input(name, extents));
  return findLayers(output, (node) => node === input, sampling).map(({ layer, why }) => {
    if (!layer) throw new Error(why);
    return layer;
  });
}

/** Values for whatever is asked for, always the same ones. */
function randomValues(scale = 1): ReadValue {
  const known = new Map<GraphNode, NdArray>();
  const { uniform } = randomStream(7, 'values');
  return (node) => {
    if (node.kind === 'constant') return node.value;
    const value =
      known.get(node) ??
      ndarray(
        node.shape,
        Float32Array.from({ length: sizeOf(node.shape) }, () => scale * (2 * uniform() - 1)),
      );
    known.set(node, value);
    return value;
  };
}

/** The largest difference of any two maps, relative to the largest value of the layer. */
function compare(layer: DerivedLayer, read = randomValues()): number {
  const source = kernelSource(layer);
  if (!source) throw new Error('the kernels do not trace it');
  const expected = contributionsOf(layer, read);
  const { height, width } = expected(0);
  const opened = kernels.open(source(read, { top: 0, left: 0, height, width }));
  expect([opened.neurons, opened.height, opened.width]).toEqual([neuronsOf(layer), height, width]);
  let [error, largest] = [0, 0];
  for (let neuron = 0; neuron < opened.neurons; neuron++) {
    const map = opened.maps([neuron]);
    expected(neuron).data.forEach((value, p) => {
      largest = Math.max(largest, Math.abs(value));
      error = Math.max(error, Number.isNaN(map[p]) ? Number.POSITIVE_INFINITY : Math.abs(map[p] - value));
    });
  }
  opened.dispose();
  expect(largest).toBeGreaterThan(1e-3);
  return error / largest;
}

const constant = (ops: Ops<GraphNode>, value: number) => ops.constant(ndarray([], Float32Array.of(value)));

describe('dense layers on pixels', () => {
  const functions: Record<string, (ops: Ops<GraphNode>, u: GraphNode) => GraphNode> = {
    'sin 30u': (ops, u) => ops.sin(ops.mul(u, constant(ops, 30))),
    'exp −(4u)²': (ops, u) => ops.exp(ops.neg(ops.square(ops.mul(u, constant(ops, 4))))),
    'cos u': (ops, u) => ops.cos(u),
    'sigmoid u': (ops, u) => ops.sigmoid(u),
    'u³ + 1 / (1 + u²)': (ops, u) =>
      ops.add(ops.pow(u, 3), ops.div(constant(ops, 1), ops.add(ops.square(u), constant(ops, 1)))),
    'sign u · √|u|': (ops, u) => ops.mul(ops.sign(u), ops.sqrt(ops.abs(u))),
    'leaky 0.3': (ops, u) => ops.leakyRelu(u, 0.3),
    'gelu 2u': (ops, u) => ops.gelu(ops.mul(u, constant(ops, 2))),
    'max(u, tanh(u / 2))': (ops, u) => ops.maximum(u, ops.tanh(ops.div(u, constant(ops, 2)))),
  };
  test.each(Object.entries(functions))('pass %s', (_name, f) => {
    const layers = layersOf([35, 5], 'pixels', (ops, x, weight) => {
      const z = ops.add(ops.matMul(x, weight('w1', 6, 5), { transposeB: true }), weight('b1', 6));
      return ops.matMul(f(ops, z), weight('w2', 6, 3));
    });
    expect(layers).toHaveLength(2);
    for (const layer of layers) expect(compare(layer)).toBeLessThan(1e-6);
  });
});

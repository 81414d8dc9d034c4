import { type Kernels, loadKernels } from '@xinc/kernels';
import { beforeAll, describe, expect, test } from 'vitest';
import { Graph } from '../graph/graph.js';
import type { GraphNode } from '../graph/nodes.js';
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
    'atan 9u': (ops, u) => ops.atan(ops.mul(u, constant(ops, 9))),
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

test('the sign of a value that is not a number is none', () => {
  const [layer] = layersOf([3, 1], 'pixels', (ops, x, weight) =>
    ops.matMul(ops.sign(ops.matMul(x, weight('w1', 1, 1))), weight('w2', 1, 3)),
  );
  const read: ReadValue = ({ shape }) =>
    shape[0] === 3 ? ndarray(shape, Float32Array.of(Number.NaN, -2, 2)) : ndarray(shape, Float32Array.of(1));
  const opened = kernels.open(kernelSource(layer)!(read, { top: 0, left: 0, height: 1, width: 3 }));
  expect([...opened.maps([0])]).toEqual([Number.NaN, -1, 1]);
  expect([...contributionsOf(layer, read)(0).data]).toEqual([Number.NaN, -1, 1]);
  opened.dispose();
});

describe('dense layers with a gate', () => {
  test.each([[[35, 6]], [[35, 1]], [[1, 6]]])('of extents %j', (extents) => {
    const [layer] = layersOf([35, 5], 'pixels', (ops, x, weight) => {
      const z = ops.add(ops.matMul(x, weight('w1', 6, 5), { transposeB: true }), weight('b1', 6));
      const g = ops.add(ops.sin(ops.slice(x, [0, 0], [35, 1])), weight('g', ...extents));
      return ops.matMul(ops.tanh(ops.mul(z, ops.mul(g, weight('h', ...extents)))), weight('w2', 6, 3));
    });
    expect(layer).toMatchObject({ kind: 'dense', gate: {} });
    expect(compare(layer)).toBeLessThan(1e-6);
  });
});

describe('convolutions', () => {
  type Block = (
    ops: Ops<GraphNode>,
    z: GraphNode,
    weight: (name: string, ...shape: number[]) => GraphNode,
  ) => GraphNode;
  const c = constant;
  const ways: Record<string, Block> = {
    'no way': (_ops, z) => z,
    'a function': (ops, z) => ops.sin(ops.mul(z, c(ops, 7))),
    'a skip': (ops, z, weight) =>
      ops.add(z, ops.relu(ops.conv2d(z, weight('s', 8, 8, 3, 3), { padding: [1, 1, 1, 1] }))),
    'a skip of a skip, and a difference': (ops, z, weight) => {
      const once = ops.sub(ops.relu(ops.conv2d(z, weight('s', 8, 8, 3, 3), { padding: [1, 1, 1, 1] })), z);
      return ops.add(once, ops.gelu(ops.conv2d(once, weight('t', 8, 8, 5, 5), { padding: [2, 2, 2, 2] })));
    },
    'a sum of three': (ops, z) => ops.add(ops.add(ops.sin(z), ops.neg(z)), ops.mul(z, c(ops, 0.25))),
    'means that are dilated, uneven and even': (ops, z, weight) => {
      const first = ops.conv2d(z, weight('d', 8, 8, 3, 3), { padding: [2, 2, 2, 2], dilation: [2, 2] });
      return ops.conv2d(ops.silu(first), weight('e', 8, 8, 1, 4), { padding: [0, 2, 0, 2] });
    },
    'a stride, and a transposed convolution': (ops, z, weight) => {
      const half = ops.relu(ops.conv2d(z, weight('h', 8, 8, 3, 3), { padding: [1, 1, 1, 1], stride: [2, 2] }));
      return ops.convTranspose2d(half, weight('u', 8, 8, 4, 4), { stride: [2, 2], padding: [1, 1, 1, 1] });
    },
    'bilinear and bicubic resizes': (ops, z, weight) => {
      const wide = ops.resize(z, 11, 17, { kind: 'linear', coordinates: 'half-pixel' });
      const sharp = ops.tanh(ops.conv2d(wide, weight('r', 8, 8, 3, 3), { padding: [1, 1, 1, 1] }));
      return ops.resize(sharp, 14, 22, { kind: 'cubic', coordinates: 'align-corners' });
    },
    'a shuffle directly behind it, and one later': (ops, z, weight) => {
      const own = ops.gelu(ops.depthToSpace(z, 2));
      const more = ops.conv2d(own, weight('q', 4, 2, 3, 3), { padding: [1, 1, 1, 1] });
      return ops.add(ops.depthToSpace(more, 2), ops.resize(own, 28, 36, { kind: 'linear', coordinates: 'asymmetric' }));
    },
    'nearest upsampling and a function': (ops, z, weight) =>
      ops.exp(ops.conv2d(ops.tanh(ops.upsampleNearest(z, 3)), weight('n', 8, 8, 3, 3), { padding: [1, 1, 1, 1] })),
    'average pooling and a cut': (ops, z) =>
      ops.slice(ops.averagePool(z, [2, 2], { stride: [2, 2] }), [0, 0, 1, 2], [1, 8, 2, 2]),
    'a held factor and a held divisor': (ops, z, weight) =>
      ops.div(ops.mul(z, weight('m', 1, 8, 7, 9)), ops.add(ops.square(weight('v', 1, 8, 1, 1)), c(ops, 1))),
    'a product of two ways': (ops, z, weight) =>
      ops.mul(ops.sin(z), ops.conv2d(z, weight('p', 8, 8, 3, 3), { padding: [1, 1, 1, 1] })),
    'a normalisation': (ops, z) => {
      const mean = ops.mean(z, { axes: [2, 3], keepDims: true });
      const centred = ops.sub(z, mean);
      const variance = ops.mean(ops.square(centred), { axes: [2, 3], keepDims: true });
      return ops.relu(ops.div(centred, ops.sqrt(ops.add(variance, c(ops, 1)))));
    },
  };
  /** The last layer, so that what comes before it is no range. */
  const end = (ops: Ops<GraphNode>, y: GraphNode, weight: (name: string, ...shape: number[]) => GraphNode) =>
    ops.conv2d(y, weight('end', 3, y.shape[1], 1, 1));

  test.each(Object.entries(ways))('with %s', (_name, way) => {
    const [layer] = layersOf([1, 3, 7, 9], 'frames', (ops, x, weight) => {
      const z = ops.add(
        ops.conv2d(x, weight('w', 8, 3, 3, 3), { padding: [1, 1, 1, 1] }),
        ops.reshape(weight('b', 8), [1, 8, 1, 1]),
      );
      return end(ops, way(ops, z, weight), weight);
    });
    expect(compare(layer)).toBeLessThan(1e-6);
  });

  const shapes: Record<
    string,
    (ops: Ops<GraphNode>, x: GraphNode, weight: (name: string, ...shape: number[]) => GraphNode) => GraphNode
  > = {
    'stride 2': (ops, x, weight) => ops.conv2d(x, weight('w', 5, 4, 3, 3), { stride: [2, 2], padding: [1, 1, 1, 1] }),
    'stride 3×1, without padding': (ops, x, weight) => ops.conv2d(x, weight('w', 5, 4, 4, 2), { stride: [3, 1] }),
    'dilation 2×3': (ops, x, weight) =>
      ops.conv2d(x, weight('w', 5, 4, 3, 3), { dilation: [2, 3], padding: [2, 3, 2, 3] }),
    'two groups': (ops, x, weight) => ops.conv2d(x, weight('w', 6, 2, 3, 3), { groups: 2, padding: [1, 1, 1, 1] }),
    'a channel each': (ops, x, weight) => ops.conv2d(x, weight('w', 4, 1, 5, 5), { groups: 4, padding: [2, 2, 2, 2] }),
    'more zeros than taps': (ops, x, weight) => ops.conv2d(x, weight('w', 5, 4, 1, 1), { padding: [2, 1, 2, 1] }),
    'transposed, stride 2': (ops, x, weight) =>
      ops.convTranspose2d(x, weight('w', 4, 5, 4, 4), { stride: [2, 2], padding: [1, 1, 1, 1] }),
    'transposed, in groups, dilated': (ops, x, weight) =>
      ops.convTranspose2d(x, weight('w', 4, 3, 3, 2), { stride: [2, 3], dilation: [2, 1], groups: 2 }),
  };
  test.each(Object.entries(shapes))('of %s', (_name, forward) => {
    const [layer] = layersOf([1, 4, 8, 10], 'frames', (ops, x, weight) =>
      end(ops, ops.tanh(ops.mul(forward(ops, x, weight), c(ops, 2))), weight),
    );
    expect(compare(layer)).toBeLessThan(1e-6);
  });
});

describe('dense layers into a picture', () => {
  test('with a function of their values, and a way', () => {
    const [layer] = layersOf([1, 6], 'frames', (ops, x, weight) => {
      const z = ops.sin(ops.mul(ops.add(ops.matMul(x, weight('w', 6, 60)), weight('b', 60)), constant(ops, 3)));
      const image = ops.reshape(z, [1, 5, 3, 4]);
      const more = ops.add(image, ops.relu(ops.conv2d(image, weight('k', 5, 5, 3, 3), { padding: [1, 1, 1, 1] })));
      return ops.conv2d(more, weight('end', 3, 5, 1, 1));
    });
    expect(layer.kind).toBe('dense-picture');
    expect(compare(layer)).toBeLessThan(1e-6);
  });
});

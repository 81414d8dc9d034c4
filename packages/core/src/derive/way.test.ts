import { describe, expect, test } from 'vitest';
import { Graph } from '../graph/graph.js';
import type { GraphNode } from '../graph/nodes.js';
import { type NdArray, ndarray, sizeOf } from '../ndarray.js';
import type { Ops } from '../ops/ops.js';
import { contributionsOf } from './contributions.js';
import { describeLayer } from './describe.js';
import { type Finding, findLayers, READS_NO_INPUT } from './layers.js';

/* What the operations of a way do to a plane, on planes and held values that are given outright: no engine runs. */

const array = (shape: readonly number[], values: readonly number[]): NdArray =>
  ndarray(shape, Float32Array.from(values));

/** Operations between the layer z [1, C, h, w] and the last layer; `given` makes values that are held. */
type After = (ops: Ops<GraphNode>, z: GraphNode, given: (name: string, ...shape: number[]) => GraphNode) => GraphNode;

interface Found {
  readonly finding: Finding;
  /** The contribution of neuron 0, whose plane before the way is `u`. */
  map(u: NdArray, held?: Readonly<Record<string, readonly number[]>>): number[];
}

/** A layer of kernels 1×1, all 1, on one channel, whose results take the way `after` to a last layer. */
function layerBefore(after: After, channels: number, height: number, width: number): Found {
  const graph = new Graph();
  const { ops } = graph;
  const x = graph.input('x', [1, 1, height, width]);
  const kernel = graph.input('parameter:kernel', [channels, 1, 1, 1]);
  const y = after(ops, ops.conv2d(x, kernel), (name, ...shape) => graph.input(name, shape));
  const last = graph.input('parameter:last', [3, y.shape[1], 1, 1]);
  const output = ops.conv2d(y, last);
  const [finding] = findLayers(
    output,
    (node) => node.kind === 'input' && !node.name.startsWith('parameter:'),
    'frames',
  );
  return {
    finding,
    map(u, held = {}) {
      if (!finding.layer) throw new Error(finding.why);
      const read = (node: GraphNode): NdArray => {
        if (node === x) return u;
        if (node === kernel) return ndarray(kernel.shape, new Float32Array(channels).fill(1));
        if (node.kind === 'constant') return node.value;
        const name = node.kind === 'input' ? node.name : node.op;
        if (!held[name]) throw new Error(`'${name}' is read, and not held`);
        expect(held[name].length).toBe(sizeOf(node.shape));
        return array(node.shape, held[name]);
      };
      return [...contributionsOf(finding.layer, read)(0).data];
    },
  };
}

describe('a layer is left out, with the reason,', () => {
  test('where rows and columns are exchanged behind it', () => {
    const graph = new Graph();
    const { ops } = graph;
    const x = graph.input('x', [1, 1, 3, 3]);
    const output = ops.transpose(ops.conv2d(x, graph.input('parameter:kernel', [3, 1, 1, 1])), [0, 1, 3, 2]);
    const varies = (node: GraphNode) => node.kind === 'input' && !node.name.startsWith('parameter:');
    const [finding] = findLayers(output, varies, 'frames');
    expect(finding.layer).toBeUndefined();
    expect(finding.why).toMatch(/rows and columns of the picture are exchanged/);
  });

  test('where its channels are put in another order before they become pixels', () => {
    const { finding } = layerBefore(
      (ops, z) => {
        const apart = ops.transpose(ops.reshape(z, [1, 4, 2, 2, 2]), [0, 2, 1, 3, 4]);
        return ops.depthToSpace(ops.reshape(apart, [1, 8, 2, 2]), 2);
      },
      8,
      2,
      2,
    );
    expect(finding.layer).toBeUndefined();
    expect(finding.why).toMatch(/its channels are put in another order before/);
  });

  test.each([
    ['log', '-Infinity', (ops: Ops<GraphNode>, z: GraphNode) => ops.log(z)],
    ['div', 'Infinity', (ops: Ops<GraphNode>, z: GraphNode) => ops.div(1, z)],
    ['sqrt', 'NaN', (ops: Ops<GraphNode>, z: GraphNode) => ops.sqrt(ops.sub(z, 1))],
  ])("where a function behind it ends with '%s' and is %s at 0", (op, atZero, f) => {
    const why = `a function that follows it ends with '${op}' and is ${atZero} at 0, so that f(u) − f(0) is no number`;
    expect(layerBefore(f, 1, 2, 2).finding.why).toBe(why);
    const graph = new Graph();
    const { ops } = graph;
    const x = graph.input('x', [5, 2]);
    const hidden = f(ops, ops.matMul(x, graph.input('parameter:w1', [2, 4])));
    const output = ops.matMul(hidden, graph.input('parameter:w2', [4, 3]));
    const findings = findLayers(output, (node) => node === x, 'pixels');
    expect(findings.map((finding) => finding.why)).toEqual([why, undefined]);
  });

  test('where planes of other extents meet', () => {
    const { finding } = layerBefore((ops, z) => ops.mul(z, ops.sigmoid(ops.averagePool(z, 2))), 2, 2, 2);
    expect(finding.layer).toBeUndefined();
    expect(finding.why).toMatch(/have not the same rows and columns/);
  });
});

test('a function that is cut off far from zero is not its namesake', () => {
  const { finding } = layerBefore((ops, z) => ops.minimum(ops.relu(z), 20), 1, 2, 2);
  expect(describeLayer(finding.layer!)).toBe('conv 1×1, 1 → 1 → minimum(relu(u), 20)');
});

describe('on the way to the picture', () => {
  const u = array([1, 1, 2, 2], [1, 2, 3, 4]);

  test('what multiplies it is read at its pixels, also where the result has more axes', () => {
    const found = layerBefore((ops, z, given) => ops.mul(ops.reshape(z, [2, 2, 2]), given('g', 1, 1, 2, 2)), 2, 2, 2);
    expect(found.map(u, { g: [10, 20, 30, 40] })).toEqual([10, 40, 90, 160]);
  });

  test('a max pooling gives the plane at the pixels that win, by the share of channels in which each does', () => {
    const found = layerBefore((ops, z) => ops.maxPool(z, 2), 2, 2, 2);
    // In the first channel the third pixel wins, in the second the first of two.
    expect(found.map(u, { conv2d: [0, 1, 9, 2, 5, 5, 0, 1] })).toEqual([0.5 * 3 + 0.5 * 1]);
    expect(describeLayer(found.finding.layer!)).toBe('conv 1×1, 1 → 2 → largest of 2×2, held');
  });

  test('windows of a max pooling may overlap, and what lies outside never wins', () => {
    const found = layerBefore((ops, z) => ops.maxPool(z, 3, { stride: 1, padding: 1 }), 1, 2, 2);
    expect(found.map(u, { conv2d: [-5, -2, -3, -4] })).toEqual([2, 2, 2, 2]);
  });

  test('a choice gives each way by the share of channels in which it is taken', () => {
    const chosen: After = (ops, z, given) => ops.where(ops.greater(given('g', 1, 2, 2, 2), 0), z, ops.mul(z, 10));
    const map = layerBefore(chosen, 2, 2, 2).map(u, { greater: [1, 0, 1, 0, 1, 0, 0, 1] });
    // Chosen in both channels, in none, in one.
    expect(map).toEqual([1, 20, 0.5 * 3 + 0.5 * 30, 0.5 * 4 + 0.5 * 40]);
  });

  test('of a choice with something else only the own side is on the way', () => {
    const chosen: After = (ops, z, given) => ops.where(given('c', 1, 1, 2, 2), given('other', 1, 1, 2, 2), z);
    expect(layerBefore(chosen, 1, 2, 2).map(u, { c: [1, 0, 0, 1] })).toEqual([0, 2, 3, 0]);
  });

  test('a choice by its own sign is a pointwise function', () => {
    const leaky: After = (ops, z) => ops.where(ops.greater(z, 0), z, ops.mul(z, 0.1));
    const found = layerBefore(leaky, 1, 2, 2);
    expect(describeLayer(found.finding.layer!)).toBe('conv 1×1, 1 → 1 → leakyRelu0.1');
    expect(found.map(array([1, 1, 2, 2], [1, -2, 3, -4])).map((v) => Math.round(v * 1e5) / 1e5)).toEqual([
      1, -0.2, 3, -0.4,
    ]);
  });

  test.each([
    [
      'softplus',
      (ops: Ops<GraphNode>, z: GraphNode) => ops.add(ops.relu(z), ops.log(ops.add(ops.exp(ops.neg(ops.abs(z))), 1))),
    ],
    ['relu6', (ops: Ops<GraphNode>, z: GraphNode) => ops.minimum(ops.maximum(z, 0), 6)],
    ['elu', (ops: Ops<GraphNode>, z: GraphNode) => ops.where(ops.greater(z, 0), z, ops.sub(ops.exp(z), 1))],
    [
      'hardSwish',
      (ops: Ops<GraphNode>, z: GraphNode) =>
        ops.mul(z, ops.maximum(ops.minimum(ops.add(ops.mul(z, 1 / 6), 0.5), 1), 0)),
    ],
    ['mish', (ops: Ops<GraphNode>, z: GraphNode) => ops.mul(z, ops.tanh(ops.softplus(z)))],
    [
      'selu',
      (ops: Ops<GraphNode>, z: GraphNode) =>
        ops.mul(
          ops.where(ops.greaterEqual(z, 0), z, ops.mul(ops.sub(ops.exp(z), 1), 1.6732632423543772)),
          1.0507009873554805,
        ),
    ],
    [
      'sin(((|u| + 1)·u)·30)',
      (ops: Ops<GraphNode>, z: GraphNode) => ops.sin(ops.mul(ops.mul(ops.add(ops.abs(z), 1), z), 30)),
    ],
  ])('%s is told, however it is written', (name, after) => {
    const found = layerBefore(after, 1, 2, 2);
    expect(describeLayer(found.finding.layer!)).toBe(`conv 1×1, 1 → 1 → ${name}`);
  });

  test('a grid that is held looks the plane up as it does the picture', () => {
    const sampled = (mode: 'linear' | 'nearest', outside: 'zeros' | 'border') =>
      layerBefore(
        (ops, z, given) => ops.gridSample(z, given('grid', 1, 1, 3, 2), { mode, outside, alignCorners: true }),
        1,
        2,
        2,
      );
    // Between all four pixels; at the last one; half a pixel right of it.
    const grid = [0, 0, 1, 1, 2, 1];
    expect(sampled('linear', 'zeros').map(u, { grid })).toEqual([2.5, 4, 2]);
    expect(sampled('linear', 'border').map(u, { grid })).toEqual([2.5, 4, 4]);
    expect(sampled('nearest', 'border').map(u, { grid })).toEqual([1, 4, 4]);
  });

  test('a grid that depends on the layer alone leaves no way', () => {
    const moved: After = (ops, z, given) => {
      const grid = ops.transpose(z, [0, 2, 3, 1]);
      return ops.gridSample(given('other', 1, 4, 2, 2), grid, {
        mode: 'linear',
        outside: 'zeros',
        alignCorners: false,
      });
    };
    expect(layerBefore(moved, 2, 2, 2).finding.why).toBe(
      'it reaches the picture only through means, weights or places that are held',
    );
  });

  test('rows and columns that are chosen once for all are the plane’s', () => {
    const mirrored: After = (ops, z) => ops.gather(z, ops.constant(array([4], [1, 0, 1, 0])), 3);
    expect(layerBefore(mirrored, 1, 2, 2).map(u)).toEqual([2, 1, 2, 1, 4, 3, 4, 3]);
    const rows: After = (ops, z) => ops.gather(z, ops.constant(array([1], [1])), 2);
    expect(layerBefore(rows, 1, 2, 2).map(u)).toEqual([3, 4]);
    const channels: After = (ops, z) => ops.gather(z, ops.constant(array([3], [1, 1, 0])), 1);
    expect(layerBefore(channels, 2, 2, 2).map(u)).toEqual([1, 2, 3, 4]);
  });

  test('attention mixes pixels by its weights as they are, their mean over the heads', () => {
    const attention: After = (ops, z) => {
      const pixels = ops.transpose(ops.reshape(z, [2, 1, 4]), [0, 2, 1]);
      const weights = ops.softmax(ops.matMul(pixels, pixels, { transposeB: true }), 2);
      const mixed = ops.matMul(weights, pixels);
      return ops.reshape(ops.transpose(mixed, [0, 2, 1]), [1, 2, 2, 2]);
    };
    const first = [0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0];
    const second = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    const found = layerBefore(attention, 2, 2, 2);
    expect(found.map(u, { softmax: [...first, ...second] })).toEqual([2.5, 2.5, 2.5, 2.5]);
    expect(describeLayer(found.finding.layer!)).toBe('conv 1×1, 1 → 2 → pixels mixed by held weights');
  });

  test('what is multiplied from the right mixes pixels the same', () => {
    const mixed: After = (ops, z, given) => {
      const product = ops.matMul(ops.reshape(z, [1, 2, 4]), given('m', 1, 4, 4), { transposeB: true });
      return ops.reshape(product, [1, 2, 2, 2]);
    };
    const m = [0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 4, 0, 0, 0];
    expect(layerBefore(mixed, 2, 2, 2).map(u, { m })).toEqual([2, 6, 12, 4]);
  });

  test('attention over channels leaves pixels where they are', () => {
    const channels: After = (ops, z) => {
      const rows = ops.reshape(z, [1, 2, 4]);
      const weights = ops.softmax(ops.matMul(rows, rows, { transposeB: true }), 2);
      return ops.reshape(ops.matMul(weights, rows), [1, 2, 2, 2]);
    };
    expect(layerBefore(channels, 2, 2, 2).map(u)).toEqual([1, 2, 3, 4]);
  });

  test('a layer that only makes weights of attention has no way', () => {
    const weights: After = (ops, z, given) => ops.mul(ops.softmax(z, 1), given('x2', 1, 2, 2, 2));
    expect(layerBefore(weights, 2, 2, 2).finding.why).toContain('only through means, weights or places that are held');
  });

  test('a sum over a part of the channels is the sum of the parts', () => {
    const grouped: After = (ops, z) => ops.sum(ops.reshape(z, [1, 3, 2, 2, 2]), { axes: [1] });
    expect(layerBefore(grouped, 6, 2, 2).map(u)).toEqual([1, 2, 3, 4]);
  });

  test('the mean and scale of a normalisation over channels are held', () => {
    const normalised: After = (ops, z) => {
      const centred = ops.sub(z, ops.mean(z, { axes: [1], keepDims: true }));
      const variance = ops.mean(ops.square(centred), { axes: [1], keepDims: true });
      return ops.div(centred, ops.sqrt(ops.add(variance, 1)));
    };
    expect(layerBefore(normalised, 2, 2, 2).map(u, { sqrt: [2, 2, 4, 4] })).toEqual([0.5, 1, 0.75, 1]);
  });

  test('operations without a rule are named with their place', () => {
    const joined: After = (ops, z) => ops.concat([z, z], 2);
    expect(layerBefore(joined, 1, 2, 2).finding.why).toBe(
      "of 'concat' (1×1×4×2) on its way to the picture, it joins pixels, not channels",
    );
    const pixels: After = (ops, z) =>
      ops.reshape(ops.gather(ops.reshape(z, [1, 1, 4]), ops.constant(array([4], [3, 2, 1, 0])), 2), [1, 1, 2, 2]);
    expect(layerBefore(pixels, 1, 2, 2).finding.why).toBe(
      "of 'gather' (1×1×4) on its way to the picture, it looks up pixels that lie behind each other",
    );
  });
});

describe('products of parameters alone', () => {
  const varies = (node: GraphNode) => node.kind === 'input' && !node.name.startsWith('parameter:');

  test('are left out with the reason where a layer reads what they give, and are none where it is a weight or a bias', () => {
    const graph = new Graph();
    const { ops } = graph;
    const parameter = (name: string, ...shape: number[]) => graph.input(`parameter:${name}`, shape);
    const code = parameter('code', 1, 5);
    // A low-rank weight and a bias made of a code are parts of one layer; a plane made of a code is a value that is looked up.
    const weight = ops.matMul(parameter('left', 4, 2), parameter('right', 2, 3));
    const bias = ops.reshape(ops.matMul(code, parameter('shift', 5, 3)), [3]);
    const plane = ops.conv2d(
      ops.relu(ops.conv2d(parameter('plane', 1, 2, 6, 6), parameter('first', 2, 2, 1, 1))),
      parameter('second', 4, 2, 1, 1),
    );
    const looked = ops.gridSample(plane, graph.input('places', [1, 1, 7, 2]), {
      mode: 'linear',
      outside: 'zeros',
      alignCorners: true,
    });
    const rows = ops.transpose(ops.reshape(looked, [4, 7]), [1, 0]);
    const findings = findLayers(ops.add(ops.matMul(rows, weight), bias), varies, 'pixels');
    const [layer, ...left] = findings;
    expect(layer.layer).toMatchObject({ kind: 'dense', weight, bias });
    expect(left.map(({ weight, why }) => [(weight as { name?: string }).name, why])).toEqual([
      ['parameter:first', READS_NO_INPUT],
      ['parameter:second', READS_NO_INPUT],
    ]);
  });

  test('are left out where no input reaches the picture at all', () => {
    const graph = new Graph();
    const output = graph.ops.conv2d(
      graph.input('parameter:x', [1, 2, 4, 4]),
      graph.input('parameter:kernel', [3, 2, 1, 1]),
    );
    expect(findLayers(output, varies, 'frames')).toEqual([
      { weight: output.kind === 'operation' && output.inputs[1], why: READS_NO_INPUT },
    ]);
  });

  test('with constants alone are none', () => {
    const graph = new Graph();
    const { ops } = graph;
    const table = ops.matMul(graph.input('parameter:x', [7, 2]), ops.constant(array([2, 3], [1, 2, 3, 4, 5, 6])));
    const output = ops.add(graph.input('x', [7, 3]), table);
    expect(findLayers(output, varies, 'pixels')).toEqual([]);
  });
});

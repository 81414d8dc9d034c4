import { ndarray, type Program, type Shapes } from '@xinc/core';
import onnxProto from 'onnx-proto';
import { describe, expect, test } from 'vitest';
import { emitModel } from '../src/emit.js';
import { fuseBiases } from '../src/fuse.js';
import { Graph, type GraphNode, type NamedNodes, reachable, traceProgram } from '../src/graph.js';
import { hoist } from '../src/hoist.js';
import { gradientsOf } from '../src/program.js';

/** A graph as text: `mul(x, 2)`. */
function show(node: GraphNode): string {
  if (node.kind === 'input') return node.name;
  if (node.kind === 'constant') return node.value.data.length === 1 ? String(node.value.data[0]) : 'constant';
  return `${node.op}(${node.inputs.map(show).join(', ')})`;
}

function gradientOf(program: Program, shapes: Shapes, wrt: string): string {
  return show(gradientsOf(traceProgram(program, shapes), 'loss', [wrt])[0]);
}

describe('a graph', () => {
  const graph = new Graph();
  const x = graph.input('x', [2, 3]);
  const { ops } = graph;

  test('makes equal operations on equal inputs once', () => {
    expect(ops.mul(x, 2)).toBe(ops.mul(x, 2));
    expect(ops.transpose(x, [1, 0])).not.toBe(ops.transpose(x, [0, 1]));
    expect(ops.constant(0)).not.toBe(ops.constant(-0));
    const table = ndarray([2], Float32Array.of(1, 2));
    expect(ops.constant(table)).toBe(ops.constant(table));
  });

  test.each([
    ['x · 1', ops.mul(x, 1), 'x'],
    ['x + 0', ops.add(0, x), 'x'],
    ['3 · (2 · x)', ops.mul(3, ops.mul(2, x)), 'mul(x, 6)'],
    ['1 − ½', ops.sub(1, 0.5), '0.5'],
    ['−(−x)', ops.neg(ops.neg(x)), 'x'],
    ['transposed twice', ops.transpose(ops.transpose(x, [1, 0]), [1, 0]), 'x'],
    ['reshaped twice', ops.reshape(ops.reshape(x, [6]), [3, 2]), 'reshape(x)'],
    ['summed over axes of extent 1', ops.sum(ops.reshape(x, [2, 1, 3]), { axes: [1] }), 'x'],
    ['spread out for a product', ops.mul(x, ops.broadcastTo(ops.sum(x), [2, 3])), 'mul(x, sum(x))'],
    ['spread out for its own sake', ops.broadcastTo(ops.sum(x), [2, 3]), 'broadcastTo(sum(x))'],
    ['all of it, by slice', ops.slice(x, [0, 0], [2, 3]), 'x'],
  ])('simplifies: %s', (_, node, expected) => {
    expect(show(node)).toBe(expected);
  });

  test('keeps the shape where a neutral operand has the larger one', () => {
    const ones = ops.constant(ndarray([1, 1, 1], Float32Array.of(1)));
    expect(ops.mul(x, ones).shape).toEqual([1, 2, 3]);
  });
});

describe('gradients', () => {
  test('of a mean square are one product', () => {
    expect(gradientOf((ops, { x }) => ({ loss: ops.mean(ops.square(x)) }), { x: [4, 2] }, 'x')).toBe('mul(x, 0.25)');
  });

  test('of a dense layer are one product with the transposed operand', () => {
    const dense: Program = (ops, { x, w }) => ({ loss: ops.sum(ops.square(ops.matMul(x, w, { transposeB: true }))) });
    const gradient = gradientOf(dense, { x: [5, 3], w: [2, 3] }, 'w');
    expect(gradient).toBe('matMul(mul(matMul(x, w), 2), x)');
  });
});

describe('biases', () => {
  const fused = (program: Program, shapes: Shapes) => {
    const { graph, outputs } = traceProgram(program, shapes);
    return Object.values(fuseBiases(graph, outputs)).map(show);
  };
  const dense = { x: [5, 3], w: [3, 2], b: [2] };
  const image = { x: [1, 2, 4, 4], k: [3, 2, 3, 3], b: [3] };

  test('join the product they are added to', () => {
    expect(fused((ops, { x, w, b }) => ({ y: ops.add(ops.matMul(x, w), b) }), dense)).toEqual(['matMulBias(x, w, b)']);
    expect(fused((ops, { x, w, b }) => ({ y: ops.add(b, ops.matMul(x, w)) }), dense)).toEqual(['matMulBias(x, w, b)']);
    const convolution: Program = (ops, { x, k, b }) => ({
      y: ops.add(ops.conv2d(x, k), ops.reshape(b, [1, 3, 1, 1])),
    });
    expect(fused(convolution, image)).toEqual(['conv2dBias(x, k, b)']);
  });

  test('stay apart from a product that is used elsewhere, and where they do not run along its channels', () => {
    const twice: Program = (ops, { x, w, b }) => {
      const y = ops.matMul(x, w);
      return { y, z: ops.add(y, b) };
    };
    expect(fused(twice, dense)).toEqual(['matMul(x, w)', 'add(matMul(x, w), b)']);
    const perRow: Program = (ops, { x, w, b }) => ({ y: ops.add(ops.matMul(x, w), b) });
    expect(fused(perRow, { x: [5, 3], w: [3, 2], b: [5, 1] })).toEqual(['add(matMul(x, w), b)']);
    const alongWidth: Program = (ops, { x, k, b }) => ({ y: ops.add(ops.conv2d(x, k), b) });
    expect(fused(alongWidth, { ...image, b: [2] })).toEqual(['add(conv2d(x, k), b)']);
  });
});

describe('hoisting', () => {
  const program: Program = (ops, { coordinates, target, w }) => {
    const features = ops.sin(ops.mul(coordinates, 3));
    return { loss: ops.mean(ops.square(ops.sub(ops.matMul(ops.reshape(features, [4, 1]), w), target))) };
  };
  const cut = (changing: string) => {
    const { graph, outputs } = traceProgram(program, { coordinates: [4], target: [4, 2], w: [1, 2] });
    const { prelude, main } = hoist(graph, outputs, ({ name }) => name === changing);
    const text = (nodes: NamedNodes) => Object.fromEntries(Object.entries(nodes).map(([k, v]) => [k, show(v)]));
    return { prelude: text(prelude), main: text(main) };
  };

  test('takes out what depends on no changing input, up to the last reshape', () => {
    expect(cut('w')).toEqual({
      prelude: { 'hoisted:0': 'sin(mul(coordinates, 3))' },
      main: { loss: 'mean(square(sub(matMul(reshape(hoisted:0), w), target)))' },
    });
  });

  test('takes out nothing where everything depends on it', () => {
    expect(cut('coordinates').prelude).toEqual({});
  });
});

describe('emission', () => {
  test('uses the operators of the ONNX standard only, and leaves out what no output needs', () => {
    const { graph, outputs } = traceProgram(
      (ops, { x, unused }) => ({
        y: ops.depthToSpace(ops.gelu(ops.matMul(x, x, { transposeB: true })), 2),
        unused: ops.neg(unused),
      }),
      { x: [1, 4, 2, 2], unused: [1] },
    );
    const model = emitModel(fuseBiases(graph, { y: outputs.y }));
    const decoded = onnxProto.onnx.ModelProto.decode(model.bytes);
    expect(decoded.opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([['', 20]]);
    expect(decoded.graph?.node?.every(({ domain }) => !domain)).toBe(true);
    expect(decoded.graph?.input?.map(({ name }) => name)).toEqual(['x']);
    expect(decoded.graph?.output?.map(({ name }) => name)).toEqual(['y']);
    expect(model.inputs).toEqual([{ name: 'x', shape: [1, 4, 2, 2] }]);
  });

  test('lists nodes after what they read', () => {
    const { outputs } = traceProgram((ops, { x }) => ({ y: ops.add(ops.exp(x), ops.sin(ops.exp(x))) }), { x: [1] });
    const order = reachable(Object.values(outputs)).map((node) => (node.kind === 'operation' ? node.op : node.kind));
    expect(order).toEqual(['input', 'exp', 'sin', 'add']);
  });
});

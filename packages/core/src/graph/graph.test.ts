import { describe, expect, test } from 'vitest';
import type { Program, Shapes } from '../engine.js';
import { ndarray } from '../ndarray.js';
import { differentiate } from './differentiate.js';
import { Graph, reachable, traceProgram } from './graph.js';
import type { GraphNode } from './nodes.js';

/** A graph as text: `mul(x, 2)`. */
function show(node: GraphNode): string {
  if (node.kind === 'input') return node.name;
  if (node.kind === 'constant') return node.value.data.length === 1 ? String(node.value.data[0]) : 'constant';
  return `${node.op}(${node.inputs.map(show).join(', ')})`;
}

function gradientOf(program: Program, shapes: Shapes, wrt: string): string {
  const { graph, inputs, outputs } = traceProgram(program, shapes);
  return show(differentiate(graph, outputs.loss, [inputs[wrt]])[0]);
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

  test('lists nodes after what they read', () => {
    const { outputs } = traceProgram((ops, { x }) => ({ y: ops.add(ops.exp(x), ops.sin(ops.exp(x))) }), { x: [1] });
    const order = reachable(Object.values(outputs)).map((node) => (node.kind === 'operation' ? node.op : node.kind));
    expect(order).toEqual(['input', 'exp', 'sin', 'add']);
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

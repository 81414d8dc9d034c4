import { expect, test } from 'vitest';
import { Graph } from './graph.js';
import { peakBytes } from './peak-bytes.js';

test('a chain holds two values at a time, whatever its length', () => {
  const graph = new Graph();
  let x = graph.ops.exp(graph.input('x', [100]));
  for (let i = 0; i < 10; i++) x = graph.ops.sin(x);
  expect(peakBytes({ x })).toBe(2 * 400);
});

test('what is read again later is held until then', () => {
  const graph = new Graph();
  const first = graph.ops.exp(graph.input('x', [100]));
  const last = graph.ops.sin(graph.ops.sin(graph.ops.sin(first)));
  expect(peakBytes({ y: graph.ops.add(first, last) })).toBe(3 * 400);
});

test('another view of a value is that value', () => {
  const graph = new Graph();
  const wide = graph.ops.reshape(graph.ops.exp(graph.input('x', [100])), [10, 10]);
  expect(peakBytes({ y: graph.ops.reshape(wide, [5, 20]) })).toBe(400);
});

test('inputs are others’', () => {
  const graph = new Graph();
  expect(peakBytes({ x: graph.input('x', [100]) })).toBe(0);
});

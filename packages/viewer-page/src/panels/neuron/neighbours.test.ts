import { expect, it } from 'vitest';
import type { LayerView } from '../../api.js';
import { adjoining, meanActivations, strongestAfter, strongestBefore } from './neighbours.js';

// Two pixels, three neurons; two outputs.
const input = { shape: [2, 3], data: Float32Array.of(1, -2, 0, 3, 2, 0) };
const weight = { shape: [2, 3], data: Float32Array.of(0.5, -1, 9, 2, 0.25, 9) };

it('ranks by the mean size of weight times activation', () => {
  const means = meanActivations(input);
  expect([...means]).toEqual([2, 2, 0]);
  expect(strongestAfter(weight, means, 0, 5).rows.map(({ index, value }) => [index, value])).toEqual([
    [1, 4],
    [0, 1],
  ]);
  // The third neuron is dead, whatever its weights are.
  expect(strongestBefore(weight, means, 0, 5).rows.map(({ index, value }) => [index, value])).toEqual([
    [1, 2],
    [0, 1],
  ]);
});

it('joins layers only where outputs of the one are as many as neurons of the other', () => {
  const layer = (id: string, neurons: number, kind: LayerView['kind'] = 'dense'): LayerView => ({
    id,
    label: id,
    reading: '',
    neurons,
    kind,
    traced: 'page',
  });
  const layers = [layer('a', 6), layer('b', 8), layer('c', 8), layer('d', 5), layer('e', 5, 'custom')];
  const outputs: Record<string, number> = { a: 8, b: 8, c: 7, d: 5 };
  const of = (id: string) => {
    const { before, after } = adjoining(layers, layers.find((one) => one.id === id)!, (one) => outputs[one.id]);
    return [before?.id, after?.id];
  };
  expect([of('a'), of('b'), of('c'), of('d')]).toEqual([
    [undefined, 'b'],
    ['a', 'c'],
    ['b', undefined],
    [undefined, undefined],
  ]);
});

import { expect, it } from 'vitest';
import type { LayerLink, LayerView } from '../../api.js';
import {
  type LayerNumbers,
  meanActivations,
  meanResponse,
  neighbourName,
  strongestAfter,
  strongestBefore,
} from './neighbours.js';

const layer = (id: string, neurons: number, outputs?: number): LayerView => ({
  id,
  label: id,
  reading: '',
  neurons,
  kind: outputs === undefined ? 'dense' : 'conv',
  traced: 'page',
  ...(outputs !== undefined && { outputs }),
});

// Two pixels, three neurons; two outputs.
const input = { shape: [2, 3], data: Float32Array.of(1, -2, 0, 3, 2, 0) };
const a: LayerNumbers = {
  kind: 'dense',
  layer: layer('a', 3),
  weight: { shape: [2, 3], data: Float32Array.of(0.5, -1, 9, 2, 0.25, 9) },
  means: meanActivations(input),
};
const b = layer('b', 2);
const link: LayerLink = { from: 'a', to: 'b', outputs: [0, 1], inputs: [0, 1] };
const listed = ({ ranking, all }: ReturnType<typeof strongestAfter>) =>
  ranking.rows.map(({ index, value }) => [neighbourName(all[index], false, 2), value]);

it('ranks neurons of dense layers by the mean size of weight times activation', () => {
  expect([...a.means]).toEqual([2, 2, 0]);
  const layers = new Map<string, LayerNumbers>([
    ['a', a],
    ['b', { ...a, layer: b }],
  ]);
  expect(listed(strongestAfter(a, 0, [link], layers, 5))).toEqual([
    ['1', 4],
    ['0', 1],
  ]);
  // The third neuron is dead, whatever its weights are.
  expect(listed(strongestBefore(b, 0, [link], layers, 5))).toEqual([
    ['1', 2],
    ['0', 1],
  ]);
});

it('goes by the links, not by how many neurons there are', () => {
  const layers = new Map<string, LayerNumbers>([['b', { ...a, layer: b }]]);
  // Output 1 is read by the first neuron, and output 0 by none.
  const crossed = { ...link, outputs: [1], inputs: [0] };
  expect(listed(strongestAfter(a, 0, [crossed], layers, 5))).toEqual([['0', 4]]);
  expect(listed(strongestBefore(b, 1, [crossed], new Map([['a', a]]), 5))).toEqual([]);
  expect(listed(strongestAfter(a, 0, [], layers, 5))).toEqual([
    ['output 1', 4],
    ['output 0', 1],
  ]);
  // A layer whose activations are not at hand is left out, and its outputs are not taken for those of the picture.
  expect(listed(strongestAfter(a, 0, [link], new Map(), 5))).toEqual([]);
});

// Two channels of 2×3 and a kernel of 3×3, with two outputs.
const plane = { shape: [2, 2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6, 1, 0, 0, 0, 0, -1) };
const kernel = {
  shape: [2, 2, 3, 3],
  data: Float32Array.from({ length: 36 }, (_, i) => (i === 4 ? 2 : i === 23 ? -1 : i === 9 + 3 ? 1 : 0)),
};

it('convolves a channel with its kernel, with zeros beyond the border', () => {
  // 0 → 0 doubles; 0 → 1 takes the pixel to the right, negated; 1 → 0 the one to the left.
  expect(meanResponse(kernel, plane, 0, 0)).toBe((2 * 21) / 6);
  expect(meanResponse(kernel, plane, 0, 1)).toBe((2 + 3 + 5 + 6) / 6);
  expect(meanResponse(kernel, plane, 1, 0)).toBe(1 / 6);
  expect(meanResponse(kernel, plane, 1, 1)).toBe(0);
});

it('ranks kernels to the channel that a kernel reads, and those that read what it makes', () => {
  const first: LayerNumbers = { kind: 'conv', layer: layer('first', 4, 2), kernel, input: plane };
  const second: LayerNumbers = { ...first, layer: layer('second', 4, 2) };
  // Both outputs of the first make channel 0 of the second, as a pixel shuffle does.
  const shuffled = { from: 'first', to: 'second', outputs: [0, 1], inputs: [0, 0] };
  const layers = new Map([
    ['first', first],
    ['second', second],
  ]);
  // The kernel 0 → 1 of the second.
  expect(listed(strongestBefore(second.layer, 1, [shuffled], layers, 9))).toEqual([
    ['0→0', 7],
    ['0→1', 16 / 6],
    ['1→0', 1 / 6],
  ]);
  expect(listed(strongestBefore(second.layer, 3, [shuffled], layers, 9))).toEqual([]);
  // The kernel 1 → 0 of the first.
  expect(listed(strongestAfter(first, 2, [shuffled], layers, 9))).toEqual([
    ['0→0', 7],
    ['0→1', 16 / 6],
  ]);
});

it('names the layer where there are several, and colours by their names', () => {
  expect(neighbourName({ layer: b, neuron: 7 }, true, 2)).toBe('b 7');
  expect(neighbourName({ layer: null, neuron: 1 }, false, 3)).toBe('green');
});

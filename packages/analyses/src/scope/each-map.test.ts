import { expect, test } from 'vitest';
import { eachMap } from './each-map.js';

test.each([
  [1080, 1920, [32, 32, 6]],
  [128, 256, [70]],
])('maps of a frame of %i×%i are asked for so many at a time, and come one by one', async (height, width, expected) => {
  const asked: number[] = [];
  const context = {
    signal: { kind: 'image', frames: 1, height, width } as const,
    maps: async (_layer: string, _frame: number, neurons: readonly number[]) => {
      asked.push(neurons.length);
      const maps = new Float32Array(neurons.length * height * width);
      for (const [i, neuron] of neurons.entries()) maps[i * height * width] = -neuron;
      return maps;
    },
  };
  const neurons = Array.from({ length: 70 }, (_, i) => 3 * i);
  const first: number[] = [];
  for await (const map of eachMap(context, 'layer1', 0, neurons)) {
    expect(map.length).toBe(height * width);
    first.push(map[0]);
  }
  expect(asked).toEqual(expected);
  expect(first).toEqual(neurons);
});

import { describe, expect, it } from 'vitest';
import { expectSoundResult } from '../../test/figures.js';
import { analyzeInMemory, type MemoryRun, noisyLayer } from '../../test/memory-context.js';
import { pixelsPerNeuron } from './pixels-per-neuron.js';

const [height, width, pixels] = [4, 5, 20];
const run: MemoryRun = { height, width, layers: [noisyLayer('layer1', 30, pixels), noisyLayer('layer2', 6, pixels)] };

describe('pixels-per-neuron', () => {
  it('saves the counts of each layer', async () => {
    const result = await analyzeInMemory(pixelsPerNeuron, run);
    expectSoundResult(result);
    expect(result.arrays.map(({ layer, name, shape }) => [layer, name, shape])).toEqual([
      ['layer1', 'pixels', [30]],
      ['layer2', 'pixels', [6]],
    ]);
    expect(result.figures.map(({ name }) => name)).toEqual(['pixels-per-neuron']);
  });

  it('counts pixels where a neuron gives more than its even share', async () => {
    // Neuron 0 paints 5 pixels, neuron 1 the other 15; neuron 2 gives everywhere a tenth and never reaches a third.
    const maps = Float32Array.from({ length: 60 }, (_, i) => {
      const [n, p] = [Math.floor(i / 20), i % 20];
      return n === 2 ? 0.1 : n === (p < 5 ? 0 : 1) ? -2 : 0;
    });
    const { arrays, findings, tables } = await analyzeInMemory(pixelsPerNeuron, {
      ...run,
      layers: [{ id: 'layer1', neurons: 3, maps: [maps] }],
    });
    expect([...arrays[0].data]).toEqual([5, 15, 0]);
    expect(findings).toEqual([
      'The median live neuron contributes more than the average neuron of its layer on 25 % of the pixels in layer1.',
    ]);
    expect(tables[0].rows).toEqual([[0, 'layer1', 3, 2.5, 5, 10, 0.25]]);
  });

  it('measures every frame of a video, and leaves dead neurons out of the curve', async () => {
    const layer = noisyLayer('block1', 8, pixels, 4);
    layer.maps[0].fill(0, 0, 3 * pixels);
    const result = await analyzeInMemory(pixelsPerNeuron, { ...run, layers: [layer] }, { drawnFrames: 2 });
    expectSoundResult(result);
    expect(result.tables[0].rows.map((row) => row[2])).toEqual([5, 8, 8, 8]);
    expect(result.figures).toHaveLength(2);
  });
});

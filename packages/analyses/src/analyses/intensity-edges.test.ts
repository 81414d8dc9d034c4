import { describe, expect, it } from 'vitest';
import { expectSoundResult } from '../../test/figures.js';
import { analyzeInMemory, type MemoryRun, noisyLayer } from '../../test/memory-context.js';
import { discs, flat } from '../../test/pictures.js';
import { intensityEdges } from './intensity-edges.js';

const [height, width] = [20, 30];
const pixels = height * width;
const picture = discs(height, width);

/** Two neurons whose maps follow the brightness of the picture. */
const bright = {
  id: 'layer1',
  neurons: 2,
  maps: [
    Float32Array.from({ length: 2 * pixels }, (_, i) => {
      const at = 3 * (i % pixels);
      return (picture.rgb[at] + picture.rgb[at + 1] + picture.rgb[at + 2]) * (i < pixels ? 1 : -0.5);
    }),
  ],
};
const run: MemoryRun = { height, width, layers: [bright], pictures: [picture] };

describe('intensity-edges', () => {
  it('finds contributions that follow the brightness', async () => {
    const result = await analyzeInMemory(intensityEdges, run);
    expectSoundResult(result);
    const [intensity, edges] = result.tables[0].rows as (number | string)[][];
    expect(intensity[3]).toBeCloseTo(1, 4);
    expect(intensity[4]).toBeGreaterThan(0.999);
    expect(intensity[5]).toBeLessThan(1e-5);
    expect(edges[4]).toBeLessThan(0.9);
    expect(result.findings[0]).toBe(
      "Over pixels, the correlation between total contribution and brightness is 1 in layer1 (Pearson's r).",
    );
    expect(Math.max(...result.arrays[0].data.map(Math.abs))).toBeLessThan(1e-5);
    expect(result.arrays.map(({ name }) => name)).toEqual(['minus_brightness', 'minus_edges']);
  });

  it('has no correlation with a picture of one colour, and says so without a number', async () => {
    const result = await analyzeInMemory(intensityEdges, { ...run, pictures: [flat(height, width, [0.2, 0.4, 0.6])] });
    expectSoundResult(result);
    expect(result.findings).toEqual([
      "Over pixels, the correlation between total contribution and brightness is not defined (no variation) in layer1 (Pearson's r).",
      "Over pixels, the correlation between total contribution and edge strength is not defined (no variation) in layer1 (Pearson's r).",
    ]);
    expect(result.tables[0].rows[0].slice(3, 5)).toEqual([Number.NaN, Number.NaN]);
  });

  it('shows the comparison for each layer and frame drawn', async () => {
    const layers = [noisyLayer('block1', 4, pixels, 2), noisyLayer('block2', 3, pixels, 2)];
    const result = await analyzeInMemory(intensityEdges, {
      ...run,
      layers,
      pictures: [picture, discs(height, width, 9)],
    });
    expectSoundResult(result);
    expect(result.figures.map((figure) => figure.kind === 'raster' && figure.panels.length)).toEqual([9, 9]);
    expect(result.tables[0].rows).toHaveLength(8);
  });
});

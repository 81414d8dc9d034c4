import type { AnalysisPlugin } from '@xinc/core';
import { describe, expect, it } from 'vitest';
import plugins from '../dist/index.js';
import { analyzeInMemory, type MemoryRun, noisyLayer } from './memory-context.js';

/* The flow that `motion` estimates in a thread of its own: as built, since threads start from built files. */

const motion = plugins.find(({ name }) => name === 'motion') as AnalysisPlugin;
const [height, width] = [64, 96];
const pixels = height * width;

/** A smooth pattern shifted to the right by this many pixels. */
function shifted(by: number) {
  const rgb = new Float32Array(pixels * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = 0.5 + 0.2 * Math.sin((x - by) / 5) + 0.2 * Math.sin(y / 4 + (x - by) / 11);
      rgb.fill(value, 3 * (y * width + x), 3 * (y * width + x) + 3);
    }
  }
  return { height, width, rgb };
}

/** Three frames, each moved by as many pixels against the one before. */
const moving = (by: number): MemoryRun => ({
  height,
  width,
  layers: [noisyLayer('block1', 2, pixels, 3)],
  pictures: [0, by, 2 * by].map(shifted),
});

async function flows(run: MemoryRun): Promise<Float32Array[]> {
  const { arrays } = await analyzeInMemory(motion, run);
  return arrays.filter(({ name }) => name === 'flow').map(({ data }) => data as Float32Array);
}

describe('the estimated optical flow', () => {
  it('measures a shift in pixels, of every pair of frames', async () => {
    const magnitudes = await flows(moving(2));
    expect(magnitudes).toHaveLength(2);
    for (const magnitude of magnitudes) {
      expect(magnitude).toHaveLength(pixels);
      const median = [...magnitude].sort((a, b) => a - b)[pixels >> 1];
      expect(median).toBeGreaterThan(1.8);
      expect(median).toBeLessThan(2.2);
    }
  });

  it('is zero where nothing moves', async () => {
    for (const magnitude of await flows(moving(0))) expect(Math.max(...magnitude)).toBeLessThan(1e-3);
  });

  it('is given up when the analysis is cancelled', async () => {
    const run = { ...moving(1), abilities: { signalAborted: AbortSignal.abort() } };
    await expect(analyzeInMemory(motion, run)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

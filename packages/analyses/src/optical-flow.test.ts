import { describe, expect, it } from 'vitest';
import { median } from './averages.js';
import { flowMagnitude } from './optical-flow.js';

/** A smooth pattern shifted to the right by this many pixels. */
function shifted(height: number, width: number, by: number) {
  const rgb = new Float32Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = 0.5 + 0.2 * Math.sin((x - by) / 5) + 0.2 * Math.sin(y / 4 + (x - by) / 11);
      rgb.fill(value, 3 * (y * width + x), 3 * (y * width + x) + 3);
    }
  }
  return { height, width, rgb };
}

describe('flowMagnitude', () => {
  it('measures a shift in pixels', async () => {
    const magnitude = await flowMagnitude(shifted(64, 96, 0), shifted(64, 96, 2));
    expect(magnitude).toHaveLength(64 * 96);
    expect(median(magnitude)).toBeGreaterThan(1.8);
    expect(median(magnitude)).toBeLessThan(2.2);
  });

  it('is zero where nothing moves', async () => {
    const picture = shifted(32, 48, 0);
    expect(Math.max(...(await flowMagnitude(picture, picture)))).toBeLessThan(1e-3);
  });

  it('leaves it to the program how it ends on an error', async () => {
    const listeners = () => process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
    const before = listeners();
    await flowMagnitude(shifted(16, 16, 0), shifted(16, 16, 1));
    expect(listeners()).toBe(before);
  });
});

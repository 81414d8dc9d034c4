import type { Frame } from '@xinc/core';
import { noise } from './memory-context.js';

/** A smooth picture with a few coloured discs and some grain: many distinct colours in a few clusters. */
export function discs(height: number, width: number, seed = 1): Frame {
  const grain = noise(height * width * 3, seed);
  const [cx, cy, hue] = [noise(12, seed + 1), noise(12, seed + 2), noise(36, seed + 3)];
  const rgb = new Float32Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        let value = 0.3 + (0.4 * (c === 0 ? y / height : x / width)) / (c + 1);
        for (let d = 0; d < 12; d++) {
          if (Math.hypot(y / height - cy[d], x / width - cx[d]) < 0.12) value = hue[3 * d + c];
        }
        const i = (y * width + x) * 3 + c;
        rgb[i] = Math.min(Math.max(value + 0.1 * (grain[i] - 0.5), 0), 1);
      }
    }
  }
  return { height, width, rgb };
}

/** A picture of one colour. */
export const flat = (height: number, width: number, color: readonly [number, number, number]): Frame => ({
  height,
  width,
  rgb: Float32Array.from({ length: height * width * 3 }, (_, i) => color[i % 3]),
});

import { defineGrouping, type Frame, type LabelMap } from '@xinc/core';
import { z } from 'zod';

/** Every option has a default and a description; `--set my-grouping.bands=8` changes one, `xinc plugins` lists them. */
const options = z.object({
  bands: z.coerce.number().int().min(2).max(32).default(4).describe('Number of bands'),
  split: z
    .enum(['pixels', 'range'])
    .default('pixels')
    .describe('Bands of about equally many pixels, or of equal parts of the range from 0 to 1'),
});
type Options = z.infer<typeof options>;

/** Pixels of similar brightness, from the darkest band to the brightest. */
export const grouping = defineGrouping<Options>({
  kind: 'grouping',
  name: 'my-grouping',
  title: 'Bands of brightness',
  description: 'Pixels of similar brightness (the luma of Rec. 709).',
  options,
  // The short form: `--groupings my-grouping:8`.
  form: 'my-grouping:8',
  parse: (text) => ({ bands: text }),
  label(frame, options) {
    const brightness = brightnessOf(frame);
    return labelsOf(frame, brightness, boundariesOf(brightness, options));
  },
  // Of a video the bands are those of all its frames together, so that a band is the same on each.
  async fit(frames, options) {
    const sampled: number[] = [];
    const wanted = Math.ceil(SAMPLES / frames.length);
    for (const read of frames) {
      const brightness = brightnessOf(await read());
      const step = Math.max(1, Math.floor(brightness.length / wanted));
      for (let p = 0; p < brightness.length; p += step) sampled.push(brightness[p]);
    }
    const boundaries = boundariesOf(Float32Array.from(sampled), options);
    return (frame) => labelsOf(frame, brightnessOf(frame), boundaries);
  },
});

/** Pixels of a video that its bands are found from, about. */
const SAMPLES = 2 ** 20;

/** [H·W] of 0 (black) to 1 (white), of rgb [H·W·3]. */
function brightnessOf({ rgb }: Frame): Float32Array {
  return Float32Array.from({ length: rgb.length / 3 }, (_, p) => {
    const [r, g, b] = [rgb[3 * p], rgb[3 * p + 1], rgb[3 * p + 2]];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
}

/** Where each band but the first begins, ascending. Pixels of one brightness are never parted. */
function boundariesOf(brightness: Float32Array, { bands, split }: Options): number[] {
  const inner = Array.from({ length: bands - 1 }, (_, i) => (i + 1) / bands);
  if (split === 'range') return inner;
  const sorted = brightness.slice().sort();
  return inner.map((share) => sorted[Math.floor(share * sorted.length)]);
}

/** A label per pixel, and a name per group; a group may have no pixels. */
function labelsOf({ height, width }: Frame, brightness: Float32Array, boundaries: readonly number[]): LabelMap {
  const labels = Uint16Array.from(brightness, (value) => boundaries.filter((begin) => value >= begin).length);
  const groups = Array.from({ length: boundaries.length + 1 }, (_, i) => ({
    name: `band ${i + 1} of ${boundaries.length + 1}`,
    color: grey(i / boundaries.length),
  }));
  return { height, width, labels, groups };
}

/** `#rrggbb` of a brightness. */
function grey(brightness: number): string {
  const hex = Math.round(255 * brightness)
    .toString(16)
    .padStart(2, '0');
  return `#${hex}${hex}${hex}`;
}

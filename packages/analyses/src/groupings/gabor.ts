import { defineGrouping, type Frame, type LabelMap, XincError } from '@xinc/core';
import type { Kernels } from '@xinc/kernels';
import { z } from 'zod';
import { clusterTogether, clusterVectors, GROUPING_SEED, type Vectors } from '../numeric/clustering.js';
import { gaborResponse } from '../numeric/gabor-filter.js';
import { greyOf } from '../numeric/grey.js';
import { sharedKernels } from '../numeric/kernels.js';
import { scattered } from '../numeric/spread.js';

const options = z.object({
  clusters: z.int().min(2).max(1024).default(32).describe('Number of texture clusters'),
  orientations: z
    .int()
    .min(1)
    .max(16)
    .default(4)
    .describe('Orientations of the filters, evenly spread over half a turn'),
  wavelengths: z
    .array(z.number().min(2).max(256))
    .min(1)
    .default([4, 8, 16])
    .describe('Wavelengths of the filters in pixels, one scale each'),
});

/**
 * K-means on the responses of real Gabor filters to the grey picture, or to frames of the whole video together, by default 4
 * orientations × 3 scales, computed in floating point with wrap-around borders (paper §3; method §5).
 */
export const gabor = defineGrouping<z.output<typeof options>>({
  kind: 'grouping',
  name: 'gabor',
  title: 'Texture clusters',
  description: 'Pixels of similar edges and texture, wherever they are: k-means on Gabor filter responses.',
  options,
  form: 'gabor:32',
  parse(text) {
    if (!/^\d+$/.test(text)) {
      throw new XincError('invalid-option', `Grouping 'gabor:${text}': '${text}' is not a number of clusters`, {
        subject: 'gabor',
        hint: 'Write for instance gabor:32.',
      });
    }
    return { clusters: Number(text) };
  },
  async label(frame, chosen) {
    const { labels, centroids } = await clusterVectors(responsesOf(await sharedKernels(), frame, chosen), {
      clusters: chosen.clusters,
      seed: GROUPING_SEED,
    });
    return mapOf(frame, labels, centroids.length);
  },
  async fit(frames, chosen) {
    const kernels = await sharedKernels();
    const pictures = frames.map((read) => async (most: number) => {
      const frame = await read();
      return responsesOf(kernels, frame, chosen, scattered(frame.height * frame.width, most));
    });
    const { centroids, labels } = await clusterTogether(pictures, { clusters: chosen.clusters, seed: GROUPING_SEED });
    return (frame) => mapOf(frame, labels(responsesOf(kernels, frame, chosen)), centroids.length);
  },
});

/**
 * Responses of every filter, at every pixel or at some.
 * @param pixels which, in their order; all, unless given
 */
function responsesOf(
  kernels: Kernels,
  frame: Frame,
  { orientations, wavelengths }: z.output<typeof options>,
  pixels?: readonly number[],
): Vectors {
  const { height, width } = frame;
  const grey = greyOf(frame);
  const filters = wavelengths.flatMap((wavelength) =>
    Array.from({ length: orientations }, (_, i) => ({ wavelength, orientation: (i * Math.PI) / orientations })),
  );
  const count = pixels?.length ?? grey.length;
  const values = new Float32Array(count * filters.length);
  for (const [f, filter] of filters.entries()) {
    const response = gaborResponse(kernels, grey, height, width, filter);
    for (let i = 0, to = f; i < count; i++, to += filters.length) values[to] = response[pixels ? pixels[i] : i];
  }
  return { values, dimensions: filters.length };
}

const mapOf = ({ height, width }: Frame, labels: Uint16Array, clusters: number): LabelMap => ({
  height,
  width,
  labels,
  groups: Array.from({ length: clusters }, (_, k) => ({ name: `texture ${k + 1}` })),
});

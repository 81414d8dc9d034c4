import { defineGrouping, type Frame, type LabelMap, XincError } from '@xinc/core';
import { z } from 'zod';
import { clusterTogether, clusterVectors, GROUPING_SEED, sampleOf, type Vectors } from '../numeric/clustering.js';

const options = z.object({
  clusters: z.int().min(2).max(1024).default(32).describe('Number of colour clusters'),
});

/**
 * K-means on the RGB values of the frame's pixels, or of pixels of the whole video together, groups ordered from dark to bright
 * (paper §3; method §5).
 * A picture with fewer distinct colours than clusters gets one group per colour.
 */
export const rgb = defineGrouping<z.output<typeof options>>({
  kind: 'grouping',
  name: 'rgb',
  title: 'Colour clusters',
  description: 'Pixels of similar colour, wherever they are: k-means on RGB.',
  options,
  form: 'rgb:32',
  parse(text) {
    if (!/^\d+$/.test(text)) {
      throw new XincError('invalid-option', `Grouping 'rgb:${text}': '${text}' is not a number of clusters`, {
        subject: 'rgb',
        hint: 'Write for instance rgb:32.',
      });
    }
    return { clusters: Number(text) };
  },
  async label(frame, { clusters }) {
    const { labels, centroids } = await clusterVectors(vectorsOf(frame), { clusters, seed: GROUPING_SEED });
    return mapOf(frame, labels, centroids);
  },
  async fit(frames, { clusters }) {
    const pictures = frames.map((read) => async (most: number) => sampleOf(vectorsOf(await read()), most));
    const { centroids, labels } = await clusterTogether(pictures, { clusters, seed: GROUPING_SEED });
    return (frame) => mapOf(frame, labels(vectorsOf(frame)), centroids);
  },
});

const vectorsOf = ({ rgb: values }: Frame): Vectors => ({ values, dimensions: 3 });

const mapOf = ({ height, width }: Frame, labels: Uint16Array, centroids: readonly Float64Array[]): LabelMap => ({
  height,
  width,
  labels,
  groups: centroids.map((centroid, k) => ({ name: `colour ${k + 1}`, color: hexColor(centroid) })),
});

function hexColor(rgb: Float64Array): string {
  const byte = (value: number) => Math.round(Math.min(Math.max(value, 0), 1) * 255);
  return `#${[...rgb].map((value) => byte(value).toString(16).padStart(2, '0')).join('')}`;
}

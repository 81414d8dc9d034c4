import { defineGrouping } from '@xinc/core';
import { z } from 'zod';
import { labOf } from './lab.js';

const ITERATIONS = 10;

/**
 * Superpixels by simple linear iterative clustering (Achanta et al., TPAMI 2012): k-means of colours in CIELAB and places, each
 * cluster within a window of twice its spacing. Of a video, clusters are found on all frames together, so that a superpixel is one
 * piece of colour and place on all of them.
 */
export const slic = defineGrouping({
  kind: 'grouping',
  name: 'slic',
  title: 'Superpixels',
  description: 'Compact pieces of about one colour that follow edges (SLIC, Achanta et al. 2012).',
  options: z.object({
    segments: z.coerce.number().int().min(2).max(4096).default(64).describe('About how many superpixels there are'),
    compactness: z.coerce
      .number()
      .positive()
      .default(10)
      .describe('What a distance of one spacing counts as, in units of CIELAB; more makes them squarer'),
  }),
  form: 'slic:64',
  parse: (text) => ({ segments: text }),
  label: async (frame, options) => withoutEmpty((await superpixels([async () => frame], options))(frame)),
  fit: superpixels,
});

/** Finds centres on frames of one size, and labels any of them by the nearest. */
async function superpixels(frames, { segments, compactness }) {
  const { height, width } = await frames[0]();
  const spacing = Math.max(1, Math.sqrt((height * width) / segments));
  const space = { height, width, spacing, weight: (compactness / spacing) ** 2 };
  let centres = firstCentres(labOf(await frames[0]()), space);
  for (let i = 0; i < ITERATIONS; i++) {
    const sums = centres.map(() => [0, 0, 0, 0, 0, 0]);
    for (const read of frames) {
      const lab = labOf(await read());
      const labels = nearest(lab, centres, space);
      for (const [p, k] of labels.entries()) {
        const sum = sums[k];
        for (let c = 0; c < 3; c++) sum[c] += lab[3 * p + c];
        sum[3] += Math.floor(p / width);
        sum[4] += p % width;
        sum[5]++;
      }
    }
    // One that no pixel is nearest to stays where it is.
    centres = centres.map((centre, k) =>
      sums[k][5] > 0 ? sums[k].slice(0, 5).map((sum) => sum / sums[k][5]) : centre,
    );
  }
  const groups = centres.map((_, k) => ({ name: `superpixel ${k + 1}` }));
  return (frame) => ({ height, width, labels: connected(nearest(labOf(frame), centres, space), space), groups });
}

/** Centres [L, a, b, row, column] on a grid, moved to the smoothest pixel near them, so that none begins on an edge. */
function firstCentres(lab, { height, width, spacing }) {
  const rows = Math.max(1, Math.round(height / spacing));
  const columns = Math.max(1, Math.round(width / spacing));
  return Array.from({ length: rows * columns }, (_, k) => {
    const row = Math.min(height - 1, Math.floor(((Math.floor(k / columns) + 0.5) * height) / rows));
    const column = Math.min(width - 1, Math.floor((((k % columns) + 0.5) * width) / columns));
    let [best, least] = [row * width + column, Number.POSITIVE_INFINITY];
    for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++) {
        const gradient = roughness(lab, y, x, height, width);
        if (gradient < least) [best, least] = [y * width + x, gradient];
      }
    }
    return [...lab.subarray(3 * best, 3 * best + 3), Math.floor(best / width), best % width];
  });
}

/** Squared difference of the neighbours of a pixel, across and down. */
function roughness(lab, y, x, height, width) {
  const at = (row, column) =>
    3 * (Math.min(Math.max(row, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1));
  let sum = 0;
  for (let c = 0; c < 3; c++) {
    sum += (lab[at(y, x + 1) + c] - lab[at(y, x - 1) + c]) ** 2 + (lab[at(y + 1, x) + c] - lab[at(y - 1, x) + c]) ** 2;
  }
  return sum;
}

/** The nearest centre of each pixel, of those within a spacing of it; of all, where there is none. */
function nearest(lab, centres, { height, width, spacing, weight }) {
  const labels = new Uint16Array(height * width);
  const distances = new Float64Array(height * width).fill(Number.POSITIVE_INFINITY);
  const compare = (p, k) => {
    const [l, a, b, row, column] = centres[k];
    const colour = (lab[3 * p] - l) ** 2 + (lab[3 * p + 1] - a) ** 2 + (lab[3 * p + 2] - b) ** 2;
    const distance = colour + weight * ((Math.floor(p / width) - row) ** 2 + ((p % width) - column) ** 2);
    if (distance < distances[p]) [distances[p], labels[p]] = [distance, k];
  };
  for (const [k, [, , , row, column]] of centres.entries()) {
    const [top, bottom] = [Math.max(0, Math.ceil(row - spacing)), Math.min(height - 1, Math.floor(row + spacing))];
    const [left, right] = [Math.max(0, Math.ceil(column - spacing)), Math.min(width - 1, Math.floor(column + spacing))];
    for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) compare(y * width + x, k);
  }
  for (let p = 0; p < labels.length; p++) {
    if (distances[p] === Number.POSITIVE_INFINITY) for (let k = 0; k < centres.length; k++) compare(p, k);
  }
  return labels;
}

/** Pieces smaller than a quarter of a superpixel go to the one before them, as in the paper. */
function connected(labels, { height, width, spacing }) {
  const piece = new Int32Array(labels.length).fill(-1);
  const out = labels.slice();
  for (let start = 0; start < labels.length; start++) {
    if (piece[start] >= 0) continue;
    const found = [start];
    piece[start] = start;
    for (let i = 0; i < found.length; i++) {
      const p = found[i];
      const [y, x] = [Math.floor(p / width), p % width];
      for (const q of [x > 0 && p - 1, x + 1 < width && p + 1, y > 0 && p - width, y + 1 < height && p + width]) {
        if (q === false || piece[q] >= 0 || labels[q] !== labels[start]) continue;
        piece[q] = start;
        found.push(q);
      }
    }
    if (found.length >= spacing ** 2 / 4) continue;
    const [y, x] = [Math.floor(start / width), start % width];
    const before = x > 0 ? start - 1 : y > 0 ? start - width : undefined;
    if (before !== undefined) for (const p of found) out[p] = out[before];
  }
  return out;
}

/** Of a frame by itself, superpixels that have no pixels left are none. */
function withoutEmpty({ height, width, labels, groups }) {
  const present = [...new Set(labels)].sort((a, b) => a - b);
  const place = new Map(present.map((label, k) => [label, k]));
  return { height, width, labels: labels.map((label) => place.get(label)), groups: groups.slice(0, present.length) };
}

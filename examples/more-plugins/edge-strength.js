import { defineGrouping } from '@xinc/core';
import { z } from 'zod';

/** Bins of the strength, from 0 to the largest that there can be: fine enough that bands have equally many pixels. */
const BINS = 1 << 16;
/** Of Sobel's operator over 8, on brightness from 0 to 1. */
const STRONGEST = Math.SQRT1_2;

/**
 * Bands of pixels by the strength of the edge they lie on, with equally many pixels each. Pixels of one strength are never parted, so
 * that a band may be empty where much of the picture is flat. Of a video, the bounds are those of all frames together.
 */
export const edgeStrength = defineGrouping({
  kind: 'grouping',
  name: 'edge-strength',
  title: 'Edge strength',
  description: "Pixels on edges of about the same strength: bands of the gradient of brightness, by Sobel's operator.",
  options: z.object({
    bands: z.coerce.number().int().min(2).max(64).default(8).describe('Number of bands, with equally many pixels each'),
  }),
  form: 'edge-strength:8',
  parse: (text) => ({ bands: text }),
  label: async (frame, options) => (await bandsOf([async () => frame], options))(frame),
  fit: bandsOf,
});

async function bandsOf(frames, { bands }) {
  const counts = new Float64Array(BINS);
  for (const read of frames) for (const bin of strengthBins(await read())) counts[bin]++;
  const bandOfBin = new Uint16Array(BINS);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [bin, count] of counts.entries()) {
    // A bin is in the band that its middle pixel falls into.
    bandOfBin[bin] = Math.min(bands - 1, Math.floor((bands * (below + count / 2)) / total));
    below += count;
  }
  const groups = Array.from({ length: bands }, (_, band) => ({
    name: `edges ${band + 1} of ${bands}`,
    color: grey(band / (bands - 1)),
  }));
  return (frame) => {
    const { height, width } = frame;
    return { height, width, labels: Uint16Array.from(strengthBins(frame), (bin) => bandOfBin[bin]), groups };
  };
}

/** The bin of each pixel's gradient, [H·W]. */
function strengthBins({ height, width, rgb }) {
  const brightness = Float32Array.from(
    { length: height * width },
    (_, p) => 0.299 * rgb[3 * p] + 0.587 * rgb[3 * p + 1] + 0.114 * rgb[3 * p + 2],
  );
  // Beyond its border the picture goes on as it ends.
  const at = (y, x) => brightness[Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)];
  return Uint16Array.from({ length: height * width }, (_, p) => {
    const [y, x] = [Math.floor(p / width), p % width];
    const across = (row) => at(row, x + 1) - at(row, x - 1);
    const down = (column) => at(y + 1, column) - at(y - 1, column);
    const gx = (across(y - 1) + 2 * across(y) + across(y + 1)) / 8;
    const gy = (down(x - 1) + 2 * down(x) + down(x + 1)) / 8;
    return Math.min(BINS - 1, Math.floor((Math.hypot(gx, gy) / STRONGEST) * BINS));
  });
}

function grey(share) {
  const hex = Math.round(40 + 215 * share)
    .toString(16)
    .padStart(2, '0');
  return `#${hex}${hex}${hex}`;
}

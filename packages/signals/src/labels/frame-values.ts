import { XincError } from '@xinc/core';
import { type Framing, sameExtent } from '../framing.js';
import { formatExtent } from '../size.js';
import type { LabelValues } from './label-values.js';

/**
 * Upright label values cropped and resized as the frame was, each output pixel taking the value under its centre. A map
 * that already has the frame's size is used as it is.
 * @throws XincError `conflict` naming both sizes if the map fits neither the picture nor the frame.
 */
export function frameValues(path: string, map: LabelValues, { original, region, output }: Framing): LabelValues {
  if (!sameExtent(map, original)) {
    if (sameExtent(map, output)) return map;
    const framed = sameExtent(original, output) ? '' : ` (${formatExtent(output)} after \`crop\` and \`size\`)`;
    throw new XincError(
      'conflict',
      `${path}: the labels are ${formatExtent(map)}, but the picture is ${formatExtent(original)}${framed}`,
      { subject: path },
    );
  }
  const { height, width } = output;
  const columns = nearest(region.left, region.width, width);
  const rows = nearest(region.top, region.height, height);
  const values = new (map.values.constructor as Uint32ArrayConstructor)(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) values[y * width + x] = map.values[rows[y] * map.width + columns[x]];
  }
  return { ...map, height, width, values };
}

/** For each of `to` samples, the one of `from` samples (counted from `first`) that lies under its centre. */
function nearest(first: number, from: number, to: number): Int32Array {
  return Int32Array.from({ length: to }, (_, i) => first + Math.floor(((i + 0.5) * from) / to));
}

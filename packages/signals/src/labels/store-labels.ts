import { type Group, type LabelMap, XincError } from '@xinc/core';
import { loadSharp } from '../image/load-sharp.js';
import type { Extent } from '../size.js';
import { parseGroupNames } from './group-names.js';
import { openPng } from './png-chunks.js';
import { readPngValues } from './png-values.js';

/** A label map as two files: a grey PNG of group indices and the groups as JSON, by index. */
export interface StoredLabels {
  readonly png: Buffer;
  readonly json: string;
}

/**
 * Stores a label map without loss. The two files are also a label map and its names as `readLabels` takes them.
 */
export async function encodeLabels({ height, width, labels, groups }: LabelMap): Promise<StoredLabels> {
  const deep = groups.length > 256;
  const values = deep ? labels : Uint8Array.from(labels);
  const sharp = await loadSharp();
  const png = await sharp(values, { raw: { width, height, channels: 1 }, limitInputPixels: false })
    .toColourspace(deep ? 'grey16' : 'b-w')
    .png({ compressionLevel: 9 })
    .toBuffer();
  return { png, json: `${JSON.stringify(Object.fromEntries(groups.entries()), undefined, 2)}\n` };
}

/**
 * The inverse of `encodeLabels`: the same labels and groups, also those without a pixel.
 * @param path Where the PNG was read from, for messages.
 * @param extent That it must have, which its header is compared with before anything is decoded.
 * @throws XincError `invalid-file` if the two do not belong together, or it has another size.
 */
export async function decodeLabels(path: string, { png, json }: StoredLabels, extent: Extent): Promise<LabelMap> {
  const header = openPng(path, png);
  if (header.height !== extent.height || header.width !== extent.width) {
    const [is, expected] = [header, extent].map(({ height, width }) => `${height}×${width}`);
    throw new XincError('invalid-file', `${path} is ${is}, the run ${expected}`, { subject: path });
  }
  const names = parseGroupNames(path, json);
  const groups = Array.from({ length: names.size }, (_, i) => names.get(i));
  const { height, width, values } = await readPngValues(path, png);
  if (groups.some((group) => group?.name === undefined) || values.some((value) => value >= groups.length)) {
    throw new XincError('invalid-file', `${path}: the labels and the names of their groups do not belong together`, {
      subject: path,
    });
  }
  return { height, width, labels: Uint16Array.from(values), groups: groups as Group[] };
}

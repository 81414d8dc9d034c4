import { XincError } from '@xinc/core';
import { MAX_FRAME_PIXELS } from '../../framing.js';
import { loadSharp } from '../../image/load-sharp.js';
import type { LabelValues } from '../label-values.js';
import { damagedPng, openPng } from '../png-chunks.js';
import { readOrientation } from '../png-values.js';

/** The largest id that three bytes hold. */
export const MAX_ID = 0xff_ff_ff;

/**
 * The segment ids of a panoptic PNG: R + 256·G + 65536·B of each pixel (the COCO panoptic format), 0 where nothing is
 * annotated. A palette or grey PNG of the same colours, as optimisers make of one, has the same ids.
 * @throws XincError `invalid-file` if the file is no PNG, damaged, has an alpha channel or 16 bits; `unsupported` if outsized.
 */
export async function readSegmentIds(path: string, bytes: Buffer): Promise<LabelValues> {
  const png = openPng(path, bytes);
  const { height, width, depth, colorType } = png;
  if (colorType & 4 || depth === 16) {
    throw new XincError(
      'invalid-file',
      `${path}: has ${depth === 16 ? '16 bits per channel' : 'an alpha channel'}, but ids are coded as 8-bit RGB`,
      { subject: path, hint: 'Save it as an RGB PNG of ids, R + 256·G + 65536·B.' },
    );
  }
  const orientation = png.exif ? await readOrientation(path, bytes) : undefined;
  return {
    height,
    width,
    values: await decodeIds(path, png.bare()),
    ...(orientation !== undefined && { orientation }),
  };
}

/** The colour that codes an id, `#rrggbb`. */
export function idColor(id: number): string {
  return `#${[id & 0xff, (id >> 8) & 0xff, (id >> 16) & 0xff].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

async function decodeIds(path: string, png: Buffer): Promise<Uint32Array> {
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(png, { failOn: 'error', limitInputPixels: MAX_FRAME_PIXELS })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const ids = new Uint32Array(info.width * info.height);
    const [green, blue] = info.channels >= 3 ? [1, 2] : [0, 0];
    for (let i = 0, at = 0; i < ids.length; i++, at += info.channels) {
      ids[i] = data[at] + 256 * data[at + green] + 65_536 * data[at + blue];
    }
    return ids;
  } catch (error) {
    throw damagedPng(path, (error as Error).message.split('\n')[0], error);
  }
}

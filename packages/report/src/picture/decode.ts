import type { Frame } from '@xinc/core';
import { XincError } from '@xinc/core';
import type { Picture } from '../report.js';
import { loadSharp } from './load-sharp.js';

/**
 * The picture as a frame.
 * @throws XincError `invalid-file` where bytes are no image that can be read.
 */
export async function frameOf(picture: Picture, what: string): Promise<Frame> {
  if (!(picture instanceof Uint8Array)) return picture;
  const sharp = loadSharp();
  try {
    const pipeline = sharp(picture, { limitInputPixels: false }).removeAlpha().toColourspace('srgb');
    const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
    return { height: info.height, width: info.width, rgb: Float32Array.from(data, (value) => value / 255) };
  } catch (cause) {
    throw new XincError('invalid-file', `${what} cannot be read as an image: ${(cause as Error).message}`, { cause });
  }
}

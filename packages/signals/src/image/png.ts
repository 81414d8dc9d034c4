import { type Frame, XincError } from '@xinc/core';
import { planFraming } from '../framing.js';
import type { Extent } from '../size.js';
import { decodePixels, readImageHeader } from './decode.js';
import { loadSharp } from './load-sharp.js';
import { resample } from './resample.js';

/**
 * A frame as an RGB PNG, values rounded to 8 or 16 bits and clamped to [0, 1].
 * @throws XincError `numeric` if a value is not finite.
 */
export async function encodePng({ height, width, rgb }: Frame, options: { bitDepth?: 8 | 16 } = {}): Promise<Buffer> {
  const { bitDepth = 8 } = options;
  const full = 2 ** bitDepth - 1;
  const values = bitDepth === 8 ? new Uint8Array(rgb.length) : new Uint16Array(rgb.length);
  for (let i = 0; i < rgb.length; i++) {
    if (!Number.isFinite(rgb[i])) {
      throw new XincError('numeric', `A picture value is ${rgb[i]} and cannot be written as PNG`);
    }
    values[i] = Math.round(Math.min(1, Math.max(0, rgb[i])) * full);
  }
  const sharp = await loadSharp();
  const raw = sharp(values, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  return raw
    .toColourspace(bitDepth === 8 ? 'srgb' : 'rgb16')
    .png({ compressionLevel: 6, adaptiveFiltering: true })
    .toBuffer();
}

/**
 * A stored picture at its own size, such as a run's frame written with `encodePng`.
 * @param path where it was read from, for messages
 * @param extent that it must have, which its header is compared with before anything is decoded
 * @throws XincError as `openSignal` does, `invalid-file` for a picture of another size
 */
export async function decodeFrame(path: string, bytes: Buffer, { height, width }: Extent): Promise<Frame> {
  if (bytes.length === 0) throw new XincError('invalid-file', `${path}: the file is empty`, { subject: path });
  const header = await readImageHeader(path, bytes, false);
  if (header.height !== height || header.width !== width) {
    throw new XincError('invalid-file', `${path} is ${header.height}×${header.width}, the run ${height}×${width}`, {
      subject: path,
    });
  }
  return resample(await decodePixels(path, bytes, header), planFraming(path, header));
}

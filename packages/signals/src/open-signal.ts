import { XincError } from '@xinc/core';
import { detectFileKind } from './file-kind.js';
import type { FramingOptions } from './framing.js';
import { openImage } from './image/open-image.js';
import type { SourceSignal } from './signal-source.js';
import { isFolder, readHead } from './source-file.js';

export interface OpenSignalOptions extends FramingOptions {
  /** What to read the input as, where it could be either: the first picture of a GIF, or all of it. */
  readonly kind?: 'image' | 'video';
}

/**
 * Reads an image as a signal: float32 RGB in [0, 1], [H, W, 3], upright, in sRGB, transparency laid over white. What
 * had to be done to get there is told in `source.notes`.
 *
 * @param path A PNG, JPEG, WebP, AVIF, TIFF or GIF file, known by its contents.
 * @throws XincError `not-found`, `io`, `invalid-file` (damaged, empty, or not what it seems), `unsupported` (a format
 *   or size that is not read), `invalid-option` (a crop or size that does not fit).
 * @example
 * const signal = await openSignal('photo.jpg', { size: { height: 128, width: 256 } });
 * const { rgb } = await signal.frame(0);
 */
export async function openSignal(path: string, options: OpenSignalOptions = {}): Promise<SourceSignal> {
  if (await isFolder(path)) {
    throw new XincError('unsupported', `${path}: is a folder, but a file is expected here`, { subject: path });
  }
  const { kind, format } = await detectFileKind(path, await readHead(path));
  if (kind === 'image' || format === 'GIF') return openImage(path, options);
  throw new XincError('unsupported', `${path}: ${format} is not read`, { subject: path });
}

import type { SignalShape } from '@xinc/core';
import sharp from 'sharp';
import { detectFileKind } from './file-kind.js';
import { openImage } from './image/open-image.js';
import type { SourceSignal } from './signal-source.js';
import { isFolder, readHead } from './source-file.js';
import { emptyRange, resolveFrameRange } from './video/frame-range.js';
import { openFolder } from './video/open-folder.js';
import { openVideo, type VideoOptions } from './video/open-video.js';

export interface OpenSignalOptions extends VideoOptions {
  /**
   * What to read the input as, where it could be either: `image` for the first picture of a GIF, `video` for a
   * picture as a video of one frame.
   */
  readonly kind?: SignalShape['kind'];
}

/**
 * Reads an image, a video or a folder of frames as a signal: float32 RGB in [0, 1], [H, W, 3], upright, in sRGB,
 * transparency laid over white. What had to be done to get there is told in `source.notes`.
 *
 * Images are PNG, JPEG, WebP, AVIF and TIFF; videos MP4, MOV, WebM, MKV, AVI and animated GIF (see `findFfmpeg`);
 * files are known by their contents. A video's frames are decoded on opening and kept at the size asked for; those of
 * a folder are decoded each time they are asked for.
 *
 * @throws XincError `not-found`, `io`, `invalid-file` (damaged, empty, or not what it seems), `unsupported` (a format
 *   or size that is not read), `invalid-option` (a crop, size or frame range that does not fit), `conflict` (frames of
 *   different sizes), `cancelled`.
 * @example
 * const photo = await openSignal('photo.jpg', { size: { height: 128, width: 256 } });
 * const { rgb } = await photo.frame(0);
 * const clip = await openSignal('clip.mp4', { frames: { stop: 30 }, size: { longest: 256 } });
 */
export async function openSignal(path: string, options: OpenSignalOptions = {}): Promise<SourceSignal> {
  if (options.kind !== 'image' && (await isFolder(path))) return openFolder(path, options);
  const kind = await detectFileKind(path, await readHead(path));
  if (kind.kind === 'video') {
    const { demuxer } = kind;
    const still =
      options.kind === 'image' || (options.kind === undefined && demuxer === 'gif' && (await isStill(path)));
    if (!still) return openVideo({ path, demuxer }, options);
  }
  const { frames = {} } = options;
  if (resolveFrameRange(frames, 1).count === 0) throw emptyRange(path, frames, 1);
  return openImage(path, options, options.kind);
}

/** Whether a GIF holds a single picture. One whose header is damaged is left to the reader of videos to explain. */
async function isStill(path: string): Promise<boolean> {
  return sharp(path, { limitInputPixels: false })
    .metadata()
    .then(
      ({ pages = 1 }) => pages === 1,
      () => false,
    );
}

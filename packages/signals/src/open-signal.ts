import { type SignalShape, XincError } from '@xinc/core';
import { detectFileKind } from './file-kind.js';
import { loadSharp } from './image/load-sharp.js';
import { openImage } from './image/open-image.js';
import { orAbort } from './pause.js';
import type { SourceSignal } from './signal-source.js';
import { isFolder, readHead, readSourceFile } from './source-file.js';
import { emptyRange, formatFrameRange, rangeNotes, resolveFrameRange } from './video/frame-range.js';
import { openFolder } from './video/open-folder.js';
import { haveOneSize, openPages } from './video/open-pages.js';
import { openVideo, type VideoOptions } from './video/open-video.js';

export interface OpenSignalOptions extends VideoOptions {
  /**
   * What to read the input as, where it could be either: `image` for one picture of a file of several (the first, or the
   * one that `frames` names), `video` for a picture as a video of one frame.
   */
  readonly kind?: SignalShape['kind'];
  /** As `kind`, but for files of several pictures alone, which are videos unless told. */
  readonly severalAs?: SignalShape['kind'];
}

/**
 * Reads an image, a video or a folder of frames as a signal: float32 RGB in [0, 1], [H, W, 3], upright, in sRGB,
 * transparency laid over white. What had to be done to get there, and what was assumed, is told in `source.notes`.
 *
 * Images are PNG, JPEG, WebP, AVIF and TIFF; videos MP4, MOV, WebM, MKV, AVI, animated GIF, PNG and WebP, and TIFFs of
 * several pictures of one size (see `findFfmpeg`); files are known by their contents. A video's frames are decoded on
 * opening and kept at the size asked for; those of a folder are decoded each time they are asked for.
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
  if (options.kind !== 'image' && (await isFolder(path))) {
    checkClipOptions(path, options);
    return openFolder(path, options);
  }
  const file = await detectFileKind(path, await readHead(path));
  if (file.kind === 'image' || file.demuxer === 'gif') checkClipOptions(path, options);
  if (file.kind === 'video' && file.demuxer !== 'gif') {
    if (options.kind !== 'image') return openVideo({ path, demuxer: file.demuxer }, options);
    return openImage(path, options);
  }
  const { pictures, alike } = await countPictures(path, file.format, options.abort);
  const kind = options.kind ?? (pictures > 1 && alike ? (options.severalAs ?? 'video') : 'image');
  const { frames = {} } = options;
  if (kind === 'video' && (pictures > 1 || file.format === 'GIF')) {
    if (file.format === 'GIF') return openVideo({ path, demuxer: 'gif' }, options);
    if (file.format === 'APNG') return openVideo({ path, demuxer: 'apng' }, options);
    return openPages(path, options);
  }
  const range = resolveFrameRange(frames, pictures);
  if (range.count === 0) throw emptyRange(path, frames, pictures);
  if (pictures === 1) return openImage(path, options, kind);
  return openOne(path, file.format, pictures, options);
}

/** @throws XincError `invalid-option` for options of clips with an input that is none */
function checkClipOptions(path: string, { matrix, deinterlace }: OpenSignalOptions): void {
  const setting = matrix === undefined ? deinterlace && 'deinterlace' : 'matrix';
  if (!setting) return;
  throw new XincError('invalid-option', `\`${setting}\` is for video files, which ${path} is not`, { setting });
}

/** One picture of a file of several, as an image. */
async function openOne(
  path: string,
  format: string,
  pictures: number,
  options: OpenSignalOptions,
): Promise<SourceSignal> {
  const { frames } = options;
  const { start, count } = resolveFrameRange(frames ?? { stop: 1 }, pictures);
  if (count > 1) {
    throw new XincError(
      'invalid-option',
      `\`frames: ${formatFrameRange(frames!)}\` takes ${count} of the ${pictures} pictures in ${path}, but an image is one`,
      { setting: 'frames', hint: `Name one, such as \`frames: ${start}\`, or choose a model of videos.` },
    );
  }
  const signal =
    format === 'APNG'
      ? await openVideo({ path, demuxer: 'apng' }, { ...options, frames: { start, stop: start + 1 } })
      : await openImage(path, { ...options, page: start });
  const { frameRate: _, ...source } = signal.source;
  const note = `picture ${start} of the ${pictures} in the file is used; \`frames\` takes another, 0 to ${pictures - 1}`;
  const ofRange = rangeNotes({ start, stop: start + 1 }, 1);
  const notes = source.notes.filter((other) => !ofRange.includes(other));
  return {
    ...signal,
    shape: { ...signal.shape, kind: 'image' },
    source: { ...source, notes: [note, ...notes] },
    pictures,
  };
}

interface Pictures {
  readonly pictures: number;
  /** Whether they have one size and may be the frames of a video. */
  readonly alike: boolean;
}

/** How many pictures a file has. One whose header is damaged is left to its reader to explain, a GIF to that of videos. */
async function countPictures(path: string, format: string, abort: AbortSignal | undefined): Promise<Pictures> {
  const sharp = await loadSharp();
  if (format === 'APNG') return { pictures: apngFrames(await readHead(path)), alike: true };
  if (format === 'PNG' || format === 'JPEG' || format === 'AVIF') return { pictures: 1, alike: true };
  const header = await orAbort(
    sharp(path, { limitInputPixels: false })
      .metadata()
      .catch(() => undefined),
    abort,
  );
  if (!header) return { pictures: format === 'GIF' ? 2 : 1, alike: true };
  const { pages: pictures = 1 } = header;
  if (pictures === 1 || format !== 'TIFF') return { pictures, alike: true };
  return { pictures, alike: await haveOneSize(await readSourceFile(path), pictures, abort) };
}

/** The number of frames that an APNG's `acTL` chunk states. */
function apngFrames(head: Uint8Array): number {
  const bytes = Buffer.from(head);
  const at = bytes.indexOf('acTL', 0, 'latin1');
  return at < 0 || at + 8 > bytes.length ? 1 : Math.max(1, bytes.readUInt32BE(at + 4));
}

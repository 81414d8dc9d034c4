import { XincError } from '@xinc/core';
import { type Framing, framingNotes, planFraming, sameExtent } from '../framing.js';
import { decodePixels, type ImageHeader, readImageHeader } from '../image/decode.js';
import { loadSharp } from '../image/load-sharp.js';
import { hasTransparency } from '../image/pixels.js';
import { resample } from '../image/resample.js';
import { orAbort } from '../pause.js';
import { frameName, frameReader, type SourceSignal } from '../signal-source.js';
import { formatExtent } from '../size.js';
import { readSourceFile, sha256 } from '../source-file.js';
import { emptyRange, rangeNotes, resolveFrameRange } from './frame-range.js';
import { FrameStore } from './frame-store.js';
import type { VideoOptions } from './open-video.js';

/**
 * The pictures of a TIFF or an animated WebP as a video. They are decoded once, here, and kept at the size asked for.
 * @throws XincError as for images; `conflict` if they differ in size; `invalid-option` if the range takes no frame;
 *   `unsupported` if the frames do not fit in memory.
 */
export async function openPages(path: string, options: VideoOptions): Promise<SourceSignal> {
  const { frames = {}, abort, onProgress } = options;
  const bytes = await orAbort(readSourceFile(path), abort);
  const first = await readImageHeader(path, bytes, options.size !== undefined);
  const range = resolveFrameRange(frames, first.pages);
  if (range.count === 0) throw emptyRange(path, frames, first.pages);
  const framing = planFraming(path, first, options);
  const store = new FrameStore(path, framing.output, range.count, false);
  const notes = new Set<string>();
  const indices = Array.from({ length: range.count }, (_, i) => range.start + i * range.step);
  const headers: ImageHeader[] = [];
  for (const index of indices) {
    const header = await readImageHeader(path, bytes, options.size !== undefined, index);
    checkSize(path, first, header, framing);
    const pixels = await decodePixels(path, bytes, header, abort);
    store.add(await resample(pixels, framing, abort));
    for (const note of header.notes) notes.add(note);
    if (hasTransparency(pixels)) notes.add('transparent pixels laid over white');
    headers.push(header);
    onProgress?.(store.count, range.count);
  }
  const frameRate = rateOf(first.metadata.delay);
  return {
    shape: { kind: 'video', frames: store.count, ...framing.output },
    source: {
      path,
      sha256: sha256(bytes),
      originalHeight: first.height,
      originalWidth: first.width,
      ...(frameRate === undefined ? {} : { frameRate: frameRate / range.step }),
      notes: [
        `the ${first.pages} pictures in the file taken as the frames of a video`,
        ...rangeNotes(frames, store.count),
        ...notes,
        ...framingNotes(framing),
      ],
    },
    origins: headers.map(({ orientation, page }) => ({ name: frameName(page), index: page, framing, orientation })),
    frame: frameReader(path, store.count, (index) => store.get(index)),
    release: () => store.release(),
  };
}

/** Whether all pictures of a file have one size: those of a TIFF may be previews of the first, or of anything. */
export async function haveOneSize(bytes: Buffer, pages: number, abort?: AbortSignal): Promise<boolean> {
  const sharp = await loadSharp();
  const sizes: { height: number; width: number }[] = [];
  for (let page = 0; page < pages; page++) {
    const header = sharp(bytes, { limitInputPixels: false, page }).metadata();
    sizes.push((await orAbort(header, abort).catch(rethrowCancelled)) ?? { height: 0, width: 0 });
    if (!sameExtent(sizes[page], sizes[0])) return false;
  }
  return true;
}

/** A page that cannot be read has no size; its reader says why. */
function rethrowCancelled(error: unknown): undefined {
  if (error instanceof XincError) throw error;
  return undefined;
}

function checkSize(path: string, first: ImageHeader, header: ImageHeader, framing: Framing): void {
  if (sameExtent(header, framing.original)) return;
  throw new XincError(
    'conflict',
    `${path}: the pictures in the file differ in size: picture 0 is ${formatExtent(first)}, ${header.page} is ${formatExtent(header)}`,
    { subject: path, hint: 'Take those of one size with `frames`.' },
  );
}

/** Frames per second by the mean of what an animation waits after each, in ms. */
function rateOf(delay: readonly number[] | undefined): number | undefined {
  if (!delay || delay.length === 0) return undefined;
  const mean = delay.reduce((sum, one) => sum + one, 0) / delay.length;
  return mean > 0 ? 1000 / mean : undefined;
}

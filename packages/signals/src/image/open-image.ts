import { parse } from 'node:path';
import type { SignalShape } from '@xinc/core';
import { type FramingOptions, framingNotes, planFraming } from '../framing.js';
import { orAbort } from '../pause.js';
import { frameReader, type SourceSignal } from '../signal-source.js';
import { readSourceFile, sha256 } from '../source-file.js';
import { decodePixels, readImageHeader, transparencyNotes } from './decode.js';
import { resample } from './resample.js';

export interface ImageOptions extends FramingOptions {
  /** Which of several pictures in the file. */
  readonly page?: number;
  readonly abort?: AbortSignal;
}

/**
 * An image as a signal of one frame, which may be said to be a video's.
 * @throws XincError see `readImageHeader` and `decodePixels`.
 */
export async function openImage(
  path: string,
  options: ImageOptions,
  kind: SignalShape['kind'] = 'image',
): Promise<SourceSignal> {
  const { abort, page } = options;
  const bytes = await orAbort(readSourceFile(path), abort);
  const header = await readImageHeader(path, bytes, options.size !== undefined, page);
  const framing = planFraming(path, header, options);
  const pixels = await decodePixels(path, bytes, header, abort);
  const frame = await resample(pixels, framing, abort);
  return {
    shape: { kind, frames: 1, ...framing.output },
    source: {
      path,
      sha256: sha256(bytes),
      originalHeight: header.height,
      originalWidth: header.width,
      notes: [...header.notes, ...transparencyNotes(pixels), ...framingNotes(framing)],
    },
    origins: [{ name: parse(path).name, index: header.page, framing, orientation: header.orientation }],
    frame: frameReader(path, 1, () => frame),
  };
}

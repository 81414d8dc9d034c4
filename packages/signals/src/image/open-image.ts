import { parse } from 'node:path';
import type { SignalShape } from '@xinc/core';
import { type FramingOptions, framingNotes, planFraming } from '../framing.js';
import { frameReader, type SourceSignal } from '../signal-source.js';
import { readSourceFile, sha256 } from '../source-file.js';
import { decodePixels, readImageHeader, transparencyNotes } from './decode.js';
import { resample } from './resample.js';

/**
 * An image as a signal of one frame, which may be said to be a video's.
 * @throws XincError see `readImageHeader` and `decodePixels`.
 */
export async function openImage(
  path: string,
  options: FramingOptions,
  kind: SignalShape['kind'] = 'image',
): Promise<SourceSignal> {
  const bytes = await readSourceFile(path);
  const header = await readImageHeader(path, bytes, options.size !== undefined);
  const framing = planFraming(path, header, options);
  const pixels = await decodePixels(path, bytes, header);
  const frame = resample(pixels, framing);
  return {
    shape: { kind, frames: 1, ...framing.output },
    source: {
      path,
      sha256: sha256(bytes),
      originalHeight: header.height,
      originalWidth: header.width,
      notes: [...header.notes, ...transparencyNotes(pixels), ...framingNotes(framing)],
    },
    origins: [{ name: parse(path).name, index: 0, framing }],
    frame: frameReader(path, 1, () => frame),
  };
}

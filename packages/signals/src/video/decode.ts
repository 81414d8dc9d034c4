import { createInterface } from 'node:readline';
import { MAX_FRAME_PIXELS } from '../framing.js';
import type { Pixels } from '../image/pixels.js';
import type { Ffmpeg } from './ffmpeg.js';
import { type ClipFile, type RunOptions, runFfmpeg } from './ffmpeg-process.js';
import type { ResolvedRange } from './frame-range.js';
import { readPams } from './pam.js';

/** Colour is converted with ffmpeg's most exact arithmetic and colour planes enlarged by a cubic filter. */
const SCALE = 'scale=flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp';
const FORMAT = 'format=rgb24|rgba|rgb48be|rgba64be';

/** How frames are read beside what the file says. */
export interface Reading {
  /** ffmpeg's name of the matrix from Y′CbCr to R′G′B′, in place of the file's. */
  readonly matrix?: string;
  /** Makes whole frames of interlaced ones, the named field being the earlier. */
  readonly deinterlace?: 'top' | 'bottom';
}

/**
 * The frames that a range takes of a clip, upright, in sRGB at the depth they were stored with, one after the other:
 * memory holds one at a time. Frames are taken as stored, each once, whatever the time they are shown for.
 * @throws XincError as `runFfmpeg`.
 */
export function decodeFrames(
  ffmpeg: Ffmpeg,
  clip: ClipFile,
  { start, step, count }: ResolvedRange,
  { matrix, deinterlace }: Reading,
  options?: RunOptions,
): AsyncGenerator<Pixels, void> {
  const select = `select=gte(n\\,${start})*not(mod(n-${start}\\,${step}))`;
  // Mode 0: a frame for a frame; parity 0: top field first; deint 0: all frames.
  const fields = deinterlace ? [`bwdif=0:${deinterlace === 'top' ? 0 : 1}:0`] : [];
  const scale = matrix === undefined ? SCALE : `${SCALE}:in_color_matrix=${matrix}`;
  const output = [
    ...['-vf', [...fields, select, 'showinfo', scale, FORMAT].join(',')],
    ...ffmpeg.passFrames,
    ...(Number.isFinite(count) ? ['-frames:v', String(count)] : []),
    ...['-f', 'image2pipe', '-c:v', 'pam', 'pipe:1'],
  ];
  return runFfmpeg(ffmpeg, clip, output, (stream) => readPams(stream, MAX_FRAME_PIXELS), options);
}

/**
 * Number of frames of a clip, by decoding it.
 * @throws XincError as `runFfmpeg`.
 */
export async function countFrames(ffmpeg: Ffmpeg, clip: ClipFile, abort?: AbortSignal): Promise<number> {
  const output = [...ffmpeg.passFrames, '-progress', 'pipe:1', '-f', 'null', '-'];
  let frames = 0;
  for await (const line of runFfmpeg(ffmpeg, clip, output, (stream) => createInterface({ input: stream }), { abort })) {
    frames = Number(/^frame=\s*(\d+)/.exec(line)?.[1] ?? frames);
  }
  return frames;
}

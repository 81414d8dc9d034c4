import { invalidSetting, isXincError } from '@xinc/core';
import type { Ffmpeg } from './ffmpeg.js';
import { emptyLog, type FfmpegLog } from './ffmpeg-log.js';
import { type ClipFile, runFfmpeg } from './ffmpeg-process.js';

/** Frames that are looked at before a clip is read. idet's own threshold, 1.04, takes fine patterns for combs. */
const LOOKED_AT = 30;

/** Matrices from Y′CbCr to R′G′B′ that a clip can be said to have. */
const MATRICES = ['bt601', 'bt709', 'bt2020'] as const;
export type ColourMatrix = (typeof MATRICES)[number];

/** @throws XincError `invalid-option` */
export function parseMatrix(text: string): ColourMatrix {
  const matrix = MATRICES.find((name) => name === text);
  if (matrix) return matrix;
  throw invalidSetting('matrix', text, { expected: MATRICES.join(', ') });
}

/** What a clip's first frames show about how it is to be read. */
export interface ClipFacts {
  /** The decoder that gives its alpha channel as well, if it has one that ffmpeg's own leaves out. */
  readonly decoder: string | undefined;
  /** The matrix to assume, for colours in Y′CbCr without one. */
  readonly assumed: ColourMatrix | undefined;
  /** Primaries that are wider than sRGB's. */
  readonly wide: 'bt2020' | 'smpte432' | undefined;
  readonly fields: Fields | undefined;
}

/** Interlacing: which field comes first, and how it is known. */
interface Fields {
  readonly first: 'top' | 'bottom';
  /** Whether moving edges are seen to be combed; frames may be marked and yet be whole. `undefined` where nothing moves enough. */
  readonly combed: boolean | undefined;
}

/**
 * Looks at a clip's first frames. What goes wrong is left to the reading of the clip to explain.
 * @throws XincError `cancelled`
 */
export async function inspectClip(ffmpeg: Ffmpeg, clip: ClipFile, abort?: AbortSignal): Promise<ClipFacts> {
  const log = emptyLog();
  const output = [
    '-vf',
    'showinfo,idet=intl_thres=1.2',
    ...ffmpeg.passFrames,
    '-frames:v',
    String(LOOKED_AT),
    '-f',
    'null',
    '-',
  ];
  try {
    for await (const _ of runFfmpeg(ffmpeg, clip, output, (stream) => stream, { abort, log }));
  } catch (error) {
    if (!isXincError(error) || error.code === 'cancelled') throw error;
  }
  return {
    decoder: log.alpha ? { vp8: 'libvpx', vp9: 'libvpx-vp9' }[/^vp[89]\b/.exec(log.stream)?.[0] ?? ''] : undefined,
    assumed: assumedMatrix(log.stream),
    wide: widePrimaries(colourTags(log.stream)),
    fields: fieldsOf(log),
  };
}

/** The primaries: the second part of `bt2020nc/bt2020/smpte2084`; none for a high dynamic range, which is not converted. */
function widePrimaries(tags: string): ClipFacts['wide'] {
  if (/smpte2084|arib-std-b67/.test(tags)) return undefined;
  const primaries = /[\w-]+\/([\w-]+)\/[\w-]+/.exec(tags)?.[1];
  return primaries === 'bt2020' || primaries === 'smpte432' ? primaries : undefined;
}

/** What stands in brackets behind the pixel format: range, matrix/primaries/transfer, field order. */
function colourTags(stream: string): string {
  return /\b(?:yuv|nv|p0|p2|uyvy|yuyv|y2)\w*\(([^)]*)\)/.exec(stream)?.[1] ?? '';
}

const isYCbCr = (stream: string): boolean => /, (?:yuv|nv|p0|p2|uyvy|yuyv|y2)/.test(stream);

/** A matrix by the size of the frames, as players assume it, for Y′CbCr that says none. */
function assumedMatrix(stream: string): ColourMatrix | undefined {
  if (!isYCbCr(stream)) return undefined;
  const known = /\b(bt709|bt470bg|smpte170m|smpte240m|fcc|bt2020n?c?|ycgco|ycocg|gbr|ictcp)\b/;
  const [matrix = ''] = colourTags(stream)
    .split(', ')
    .filter((tag) => !/^(tv|pc|progressive|top|bottom)/.test(tag));
  if (known.test(matrix.split('/')[0])) return undefined;
  const [, width, height] = (/, (\d+)x(\d+)/.exec(stream) ?? []).map(Number);
  return width >= 1280 || height > 576 ? 'bt709' : 'bt601';
}

/** Frames that are not marked have to be combed nearly all; fine patterns look so here and there. */
const UNMARKED_SHARE = 0.8;

function fieldsOf({ marked, detected, times, stream }: FfmpegLog): Fields | undefined {
  const isMarked = 2 * (marked.top + marked.bottom) > times.length;
  const found = detected.top + detected.bottom;
  const combed = found > detected.progressive && found > 2;
  // Interlaced footage comes out of cameras and broadcasts, in Y′CbCr.
  const isFound = combed && isYCbCr(stream) && found >= UNMARKED_SHARE * times.length;
  if (!isMarked && !isFound) return undefined;
  const top = combed ? detected.top >= detected.bottom : marked.top >= marked.bottom;
  const seen = found + detected.progressive > 2;
  return { first: top ? 'top' : 'bottom', combed: seen ? combed : undefined };
}

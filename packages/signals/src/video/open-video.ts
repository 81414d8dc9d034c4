import { XincError } from '@xinc/core';
import { type Framing, type FramingOptions, framingNotes, planFraming, sameExtent } from '../framing.js';
import { BT2020, DISPLAY_P3, encodeAsSrgb, srgbToLinear } from '../image/encoding.js';
import { hasTransparency, type Pixels } from '../image/pixels.js';
import { resample } from '../image/resample.js';
import { pngEncoding, type StatedEncoding } from '../image/stated-encoding.js';
import { rotationOf } from '../orientation.js';
import { frameName, frameReader, type SourceSignal } from '../signal-source.js';
import { readHead, readTail, sha256OfFiles } from '../source-file.js';
import { countFrames, decodeFrames } from './decode.js';
import { findFfmpeg } from './ffmpeg.js';
import { emptyLog, type FfmpegLog } from './ffmpeg-log.js';
import type { ClipFile } from './ffmpeg-process.js';
import { emptyRange, type FrameRange, needsLength, rangeNotes, resolveFrameRange } from './frame-range.js';
import { FrameStore } from './frame-store.js';
import { type ClipFacts, type ColourMatrix, inspectClip } from './inspect.js';
import { timing } from './timing.js';

export interface VideoOptions extends FramingOptions {
  /** Which frames to take; all of them unless told. */
  readonly frames?: FrameRange;
  /** The matrix that a clip's Y′CbCr colours are in, in place of the one it states or, by its size, is taken to have. */
  readonly matrix?: ColourMatrix;
  /** Whether to make whole frames of interlaced ones; they are kept as stored unless told. */
  readonly deinterlace?: boolean;
  readonly abort?: AbortSignal;
  /** Told the number of frames read so far, and how many there will be where that is known. */
  readonly onProgress?: (read: number, total: number | undefined) => void;
}

/**
 * A clip as a signal. Its frames are decoded once, here, and kept at the size asked for.
 * @throws XincError as `runFfmpeg`; `invalid-option` if the range takes no frame; `unsupported` if the frames do not
 *   fit in memory.
 */
export async function openVideo(file: ClipFile, options: VideoOptions): Promise<SourceSignal> {
  const { path } = file;
  const { frames = {}, abort, onProgress } = options;
  const ffmpeg = await findFfmpeg();
  if (file.demuxer === 'gif') await checkTrailer(path);
  const facts = await inspectClip(ffmpeg, file, abort);
  const clip = facts.decoder === undefined ? file : { ...file, decoder: facts.decoder };
  const matrix = options.matrix ?? facts.assumed;
  const reading = {
    ...(matrix !== undefined && { matrix }),
    ...(options.deinterlace && { deinterlace: facts.fields?.first ?? 'top' }),
  };
  const length = needsLength(frames) ? await countFrames(ffmpeg, clip, abort) : Number.POSITIVE_INFINITY;
  const range = resolveFrameRange(frames, length);
  if (range.count === 0) throw emptyRange(path, frames, await countFrames(ffmpeg, clip, abort));
  const total = Number.isFinite(range.count) ? range.count : undefined;

  const log = emptyLog();
  let opened: { framing: Framing; store: FrameStore } | undefined;
  let transparent = false;
  const encoding = await encodingOf(file, facts);
  for await (const decoded of decodeFrames(ffmpeg, clip, range, reading, { abort, log })) {
    const pixels = encoding.encoding ? await encodeAsSrgb(decoded, encoding.encoding, abort) : decoded;
    opened ??= openStore(path, pixels, range.count, options);
    opened.store.add(await resample(pixels, opened.framing, abort));
    transparent ||= hasTransparency(pixels);
    onProgress?.(opened.store.count, total);
  }
  if (!opened) {
    const length = await countFrames(ffmpeg, clip, abort);
    if (length > 0) throw emptyRange(path, frames, length);
    throw new XincError('invalid-file', `${path}: there are no frames in the video`, { subject: path });
  }

  const { framing, store } = opened;
  const { frameRate, varies } = timing(log.times, log.tick, log.frameRate && log.frameRate / range.step);
  return {
    shape: { kind: 'video', frames: store.count, ...framing.output },
    source: {
      path,
      sha256: await sha256OfFiles([path]),
      originalHeight: framing.original.height,
      originalWidth: framing.original.width,
      ...(frameRate === undefined ? {} : { frameRate }),
      notes: [
        ...rangeNotes(frames, store.count, range.count),
        ...logNotes(log),
        ...factNotes(facts, options),
        ...(encoding.note === undefined ? [] : [encoding.note]),
        ...(varies ? [variableRateNote(varies)] : []),
        ...(transparent ? ['transparent pixels laid over white'] : []),
        ...framingNotes(framing),
      ],
    },
    origins: Array.from({ length: store.count }, (_, i) => {
      const index = range.start + i * range.step;
      return { name: frameName(index), index, framing, orientation: rotationOf(log.rotation) };
    }),
    frame: frameReader(path, store.count, (index) => store.get(index)),
    release: () => store.release(),
  };
}

/** Whether frames of 8 bits stay such: transparency and resizing make values between them. */
function keepsBytes({ values, channels }: Pixels, { region, output }: Framing): boolean {
  return values.BYTES_PER_ELEMENT === 1 && channels === 3 && sameExtent(region, output);
}

function openStore(path: string, first: Pixels, expected: number, options: FramingOptions) {
  const framing = planFraming(path, first, options);
  return { framing, store: new FrameStore(path, framing.output, expected, keepsBytes(first, framing)) };
}

/** ffmpeg takes a GIF that was cut short for a shorter one: a whole GIF ends in the byte 3B, maybe with padding. */
async function checkTrailer(path: string): Promise<void> {
  const tail = await readTail(path, 64);
  if (tail.findLast((byte) => byte !== 0) === 0x3b) return;
  throw new XincError('invalid-file', `${path}: the GIF data are damaged or cut short (the end is missing)`, {
    subject: path,
  });
}

function logNotes({ rotation, pixelAspect, hdr, errors }: FfmpegLog): string[] {
  return [
    ...(rotation === 0 ? [] : [`turned upright by its rotation of ${rotation}°`]),
    ...(pixelAspect === 1
      ? []
      : [`pixels are ${pixelAspect.toFixed(2)} times as wide as high; frames are kept as stored`]),
    ...(hdr === undefined ? [] : [`high dynamic range (${hdr}) is not mapped to sRGB`]),
    ...(errors.length === 0 ? [] : [`ffmpeg reported errors in decoding, such as: ${errors[0]}`]),
  ];
}

/** How decoded frames are brought to sRGB, where they are not in it. */
async function encodingOf({ path, demuxer }: ClipFile, { wide }: ClipFacts): Promise<StatedEncoding> {
  if (demuxer === 'apng') return pngEncoding(Buffer.from(await readHead(path)));
  if (wide === undefined) return {};
  const primaries = wide === 'bt2020' ? BT2020 : DISPLAY_P3;
  return {
    encoding: { decode: srgbToLinear, primaries },
    note: `converted to sRGB from the wider primaries ${wide}`,
  };
}

/** What was assumed of the clip, and the options that change it. */
function factNotes({ assumed, fields }: ClipFacts, { matrix, deinterlace }: VideoOptions): string[] {
  const first = fields && `${fields.first} field first`;
  const seen = { true: ', moving edges combed', false: ', though they look whole', undefined: '' }[`${fields?.combed}`];
  return [
    ...(matrix === undefined ? [] : [`colours read by the matrix ${matrix}, as \`matrix\` says`]),
    ...(matrix === undefined && assumed !== undefined
      ? [`the file names no colour matrix: ${assumed} is assumed by the size of its frames; \`matrix\` names another`]
      : []),
    ...(fields && !deinterlace
      ? [`frames are interlaced (${first}) and kept as stored${seen}; \`deinterlace\` makes whole frames of them`]
      : []),
    ...(deinterlace ? [`deinterlaced (bwdif, ${first ?? 'taken to be top field first'})`] : []),
  ];
}

function variableRateNote({ shortest, longest }: { shortest: number; longest: number }): string {
  return `variable frame rate: frames are shown for ${shortest.toFixed(3)} to ${longest.toFixed(3)} s, and are taken as stored`;
}

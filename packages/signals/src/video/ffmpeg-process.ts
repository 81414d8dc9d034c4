import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { throwIfAborted, XincError } from '@xinc/core';
import type { VideoKind } from '../file-kind.js';
import type { Ffmpeg } from './ffmpeg.js';
import { emptyLog, type FfmpegLog, readLogLine } from './ffmpeg-log.js';

/** A clip and the format it was recognised as, which alone ffmpeg is let read it as. */
export interface ClipFile {
  readonly path: string;
  readonly demuxer: VideoKind['demuxer'];
  /** ffmpeg's name of the decoder, where not the one it would choose. */
  readonly decoder?: string;
}

export interface RunOptions {
  readonly abort?: AbortSignal;
  /** Filled with what ffmpeg says; complete when the run is. */
  readonly log?: FfmpegLog;
}

/**
 * Runs ffmpeg on a clip and yields what `read` makes of its output. The process is stopped when the caller is done,
 * aborts, or the format of the frames changes.
 *
 * ffmpeg may only open the clip itself: no playlist, no network, no other container than the one recognised; and a
 * path is a path, even one that begins with `-` or `concat:`.
 *
 * @param output ffmpeg's arguments after the input.
 * @throws XincError `invalid-file` if the clip has no video, is damaged, cut short or changes its frame format;
 *   `unsupported` for codecs that this ffmpeg does not know; `io` if it does not start; `cancelled`.
 */
export async function* runFfmpeg<T>(
  ffmpeg: Ffmpeg,
  { path, demuxer, decoder }: ClipFile,
  output: readonly string[],
  read: (output: Readable) => AsyncIterable<T>,
  { abort, log = emptyLog() }: RunOptions = {},
): AsyncGenerator<T, void> {
  throwIfAborted(abort);
  const input = ['-protocol_whitelist', 'file,pipe', '-f', demuxer, ...(decoder ? ['-c:v', decoder] : [])];
  const source = [...input, '-i', `file:${path}`, '-map', '0:V:0'];
  const child = spawn(ffmpeg.path, [...QUIET, ...source, ...output], {
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const closed = once(child, 'close').then(
    ([code]: unknown[]) => ({ succeeded: code === 0, failure: undefined }),
    (failure: Error) => ({ succeeded: false, failure }),
  );
  const stop = () => child.kill('SIGKILL');
  abort?.addEventListener('abort', stop, { once: true });
  createInterface({ input: child.stderr }).on('line', (line) => {
    readLogLine(log, line);
    if (log.formats > 1) stop();
  });
  try {
    let failure: unknown;
    try {
      yield* read(child.stdout);
    } catch (error) {
      // Output that breaks off is explained by what ffmpeg said, below.
      failure = error;
      stop();
    }
    const end = await closed;
    throwIfAborted(abort);
    if (end.failure) {
      throw new XincError('io', `${ffmpeg.path} could not be run (${end.failure.message})`, { cause: end.failure });
    }
    checkLog(ffmpeg, path, log, end.succeeded && failure === undefined, failure);
  } finally {
    abort?.removeEventListener('abort', stop);
    stop();
    await closed;
  }
}

/** No questions asked, every line with its level, and an end at the first error. */
const QUIET = ['-hide_banner', '-nostdin', '-nostats', '-v', 'level+info', '-xerror'];

/** Messages of errors that leave gaps or garbage in the frames, even where ffmpeg goes on. */
const DAMAGE =
  /partial file|read error|ended prematurely|corrupt|damaged|error at mb|concealing|truncat|invalid data|error while decoding/i;

/** Throws for what made the frames incomplete or wrong. */
function checkLog(ffmpeg: Ffmpeg, path: string, log: FfmpegLog, complete: boolean, cause: unknown): void {
  const { errors, formats } = log;
  // The message quotes the first of ffmpeg's lines that matters; the error's cause has all of them.
  const fields = { subject: path, cause: errors.length > 0 ? new Error(errors.join('\n'), { cause }) : cause };
  const find = (pattern: RegExp) => errors.map((error) => pattern.exec(error)).find((match) => match !== null);
  if (formats > 1) {
    throw new XincError('invalid-file', `${path}: the size or format of the frames changes in the middle of the clip`, {
      ...fields,
      hint: 'Cut it into clips of one size.',
    });
  }
  const decoder = find(/unknown decoder '([\w-]+)'/i)?.[1];
  if (decoder !== undefined) {
    throw new XincError(
      'unsupported',
      `${path}: has an alpha channel, which ffmpeg ${ffmpeg.version} (${ffmpeg.path}) cannot read without ${decoder}`,
      { ...fields, hint: 'Let XINC_FFMPEG name an ffmpeg that is built with libvpx, or convert the clip.' },
    );
  }
  if (find(/matches no streams/i)) {
    throw new XincError('invalid-file', `${path}: there is no video in the file, only sound or other data`, fields);
  }
  const codec = find(/no decoder found for: (\S+)|decoder \(codec (?!none)(\S+?)\) not found/i);
  if (codec) {
    throw new XincError(
      'unsupported',
      `${path}: ffmpeg ${ffmpeg.version} (${ffmpeg.path}) does not know the codec ${codec[1] ?? codec[2]}`,
      { ...fields, hint: 'Install a newer ffmpeg, or convert the clip to H.264.' },
    );
  }
  // Said where the stream is declared and then ends without a frame; what was cut short names the cut first.
  if (/cannot determine format of input stream/i.test(errors[0] ?? '')) {
    throw new XincError('invalid-file', `${path}: there are no frames in the video`, fields);
  }
  const damage = errors.find((error) => DAMAGE.test(error));
  if (complete && damage === undefined) return;
  const reason = describe(
    (complete ? damage : errors[0]) ?? (cause as Error | undefined)?.message ?? 'ffmpeg failed',
    path,
  );
  throw new XincError('invalid-file', `${path}: the video data are damaged or cut short (${reason})`, fields);
}

/** An error line of ffmpeg without the file's name, which the message begins with anyway. */
function describe(error: string, path: string): string {
  return error.replace(`file:${path}: `, '').trim();
}

import { createHash } from 'node:crypto';
import { parse } from 'node:path';
import { throwIfAborted, XincError } from '@xinc/core';
import { type Framing, framingNotes, planFraming, sameExtent } from '../framing.js';
import { decodePixels, type ImageHeader, readImageHeader } from '../image/decode.js';
import { resample } from '../image/resample.js';
import { orAbort } from '../pause.js';
import { frameReader, type SourceSignal } from '../signal-source.js';
import { formatExtent } from '../size.js';
import { listFiles, readSourceFile } from '../source-file.js';
import { emptyRange, rangeNotes, resolveFrameRange } from './frame-range.js';
import type { VideoOptions } from './open-video.js';

const EXTENSIONS = ['.png', '.jpg', '.jpeg', '.webp', '.avif', '.tif', '.tiff'];

/**
 * A folder of pictures as a video, its frames in natural order of their names (2 before 10). Where most names differ
 * only in their numbers, the others are left aside: a label map or a cover among the frames. Only headers are read here; a frame is decoded each time it is asked for, so that memory holds one.
 * @throws XincError `invalid-file` if there are no pictures; `conflict` if they differ in size and no `size` makes
 *   them equal; else as for images.
 */
export async function openFolder(path: string, options: VideoOptions): Promise<SourceSignal> {
  const { frames = {}, abort, onProgress } = options;
  const { files, others } = findSeries(await listFiles(path, EXTENSIONS));
  if (files.length === 0) {
    throw new XincError('invalid-file', `${path}: there are no pictures in the folder`, {
      subject: path,
      hint: `Frames are files ending in ${EXTENSIONS.join(', ')}.`,
    });
  }
  const range = resolveFrameRange(frames, files.length);
  if (range.count === 0) throw emptyRange(path, frames, files.length);
  const indices = Array.from({ length: range.count }, (_, i) => range.start + i * range.step);

  const hash = createHash('sha256');
  const pictures: FolderPicture[] = [];
  for (const index of indices) {
    throwIfAborted(abort);
    const file = files[index];
    const bytes = await orAbort(readSourceFile(file), abort);
    hash.update(bytes);
    const header = await readImageHeader(file, bytes, options.size !== undefined);
    pictures.push({ file, index, header, framing: planFraming(file, header, options) });
    onProgress?.(pictures.length, indices.length);
  }
  checkSizes(pictures);

  const { original, output } = pictures[0].framing;
  return {
    shape: { kind: 'video', frames: pictures.length, ...output },
    source: {
      path,
      sha256: hash.digest('hex'),
      originalHeight: original.height,
      originalWidth: original.width,
      notes: [...otherNotes(others), ...rangeNotes(frames, pictures.length), ...pictureNotes(pictures)],
    },
    origins: pictures.map(({ file, index, framing, header }) => ({
      name: parse(file).name,
      index,
      framing,
      orientation: header.orientation,
    })),
    frame: frameReader(path, pictures.length, (index) => readPicture(pictures[index], options)),
  };
}

interface FolderPicture {
  readonly file: string;
  readonly index: number;
  readonly header: ImageHeader;
  readonly framing: Framing;
}

/** The files whose names differ only in their numbers, if they are most of all; else all. */
function findSeries(files: readonly string[]): { files: readonly string[]; others: readonly string[] } {
  const pattern = (file: string) => parse(file).name.toLowerCase().replace(/\d+/g, '#');
  const series = new Map<string, number>();
  for (const file of files) series.set(pattern(file), (series.get(pattern(file)) ?? 0) + 1);
  const main = [...series].find(([, count]) => count > 1 && count > files.length / 2)?.[0];
  if (main === undefined) return { files, others: [] };
  return {
    files: files.filter((file) => pattern(file) === main),
    others: files.filter((file) => pattern(file) !== main),
  };
}

function otherNotes(others: readonly string[]): string[] {
  if (others.length === 0) return [];
  const names = others.slice(0, 3).map((file) => parse(file).base);
  return [`pictures of other names left aside: ${[...names, ...(others.length > 3 ? ['…'] : [])].join(', ')}`];
}

async function readPicture({ file, framing }: FolderPicture, { size, abort }: VideoOptions) {
  const bytes = await orAbort(readSourceFile(file), abort);
  const header = await readImageHeader(file, bytes, size !== undefined);
  if (!sameExtent(header, framing.original)) {
    throw new XincError(
      'conflict',
      `${file}: was ${formatExtent(framing.original)} when the folder was opened and is ${formatExtent(header)} now`,
      { subject: file },
    );
  }
  return resample(await decodePixels(file, bytes, header, abort), framing, abort);
}

function checkSizes(pictures: readonly FolderPicture[]): void {
  const [first] = pictures;
  const other = pictures.find(({ framing }) => !sameExtent(framing.output, first.framing.output));
  if (!other) return;
  throw new XincError(
    'conflict',
    `The frames differ in size: ${first.file} is ${formatExtent(first.header)}, ${other.file} is ${formatExtent(other.header)}`,
    { subject: other.file, hint: `Give a \`size\` to bring all to, such as \`size: ${formatExtent(first.header)}\`.` },
  );
}

/** What was noticed about any of the pictures, each thing once. */
function pictureNotes(pictures: readonly FolderPicture[]): string[] {
  const [first] = pictures;
  const differing = pictures.some(({ header }) => !sameExtent(header, first.header));
  const notes = pictures.flatMap(({ header }) => [
    ...header.notes,
    ...(header.pages > 1 ? ['only the first of several pictures in a file is used'] : []),
    ...(header.metadata.hasAlpha ? ['transparency, where there is any, laid over white'] : []),
  ]);
  return [
    ...new Set(notes),
    ...(differing
      ? [`the pictures differ in size; each was brought to ${formatExtent(first.framing.output)}`]
      : framingNotes(first.framing)),
  ];
}

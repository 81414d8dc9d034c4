import { basename } from 'node:path';
import {
  type Frame,
  isXincError,
  type LabelMap,
  type Signal,
  type SignalShape,
  throwIfAborted,
  XincError,
} from '@xinc/core';
import { decodeFrame, decodeLabels, encodeLabels, encodePng } from '@xinc/signals';
import { z } from 'zod';
import { RUN_FILES } from '../folder/files.js';
import type { Run } from '../folder/run.js';
import { parseStoredJson } from '../folder/stored-json.js';
import type { Work } from '../work.js';
import { readStored } from './read-stored.js';

/** Frames decoded at once are kept up to this size, so that training does not decode them at every step. */
const KEPT_BYTES = 1 << 30;

/** Bytes of the groups of a label map, of which there are at most 65,536. */
const GROUPS_BYTES = 16 * 2 ** 20;

/**
 * Writes a signal's frames into a run, but for those that are there: 8 bits where that is exact, else 16.
 * @throws XincError `cancelled`, `io`
 */
export async function storeSignal(run: Run, signal: Signal, { progress, abort }: Work = {}): Promise<void> {
  const total = signal.shape.frames;
  let told = false;
  for (let frame = 0; frame < total; frame++) {
    throwIfAborted(abort);
    const file = RUN_FILES.frame(frame);
    if (await run.has(file)) continue;
    if (!told && total > 1) progress?.begin('Storing frames', 'frames');
    told = true;
    const picture = await signal.frame(frame);
    const bitDepth = isExactInBytes(picture) ? 8 : 16;
    await run.write(file, await encodePng(picture, { bitDepth }));
    progress?.update({ done: frame + 1, total });
  }
  if (told && total > 1) progress?.end(`${total} frames stored`);
}

/** Bytes that a picture of a run's size has at most as PNG, where nothing of it is compressed. */
function pictureBytes(run: Run): number {
  const { height, width } = run.manifest.signal;
  return 9 * height * width + 2 ** 20;
}

/**
 * Compares what run.json says of the signal with the frames that are there: their number, and the size of the first. Whatever is
 * made from the signal's shape takes memory by it.
 * @throws XincError `invalid-file` where they differ, `not-found` where frames are missing
 */
export async function checkStoredSignal(run: Run): Promise<void> {
  const { frames, height, width } = run.manifest.signal;
  const stored = new Set(await run.folder.list(RUN_FILES.signal, 'files'));
  for (let frame = 0; frame < frames; frame++) {
    // Links and pipes are not among the files, and are said to be there.
    if (stored.has(basename(RUN_FILES.frame(frame))) || (await run.has(RUN_FILES.frame(frame)))) continue;
    const path = run.folder.at(RUN_FILES.frame(frame));
    throw new XincError('not-found', `${path} is missing: run.json says that the run has ${counted(frames)}`, {
      subject: path,
      hint: 'Put the file back, or repeat the command that made the run, to store its signal again.',
    });
  }
  const first = run.folder.at(RUN_FILES.frame(0));
  const size = pngSize(await run.folder.readHead(RUN_FILES.frame(0), PNG_HEADER));
  if (size?.height === height && size.width === width) return;
  const what = size ? `${size.height}×${size.width}, the run ${height}×${width}` : 'no PNG file';
  throw new XincError('invalid-file', `${first} is ${what}`, { subject: first });
}

const counted = (frames: number): string => (frames === 1 ? 'one frame' : `${frames} frames`);

/** Bytes up to the extents in a PNG file: its signature, then the length, the type and the beginning of its first chunk. */
const PNG_HEADER = 24;

/** Extents of a PNG by its first bytes; `undefined` if it is none. */
function pngSize(head: Buffer): { readonly height: number; readonly width: number } | undefined {
  if (head.length < PNG_HEADER || head.toString('latin1', 1, 4) !== 'PNG') return undefined;
  return { height: head.readUInt32BE(20), width: head.readUInt32BE(16) };
}

/** The signal a run was made of, as stored. */
export function storedSignal(run: Run): Signal {
  const { source, kind, frames, height, width } = run.manifest.signal;
  const shape: SignalShape = { kind, frames, height, width };
  const kept = new Map<number, Promise<Frame>>();
  const keepsAll = frames * height * width * 12 <= KEPT_BYTES;
  const read = async (frame: number): Promise<Frame> => {
    const file = RUN_FILES.frame(frame);
    return decodeFrame(run.folder.at(file), await run.read(file, pictureBytes(run)), { height, width });
  };
  return {
    shape,
    source: { ...source, frameRate: source.frameRate } as Signal['source'],
    frame(index) {
      if (!keepsAll) return read(index);
      const present = kept.get(index) ?? read(index);
      kept.set(index, present);
      return present;
    },
  };
}

/** Stores a label map in the run as `signal/labels/<name>/frame-0000.png` and `.json`. */
export async function storeLabels(run: Run, name: string, frame: number, map: LabelMap): Promise<void> {
  const { png, json } = await encodeLabels(map);
  const stem = RUN_FILES.labelMap(name, frame);
  await run.write(`${stem}.png`, png);
  await run.write(`${stem}.json`, json);
}

/** What is stored of a grouping beside its label maps. */
export interface GroupingNote {
  /** What it was called when it was asked for: `grid:4x8`. */
  readonly title: string;
  /** The frames of the video that its groups were found on together; absent where each frame's are its own. */
  readonly foundOn?: readonly number[] | undefined;
  /** The same as earlier versions noted it, which found them on the frames that were analysed. */
  readonly frames?: readonly number[] | undefined;
}

export const storeGroupingNote = (run: Run, name: string, note: GroupingNote): Promise<void> =>
  run.write(RUN_FILES.groupingNote(name), `${JSON.stringify(note)}\n`);

const framesSchema = z.array(z.int().nonnegative()).optional();
const noteSchema = z.object({ title: z.string(), foundOn: framesSchema, frames: framesSchema });

/** `undefined` if there is none that can be read: it is made again. */
export const storedGroupingNote = (run: Run, name: string): Promise<GroupingNote | undefined> =>
  readStored(run, RUN_FILES.groupingNote(name), noteSchema, '').catch((error) => {
    if (isXincError(error, 'invalid-file')) return undefined;
    throw error;
  });

/** A stored label map; `undefined` if there is none. */
export async function storedLabels(run: Run, name: string, frame: number): Promise<LabelMap | undefined> {
  const stem = RUN_FILES.labelMap(name, frame);
  if (!(await run.has(`${stem}.json`))) return undefined;
  const png = await run.read(`${stem}.png`, pictureBytes(run));
  const json = await run.read(`${stem}.json`, GROUPS_BYTES);
  try {
    parseStoredJson(json);
  } catch (error) {
    const path = run.folder.at(`${stem}.json`);
    throw new XincError('invalid-file', `${path} is damaged: ${(error as Error).message}`, { subject: path });
  }
  return decodeLabels(run.folder.at(`${stem}.png`), { png, json: json.toString('utf8') }, run.manifest.signal);
}

function isExactInBytes({ rgb }: Frame): boolean {
  return rgb.every((value) => Math.abs(value * 255 - Math.round(value * 255)) < 1e-4);
}

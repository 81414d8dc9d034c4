import {
  type Frame,
  isXincError,
  type LabelMap,
  type Signal,
  type SignalShape,
  throwIfAborted,
  XincError,
} from '@xinc/core';
import type { Run } from '@xinc/core/node';
import { decodeLabels, encodeLabels, encodePng, readFrame } from '@xinc/signals';
import { z } from 'zod';
import type { CommandContext } from '../context.js';
import { readStored } from './read-stored.js';

/** Frames decoded at once are kept up to this size, so that training does not decode them at every step. */
const KEPT_BYTES = 1 << 30;

/** `frame-0000`. */
export function frameName(frame: number): string {
  return `frame-${String(frame).padStart(4, '0')}`;
}

/**
 * Writes a signal's frames into a run, but for those that are there: 8 bits where that is exact, else 16.
 * @throws XincError `cancelled`, `io`
 */
export async function storeSignal(run: Run, signal: Signal, { display, abort }: CommandContext): Promise<void> {
  const total = signal.shape.frames;
  let told = false;
  for (let frame = 0; frame < total; frame++) {
    throwIfAborted(abort);
    const file = `signal/${frameName(frame)}.png`;
    if (await run.has(file)) continue;
    if (!told && total > 1) display.begin('Storing frames', 'frames');
    told = true;
    const picture = await signal.frame(frame);
    const bitDepth = isExactInBytes(picture) ? 8 : 16;
    await run.write(file, await encodePng(picture, { bitDepth }));
    display.update({ done: frame + 1, total });
  }
  if (told && total > 1) display.end(`${total} frames stored`);
}

/** The signal a run was made of, as stored. */
export function storedSignal(run: Run): Signal {
  const { source, kind, frames, height, width } = run.manifest.signal;
  const shape: SignalShape = { kind, frames, height, width };
  const kept = new Map<number, Promise<Frame>>();
  const keepsAll = frames * height * width * 12 <= KEPT_BYTES;
  const read = async (frame: number): Promise<Frame> => {
    const path = run.file('signal', `${frameName(frame)}.png`);
    const picture = await readFrame(path);
    if (picture.height === height && picture.width === width) return picture;
    throw new XincError('invalid-file', `${path} is ${picture.height}×${picture.width}, the run ${height}×${width}`, {
      subject: path,
    });
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
  const stem = `signal/labels/${name}/${frameName(frame)}`;
  await run.write(`${stem}.png`, png);
  await run.write(`${stem}.json`, json);
}

/** What is stored of a grouping beside its label maps. */
export interface GroupingNote {
  /** What it was called when it was asked for: `grid:4x8`. */
  readonly title: string;
  /** The frames that its groups were found on together; absent where each frame's are its own. */
  readonly frames?: readonly number[] | undefined;
}

const groupingFile = (name: string) => `signal/labels/${name}/grouping.json`;

export const storeGroupingNote = (run: Run, name: string, note: GroupingNote): Promise<void> =>
  run.write(groupingFile(name), `${JSON.stringify(note)}\n`);

const noteSchema = z.object({ title: z.string(), frames: z.array(z.int().nonnegative()).optional() });

/** `undefined` if there is none that can be read: it is made again. */
export const storedGroupingNote = (run: Run, name: string): Promise<GroupingNote | undefined> =>
  readStored(run, groupingFile(name), noteSchema, '').catch((error) => {
    if (isXincError(error, 'invalid-file')) return undefined;
    throw error;
  });

/** A stored label map; `undefined` if there is none. */
export async function storedLabels(run: Run, name: string, frame: number): Promise<LabelMap | undefined> {
  const stem = `signal/labels/${name}/${frameName(frame)}`;
  if (!(await run.has(`${stem}.json`))) return undefined;
  const [png, json] = [await run.read(`${stem}.png`), (await run.read(`${stem}.json`)).toString('utf8')];
  return decodeLabels(run.file(...`${stem}.png`.split('/')), { png, json });
}

function isExactInBytes({ rgb }: Frame): boolean {
  return rgb.every((value) => Math.abs(value * 255 - Math.round(value * 255)) < 1e-4);
}

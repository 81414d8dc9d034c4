import { basename } from 'node:path';
import { XincError } from '@xinc/core';
import {
  openSignal,
  parseCrop,
  parseFrameRange,
  parseSize,
  readSignalLabels,
  type SignalLabels,
  type SourceSignal,
} from '@xinc/signals';
import type { CommandContext } from '../context.js';
import { describeShape, HEIGHT_BY_WIDTH } from './describe-shape.js';

/** Options of the commands that read a signal. */
export interface InputOptions {
  readonly size?: string;
  readonly crop?: string;
  readonly frames?: string;
  readonly labels?: string;
}

export interface Input {
  readonly signal: SourceSignal;
  /** The user's annotation, where one was given. */
  readonly labels: SignalLabels | null;
}

export async function openInput(
  path: string,
  { size, crop, frames, labels }: InputOptions,
  { abort, display }: CommandContext,
): Promise<Input> {
  const framing = {
    ...(size !== undefined && { size: parseSize(size) }),
    ...(crop !== undefined && { crop: parseCrop(crop) }),
    ...(frames !== undefined && { frames: parseFrameRange(frames) }),
  };
  const signal = await openSignal(path, { ...framing, abort });
  const { kind } = signal.shape;
  if (frames !== undefined && kind === 'image') {
    throw new XincError('invalid-option', `--frames ${frames}: ${path} is one picture, not a video`, {
      subject: '--frames',
      hint: 'Leave --frames out, or give a video or a folder of frames.',
    });
  }
  display.line(`Signal: ${basename(path)}, ${describeShape(signal.shape)} ${HEIGHT_BY_WIDTH}`);
  for (const note of signal.source.notes) display.line(`  ${note}`);
  if (labels === undefined) return { signal, labels: null };
  const annotation = await readSignalLabels(labels, signal);
  display.line(`Labels: ${basename(labels)}, ${annotation.format}, ${countObjects(annotation)}`);
  for (const note of annotation.notes) display.line(`  ${note}`);
  return { signal, labels: annotation };
}

/** "12 things and 3 stuff regions", on all frames together. */
function countObjects({ frames: [{ groups }] }: SignalLabels): string {
  const count = (type: string, one: string, many: string) => {
    const found = groups.filter((group) => group.type === type).length;
    return found === 0 ? [] : [`${found} ${found === 1 ? one : many}`];
  };
  const counted = [...count('thing', 'thing', 'things'), ...count('stuff', 'stuff region', 'stuff regions')];
  return counted.join(' and ') || 'no objects';
}

import { basename } from 'node:path';
import { counted, type SignalShape, XincError } from '@xinc/core';
import type { Input } from '@xinc/runs';
import {
  openSignal,
  parseCrop,
  parseFrameRange,
  parseLabelsOrientation,
  parseMatrix,
  parseSize,
  parseVoidValues,
  readSignalLabels,
  type SignalLabels,
} from '@xinc/signals';
import type { CommandContext } from '../context.js';
import { describeShape, HEIGHT_BY_WIDTH } from './describe-shape.js';

/** Options of the commands that read a signal. */
export interface InputOptions {
  readonly size?: string;
  readonly crop?: string;
  readonly frames?: string;
  readonly labels?: string;
  readonly void?: string;
  readonly labelsOrientation?: string;
  readonly matrix?: string;
  readonly deinterlace?: boolean;
}

/**
 * Reads the signal and its labels, and prints what was assumed of them.
 * @param represents what the model represents, where one was named: of a file of several pictures, one of images takes one
 */
export async function openInput(
  path: string,
  { size, crop, frames, labels, ...meaning }: InputOptions,
  { abort, display }: CommandContext,
  represents: readonly SignalShape['kind'][] = [],
): Promise<Input> {
  const { matrix, deinterlace, void: voids, labelsOrientation: orientation } = meaning;
  const severalAs = represents.length === 1 ? represents[0] : undefined;
  const framing = {
    ...(size !== undefined && { size: parseSize(size) }),
    ...(crop !== undefined && { crop: parseCrop(crop) }),
    ...(frames !== undefined && { frames: parseFrameRange(frames) }),
    ...(matrix !== undefined && { matrix: parseMatrix(matrix) }),
    ...(deinterlace && { deinterlace }),
    ...(severalAs && { severalAs }),
  };
  const annotated = {
    ...(voids !== undefined && { void: parseVoidValues(voids) }),
    ...(orientation !== undefined && { orientation: parseLabelsOrientation(orientation) }),
  };
  for (const [option, value] of [
    ['--void', voids],
    ['--labels-orientation', orientation],
  ]) {
    if (value === undefined || labels !== undefined) continue;
    throw new XincError('invalid-option', `${option} says how labels are read, but there are none`, {
      subject: option,
      hint: 'Give them with --labels.',
    });
  }
  const signal = await openSignal(path, { ...framing, abort });
  const { kind } = signal.shape;
  if (frames !== undefined && kind === 'image' && signal.pictures === undefined) {
    throw new XincError('invalid-option', `--frames ${frames}: ${path} is one picture, not a video`, {
      subject: '--frames',
      hint: 'Leave --frames out, or give a video or a folder of frames.',
    });
  }
  display.line(`Signal: ${basename(path)}, ${describeShape(signal.shape)} ${HEIGHT_BY_WIDTH}`);
  for (const note of signal.source.notes) display.line(`  ${note}`);
  if (labels === undefined) return { signal, labels: null };
  const annotation = await readSignalLabels(labels, signal, { ...annotated, abort });
  display.line(`Labels: ${basename(labels)}, ${annotation.format}, ${countObjects(annotation)}`);
  for (const note of annotation.notes) display.line(`  ${note}`);
  return { signal, labels: annotation };
}

/** "12 things and 3 stuff regions", on all frames together. */
function countObjects({ frames: [{ groups }] }: SignalLabels): string {
  const count = (type: string, one: string) => {
    const found = groups.filter((group) => group.type === type).length;
    return found === 0 ? [] : [counted(found, one)];
  };
  return [...count('thing', 'thing'), ...count('stuff', 'stuff region')].join(' and ') || 'no objects';
}

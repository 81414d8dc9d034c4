import { stat } from 'node:fs/promises';
import { type InrPlugin, isXincError, XincError } from '@xinc/core';
import { ioError } from '@xinc/core/node';
import type { Input } from '@xinc/runs';
import {
  openSignal,
  parseCrop,
  parseFrameRange,
  parseMatrix,
  parseSize,
  parseVoidValues,
  readSignalLabels,
  type SourceSignal,
} from '@xinc/signals';
import { type Study, signalPath } from '../open-study.js';
import type { Task } from './tasks.js';

/**
 * Reads what a task's run is made of. A network of videos takes the study's frames; one of images a picture, or one frame of a video.
 * Where only some of the frames of a video are annotated, its run goes without labels, and its notes say so.
 * @throws XincError as `openSignal` and `readSignalLabels` do
 */
export async function openTaskInput(
  study: Study,
  task: Task,
  model: InrPlugin,
  abort: AbortSignal | undefined,
): Promise<Input> {
  const { manifest } = study;
  const { labels } = task.signal;
  const signal = await openTaskSignal(study, task, model, abort);
  const withNotes = (...more: string[]): SourceSignal => ({
    ...signal,
    source: { ...signal.source, notes: [...signal.source.notes, ...more] },
  });
  if (labels === undefined) return { signal: withNotes(), labels: null };
  const labelsFrom = signalPath(study, labels);
  await stat(labelsFrom).catch((error) => {
    throw ioError(error, labelsFrom, 'read');
  });
  const readFor = (origins: SourceSignal['origins']) =>
    readSignalLabels(
      labelsFrom,
      { ...signal, origins },
      {
        ...(manifest.void !== undefined && { void: parseVoidValues(manifest.void) }),
        ...(manifest.labelsOrientation !== undefined && { orientation: manifest.labelsOrientation }),
        ...(abort && { abort }),
      },
    );
  try {
    return { signal: withNotes(), labels: await readFor(signal.origins) };
  } catch (error) {
    if (!isXincError(error, 'not-found') || signal.shape.frames === 1) throw error;
    // Labels of some frames serve networks of images; one of videos would need them of all.
    for (const origin of signal.origins) {
      if (!(await readFor([origin]).catch(() => null))) continue;
      return { signal: withNotes(`labels are left out: ${error.problem}`), labels: null };
    }
    throw error;
  }
}

/** The signal of a task's run. @throws XincError as `openSignal` */
export async function openTaskSignal(
  study: Pick<Study, 'path' | 'manifest'>,
  { signal: { path } }: Task,
  { signals: represents }: InrPlugin,
  abort: AbortSignal | undefined,
): Promise<SourceSignal> {
  const { size, crop, matrix, deinterlace, frames, imageFrame = 0 } = study.manifest;
  const framing = {
    ...(size !== undefined && { size: parseSize(size) }),
    ...(crop !== undefined && { crop: parseCrop(crop) }),
    ...(matrix !== undefined && { matrix: parseMatrix(matrix) }),
    ...(deinterlace && { deinterlace }),
    ...(abort && { abort }),
  };
  const from = signalPath(study, path);
  if (!represents.includes('video')) return openPicture(from, imageFrame, framing);
  return openSignal(from, { ...framing, ...(frames !== undefined && { frames: parseFrameRange(frames) }) });
}

/** A picture, or one frame of a video as a picture. */
async function openPicture(
  path: string,
  frame: number,
  framing: Parameters<typeof openSignal>[1],
): Promise<SourceSignal> {
  const range = { start: frame, stop: frame + 1 };
  const signal = await openSignal(path, { ...framing, severalAs: 'image', frames: range });
  if (signal.shape.kind === 'image') return signal;
  if (signal.shape.frames !== 1) {
    throw new XincError('unsupported', `${path}: its frame ${frame} cannot be taken alone`, { subject: path });
  }
  const { frameRate: _, ...source } = signal.source;
  return {
    ...signal,
    shape: { ...signal.shape, kind: 'image' },
    source,
  };
}

import { join, parse } from 'node:path';
import { XincError } from '@xinc/core';
import type { Framing } from '../framing.js';
import type { FrameOrigin } from '../signal-source.js';
import { isFolder, listFiles, readSourceFile } from '../source-file.js';
import { type GroupNames, namesPath, readGroupNames } from './group-names.js';
import { type FrameLabels, labelMap } from './label-map.js';
import type { LabelValues } from './label-values.js';
import { readNpyValues } from './npy-values.js';
import { readPngValues } from './png-values.js';

/**
 * Reads the annotation of one frame: a palette PNG (the index is the label), a grey PNG of up to 16 bits, or a .npy of
 * integers [H, W]. It is cropped and resized as the frame was, nearest neighbour.
 *
 * Value 0 is the group "other"; the others, in ascending order, are the things "instance 1", "instance 2", … unless
 * a JSON file beside the map (`street.png` → `street.json`) names them: `{"1": "boat", "2": {"name": "Anna",
 * "category": "person", "type": "thing"}}`. Palette colours become group colours.
 *
 * @param framing How the frame was made from its picture: `signal.origins[0].framing`.
 * @returns The map [H, W], and in `notes` the instances that cropping or resizing lost.
 * @throws XincError `conflict` naming both sizes if the map is neither of the picture's size nor of the frame's;
 *   `invalid-file` for maps in colour and damaged ones; `not-found`, `io`.
 * @example
 * const signal = await openSignal('street.jpg', { size: { longest: 256 } });
 * const annotation = await readLabels('street.png', signal.origins[0].framing);
 */
export async function readLabels(path: string, framing: Framing): Promise<FrameLabels> {
  return readFrameLabels(path, framing, await readGroupNames(namesPath(path)));
}

/**
 * Reads the annotations of every frame of a signal: one file for an image, a folder of them for a video. The files of
 * a folder belong to the frames of the same name (`00007.jpg`, `00007.png`), or, where no name fits, to the frames in
 * order. `labels.json` in the folder names the values for all frames that have no JSON file of their own.
 * @throws XincError as `readLabels`; `not-found` naming the frames that have no map.
 */
export async function readSignalLabels(path: string, origins: readonly FrameOrigin[]): Promise<FrameLabels[]> {
  if (!(await isFolder(path))) {
    if (origins.length === 1) return [await readLabels(path, origins[0].framing)];
    throw new XincError('usage', `${path}: is one label map, but there are ${origins.length} frames`, {
      subject: path,
      hint: 'Give a folder with a label map for each frame.',
    });
  }
  const files = matchFrames(path, await listFiles(path, ['.png', '.npy']), origins);
  const labels: FrameLabels[] = [];
  for (const [i, file] of files.entries()) {
    const names = await readGroupNames(namesPath(file), join(path, 'labels.json'));
    labels.push(await readFrameLabels(file, origins[i].framing, names));
  }
  return labels;
}

async function readFrameLabels(path: string, framing: Framing, names: GroupNames): Promise<FrameLabels> {
  return labelMap(path, await readLabelValues(path), framing, names);
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const NPY_MAGIC = Buffer.from('\x93NUMPY', 'latin1');

async function readLabelValues(path: string): Promise<LabelValues> {
  const bytes = await readSourceFile(path);
  if (bytes.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) return readPngValues(path, bytes);
  if (bytes.subarray(0, NPY_MAGIC.length).equals(NPY_MAGIC)) return readNpyValues(path, bytes);
  throw new XincError('invalid-file', `${path}: is no label map`, {
    subject: path,
    hint: 'Label maps are palette PNGs, grey PNGs (8 or 16 bits) and .npy files of integers.',
  });
}

/** For each frame the file with its label map: by name if any name fits, else by order. */
function matchFrames(folder: string, files: readonly string[], origins: readonly FrameOrigin[]): string[] {
  const byName = new Map(files.map((file) => [parse(file).name, file]));
  if (origins.some(({ name }) => byName.has(name))) {
    const missing = origins.filter(({ name }) => !byName.has(name)).map(({ name }) => name);
    if (missing.length === 0) return origins.map(({ name }) => byName.get(name)!);
    throw new XincError(
      'not-found',
      `${folder}: no label map for ${missing.length} of ${origins.length} frames: ${listSome(missing)}`,
      { subject: folder },
    );
  }
  if (files.length === origins.length) return [...files];
  // As many maps as the clip had frames before `--frames` took some of them.
  const last = Math.max(...origins.map(({ index }) => index));
  if (files.length > last) return origins.map(({ index }) => files[index]);
  throw new XincError('not-found', `${folder}: ${files.length} label maps for ${origins.length} frames`, {
    subject: folder,
    hint: `Name the maps like the frames (${origins[0].name}.png), or give one for each.`,
  });
}

function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown}, …` : shown;
}

import { join, parse } from 'node:path';
import { XincError } from '@xinc/core';
import { isNpy } from '@xinc/core/formats';
import type { FrameOrigin } from '../signal-source.js';
import { listFiles, readSourceFile } from '../source-file.js';
import type { AnnotatedSignal, Annotation } from './annotation.js';
import { namesPath, readGroupNames } from './group-names.js';
import type { LabelValues } from './label-values.js';
import { matchNames, matchOrder, missingFrames } from './match-frames.js';
import { readNpyValues } from './npy-values.js';
import { isPng } from './png-chunks.js';
import { readPngValues } from './png-values.js';

/**
 * Plain label maps: palette PNGs (the index is the label, as DAVIS stores objects), grey PNGs of up to 16 bits, `.npy` of
 * integers [H, W]. Equal values are one object in all frames. Values are named by a JSON file beside the map
 * (`street.png` → `street.json`), or by `labels.json` for a whole folder: `{"1": "boat", "2": {"name": "Anna", …}}`.
 */
const FORMAT = 'label maps';

/** The annotation of an image in one file. */
export function openLabelMap(path: string, { origins }: AnnotatedSignal): Annotation {
  if (origins.length > 1) {
    throw new XincError('usage', `${path}: is one label map, but there are ${origins.length} frames`, {
      subject: path,
      hint: 'Give a folder with a label map for each frame.',
    });
  }
  return labelMaps([path]);
}

/** A label map per frame, from the files of a folder. */
export function openLabelMapFolder(folder: string, files: readonly string[], { origins }: AnnotatedSignal): Annotation {
  if (files.length === 0) {
    throw new XincError('not-found', `${folder}: holds no label maps and no panoptic JSON file`, {
      subject: folder,
      hint: 'Give the folder that has the PNGs or .npy files, or the JSON file itself.',
    });
  }
  return labelMaps(matchFiles(folder, files, origins), join(folder, 'labels.json'));
}

/** The files of a folder that may be label maps, in natural order. */
export function listLabelMaps(folder: string): Promise<string[]> {
  return listFiles(folder, ['.png', '.npy']);
}

function labelMaps(files: readonly string[], ...namesOfAll: readonly string[]): Annotation {
  return {
    format: FORMAT,
    conventional: true,
    async read(frame) {
      const path = files[frame];
      const names = await readGroupNames(namesPath(path), ...namesOfAll);
      return { path, map: await readLabelValues(path), names };
    },
  };
}

async function readLabelValues(path: string): Promise<LabelValues> {
  const bytes = await readSourceFile(path);
  if (isPng(bytes)) return readPngValues(path, bytes);
  if (isNpy(bytes)) return readNpyValues(path, bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    throw new XincError('invalid-file', `${path}: is a JPEG, whose compression changes label values`, {
      subject: path,
      hint: 'Save the labels without loss, as a palette or grey PNG; a JPEG made into a PNG has lost them already.',
    });
  }
  throw new XincError('invalid-file', `${path}: is no label map`, {
    subject: path,
    hint: 'Label maps are palette PNGs, grey PNGs (8 or 16 bits) and .npy files of integers; panoptic annotations are JSON files.',
  });
}

/** For each frame the file with its label map: by name if any name fits, else by order. */
function matchFiles(folder: string, files: readonly string[], origins: readonly FrameOrigin[]): string[] {
  const maps = files.map((path) => ({ path, names: [parse(path).name] }));
  const named = matchNames(maps, origins);
  if (named.every((map) => map !== undefined)) return named.map(({ path }) => path);
  if (named.some((map) => map !== undefined)) throw missingFrames(folder, 'label map', named, origins);
  const inOrder = matchOrder(maps, origins);
  if (inOrder) return inOrder.map(({ path }) => path);
  throw new XincError('not-found', `${folder}: ${files.length} label maps for ${origins.length} frames`, {
    subject: folder,
    hint: `Name the maps like the frames (${origins[0].name}.png), or give one for each.`,
  });
}

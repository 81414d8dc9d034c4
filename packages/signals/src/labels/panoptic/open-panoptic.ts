import { basename, dirname, extname, join, parse, resolve } from 'node:path';
import { XincError } from '@xinc/core';
import { sameExtent } from '../../framing.js';
import { formatExtent } from '../../size.js';
import { fileExists, listFiles, readHead, readSourceFile } from '../../source-file.js';
import type { AnnotatedSignal, Annotation } from '../annotation.js';
import { readPngHeader } from '../png-chunks.js';
import type { VoidValues } from '../void-values.js';
import { chooseVideo } from './choose-video.js';
import { cityscapesVpsSet, isCityscapesVps } from './cityscapes-vps.js';
import { cocoSet } from './coco.js';
import { labelObjects } from './label-objects.js';
import { catalogObjects } from './objects.js';
import { findPanopticJson, type PanopticJson, readPanopticJson, segmentsOf } from './panoptic-json.js';
import type { PanopticFrame, PanopticSet, PanopticVideo } from './panoptic-set.js';
import { readSegmentIds } from './segment-ids.js';
import { vipsegSet } from './vipseg.js';

/** The annotation of a signal by the JSON file of a data set. */
export async function openPanopticFile(path: string, signal: AnnotatedSignal, voids?: VoidValues): Promise<Annotation> {
  return openSets(path, [asSet(path, await readPanopticJson(path))], signal, voids);
}

/**
 * The annotation of a signal by a folder: one that holds a panoptic JSON file, or RGB-coded PNGs (or folders of them)
 * whose JSON file lies one or two folders up. `undefined` for any other.
 * @param maps the folder's PNG and .npy files
 */
export async function openPanopticFolder(
  folder: string,
  maps: readonly string[],
  signal: AnnotatedSignal,
  voids?: VoidValues,
): Promise<Annotation | undefined> {
  const own = await setsIn(folder, maps);
  if (own.length > 0) return openSets(folder, own, signal, voids);
  if (maps.length > 0 && !(await isColored(maps[0]))) return undefined;
  const parent = dirname(resolve(folder));
  const above = [...(await setsIn(parent)), ...(await setsIn(dirname(parent)))];
  if (above.length > 0) return openSets(folder, above, signal, voids, folder);
  if (maps.length === 0) return undefined;
  throw new XincError(
    'not-found',
    `${folder}: the pictures are RGB, but there is no panoptic JSON file in it or above it`,
    {
      subject: folder,
      hint: 'Give the JSON file that says what the colours stand for, or label maps as palette or grey PNGs.',
    },
  );
}

/**
 * The panoptic annotations of a folder: those called so if any is, since other JSON files of data sets are large. Files
 * that name the values of its label maps are passed over unread. Ground truth over time (`panoptic_gt_…`) comes first.
 */
async function setsIn(folder: string, maps: readonly string[] = []): Promise<PanopticSet[]> {
  const names = new Set(['labels', ...maps.map((map) => parse(map).name)]);
  const files = (await listFiles(folder, ['.json']).catch(() => [])).filter((path) => !names.has(parse(path).name));
  const called = files.filter((path) => /panoptic/i.test(basename(path)));
  const rank = (path: string) => (basename(path).startsWith('panoptic_gt') ? 0 : 1);
  const sets: PanopticSet[] = [];
  for (const path of (called.length > 0 ? called : files).sort((a, b) => rank(a) - rank(b))) {
    const json = await findPanopticJson(path);
    if (json) sets.push(asSet(path, json));
  }
  return sets;
}

async function isColored(path: string): Promise<boolean> {
  const header = extname(path).toLowerCase() === '.png' ? readPngHeader(await readHead(path, 64)) : undefined;
  return header?.colorType === 2;
}

function asSet(path: string, json: PanopticJson): PanopticSet {
  if (json.kind === 'videos') return vipsegSet(path, json);
  return isCityscapesVps(json) ? cityscapesVpsSet(path, json) : cocoSet(path, json);
}

/**
 * @param voids segment ids that the user says are no objects; `undefined` if nothing was said
 * @param pngs the folder with the PNGs, or the one above those of each video, where the user gave it
 */
async function openSets(
  path: string,
  sets: readonly PanopticSet[],
  signal: AnnotatedSignal,
  voids: VoidValues | undefined,
  pngs?: string,
): Promise<Annotation> {
  const { set, video, frames } = chooseVideo(path, sets, signal);
  const folder = await findFolder(set, video, frames, pngs);
  const segments = frames.map(({ entry }) => segmentsOf(set.path, entry));
  const { numbers, names, notes } = catalogObjects(set.path, segments, set.categories, voids !== undefined);
  const ids = new Set(voids);
  return {
    format: set.format,
    conventional: false,
    notes,
    async read(frame) {
      const { entry, extent } = frames[frame];
      const file = join(folder, ...fileParts(set.path, entry.file_name));
      const map = await readSegmentIds(file, await readSourceFile(file));
      if (extent && !sameExtent(map, extent)) {
        throw new XincError(
          'conflict',
          `${file}: is ${formatExtent(map)}, but ${set.path} says the image is ${formatExtent(extent)}`,
          { subject: file, hint: 'Give the PNGs that the JSON file was made for.' },
        );
      }
      return { path: file, map: labelObjects(set.path, file, map, numbers[frame], ids), names };
    },
  };
}

/** The folder with the PNGs. */
async function findFolder(
  set: PanopticSet,
  video: PanopticVideo,
  [first]: readonly PanopticFrame[],
  pngs: string | undefined,
): Promise<string> {
  const folders =
    pngs === undefined ? video.folders : [pngs, ...(video.id === undefined ? [] : [join(pngs, video.id)])];
  const parts = fileParts(set.path, first.entry.file_name);
  for (const folder of folders) if (await fileExists(join(folder, ...parts))) return folder;
  throw new XincError('not-found', `${set.path}: there is no ${first.entry.file_name} in ${folders.join(', ')}`, {
    subject: set.path,
    hint: `Put the PNGs into ${folders[0]}.`,
  });
}

/** The parts of a file's name in a JSON file, which must stay below the folder. */
function fileParts(path: string, name: string): string[] {
  const parts = name.split(/[\\/]/);
  if (parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes(':'))) return parts;
  throw new XincError('invalid-file', `${path}: the file name '${name}' leads out of its folder`, { subject: path });
}

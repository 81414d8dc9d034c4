import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { XincError } from '@xinc/core';
import { ioError, makeFolder } from '@xinc/core/node';
import type { Region } from '../framing.js';
import { decodePixels, readImageHeader } from '../image/decode.js';
import { encodePng } from '../image/png.js';
import { resample } from '../image/resample.js';
import { frameName } from '../signal-source.js';
import { fileExists, readSourceFile } from '../source-file.js';
import { type PlateOptions, planPlate } from './plan-plate.js';

/**
 * Cuts a plate, one picture of many views such as Muybridge's, into a folder of frames: `frame-0000.png` for the view
 * at the top left, then left to right, row after row. The views keep their pixels and all have one size. The folder
 * comes into being complete or not at all.
 *
 * @param folder Where to put the frames: a folder that does not exist yet, or an empty one.
 * @returns Where each view lies on the plate.
 * @throws XincError as `openSignal` for the plate; `invalid-option` if nothing is left of the views; `conflict` if the
 *   folder holds something; `io`.
 * @example
 * await splitPlate('cat.jpg', 'cat-frames', { rows: 4, columns: 6 });
 * const walk = await openSignal('cat-frames');
 */
export async function splitPlate(path: string, folder: string, options: PlateOptions): Promise<Region[]> {
  const bytes = await readSourceFile(path);
  const header = await readImageHeader(path, bytes, false);
  const pixels = await decodePixels(path, bytes, header);
  const regions = planPlate(path, pixels, options);
  const original = { height: header.height, width: header.width };
  const bitDepth = header.metadata.depth === 'ushort' ? 16 : 8;
  await writeFolder(folder, async (unfinished) => {
    for (const [i, region] of regions.entries()) {
      const view = await resample(pixels, { original, region, output: region });
      await writeFile(join(unfinished, `${frameName(i)}.png`), await encodePng(view, { bitDepth }));
    }
  });
  return regions;
}

/** Fills a folder beside its final place and then moves it there. */
async function writeFolder(folder: string, fill: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = join(dirname(folder), `.${basename(folder)}-${randomUUID()}`);
  try {
    if ((await fileExists(folder)) && (await readdir(folder)).length > 0) {
      throw new XincError('conflict', `${folder}: is not empty`, {
        subject: folder,
        hint: 'Name a folder that does not exist yet.',
      });
    }
    await makeFolder(unfinished);
    await fill(unfinished);
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    throw ioError(error, folder, 'written');
  }
}

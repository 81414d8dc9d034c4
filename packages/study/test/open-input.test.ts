import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InrPlugin } from '@xinc/core';
import { encodeNpy } from '@xinc/core/formats';
import { encodePng } from '@xinc/signals';
import { expect, test } from 'vitest';
import type { Study } from '../src/open-study.js';
import { openTaskInput } from '../src/tasks/open-input.js';
import type { Task } from '../src/tasks/tasks.js';
import { smallStudy } from './small-study.js';

/** Three frames in three greys, of which the second alone has labels. */
async function clipIn(study: Study): Promise<Task['signal']> {
  for (const name of ['frames', 'labels']) await mkdir(join(study.path, name));
  const picture = (level: number) => encodePng({ height: 2, width: 2, rgb: new Float32Array(12).fill(level) });
  for (const frame of [0, 1, 2]) await writeFile(join(study.path, 'frames', `${frame}.png`), await picture(frame / 4));
  await writeFile(
    join(study.path, 'labels', '1.npy'),
    encodeNpy({ shape: [2, 2], data: new Uint8Array([0, 1, 1, 2]) }),
  );
  return { name: 'bear', path: 'frames', labels: 'labels' };
}

const images = { signals: ['image'] } as unknown as InrPlugin;
const videos = { signals: ['video'] } as unknown as InrPlugin;

async function open(model: InrPlugin, manifest: Partial<Study['manifest']>) {
  const study = await smallStudy(1);
  const task = { ...study.tasks[0], signal: await clipIn(study) };
  const changed = { ...study, manifest: { ...study.manifest, ...manifest } };
  return openTaskInput(changed, task, model, undefined);
}

test('a network of images takes one frame of a video, with its labels', async () => {
  const { signal, labels } = await open(images, { imageFrame: 1 });
  expect(signal.shape).toEqual({ kind: 'image', frames: 1, height: 2, width: 2 });
  expect((await signal.frame(0)).rgb[0]).toBeCloseTo(1 / 4, 2);
  expect(labels!.frames).toHaveLength(1);
  await expect(open(images, { imageFrame: 3 })).rejects.toThrow('takes no frame');
});

test('a network of videos takes the frames asked for, and goes without labels that not all of them have', async () => {
  const some = await open(videos, { frames: '0:2' });
  expect(some.signal.shape).toMatchObject({ kind: 'video', frames: 2 });
  expect(some.labels).toBeNull();
  expect(some.signal.source.notes.at(-1)).toMatch(/^labels are left out: .*no label map for 1 of 2 frames: 0$/);
  expect((await open(videos, { frames: '1:2' })).labels!.frames).toHaveLength(1);
});

import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { movingPictures } from '../../test/clips.js';
import { fixtureFolder, picture } from '../../test/fixtures.js';
import { openSignal } from '../open-signal.js';

const { folder, put } = await fixtureFolder();
const pictures = movingPictures(4, 6, 8);

/** Writes pictures into a new folder under the given names. */
async function frames(name: string, files: Record<string, Uint8Array>, height = 6, width = 8): Promise<string> {
  for (const [file, values] of Object.entries(files))
    await put(`${name}/${file}`, picture(height, width, values).png());
  return join(folder, name);
}

describe('a folder of pictures', () => {
  it('is a video in natural order of names, other files left aside', async () => {
    const path = await frames('natural', {
      'f10.png': pictures[3],
      'f2.png': pictures[1],
      'f1.png': pictures[0],
      'F3.PNG': pictures[2],
    });
    await put('natural/notes.txt', 'not a picture');
    await put('natural/.f0.png', 'hidden');
    await put('natural/sub/f0.png', 'in a folder');
    const signal = await openSignal(path);
    expect(signal.shape).toEqual({ kind: 'video', frames: 4, height: 6, width: 8 });
    expect(signal.origins.map(({ name, index }) => [name, index])).toEqual([
      ['f1', 0],
      ['f2', 1],
      ['F3', 2],
      ['f10', 3],
    ]);
    for (const index of [3, 0, 2, 1]) {
      const { rgb } = await signal.frame(index);
      expect(Array.from(rgb)).toEqual(Array.from(pictures[index], (v) => Math.fround(v / 255)));
    }
    const hash = createHash('sha256');
    for (const name of ['f1.png', 'f2.png', 'F3.PNG', 'f10.png']) hash.update(await readFile(join(path, name)));
    expect(signal.source).toEqual({
      path,
      sha256: hash.digest('hex'),
      originalHeight: 6,
      originalWidth: 8,
      notes: [],
    });
    await expect(signal.frame(4)).rejects.toThrow(`${path}: there is no frame 4; its frames are 0 to 3`);
  });

  it('leaves aside pictures that are not of the series, and says so', async () => {
    const series = Object.fromEntries(pictures.map((values, i) => [`0000${i}.png`, values]));
    const path = await frames('series', { ...series, 'labels_00000.png': pictures[0], 'Cover.png': pictures[1] });
    const { origins, source } = await openSignal(path);
    expect(origins.map(({ name }) => name)).toEqual(['00000', '00001', '00002', '00003']);
    expect(source.notes).toEqual(['pictures of other names left aside: Cover.png, labels_00000.png']);
  });

  it('takes pictures of any names where there is no series', async () => {
    const path = await frames('names', { 'dawn.png': pictures[0], 'dusk.png': pictures[1], 'noon1.png': pictures[2] });
    const { origins, source } = await openSignal(path);
    expect(origins.map(({ name }) => name)).toEqual(['dawn', 'dusk', 'noon1']);
    expect(source.notes).toEqual([]);
  });

  it('takes the frames, crop and size asked for', async () => {
    const path = await frames('asked', Object.fromEntries(pictures.map((values, i) => [`${i}.png`, values])));
    const signal = await openSignal(path, {
      frames: { start: -3, step: 2 },
      crop: { height: 4, width: 4 },
      size: { longest: 2 },
    });
    expect(signal.shape).toEqual({ kind: 'video', frames: 2, height: 2, width: 2 });
    expect(signal.origins.map(({ index }) => index)).toEqual([1, 3]);
    expect(signal.source.notes).toEqual([
      '2 frames taken by `frames: -3::2`',
      'cropped at the centre from 6×8 to 4×4',
      'resized from 4×4 to 2×2 (Lanczos3)',
    ]);
    const still = await openSignal(join(path, '3.png'), { crop: { height: 4, width: 4 }, size: { longest: 2 } });
    expect(await signal.frame(1)).toEqual(await still.frame(0));
  });

  it('notes each thing about its pictures once', async () => {
    const path = join(folder, 'kinds');
    for (const name of ['a', 'b']) await put(`kinds/${name}.png`, picture(1, 1, Uint8Array.of(9, 9)).png());
    const { source } = await openSignal(path);
    expect(source.notes).toEqual([
      'grey values used for red, green and blue alike',
      'transparency, where there is any, laid over white',
    ]);
  });
});

describe('refusals, one clear line each', () => {
  it('a folder without pictures', async () => {
    await put('empty/readme.txt', 'nothing here');
    const path = join(folder, 'empty');
    await expect(openSignal(path)).rejects.toMatchObject({
      code: 'invalid-file',
      message:
        `${path}: there are no pictures in the folder. ` +
        'Frames are files ending in .png, .jpg, .jpeg, .webp, .avif, .tif, .tiff.',
    });
  });

  it('frames that differ in size, unless a size makes them equal', async () => {
    const path = await frames('sizes', { 'a.png': pictures[0] });
    await frames('sizes', { 'b.png': movingPictures(1, 5, 8)[0] }, 5, 8);
    await expect(openSignal(path)).rejects.toMatchObject({
      code: 'conflict',
      message:
        `The frames differ in size: ${join(path, 'a.png')} is 6×8, ${join(path, 'b.png')} is 5×8. ` +
        'Give a `size` to bring all to, such as `size: 6×8`.',
    });
    const signal = await openSignal(path, { size: { height: 3, width: 4 } });
    expect((await signal.frame(1)).rgb.length).toBe(3 * 4 * 3);
    expect(signal.source.notes).toEqual(['the pictures differ in size; each was brought to 3×4']);
    expect(signal.origins[1].framing.original).toEqual({ height: 5, width: 8 });
  });

  it('a range that takes no frame', async () => {
    const path = await frames('short', { '0.png': pictures[0], '1.png': pictures[1] });
    await expect(openSignal(path, { frames: { start: 5 } })).rejects.toThrow(
      `\`frames: 5:\` takes no frame: ${path} has 2 frames, 0 to 1`,
    );
  });

  it('a frame that is damaged, goes away or changes', async () => {
    const path = await frames('unsteady', { '0.png': pictures[0], '1.png': pictures[1], '2.png': pictures[2] });
    const signal = await openSignal(path);
    rmSync(join(path, '0.png'));
    await expect(signal.frame(0)).rejects.toThrow(`${join(path, '0.png')} cannot be read: it does not exist`);
    await put('unsteady/1.png', picture(5, 8, movingPictures(1, 5, 8)[0]).png());
    await expect(signal.frame(1)).rejects.toThrow(
      `${join(path, '1.png')}: was 6×8 when the folder was opened and is 5×8 now`,
    );
    await put('unsteady/2.png', 'words');
    await expect(signal.frame(2)).rejects.toMatchObject({ code: 'invalid-file' });
    await expect(openSignal(path)).rejects.toMatchObject({ subject: join(path, '2.png') });
  });

  it('an opening that is aborted', async () => {
    const path = await frames('aborted', { '0.png': pictures[0] });
    await expect(openSignal(path, { abort: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

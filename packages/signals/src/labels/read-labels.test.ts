import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { fixtureFolder, type Put, picture } from '../../test/fixtures.js';
import { readLabels } from '../../test/image-labels.js';
import { type PngFile, pngFile } from '../../test/png-file.js';
import { type FramingOptions, planFraming } from '../framing.js';
import { readSignalLabels } from './read-labels.js';

const { folder, put } = await fixtureFolder();
const jpeg = await picture(1, 1, Uint8Array.of(1, 2, 3))
  .jpeg()
  .toBuffer();

/** The framing of a picture of the map's own size. */
function framing(height: number, width: number, options?: FramingOptions) {
  return planFraming('photo.png', { height, width }, options);
}

function grey(height: number, width: number, samples: number[], depth: PngFile['depth'] = 8) {
  return pngFile({ height, width, depth, colorType: 0, samples });
}

describe('palette PNGs', () => {
  it.each([1, 2, 4, 8] as const)('of %i bits give their indices and keep their colours', async (depth) => {
    const last = Math.min(2 ** depth - 1, 254);
    const palette = Array.from({ length: last + 1 }, (_, i) => [i, 255 - i, 7] as const);
    const samples = [0, 1, last, 0, last, 1];
    const path = await put(
      `palette-${depth}.png`,
      pngFile({ height: 2, width: 3, depth, colorType: 3, samples, palette }),
    );
    const { labels, groups, notes } = await readLabels(path, framing(2, 3));
    const values = [...new Set([0, 1, last])];
    expect(Array.from(labels)).toEqual(samples.map((value) => values.indexOf(value)));
    const hex = (value: number) => `#${Buffer.from([value, 255 - value, 7]).toString('hex')}`;
    expect(groups).toEqual([
      { name: 'other', type: 'other', color: hex(0) },
      ...values.slice(1).map((value) => ({ name: `instance ${value}`, type: 'thing', color: hex(value) })),
    ]);
    expect(notes).toEqual([]);
  });

  it('are read by index even where colours repeat or are transparent', async () => {
    const palette = Array.from({ length: 4 }, () => [9, 9, 9] as const);
    const path = await put(
      'same-colours.png',
      pngFile({ height: 1, width: 4, depth: 2, colorType: 3, samples: [3, 2, 1, 0], palette }),
    );
    expect(Array.from((await readLabels(path, framing(1, 4))).labels)).toEqual([3, 2, 1, 0]);
  });
});

describe('grey PNGs', () => {
  it.each([
    [1, [0, 1, 1, 0]],
    [2, [0, 3, 2, 1]],
    [4, [0, 15, 7, 15]],
    [8, [0, 254, 26, 26]],
    [16, [0, 65_534, 300, 256]],
  ] as const)('of %i bits give their stored values', async (depth, samples) => {
    const path = await put(`grey-${depth}.png`, grey(2, 2, [...samples], depth));
    const { labels, groups } = await readLabels(path, framing(2, 2));
    const values = [...new Set(samples)].sort((a, b) => a - b);
    expect(Array.from(labels)).toEqual(samples.map((value) => values.indexOf(value)));
    expect(groups.map((group) => group.name)).toEqual(values.map((v) => (v === 0 ? 'other' : `instance ${v}`)));
  });

  it('are not touched by gamma or transparency', async () => {
    const extra = { gAMA: Buffer.from([0, 1, 0x86, 0xa0]), tRNS: Buffer.from([0, 5]) };
    const samples = [0, 5, 100, 200];
    const path = await put('gamma.png', pngFile({ height: 2, width: 2, depth: 8, colorType: 0, samples, extra }));
    const { groups } = await readLabels(path, framing(2, 2));
    expect(groups.map((group) => group.name)).toEqual(['other', 'instance 5', 'instance 100', 'instance 200']);
  });

  it('may be interlaced', async () => {
    const samples = Uint8Array.from({ length: 63 }, (_, i) => i);
    const path = await put('interlaced.png', picture(7, 9, samples).png({ progressive: true }));
    expect(Array.from((await readLabels(path, framing(7, 9))).labels)).toEqual([...samples]);
  });

  it('without 0 have no group "other"', async () => {
    const { groups } = await readLabels(await put('no-zero.png', grey(1, 2, [7, 9])), framing(1, 2));
    expect(groups.map((group) => group.name)).toEqual(['instance 7', 'instance 9']);
  });

  it('of zeros alone have one group, which is noted', async () => {
    const { groups, notes } = await readLabels(await put('zeros.png', grey(1, 2, [0, 0])), framing(1, 2));
    expect(groups).toEqual([{ name: 'other', type: 'other' }]);
    expect(notes).toEqual(['every pixel is 0, "other": there are no instances']);
  });
});

describe('names from a JSON file beside the map', () => {
  const samples = [0, 1, 2, 5];
  let path: string;
  beforeEach(async () => {
    path = await put('named/street.png', grey(2, 2, samples));
  });

  it('may be plain or carry category, type and colour', async () => {
    const names = {
      0: 'background',
      1: 'boat',
      2: { name: 'sea', category: 'water', type: 'stuff', color: '#0000ff' },
    };
    await put('named/street.json', JSON.stringify(names));
    const { groups } = await readLabels(path, framing(2, 2));
    expect(groups).toEqual([
      { name: 'background', type: 'other' },
      { name: 'boat', type: 'thing' },
      { name: 'sea', category: 'water', type: 'stuff', color: '#0000ff' },
      { name: 'instance 5', type: 'thing' },
    ]);
  });

  it('shared by several values are taken for their category', async () => {
    await put('named/street.json', JSON.stringify({ 1: 'car', 2: 'car', 5: 'tree' }));
    const { groups } = await readLabels(path, framing(2, 2));
    expect(groups.slice(1)).toEqual([
      { name: 'car 1', category: 'car', type: 'thing' },
      { name: 'car 2', category: 'car', type: 'thing' },
      { name: 'tree', type: 'thing' },
    ]);
  });

  it.each([
    ['not json', /street\.json: is not JSON \(.+\)$/],
    ['[1, 2]', /street\.json: the file is wrong\. Names of label values look like \{"1": "boat", .+\}\.$/],
    ['{"one": "boat"}', /street\.json: entry "one" is wrong\. Names/],
    ['{"1": {"title": "boat"}}', /street\.json: entry "1" is wrong\. Names/],
    ['{"1": {"name": "boat", "color": "red"}}', /street\.json: entry "1" is wrong\. Names/],
  ])('that are broken are refused: %s', async (text, message) => {
    await put('named/street.json', text);
    await expect(readLabels(path, framing(2, 2))).rejects.toThrow(message);
  });
});

describe('framing', () => {
  it('is the frame’s: crop, then the value under each centre', async () => {
    const samples = Array.from({ length: 36 }, (_, i) => i);
    const path = await put('grid.png', grey(6, 6, samples));
    const { height, width, groups, labels } = await readLabels(
      path,
      framing(6, 6, { crop: { height: 4, width: 4 }, size: { height: 2, width: 8 } }),
    );
    expect([height, width]).toEqual([2, 8]);
    const values = Array.from(labels, (label) => Number(groups[label].name.split(' ')[1]));
    expect(values).toEqual([13, 13, 14, 14, 15, 15, 16, 16, 25, 25, 26, 26, 27, 27, 28, 28]);
  });

  it('invents no label and reports every lost one, at any size', async () => {
    const side = fc.integer({ min: 1, max: 24 });
    const map = fc.tuple(side, side).chain(([height, width]) =>
      fc.record({
        height: fc.constant(height),
        width: fc.constant(width),
        samples: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: height * width, maxLength: height * width }),
        size: fc.record({ height: side, width: side }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(map, async ({ height, width, samples, size }) => {
        const path = await put('any.png', grey(height, width, samples));
        const { groups, labels, notes } = await readLabels(path, framing(height, width, { size }));
        const name = (value: number) => (value === 0 ? 'other' : `instance ${value}`);
        const before = new Set(samples.map(name));
        const after = new Set(Array.from(labels, (label) => groups[label].name));
        expect(labels.length).toBe(size.height * size.width);
        expect([...after].every((group) => before.has(group))).toBe(true);
        expect(after.size).toBe(groups.length);
        const lost = [...before].filter((group) => !after.has(group)).sort();
        expect(notes.filter((note) => note.startsWith('lost'))).toEqual(
          lost.length > 0 ? [`lost in resizing to ${size.height}×${size.width}: ${lost.sort(byValue).join(', ')}`] : [],
        );
      }),
      { numRuns: 60 },
    );
  });

  it('reports instances that the crop leaves out and that resizing swallows', async () => {
    const samples = new Array(8 * 8).fill(0);
    samples[0] = 3;
    samples[3 * 8 + 3] = 4;
    await put('lost.json', '{"3": "kite"}');
    const path = await put('lost.png', grey(8, 8, samples));
    const { groups, notes } = await readLabels(
      path,
      framing(8, 8, { crop: { height: 4, width: 4 }, size: { height: 2, width: 2 } }),
    );
    expect(groups.map((group) => group.name)).toEqual(['other', 'instance 4']);
    expect(notes).toEqual(['lost outside the crop: kite']);
    const half = await readLabels(path, framing(8, 8, { size: { height: 2, width: 2 } }));
    expect(half.notes).toEqual([
      'lost in resizing to 2×2: kite, instance 4',
      'every pixel is 0, "other": there are no instances',
    ]);
  });

  it('leaves a map of the frame’s own size as it is', async () => {
    const path = await put('small.png', grey(2, 2, [1, 2, 3, 4]));
    const { labels } = await readLabels(path, framing(100, 100, { size: { height: 2, width: 2 } }));
    expect(Array.from(labels)).toEqual([0, 1, 2, 3]);
  });

  it('refuses a map of another size, naming both', async () => {
    const path = await put('other-size.png', grey(2, 3, [1, 2, 3, 4, 5, 6]));
    await expect(readLabels(path, framing(4, 6))).rejects.toMatchObject({
      code: 'conflict',
      message: `${path}: the labels are 2×3, but the picture is 4×6`,
    });
    await expect(readLabels(path, framing(4, 6, { size: { longest: 12 } }))).rejects.toThrow(
      `${path}: the labels are 2×3, but the picture is 4×6 (8×12 after \`crop\` and \`size\`)`,
    );
  });
});

describe('refusals', () => {
  const whole = grey(
    8,
    8,
    Array.from({ length: 64 }, (_, i) => i),
  );
  it.each<[string, Uint8Array, RegExp]>([
    [
      'rgb.png',
      pngFile({ height: 1, width: 1, depth: 8, colorType: 2, samples: [1, 2, 3] }),
      /is an RGB picture, whose colours are no label values\. Save labels as a palette PNG, a grey PNG \(8 or 16 bits\)/,
    ],
    [
      'grey-alpha.png',
      pngFile({ height: 1, width: 1, depth: 8, colorType: 4, samples: [1, 255] }),
      /is grey with an alpha channel\. Save labels as/,
    ],
    ['cut-short.png', whole.subarray(0, 60), /the PNG data are damaged or cut short \(its chunks do not add up\)$/],
    ['flipped.png', flipped(whole, 60), /the PNG data are damaged or cut short \(.+\)$/],
    [
      'huge.png',
      pngFile({
        height: 60_000,
        width: 60_000,
        depth: 8,
        colorType: 0,
        data: Buffer.from([0x78, 0x9c, 3, 0, 0, 0, 0, 1]),
      }),
      /60000×60000 is more than 100 megapixels$/,
    ],
    ['photo.jpg', jpeg, /is a JPEG, whose compression changes label values\. Save the labels without loss/],
    ['text.png', Buffer.from('labels?'), /is no label map\. Label maps are palette PNGs, grey PNGs/],
    ['empty.png', Buffer.alloc(0), /the file is empty$/],
  ])('%s', async (name, content, line) => {
    const path = await put(name, content);
    await expect(readLabels(path, framing(1, 1))).rejects.toThrow(line);
    await expect(readLabels(path, framing(1, 1))).rejects.toMatchObject({ name: 'XincError', subject: path });
  });

  it('random damage to a PNG gives an error or labels, nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = Buffer.from(whole);
        bytes[at] ^= change;
        const path = await put('damaged.png', bytes);
        const result = await readLabels(path, framing(8, 8)).catch((error) => error);
        expect(result.name === 'XincError' || result.labels instanceof Uint16Array).toBe(true);
      }),
    );
  });

  it('a missing file and an empty folder', async () => {
    await expect(readLabels(join(folder, 'none.png'), framing(1, 1))).rejects.toMatchObject({ code: 'not-found' });
    await mkdir(join(folder, 'nothing'), { recursive: true });
    await expect(readLabels(join(folder, 'nothing'), framing(1, 1))).rejects.toThrow(
      /nothing: holds no label maps and no panoptic JSON file\. Give the folder that has the PNGs/,
    );
  });
});

describe('the maps of a video', () => {
  const origins = [1, 2, 10].map((n, index) => ({ name: `f${n}`, index, framing: framing(1, 1) }));

  it('belong to the frames of the same name', async () => {
    const maps = await folderOf(put, 'by-name', { f1: 1, f2: 2, f10: 10, f11: 11 });
    expect(await instances(maps)).toEqual(['instance 1', 'instance 2', 'instance 10']);
  });

  it('else belong to the frames in natural order', async () => {
    const maps = await folderOf(put, 'by-order', { m10: 3, m9: 2, m1: 1 });
    expect(await instances(maps)).toEqual(['instance 1', 'instance 2', 'instance 3']);
  });

  it('else to the frames that were taken of a clip', async () => {
    const maps = await folderOf(put, 'of-clip', { m1: 1, m2: 2, m3: 3, m4: 4, m5: 5 });
    const taken = origins.map((origin, i) => ({ ...origin, index: 2 * i }));
    expect(await instances(maps, taken)).toEqual(['instance 1', 'instance 3', 'instance 5']);
  });

  it('are none of a picture that has another name, if there are several', async () => {
    const maps = await folderOf(put, 'several', { m1: 1, m2: 2 });
    await expect(readLabels(maps, framing(1, 1))).rejects.toThrow(
      '2 label maps for 1 frames. Name the maps like the frames (photo.png), or give one for each.',
    );
    const named = await folderOf(put, 'several-named', { m1: 1, photo: 2 });
    expect((await readLabels(named, framing(1, 1))).groups[0].name).toBe('instance 2');
  });

  it('give an object one index, name and colour in all frames, also where it has no pixels', async () => {
    const palette = [
      [0, 0, 0],
      [128, 0, 0],
      [0, 128, 0],
      [128, 128, 0],
    ] as const;
    const map = (samples: number[]) => pngFile({ height: 1, width: 3, depth: 8, colorType: 3, samples, palette });
    await put('davis/00000.png', map([0, 1, 3]));
    await put('davis/00001.png', map([3, 3, 3]));
    await put('davis/00002.png', map([2, 0, 0]));
    const of = [0, 1, 2].map((index) => ({ name: `0000${index}`, index, framing: framing(1, 3) }));
    const { format, frames, notes } = await readSignalLabels(join(folder, 'davis'), { origins: of });
    expect(format).toBe('label maps');
    for (const { groups } of frames) {
      expect(groups).toEqual([
        { name: 'other', type: 'other', color: '#000000' },
        { name: 'instance 1', type: 'thing', color: '#800000' },
        { name: 'instance 2', type: 'thing', color: '#008000' },
        { name: 'instance 3', type: 'thing', color: '#808000' },
      ]);
    }
    expect(frames.map(({ labels }) => [...labels])).toEqual([
      [0, 1, 3],
      [3, 3, 3],
      [2, 0, 0],
    ]);
    expect(notes).toEqual([]);
  });

  it('tell in which frames objects were lost or there are none', async () => {
    for (const [frame, at] of [0, 1, 2, 3].entries()) {
      const samples = new Array(16).fill(0);
      if (frame < 3) samples[0] = 5;
      if (frame === 2) samples[10] = 6;
      await put(`small/f${at}.png`, grey(4, 4, samples));
    }
    const small = framing(4, 4, { size: { height: 2, width: 2 } });
    const of = [0, 1, 2, 3].map((index) => ({ name: `f${index}`, index, framing: small }));
    const { notes } = await readSignalLabels(join(folder, 'small'), { origins: of });
    expect(notes).toEqual([
      'lost in resizing to 2×2: instance 5 (frames 0–2), instance 6 (frame 2)',
      'every pixel is 0, "other": there are no instances',
    ]);
  });

  it('are named by labels.json, or by their own JSON file', async () => {
    const maps = await folderOf(put, 'with-names', { f1: 1, f2: 1, f10: 1 });
    await put('with-names/labels.json', '{"1": "cat"}');
    await put('with-names/f2.json', '{"1": "cat asleep"}');
    expect(await instances(maps)).toEqual(['cat', 'cat asleep', 'cat']);
  });

  it('that are missing are named', async () => {
    const maps = await folderOf(put, 'missing', { f1: 1, f10: 10 });
    await expect(readSignalLabels(maps, { origins })).rejects.toThrow(`${maps}: no label map for 1 of 3 frames: f2`);
    const few = await folderOf(put, 'few', { a: 1, b: 2 });
    await expect(readSignalLabels(few, { origins })).rejects.toThrow(
      `${few}: 2 label maps for 3 frames. Name the maps like the frames (f1.png), or give one for each.`,
    );
  });

  it('cannot be a single file, which an image can', async () => {
    const path = await put('single.png', grey(1, 1, [1]));
    await expect(readSignalLabels(path, { origins })).rejects.toThrow(
      `${path}: is one label map, but there are 3 frames. Give a folder with a label map for each frame.`,
    );
    expect(await instances(path, origins.slice(0, 1))).toEqual(['instance 1']);
  });

  async function instances(path: string, of = origins): Promise<string[]> {
    const { frames } = await readSignalLabels(path, { origins: of });
    return frames.map(({ groups, labels }) => groups[labels[0]].name);
  }
});

/** A folder of one-pixel maps: file name → value. */
async function folderOf(put: Put, name: string, values: Record<string, number>): Promise<string> {
  for (const [file, value] of Object.entries(values)) await put(`${name}/${file}.png`, grey(1, 1, [value]));
  return join(folder, name);
}

function byValue(a: string, b: string): number {
  return Number(a.split(' ')[1] ?? 0) - Number(b.split(' ')[1] ?? 0);
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] ^= 0xff;
  return copy;
}

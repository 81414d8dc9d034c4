import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fixtureFolder, picture } from '../../test/fixtures.js';
import { pngFile } from '../../test/png-file.js';
import { planFraming } from '../framing.js';
import { readSignalLabels } from './read-labels.js';
import { parseVoidValues, type VoidValues } from './void-values.js';

const { folder, put } = await fixtureFolder();
const [HEIGHT, WIDTH] = [12, 40];

/** A map of upright bands, one for each value. */
function bands(values: readonly number[]): number[] {
  return Array.from({ length: HEIGHT * WIDTH }, (_, i) => values[Math.floor(((i % WIDTH) * values.length) / WIDTH)]);
}

const grey = (samples: readonly number[], depth: 8 | 16 = 8) =>
  pngFile({ height: HEIGHT, width: WIDTH, depth, colorType: 0, samples: [...samples] });

function npy(values: readonly number[]): Buffer {
  const header = `{'descr': '<i4', 'fortran_order': False, 'shape': (${HEIGHT}, ${WIDTH}), }`.padEnd(117);
  const start = Buffer.from(`\x93NUMPY\x01\x00v\x00${header}\n`, 'latin1');
  return Buffer.concat([start, Buffer.from(Int32Array.from(values).buffer)]);
}

/** Names and types of the groups, the share of "other", and what was said. */
async function read(path: string, options: { void?: VoidValues } = {}, extent = { height: HEIGHT, width: WIDTH }) {
  const origins = [{ name: 'photo', index: 0, framing: planFraming('photo.png', extent) }];
  const { frames, notes } = await readSignalLabels(path, { origins }, options);
  const [{ groups, labels }] = frames;
  const other = groups.findIndex(({ type }) => type === 'other');
  return {
    groups: groups.map(({ name, type }) => `${name} (${type})`),
    other: labels.filter((label) => label === other).length / labels.length,
    labels,
    notes,
  };
}

const said = (values: string) => `taken for void, which is no object: ${values}; \`void\` names others, or none`;

describe('void values are no objects', () => {
  it.each([
    ['255 of VOC and DAVIS, in a palette', [0, 1, 2, 255], 8, '255'],
    ['255 without a background', [3, 255], 8, '255'],
    ['10000 of MOTS', [0, 1000, 1001, 2005, 10_000], 16, '10000'],
    ['65535', [0, 1, 300, 65_535], 16, '65535'],
    ['several at once', [0, 1, 2, 255, 65_535], 16, '255, 65535'],
  ] as const)('%s', async (name, values, depth, listed) => {
    const samples = bands(values);
    const palette = Array.from({ length: 256 }, (_, i) => [i, 255 - i, 7] as const);
    const png = name.includes('palette')
      ? pngFile({ height: HEIGHT, width: WIDTH, depth: 8, colorType: 3, samples, palette })
      : grey(samples, depth);
    const { groups, notes, other } = await read(await put('void.png', png));
    const voids = listed.split(', ').map(Number);
    const objects = values.filter((value) => value !== 0 && !voids.includes(value));
    expect(groups).toEqual(['other (other)', ...objects.map((value) => `instance ${value} (thing)`)]);
    expect(other).toBeCloseTo((values.length - objects.length) / values.length);
    expect(notes).toEqual([said(listed)]);
  });

  it('-1 and other negative ones, where the user says so', async () => {
    const minus = await read(await put('minus.npy', npy(bands([-1, 0, 1, 2]))));
    expect(minus.groups).toEqual(['other (other)', 'instance 1 (thing)', 'instance 2 (thing)']);
    expect(minus).toMatchObject({ other: 0.5, notes: [said('-1')] });
    const path = await put('seven.npy', npy(bands([-7, 0, 1, 2])));
    await expect(read(path)).rejects.toThrow(
      `${path}: holds -7, but labels are whole numbers from 0 to 4294967295, and -1 for void. ` +
        'Say with `void` which values are no object, such as `void: -7`.',
    );
    expect((await read(path, { void: [-7] })).groups).toEqual(minus.groups);
  });

  it('a JSON file names: void by its name, and 255 by another an object', async () => {
    await put('named.json', '{"2": "unlabeled", "255": "kite"}');
    const { groups, notes } = await read(await put('named.png', grey(bands([0, 1, 2, 255]))));
    expect(groups).toEqual(['other (other)', 'instance 1 (thing)', 'kite (thing)']);
    expect(notes).toEqual([said('2')]);
  });

  it('beside a 0 that is an object, void keeps a group of its own', async () => {
    await put('road.json', '{"0": {"name": "road", "type": "stuff"}}');
    const { groups } = await read(await put('road.png', grey(bands([0, 1, 255]))));
    expect(groups).toEqual(['road (stuff)', 'instance 1 (thing)', 'void (other)']);
  });

  it('the user says which, or none', async () => {
    const path = await put('user.png', grey(bands([0, 1, 2, 255])));
    expect((await read(path, { void: [] })).groups).toContain('instance 255 (thing)');
    const { groups, notes } = await read(path, { void: [2, 77] });
    expect(groups).toEqual(['other (other)', 'instance 1 (thing)', 'instance 255 (thing)']);
    expect(notes).toEqual(['no pixel has 77, which `void` names']);
    expect(parseVoidValues('255, -1')).toEqual([255, -1]);
    expect(parseVoidValues('none')).toEqual([]);
    expect(() => parseVoidValues('ignore')).toThrow(
      '`void: ignore`: expected label values such as 255,10000 or -1, or none',
    );
  });

  it('what is void in any frame of a video is so in all', async () => {
    for (const [i, values] of [
      [0, 1],
      [0, 255],
      [0, 1, 2],
    ].entries()) {
      await put(`video/${i}.png`, grey(bands(values)));
    }
    const framing = planFraming('photo.png', { height: HEIGHT, width: WIDTH });
    const origins = [0, 1, 2].map((index) => ({ name: `${index}`, index, framing }));
    const { frames, notes } = await readSignalLabels(`${folder}/video`, { origins });
    expect(frames[1].groups.map(({ name }) => name)).toEqual(['other', 'instance 1', 'instance 2']);
    expect(notes).toEqual([said('255'), 'every pixel of frame 1 is 0, "other": there are no instances']);
  });
});

describe('values that are objects', () => {
  it.each([
    ['a mask of 0 and 255', [0, 255], 8, '255 is taken for the one object of a mask; `void: 255` makes it void'],
    [
      'a mask of 0 and 65535',
      [0, 65_535],
      16,
      '65535 is taken for the one object of a mask; `void: 65535` makes it void',
    ],
    [
      'values spread for being seen',
      [0, 85, 170, 255],
      8,
      '255 is taken for an object, the last of 3; `void: 255` makes it void',
    ],
    [
      'values that go on up to 255',
      [0, 253, 254, 255],
      8,
      '255 is taken for an object, the last of 3; `void: 255` makes it void',
    ],
    ['255 among larger ones', [0, 254, 255, 300], 16, undefined],
    ['a mask of 0 and 1', [0, 1], 8, undefined],
  ] as const)('%s', async (_, values, depth, note) => {
    const { groups, notes } = await read(await put('objects.png', grey(bands(values), depth)));
    expect(groups).toEqual(['other (other)', ...values.slice(1).map((value) => `instance ${value} (thing)`)]);
    expect(notes).toEqual(note === undefined ? [] : [note]);
  });
});

describe('Cityscapes', () => {
  it('ids below 1000 are classes, those up to 6 void; others are instances', async () => {
    const path = await put('a_instanceIds.png', grey(bands([1, 7, 26, 24_000, 26_001]), 16));
    const { groups, notes, other } = await read(path);
    expect(groups).toEqual([
      'other (other)',
      'road (stuff)',
      'car group (stuff)',
      'person 24000 (thing)',
      'car 26001 (thing)',
    ]);
    expect(other).toBeCloseTo(0.2);
    expect(notes).toEqual([
      'values taken for ids of Cityscapes: below 1000 a class, above an instance of one',
      said('1'),
    ]);
    expect((await read(path, { void: [] })).groups).toContain('instance 1 (thing)');
  });

  it('are known by name where there are no instances, and by their values under any name', async () => {
    expect((await read(await put('b_labelIds.png', grey(bands([4, 7, 23]))))).groups).toEqual([
      'other (other)',
      'road (stuff)',
      'sky (stuff)',
    ]);
    expect((await read(await put('b.png', grey(bands([7, 33_002]), 16)))).groups).toEqual([
      'road (stuff)',
      'bicycle 33002 (thing)',
    ]);
    expect((await read(await put('c.png', grey(bands([7, 23]))))).groups).toContain('instance 7 (thing)');
    expect((await read(await put('d_instanceIds.png', grey(bands([7, 2300]), 16)))).groups).toContain(
      'instance 7 (thing)',
    );
  });
});

describe('smooth edges', () => {
  const large = { height: 480, width: 640 };
  const size = { height: 120, width: 160 };
  /** Discs of the given brightness on black, four times as large as wanted. */
  const discs = (values: readonly number[]) =>
    picture(
      large.height,
      large.width,
      Uint8Array.from({ length: large.height * large.width }, (_, i) => {
        const [y, x] = [Math.floor(i / large.width), i % large.width];
        const disc = values.findIndex((_, k) => Math.hypot(y - 200 - 40 * k, x - 200 - 120 * k) < 130);
        return disc < 0 ? 0 : values[disc];
      }),
    );
  const shrunk = async (values: readonly number[], kernel: 'nearest' | 'lanczos3') =>
    sharp(await discs(values).png().toBuffer())
      .resize(160, 120, { kernel })
      .toColourspace('b-w');
  const share = (labels: Uint16Array) => labels.reduce((sum, label) => sum + (label === 1 ? 1 : 0), 0) / labels.length;

  it('of an antialiased mask are divided at half', async () => {
    const path = await put('aa.png', (await shrunk([255], 'lanczos3')).png());
    const { groups, notes, labels } = await read(path, {}, size);
    expect(groups).toEqual(['other (other)', 'instance 255 (thing)']);
    expect(notes[0]).toMatch(
      /^\d+ values between 0 and 255 come of smooth edges or lossy compression \([\d.]+ % of the pixels\) and became the nearer of the two; a JSON file beside the labels that names them keeps them$/,
    );
    const hard = await read(await put('hard.png', (await shrunk([255], 'nearest')).png()), {}, size);
    expect(Math.abs(share(labels) - share(hard.labels))).toBeLessThan(0.003);
  });

  it.each([40, 75, 95])('of a mask that was a JPEG of quality %i likewise', async (quality) => {
    const jpeg = await (await shrunk([255], 'nearest')).jpeg({ quality }).toBuffer();
    const { groups, labels } = await read(await put('jpeg.png', sharp(jpeg).toColourspace('b-w').png()), {}, size);
    expect(groups).toEqual(['other (other)', 'instance 255 (thing)']);
    const hard = await read(await put('hard.png', (await shrunk([255], 'nearest')).png()), {}, size);
    expect(Math.abs(share(labels) - share(hard.labels))).toBeLessThan(0.003);
  });

  it('of a grey picture stored with a palette likewise', async () => {
    const raw = await (await shrunk([255], 'lanczos3')).raw().toBuffer();
    const shades = [...new Set(raw)].sort(() => 0).reverse();
    const png = pngFile({
      ...size,
      depth: 8,
      colorType: 3,
      samples: Array.from(raw, (v) => shades.indexOf(v)),
      palette: shades.map((v) => [v, v, v] as const),
    });
    expect((await read(await put('shades.png', png), {}, size)).groups).toEqual([
      'other (other)',
      'instance 255 (thing)',
    ]);
  });

  it('between several objects are refused, as they belong to none', async () => {
    const path = await put('several.png', (await shrunk([80, 160, 240], 'lanczos3')).png());
    await expect(read(path, {}, size)).rejects.toThrow(
      /several\.png: \d+ values lie only on the borders between others, as smooth edges and lossy compression make them, and belong to no object\. Save the labels without antialiasing, resized by nearest neighbour, and without loss\.$/,
    );
    const sharpEdges = await read(await put('sharp.png', (await shrunk([80, 160, 240], 'nearest')).png()), {}, size);
    expect(sharpEdges.groups).toHaveLength(4);
  });

  it('are not seen in small and thin objects', async () => {
    const samples = new Array(HEIGHT * WIDTH).fill(0);
    for (let i = 1; i <= 30; i++) samples[(1 + 2 * (i % 5)) * WIDTH + i] = i;
    expect((await read(await put('cells.png', grey(samples)))).groups).toHaveLength(31);
    // Thin classes of small ids beside a void of 255, and between areas of others.
    for (const [name, areas] of [
      ['void', [0, 255]],
      ['areas', [0, 12]],
    ] as const) {
      const columns = [areas[0], 3, areas[1], areas[0], 5, areas[1], areas[0], 7, areas[1]];
      const widths = [6, 1, 6, 6, 1, 6, 6, 1, 7];
      const row = columns.flatMap((value, k) => new Array<number>(widths[k]).fill(value));
      const map = Array.from({ length: HEIGHT * WIDTH }, (_, i) => row[i % WIDTH]);
      const { groups } = await read(await put(`${name}.png`, grey(map)));
      for (const value of [3, 5, 7]) expect(groups).toContain(`instance ${value} (thing)`);
    }
  });
});

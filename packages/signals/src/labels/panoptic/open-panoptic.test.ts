import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureFolder } from '../../../test/fixtures.js';
import { readLabels } from '../../../test/image-labels.js';
import { CATEGORIES, idOf, imagesJson, panopticPng, videosJson, type WrittenImage } from '../../../test/panoptic.js';
import { pngFile } from '../../../test/png-file.js';
import { type FramingOptions, planFraming } from '../../framing.js';
import { readSignalLabels } from '../read-labels.js';

const { folder, put } = await fixtureFolder();
const [ROAD, SKY, CAR] = CATEGORIES.map(({ id }) => id);
/** Colours near those of the categories, as the data sets code objects. */
const [road, sky, red, blue] = [idOf(128, 64, 128), idOf(70, 130, 180), idOf(20, 3, 150), idOf(0, 9, 142)];

const framing = (height: number, width: number, options?: FramingOptions) =>
  planFraming('street.png', { height, width }, options);

/** Frames of a clip that are called so. */
const signalOf = (names: readonly string[], path = 'clip') => ({
  origins: names.map((name, index) => ({ name, index, framing: framing(1, 4) })),
  source: { path },
});

const oneImage = (changes: Partial<WrittenImage> = {}): WrittenImage => ({
  id: 139,
  imageFile: 'street.jpg',
  png: 'street.png',
  height: 1,
  width: 4,
  segments: { [road]: ROAD, [red]: CAR, [blue]: CAR },
  ...changes,
});

describe('COCO panoptic', () => {
  it('gives objects with categories, things and stuff, and the colours that code them; 0 is "other"', async () => {
    const path = await put('coco/panoptic_val.json', imagesJson([oneImage()]));
    await put('coco/panoptic_val/street.png', panopticPng(1, 4, [0, blue, road, red]));
    const { labels, groups, notes } = await readLabels(path, framing(1, 4), 'street');
    expect(groups).toEqual([
      { name: 'other', type: 'other' },
      { name: 'road', category: 'road', type: 'stuff', color: '#804080' },
      { name: 'car 1', category: 'car', type: 'thing', color: '#00098e' },
      { name: 'car 2', category: 'car', type: 'thing', color: '#140396' },
    ]);
    expect([...labels].map((label) => groups[label].name)).toEqual(['other', 'car 1', 'road', 'car 2']);
    expect(notes).toEqual([]);
  });

  it('has its PNGs in a folder of its name, or beside it', async () => {
    const png = panopticPng(1, 4, [road, blue, road, red]);
    const beside = await put('beside/p.json', imagesJson([oneImage()]));
    await put('beside/street.png', png);
    expect((await readLabels(beside, framing(1, 4))).groups).toHaveLength(3);
    // The folder with both, and the folder of PNGs below the JSON file, say the same.
    expect((await readLabels(join(folder, 'beside'), framing(1, 4))).groups).toHaveLength(3);
    await put('below/p.json', imagesJson([oneImage()]));
    await put('below/p/street.png', png);
    expect((await readLabels(join(folder, 'below', 'p'), framing(1, 4))).groups).toHaveLength(3);
    const nowhere = await put('nowhere/p.json', imagesJson([oneImage()]));
    await expect(readLabels(nowhere, framing(1, 4))).rejects.toThrow(
      `${nowhere}: there is no street.png in ${join(folder, 'nowhere', 'p')}, ${join(folder, 'nowhere')}. Put the PNGs into`,
    );
  });

  it('of many images takes the one that is named like the picture', async () => {
    const images = ['000000000139', '000000000285', '000000000632'].map((name, i) =>
      oneImage({ id: i, imageFile: `${name}.jpg`, png: `${name}.png`, segments: { [i + 1]: CAR } }),
    );
    const path = await put('many/p.json', imagesJson(images));
    for (const [i, { png }] of images.entries()) await put(`many/${png}`, panopticPng(1, 4, [i + 1, 0, 0, 0]));
    await expect(readLabels(path, framing(1, 4), '000000000285')).resolves.toMatchObject({
      groups: [{ name: 'other' }, { name: 'car' }],
    });
    await expect(readLabels(path, framing(1, 4), 'photo')).rejects.toThrow(
      `${path}: no annotation is named like the signal (photo). Its images are named like 000000000139; name the signal's files so.`,
    );
  });

  it('follows objects by their ids over the frames of a clip, with one index, name and colour', async () => {
    const frames = [{ [red]: CAR, [sky]: SKY }, { [blue]: CAR }, { [red]: CAR, [blue]: CAR }].map((segments, i) =>
      oneImage({ id: i, imageFile: `f${i}.png`, png: `f${i}.png`, segments }),
    );
    const path = await put('clip/p.json', imagesJson(frames));
    await put('clip/f0.png', panopticPng(1, 4, [red, sky, sky, 0]));
    await put('clip/f1.png', panopticPng(1, 4, [blue, blue, 0, 0]));
    await put('clip/f2.png', panopticPng(1, 4, [blue, red, red, 0]));
    const { frames: maps } = await readSignalLabels(path, signalOf(['f0', 'f1', 'f2']));
    expect(maps[0].groups.map(({ name }) => name)).toEqual(['other', 'sky', 'car 1', 'car 2']);
    expect(maps[1].groups).toEqual(maps[0].groups);
    expect(maps[2].groups).toEqual(maps[0].groups);
    expect(maps.map(({ labels }) => [...labels])).toEqual([
      [2, 1, 1, 0],
      [3, 3, 0, 0],
      [3, 2, 2, 0],
    ]);
    // Frames of a film have no names of their own.
    const film = await readSignalLabels(path, signalOf(['frame-0000', 'frame-0001', 'frame-0002']));
    expect(film.frames).toEqual(maps);
  });

  it('takes segments of one id but two categories for two objects', async () => {
    const frames = [{ 5: CAR }, { 5: SKY }].map((segments, i) =>
      oneImage({ id: i, imageFile: `f${i}.png`, png: `f${i}.png`, segments }),
    );
    const path = await put('reused/p.json', imagesJson(frames));
    for (const { png } of frames) await put(`reused/${png}`, panopticPng(1, 4, [5, 5, 5, 5]));
    const { frames: maps } = await readSignalLabels(path, signalOf(['f0', 'f1']));
    expect(maps.map(({ labels, groups }) => groups[labels[0]])).toEqual([
      { name: 'car', category: 'car', type: 'thing' },
      { name: 'sky', category: 'sky', type: 'stuff' },
    ]);
  });

  it('tells crowds from single objects', async () => {
    const path = await put('crowd/p.json', imagesJson([oneImage({ segments: { 1: CAR, 2: CAR }, crowd: [2] })]));
    await put('crowd/street.png', panopticPng(1, 4, [1, 1, 2, 2]));
    const { groups, notes } = await readLabels(path, framing(1, 4));
    expect(groups.map(({ name, category, type }) => [name, category, type])).toEqual([
      ['car', 'car', 'thing'],
      ['car crowd', 'car', 'stuff'],
    ]);
    expect(notes).toEqual(['a crowd is no single object and counted as stuff']);
  });

  it('takes categories without a meaning for void, unless told', async () => {
    const categories = [
      { id: 1, name: 'unlabeled', isthing: 0 },
      { id: 2, name: 'ego vehicle', isthing: 1 },
      { id: 3, name: 'sky', isthing: 0 },
    ];
    const path = await put('void/p.json', imagesJson([oneImage({ segments: { 5: 1, 6: 2, 7: 3 } })], categories));
    await put('void/street.png', panopticPng(1, 4, [5, 6, 7, 0]));
    const { groups, labels, notes } = await readLabels(path, framing(1, 4));
    expect(Array.from(labels, (label) => groups[label].name)).toEqual(['other', 'other', 'sky', 'other']);
    expect(notes).toEqual([
      'taken for void, which is no object: unlabeled, ego vehicle; `void: none` makes them objects',
    ]);
    const all = await readSignalLabels(path, signalOf(['street']), { void: [] });
    expect(all.frames[0].groups.map(({ name }) => name)).toEqual(['other', 'unlabeled', 'ego vehicle', 'sky']);
  });

  it('leaves ids out that the user says are void, listed or not', async () => {
    const path = await put('ids/p.json', imagesJson([oneImage({ segments: { 5: SKY, 6: CAR } })]));
    await put('ids/street.png', panopticPng(1, 4, [5, 6, 0xff_ff_ff, 0]));
    await expect(readLabels(path, framing(1, 4))).rejects.toThrow('has an id that');
    const { frames } = await readSignalLabels(path, signalOf(['street']), { void: [0xff_ff_ff, 6] });
    const [{ labels, groups }] = frames;
    expect(Array.from(labels, (label) => groups[label].name)).toEqual(['sky', 'other', 'other', 'other']);
  });

  it('leaves a category called "other" apart from what is not annotated', async () => {
    const categories = [{ id: 1, name: 'other', isthing: 0 }];
    const path = await put('other/p.json', imagesJson([oneImage({ segments: { 9: 1 } })], categories));
    await put('other/street.png', panopticPng(1, 4, [9, 9, 0, 0]));
    const { groups } = await readLabels(path, framing(1, 4));
    expect(groups.map(({ name, type }) => [name, type])).toEqual([
      ['other', 'other'],
      ['other 1', 'stuff'],
    ]);
  });

  it('is cropped and resized as the frame, each pixel taking the value under its centre, at any size', async () => {
    const side = fc.integer({ min: 1, max: 16 });
    const codes = [0, 1, 300, 70_000, 16_000_000];
    const scene = fc.tuple(side, side).chain(([height, width]) =>
      fc.record({
        height: fc.constant(height),
        width: fc.constant(width),
        samples: fc.array(fc.constantFrom(...codes), { minLength: height * width, maxLength: height * width }),
        crop: fc.record({ height: fc.integer({ min: 1, max: height }), width: fc.integer({ min: 1, max: width }) }),
        size: fc.record({ height: side, width: side }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(scene, async ({ height, width, samples, crop, size }) => {
        const segments = Object.fromEntries(samples.filter((id) => id > 0).map((id) => [id, CAR]));
        const path = await put('any/p.json', imagesJson([oneImage({ height, width, segments })]));
        await put('any/street.png', panopticPng(height, width, samples));
        const made = framing(height, width, { crop, size });
        // A map that has the frame's size already is used as it is.
        fc.pre(height !== size.height || width !== size.width);
        const { groups, labels, notes } = await readLabels(path, made);
        const order = [...new Set(samples.filter((id) => id > 0))].sort((a, b) => a - b);
        const name = (id: number) => {
          if (id === 0) return 'other';
          return order.length === 1 ? 'car' : `car ${order.indexOf(id) + 1}`;
        };
        const top = Math.floor((height - crop.height) / 2);
        const left = Math.floor((width - crop.width) / 2);
        const expected = Array.from({ length: size.height * size.width }, (_, p) => {
          const y = top + Math.floor(((Math.floor(p / size.width) + 0.5) * crop.height) / size.height);
          const x = left + Math.floor((((p % size.width) + 0.5) * crop.width) / size.width);
          return name(samples[y * width + x]);
        });
        expect(Array.from(labels, (label) => groups[label].name)).toEqual(expected);
        const gone = [...new Set(samples.map(name))].filter((one) => !expected.includes(one));
        for (const one of gone) expect(notes.join()).toMatch(new RegExp(`lost .*: .*${one}`));
      }),
      { numRuns: 60 },
    );
  });
});

describe('Cityscapes-VPS', () => {
  const frame = (video: string, n: number, segments: WrittenImage['segments']): WrittenImage => {
    const id = `${video}_000${n}_frankfurt_00000${video.at(-1)}_00000${n}`;
    return oneImage({ id, imageFile: `${id}_newImg8bit.png`, png: `${id}_final_mask.png`, segments });
  };
  const images = [
    frame('0001', 2, { [red]: CAR }),
    frame('0001', 1, { [road]: ROAD, [red]: CAR }),
    frame('0002', 1, { [red]: CAR }),
  ];
  const dataSet = async () => {
    await put('city/panoptic_gt_val_city_vps.json', imagesJson(images));
    // Annotations of single images, without identities over time, that lie in the same place.
    await put('city/panoptic_im_val_city_vps.json', imagesJson(images.map((one) => ({ ...one, png: 'none.png' }))));
    const pngs = [
      [red, red, 0, 0],
      [road, red, road, 0],
      [0, 0, 0, red],
    ];
    for (const [i, { png }] of images.entries())
      await put(`city/val/panoptic_video/${png}`, panopticPng(1, 4, pngs[i]));
    return join(folder, 'city');
  };

  it.each([
    ['its folder', '.'],
    ['its JSON file', 'panoptic_gt_val_city_vps.json'],
    ['its folder of PNGs', 'val/panoptic_video'],
  ])('is known by %s, and its frames by their names in img and in img_all', async (_, place) => {
    const path = join(await dataSet(), place);
    for (const names of [
      ['0001_0001_frankfurt_000001_000001_newImg8bit', '0001_0002_frankfurt_000001_000002_newImg8bit'],
      ['frankfurt_000001_000001_leftImg8bit', 'frankfurt_000001_000002_leftImg8bit'],
      ['0001_0001_frankfurt_000001_000001', '0001_0002_frankfurt_000001_000002'],
    ]) {
      const { format, frames } = await readSignalLabels(path, signalOf(names));
      expect(format).toBe('Cityscapes-VPS');
      expect(frames.map(({ labels }) => [...labels])).toEqual([
        [1, 2, 1, 0],
        [2, 2, 0, 0],
      ]);
      expect(frames[0].groups.map(({ name, type }) => [name, type])).toEqual([
        ['other', 'other'],
        ['road', 'stuff'],
        ['car', 'thing'],
      ]);
    }
  });

  it('gives a film that is called like a video its frames in order of time', async () => {
    const path = await dataSet();
    const { frames } = await readSignalLabels(path, signalOf(['frame-0000', 'frame-0001'], 'films/0001.mp4'));
    expect(frames.map(({ labels }) => [...labels])).toEqual([
      [1, 2, 1, 0],
      [2, 2, 0, 0],
    ]);
  });

  it('says which frames are not annotated, and how to take those that are', async () => {
    const path = join(await dataSet(), 'panoptic_gt_val_city_vps.json');
    const names = [1, 3, 2, 4, 5].map((n) => `0001_000${n}_frankfurt_000001_00000${n}_newImg8bit`);
    await expect(readSignalLabels(path, signalOf(names))).rejects.toThrow(
      `${path}: no annotation for 3 of 5 frames: ${[names[1], names[3], names[4]].join(', ')}. The annotated frames alone are taken with \`frames: 0:3:2\`.`,
    );
  });
});

describe('VIPSeg', () => {
  const frame = (name: string, segments: WrittenImage['segments']): WrittenImage =>
    oneImage({ id: name, imageFile: `${name}.png`, png: `${name}.png`, segments });
  const videos = {
    '12_park': [frame('00000166', { [red]: CAR }), frame('00000171', { [blue]: CAR })],
    '13_shore': [frame('00000166', { [sky]: SKY }), frame('00000171', { [sky]: SKY })],
  };
  const dataSet = async () => {
    await put('vip/panoptic_gt_VIPSeg.json', videosJson(videos));
    await put('vip/panoptic_gt_VIPSeg_val.json', videosJson(videos));
    for (const [video, frames] of Object.entries(videos)) {
      for (const { png, segments } of frames) {
        const [id] = Object.keys(segments).map(Number);
        await put(`vip/panomasksRGB/${video}/${png}`, panopticPng(1, 4, [0, id, id, id]));
      }
    }
    return join(folder, 'vip');
  };
  const names = ['00000166', '00000171'];

  it.each([
    ['its folder', '.'],
    ['its JSON file', 'panoptic_gt_VIPSeg_val.json'],
    ['the folder of all PNGs', 'panomasksRGB'],
  ])('is known by %s, and the video by the name of its frames’ folder', async (_, place) => {
    const path = join(await dataSet(), place);
    const { format, frames } = await readSignalLabels(path, signalOf(names, 'images/12_park'));
    expect(format).toBe('VIPSeg');
    expect(frames[0].groups.map(({ name, color }) => [name, color])).toEqual([
      ['other', undefined],
      ['car 1', '#140396'],
      ['car 2', '#00098e'],
    ]);
    expect(frames.map(({ labels }) => [...labels])).toEqual([
      [0, 1, 1, 1],
      [0, 2, 2, 2],
    ]);
    const other = await readSignalLabels(path, signalOf(names, 'images/13_shore'));
    expect(other.frames[0].groups.map(({ name }) => name)).toEqual(['other', 'sky']);
  });

  it('is known by the folder with the PNGs of one video', async () => {
    const path = join(await dataSet(), 'panomasksRGB', '13_shore');
    const { frames } = await readSignalLabels(path, signalOf(names));
    expect(frames[0].groups.map(({ name }) => name)).toEqual(['other', 'sky']);
  });

  it('asks which video is meant where frames of several have the same names', async () => {
    const path = join(await dataSet(), 'panoptic_gt_VIPSeg.json');
    await expect(readSignalLabels(path, signalOf(names))).rejects.toThrow(
      `${path}: 2 videos have frames of these names: 12_park, 13_shore. Give the folder with the PNGs of one of them, such as ${join(folder, 'vip', 'panomasksRGB', '12_park')}.`,
    );
  });
});

describe('refusals', () => {
  const whole = () => JSON.parse(imagesJson([oneImage()]));
  /** What is wrong, the JSON (a change of the right one, or a text), the error's code, and its line. */
  const wrong: [string, string | ((json: ReturnType<typeof whole>) => void), string, RegExp][] = [
    ['is cut short', '{"images": [', 'invalid-file', /p\.json: is not JSON \(/],
    [
      'is a list',
      '[1, 2]',
      'unsupported',
      /p\.json: is no annotation that is read\. A panoptic annotation has "images"/,
    ],
    ['is something else', '{"a": 1}', 'unsupported', /p\.json: is no annotation that is read/],
    [
      'names values of a label map',
      '{"1": "boat"}',
      'usage',
      /p\.json: names the values of a label map\. Give the label map that lies beside it/,
    ],
    [
      'holds polygons',
      '{"images": [], "annotations": [{"segmentation": []}], "categories": []}',
      'unsupported',
      /p\.json: holds polygons or run lengths \(COCO instances\), which are not read\. Give the panoptic annotation/,
    ],
    [
      'has no annotations',
      '{"images": [], "annotations": [], "categories": []}',
      'not-found',
      /p\.json: no annotation is named like the signal \(street\)\. It holds no annotations at all/,
    ],
    [
      'has categories without isthing',
      (json) => delete json.categories[0].isthing,
      'invalid-file',
      /p\.json: categories\[0\]\.isthing is wrong \(.+\)\. A panoptic annotation has .* "categories" with "isthing"/,
    ],
    [
      'has an image of no size',
      (json) => {
        json.images[0].height = 0;
      },
      'invalid-file',
      /p\.json: images\[0\]\.height is wrong/,
    ],
    [
      'has segments that are none',
      (json) => {
        json.annotations[0].segments_info[1] = { id: 'x' };
      },
      'invalid-file',
      /p\.json: \[1\]\.id of the segments of street\.png is wrong/,
    ],
    [
      'has an id beyond three bytes',
      (json) => {
        json.annotations[0].segments_info[0].id = 2 ** 24;
      },
      'invalid-file',
      /p\.json: \[0\]\.id of the segments of street\.png is wrong/,
    ],
    [
      'has an id twice',
      (json) => json.annotations[0].segments_info.push(json.annotations[0].segments_info[0]),
      'invalid-file',
      /p\.json: lists segment \d+ twice in the segments of street\.png/,
    ],
    [
      'has a category twice',
      (json) => json.categories.push(json.categories[0]),
      'invalid-file',
      /p\.json: lists category 7 twice/,
    ],
    [
      'has a category that is not listed',
      (json) => {
        json.annotations[0].segments_info[0].category_id = 99;
      },
      'invalid-file',
      /p\.json: segment \d+ has category 99, which is not among its categories/,
    ],
    [
      'has names that would write to the terminal',
      (json) => {
        json.categories[0].name = 'road\u001b[2J';
      },
      'invalid-file',
      /p\.json: categories\[0\]\.name is wrong \(has control characters\)/,
    ],
    [
      'names a file outside its folder',
      (json) => {
        json.annotations[0].file_name = '../../street.png';
      },
      'invalid-file',
      /p\.json: the file name '\.\.\/\.\.\/street\.png' leads out of its folder/,
    ],
    [
      'says another size of the image',
      (json) => {
        json.images[0].width = 8;
      },
      'conflict',
      /street\.png: is 1×4, but .*p\.json says the image is 1×8\. Give the PNGs that the JSON file was made for/,
    ],
    [
      'does not list an id of the PNG',
      (json) => json.annotations[0].segments_info.pop(),
      'invalid-file',
      /street\.png: has an id that .*p\.json does not list: \d+\. Ids are coded as R \+ 256·G \+ 65536·B/,
    ],
    [
      'lists a segment that has no pixels',
      (json) => json.annotations[0].segments_info.push({ id: 77, category_id: CAR }),
      'invalid-file',
      /street\.png: has no pixels of a segment that .*p\.json lists: 77\. Remove them from the list/,
    ],
  ];

  it.each(wrong)('a JSON file that %s', async (_, json, code, line) => {
    let text = json;
    if (typeof text !== 'string') {
      const changed = whole();
      (json as (json: unknown) => void)(changed);
      text = JSON.stringify(changed);
    }
    const path = await put('wrong/p.json', text);
    await put('wrong/p/street.png', panopticPng(1, 4, [road, blue, road, red]));
    const failure = readLabels(path, framing(1, 4), 'street');
    await expect(failure).rejects.toThrow(line);
    await expect(failure).rejects.toMatchObject({ name: 'XincError', code });
  });

  it('a JSON file nested without end', async () => {
    const path = await put('deep/p.json', '{"annotations":'.repeat(200_000));
    await expect(readLabels(path, framing(1, 4))).rejects.toMatchObject({ name: 'XincError' });
  });

  it('more objects than there are group indices', async () => {
    const segments = Object.fromEntries(Array.from({ length: 65_535 }, (_, i) => [i + 1, CAR]));
    const path = await put('crowded/p.json', imagesJson([oneImage({ height: 1, width: 65_535, segments })]));
    await put('crowded/street.png', panopticPng(1, 65_535, Object.keys(segments).map(Number)));
    await expect(readLabels(path, framing(1, 65_535))).rejects.toThrow(
      `${path}: 65535 objects on these frames are more than 65534. Take fewer frames with \`frames\`.`,
    );
  });

  it('a label map of more values than there are group indices', async () => {
    const samples = Array.from({ length: 65_536 }, (_, i) => i);
    const path = await put('deep.png', pngFile({ height: 256, width: 256, depth: 16, colorType: 0, samples }));
    await expect(readLabels(path, framing(256, 256))).rejects.toThrow(
      `${path}: 65536 different values, but at most 65535 groups are possible. Labels are few whole numbers`,
    );
  });

  it('RGB pictures without a JSON file', async () => {
    await put('bare/a/b/street.png', panopticPng(1, 4, [1, 2, 3, 4]));
    const path = join(folder, 'bare', 'a', 'b');
    await expect(readLabels(path, framing(1, 4))).rejects.toThrow(
      `${path}: the pictures are RGB, but there is no panoptic JSON file in it or above it. Give the JSON file that says`,
    );
  });

  it('PNGs of another size than the picture', async () => {
    const path = await put('size/p.json', imagesJson([oneImage()]));
    await put('size/street.png', panopticPng(1, 4, [road, blue, road, red]));
    await expect(readLabels(path, framing(2, 8))).rejects.toThrow(
      `${join(folder, 'size', 'street.png')}: the labels are 1×4, but the picture is 2×8`,
    );
  });

  it('random damage to a JSON file gives an error or labels, nothing else', async () => {
    const text = imagesJson([oneImage()]);
    await put('damaged/street.png', panopticPng(1, 4, [road, blue, road, red]));
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.string({ maxLength: 3, unit: 'grapheme' }), async (at, noise) => {
        const path = await put('damaged/p.json', text.slice(0, at) + noise + text.slice(at + 1));
        const result = await readLabels(path, framing(1, 4)).catch((error) => error);
        expect(result.name === 'XincError' || result.labels instanceof Uint16Array, String(result)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

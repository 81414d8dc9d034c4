import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { colours, fixtureFolder, picture } from '../test/fixtures.js';
import { pngFile } from '../test/png-file.js';
import { openSignal } from './open-signal.js';

const { folder, put } = await fixtureFolder();
const values = colours(5, 7);
const exact = Array.from(values, (v) => Math.fround(v / 255));

async function pixels(path: string, options = {}) {
  const signal = await openSignal(path, options);
  return { ...signal, rgb: (await signal.frame(0)).rgb };
}

describe('lossless formats give their exact values', () => {
  it.each([
    ['png', () => picture(5, 7, values).png()],
    ['interlaced png', () => picture(5, 7, values).png({ progressive: true })],
    ['palette png', () => picture(5, 7, values).png({ palette: true, quality: 100, dither: 0 })],
    ['webp', () => picture(5, 7, values).webp({ lossless: true })],
    ['tiff', () => picture(5, 7, values).tiff({ compression: 'lzw' })],
    ['gif', () => picture(5, 7, values).gif({ dither: 0 })],
  ])('%s', async (name, make) => {
    const { rgb, shape, source } = await pixels(await put(`exact-${name.replaceAll(' ', '-')}`, make()));
    expect(shape).toEqual({ kind: 'image', frames: 1, height: 5, width: 7 });
    expect(Array.from(rgb)).toEqual(exact);
    expect(source).toMatchObject({ originalHeight: 5, originalWidth: 7, notes: [] });
  });

  it('16-bit PNG and TIFF keep 16 bits', async () => {
    const deep = Uint16Array.from(values, (v, i) => v * 256 + (i % 256));
    const expected = Array.from(deep, (v) => Math.fround(v / 65_535));
    for (const [name, file] of [
      ['deep.png', picture(5, 7, deep).png()],
      ['deep.tiff', picture(5, 7, deep).tiff({ compression: 'deflate' })],
    ] as const) {
      const { rgb, source } = await pixels(await put(name, file));
      expect(Array.from(rgb)).toEqual(expected);
      expect(source.notes).toEqual(['16 bits per channel']);
    }
  });
});

describe('lossy formats come close', () => {
  const grey = new Uint8Array(16 * 24 * 3).map((_, i) => [200, 90, 40][i % 3]);
  it.each([
    ['jpeg', () => picture(16, 24, grey).jpeg({ quality: 95 })],
    ['avif', () => picture(16, 24, grey).avif({ quality: 90, effort: 0 })],
    ['10-bit avif', () => picture(16, 24, grey).avif({ quality: 90, effort: 0, bitdepth: 10 })],
    ['lossy webp', () => picture(16, 24, grey).webp({ quality: 95 })],
  ])('%s', async (name, make) => {
    const { rgb, shape } = await pixels(await put(`lossy-${name}`, make()));
    expect(shape).toMatchObject({ height: 16, width: 24 });
    for (let i = 0; i < rgb.length; i++) expect(Math.abs(rgb[i] - grey[i] / 255)).toBeLessThan(0.02);
  });
});

describe('kinds of pixels', () => {
  it('grey values become equal red, green and blue', async () => {
    const grey = Uint8Array.from([0, 51, 255, 102]);
    const { rgb, source } = await pixels(await put('grey.png', picture(2, 2, grey).png()));
    expect(Array.from(rgb)).toEqual([...grey].flatMap((v) => Array(3).fill(Math.fround(v / 255))));
    expect(source.notes).toEqual(['grey values used for red, green and blue alike']);
  });

  it('16-bit grey keeps 16 bits', async () => {
    const grey = Uint16Array.from([0, 513, 65_535, 40_000]);
    const { rgb } = await pixels(await put('grey16.png', picture(2, 2, grey).png()));
    expect(Array.from(rgb)).toEqual([...grey].flatMap((v) => Array(3).fill(Math.fround(v / 65_535))));
  });

  it('one-bit pictures are black and white', async () => {
    const bits = Uint8Array.from({ length: 64 }, (_, i) => (i % 3 === 0 ? 255 : 0));
    const { rgb } = await pixels(await put('bits.png', picture(8, 8, bits).png({ palette: true, colours: 2 })));
    expect(Array.from(rgb)).toEqual([...bits].flatMap((v) => [v / 255, v / 255, v / 255]));
  });

  it('transparency is laid over pure white, at 8 and 16 bits, in colour and grey', async () => {
    const rgba = await put('rgba.png', picture(1, 3, Uint8Array.of(255, 0, 0, 255, 9, 9, 9, 0, 0, 0, 0, 51)).png());
    const colour = await pixels(rgba);
    expect(Array.from(colour.rgb)).toEqual([1, 0, 0, 1, 1, 1, ...Array(3).fill(Math.fround(1 - 51 / 255))]);
    expect(colour.source.notes).toEqual(['transparent pixels laid over white']);
    const deep = Uint16Array.of(0, 65_535, 0, 0, 65_535, 13_107);
    const grey = await pixels(await put('grey-alpha.png', picture(1, 3, deep).png()));
    expect(Array.from(grey.rgb)).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1]);
  });

  it('an alpha channel that hides nothing is not worth a note', async () => {
    const { source } = await pixels(await put('opaque.png', picture(1, 1, Uint8Array.of(1, 2, 3, 255)).png()));
    expect(source.notes).toEqual([]);
  });

  it('transparency is laid over white before resizing, so hidden colours do not bleed', async () => {
    const hidden = Uint8Array.from({ length: 8 * 8 * 4 }, (_, i) => [0, 0, 0, 0][i % 4]);
    const { rgb } = await pixels(await put('hidden.png', picture(8, 8, hidden).png()), { size: { longest: 3 } });
    expect(Math.min(...rgb)).toBeCloseTo(1, 6);
  });

  it('CMYK becomes sRGB', async () => {
    const red = sharp({ create: { width: 8, height: 8, channels: 3, background: '#e02010' } });
    const path = await put('cmyk.jpg', red.toColourspace('cmyk').jpeg({ quality: 100 }));
    expect((await sharp(path).metadata()).space).toBe('cmyk');
    const { rgb, source } = await pixels(path);
    expect(rgb[0]).toBeGreaterThan(0.6);
    expect(rgb[1]).toBeLessThan(0.35);
    expect(rgb[2]).toBeLessThan(0.35);
    expect(source.notes).toEqual(['converted from CMYK to sRGB by a common profile, as the file has none']);
  });

  it('a wide-gamut profile is converted: an sRGB colour stored as Display P3 comes back, at 8 and 16 bits', async () => {
    const srgb = [200, 100, 50];
    const p3 = await picture(1, 1, Uint8Array.from(srgb)).withIccProfile('p3').png().toBuffer();
    const stored = await sharp(p3, { ignoreIcc: true }).raw().toBuffer();
    expect(Math.abs(stored[0] - srgb[0])).toBeGreaterThan(5);
    const deep = picture(
      1,
      1,
      Uint16Array.from(stored, (v) => v * 257),
    )
      .withIccProfile('p3')
      .png();
    expect(
      (
        await sharp(await deep.toBuffer(), { ignoreIcc: true })
          .raw()
          .toBuffer()
      )[0],
    ).toBe(stored[0]);
    for (const path of [await put('p3.png', p3), await put('p3-deep.png', deep)]) {
      const { rgb, source } = await pixels(path);
      for (let c = 0; c < 3; c++) expect(Math.abs(rgb[c] - srgb[c] / 255)).toBeLessThan(0.01);
      expect(source.notes).toContain('converted to sRGB by its colour profile');
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i is applied', async (orientation) => {
    const upright = picture(5, 7, values).png();
    const path = await put(`exif-${orientation}.png`, upright.withMetadata({ orientation }));
    const { rgb, shape, source } = await pixels(path);
    const turned = orientation > 4;
    expect([shape.height, shape.width]).toEqual(turned ? [7, 5] : [5, 7]);
    expect([source.originalHeight, source.originalWidth]).toEqual([shape.height, shape.width]);
    // Where the stored top left pixel is shown, by the EXIF standard: [row from bottom, column from right].
    const [bottom, right] = [
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 0],
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 0],
    ][orientation - 1];
    const at = (bottom * (shape.height - 1) * shape.width + right * (shape.width - 1)) * 3;
    expect(Array.from(rgb.subarray(at, at + 3))).toEqual(exact.slice(0, 3));
    expect(source.notes).toEqual(orientation === 1 ? [] : [`turned upright by its EXIF orientation (${orientation})`]);
  });

  it('a single pixel is a signal', async () => {
    const { rgb, shape } = await pixels(await put('one.png', picture(1, 1, Uint8Array.of(0, 51, 255)).png()));
    expect(shape).toEqual({ kind: 'image', frames: 1, height: 1, width: 1 });
    expect(Array.from(rgb)).toEqual([0, Math.fround(0.2), 1]);
  });

  it('an animated GIF read as an image gives its first picture and says so', async () => {
    const stack = new Uint8Array(4 * 4 * 3 * 2).fill(0, 0, 48).fill(255, 48);
    const animation = sharp(stack, { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } }).gif();
    const path = await put('animation.gif', animation);
    expect((await sharp(path).metadata()).pages).toBe(2);
    const { rgb, source } = await pixels(path, { kind: 'image' });
    expect(Math.max(...rgb)).toBe(0);
    expect(source.notes).toEqual(['picture 0 of the 2 in the file is used; `frames` takes another, 0 to 1']);
  });
});

describe('framing', () => {
  let path: string;
  beforeAll(async () => {
    path = await put('framing.png', picture(5, 7, values).png());
  });

  it('crops at the centre without touching values', async () => {
    const { rgb, shape, source, origins } = await pixels(path, { crop: { height: 3, width: 3 } });
    expect(shape).toMatchObject({ height: 3, width: 3 });
    const rows = [1, 2, 3].flatMap((y) => exact.slice((y * 7 + 2) * 3, (y * 7 + 5) * 3));
    expect(Array.from(rgb)).toEqual(rows);
    expect(source).toMatchObject({ originalHeight: 5, originalWidth: 7 });
    expect(source.notes).toEqual(['cropped at the centre from 5×7 to 3×3']);
    expect(origins[0].framing.region).toEqual({ top: 1, left: 2, height: 3, width: 3 });
  });

  it('resizes after the crop and notes a changed aspect ratio', async () => {
    const { shape, source } = await pixels(path, { crop: { height: 4, width: 6 }, size: { height: 2, width: 9 } });
    expect(shape).toMatchObject({ height: 2, width: 9 });
    expect(source.notes).toEqual([
      'cropped at the centre from 5×7 to 4×6',
      'resized from 4×6 to 2×9 (Lanczos3)',
      'the aspect ratio (width : height) changed from 1.50 to 4.50',
    ]);
  });

  it('keeps the aspect ratio with one number, without a note about it', async () => {
    const { shape, source } = await pixels(path, { size: { longest: 14 } });
    expect(shape).toMatchObject({ height: 10, width: 14 });
    expect(source.notes).toEqual(['resized from 5×7 to 10×14 (Lanczos3)']);
  });

  it('refuses a crop that does not fit', async () => {
    await expect(openSignal(path, { crop: { height: 6, width: 7 } })).rejects.toThrow(
      `\`crop: 6×7\` is larger than ${path}, which is 5×7`,
    );
  });
});

it('identifies the source by the SHA-256 of its file and names its frame after it', async () => {
  const path = await put('a photo.png', picture(5, 7, values).png());
  const { source, origins } = await openSignal(path);
  expect(source.path).toBe(path);
  expect(source.sha256).toBe(
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
  );
  expect(origins.map((origin) => origin.name)).toEqual(['a photo']);
});

it('has only frame 0', async () => {
  const path = await put('single.png', picture(5, 7, values).png());
  const { frame } = await openSignal(path);
  await expect(frame(1)).rejects.toThrow(`${path}: there is no frame 1; its only frame is 0`);
});

it('is one frame to a range', async () => {
  const path = await put('one-frame.png', picture(5, 7, values).png());
  expect((await openSignal(path, { frames: { stop: 9 } })).shape.frames).toBe(1);
  await expect(openSignal(path, { frames: { start: 1 } })).rejects.toThrow(
    `\`frames: 1:\` takes no frame: ${path} has one frame, 0`,
  );
});

describe('refusals, one clear line each', () => {
  async function refusal(name: string, content: Uint8Array | string | Sharp, options = {}) {
    const path = await put(name, content);
    const error = await openSignal(path, options).then(
      () => undefined,
      (e) => e,
    );
    expect(error?.name).toBe('XincError');
    expect(error.message).not.toContain('\n');
    return { code: error.code, line: error.message.replace(path, 'FILE') };
  }

  it('a missing file', async () => {
    const path = join(folder, 'nowhere.png');
    await expect(openSignal(path)).rejects.toMatchObject({
      code: 'not-found',
      message: `${path} cannot be read: it does not exist`,
    });
  });

  it('an empty file', async () => {
    expect(await refusal('empty.png', '')).toEqual({ code: 'invalid-file', line: 'FILE: the file is empty' });
  });

  it('a text file called .png', async () => {
    expect(await refusal('text.png', 'Dear diary, today I was a picture.')).toEqual({
      code: 'invalid-file',
      line:
        'FILE: the contents are no picture or video of a known format. ' +
        'XINC reads images (PNG, JPEG, WebP, AVIF, TIFF, GIF) and videos (MP4, MOV, WebM, MKV, AVI, GIF).',
    });
  });

  it('a format that is not read', async () => {
    const bmp = Uint8Array.from([...Buffer.from('BM'), ...new Uint8Array(60)]);
    const { code, line } = await refusal('picture.bmp', bmp);
    expect(code).toBe('unsupported');
    expect(line).toMatch(/^FILE: image\/bmp is not read\. XINC reads images \(PNG/);
    expect(await refusal('vector.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>')).toMatchObject({
      code: 'invalid-file',
    });
  });

  it.each([
    ['png', () => picture(60, 60, noise(60 * 60 * 3)).png()],
    ['jpeg', () => picture(60, 60, noise(60 * 60 * 3)).jpeg()],
    ['webp', () => picture(60, 60, noise(60 * 60 * 3)).webp()],
    ['avif', () => picture(60, 60, noise(60 * 60 * 3)).avif({ effort: 0 })],
    ['tiff', () => picture(60, 60, noise(60 * 60 * 3)).tiff({ compression: 'none' })],
    ['gif', () => picture(60, 60, noise(60 * 60 * 3)).gif()],
  ])('a truncated %s', async (format, make) => {
    const whole = await make().toBuffer();
    for (const part of [0.3, 0.7, 0.97]) {
      const { code, line } = await refusal(`cut-${part}.${format}`, whole.subarray(0, Math.floor(whole.length * part)));
      expect(code).toBe('invalid-file');
      expect(line).toMatch(/^FILE: the \w+ data are damaged or cut short \(.+\)$/);
    }
  });

  it('a PNG of 65,000 × 65,000 pixels in a few bytes, before decoding it', async () => {
    const data = Buffer.from([0x78, 0x9c, 0x03, 0, 0, 0, 0, 1]);
    const bomb = pngFile({ height: 65_000, width: 65_000, depth: 8, colorType: 2, data });
    expect(await refusal('bomb.png', bomb)).toEqual({
      code: 'unsupported',
      line: 'FILE: 65000×65000 is 4225 megapixels, more than 100. Give a `size`, such as `size: 512`.',
    });
    expect(await refusal('bomb-size.png', bomb, { size: { longest: 64 } })).toMatchObject({
      line: 'FILE: 65000×65000 is 4225 megapixels, more than 268',
    });
  });

  it('a floating-point TIFF', async () => {
    const { code, line } = await refusal('float.tiff', floatTiff(4, 4));
    expect(code).toBe('unsupported');
    expect(line).toBe(
      "FILE: float samples in colour space 'b-w' are not read. Save it with 8 or 16 bits per channel in RGB or grey.",
    );
  });

  it('a folder where an image is wanted', async () => {
    const path = join(folder, 'a folder');
    await mkdir(path);
    await expect(openSignal(path, { kind: 'image' })).rejects.toThrow(
      `${path}: is a folder, but a file is expected here`,
    );
  });
});

/** Incompressible samples, the same on every run. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

/** A grey TIFF of 32-bit floating-point samples, all 0.5. */
function floatTiff(height: number, width: number): Buffer {
  const samples = Buffer.from(new Float32Array(height * width).fill(0.5).buffer);
  const tags = [
    [256, width],
    [257, height],
    [258, 32],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, height],
    [279, samples.length],
    [339, 3],
  ];
  const directory = Buffer.alloc(2 + tags.length * 12 + 4);
  directory.writeUInt16LE(tags.length);
  for (const [i, [tag, value]] of tags.entries()) {
    directory.writeUInt16LE(tag, 2 + i * 12);
    directory.writeUInt16LE(4, 4 + i * 12);
    directory.writeUInt32LE(1, 6 + i * 12);
    directory.writeUInt32LE(value, 10 + i * 12);
  }
  const head = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(8 + samples.length, 4);
  return Buffer.concat([head, samples, directory]);
}

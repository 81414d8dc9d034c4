import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { fixtureFolder, picture } from '../../test/fixtures.js';
import { greyProfile, P3_D50, rgbProfile, SRGB_D50 } from '../../test/icc-profile.js';
import { pngFile } from '../../test/png-file.js';
import { openSignal } from '../open-signal.js';

const { put } = await fixtureFolder();

/** The first pixel in 255ths, and what was said. */
async function firstPixel(path: string) {
  const signal = await openSignal(path);
  const { rgb } = await signal.frame(0);
  return { rgb: Array.from(rgb.subarray(0, 3), (v) => v * 255), notes: signal.source.notes };
}

/** One pixel as PNG, with chunks before its data. */
function onePixel(rgb: readonly number[], extra: Readonly<Record<string, Buffer>>, depth: 8 | 16 = 8): Buffer {
  const samples = rgb.map((v) => (depth === 8 ? v : v * 257));
  return pngFile({ height: 1, width: 1, depth, colorType: rgb.length === 1 ? 0 : 2, samples, extra });
}

const iccp = (icc: Buffer) => ({ iCCP: Buffer.concat([Buffer.from('p\0\0', 'latin1'), deflateSync(icc)]) });

function close(actual: readonly number[], expected: readonly number[], tolerance = 1) {
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(tolerance);
}

// sRGB's curve of 60/255 and 12/255 in linear light; the P3 colour by the two matrices, at gamma 1.8.
const LINEAR = { 60: 133.19, 12: 61.26, 200: 229.09, 100: 168.12, 50: 122.42 };
const P3 = [224.52, 113.31, 49.44];

describe('profiles are taken at their curves and primaries, never at their names', () => {
  const linear = rgbProfile(SRGB_D50, 1, { description: 'GIMP built-in Linear sRGB' });
  const mentions = rgbProfile(P3_D50, 1.8, { description: 'own', copyright: 'not sRGB' });
  const plain = rgbProfile(P3_D50, 1.8, { description: 'own' });
  const own = rgbProfile(SRGB_D50, 2.2, { description: 'sRGB with gamma 2.2' });

  it.each([8, 16] as const)('a linear profile with sRGB in its name, at %i bits', async (depth) => {
    const { rgb, notes } = await firstPixel(
      await put(`linear-${depth}.png`, onePixel([60, 12, 200], iccp(linear), depth)),
    );
    close(rgb, [LINEAR[60], LINEAR[12], LINEAR[200]]);
    expect(notes[0]).toBe('converted to sRGB by its colour profile');
  });

  it('a profile whose copyright alone mentions sRGB, as one that does not', async () => {
    for (const [name, icc] of [
      ['mentions', mentions],
      ['plain', plain],
    ] as const) {
      const { rgb, notes } = await firstPixel(await put(`${name}.png`, onePixel([200, 100, 50], iccp(icc))));
      close(rgb, P3);
      expect(notes).toEqual(['converted to sRGB by its colour profile']);
    }
  });

  it.each([
    ['jpg', (raw: Sharp) => raw.jpeg({ quality: 100, chromaSubsampling: '4:4:4' })],
    ['tiff', (raw: Sharp) => raw.tiff({ compression: 'none' })],
    ['webp', (raw: Sharp) => raw.webp({ lossless: true })],
    ['avif', (raw: Sharp) => raw.avif({ lossless: true, effort: 0 })],
  ])('of a %s as well', async (extension, encode) => {
    const icc = await put('own.icc', mentions);
    // sharp converts pixels to a profile that it writes: what is stored is read back without it.
    const raw = picture(
      8,
      8,
      new Uint8Array(192).map((_, i) => [180, 100, 60][i % 3]),
    );
    const file = await encode(raw.withIccProfile(icc)).toBuffer();
    expect((await sharp(file).metadata()).icc?.equals(mentions)).toBe(true);
    const { rgb, notes } = await firstPixel(await put(`profile.${extension}`, file));
    close(rgb, [180, 100, 60], extension === 'jpg' || extension === 'avif' ? 3 : 1.01);
    expect(notes).toEqual(['converted to sRGB by its colour profile']);
  });

  it('gamma 2.2 is not the curve of sRGB', async () => {
    const { rgb, notes } = await firstPixel(await put('22.png', onePixel([12, 60, 200], iccp(own))));
    close(rgb, [4.54, 57.41, 201.3]);
    expect(notes).toHaveLength(1);
  });

  it('the profile of sRGB itself changes nothing', async () => {
    const samples = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => (i * 7) % 256);
    const path = await put('srgb.png', picture(16, 16, samples).withIccProfile('srgb').png());
    expect((await sharp(path).metadata()).hasProfile).toBe(true);
    const signal = await openSignal(path);
    expect(Array.from((await signal.frame(0)).rgb)).toEqual(Array.from(samples, (v) => Math.fround(v / 255)));
    expect(signal.source.notes).toEqual([]);
  });

  it.each([8, 16] as const)('a grey profile, at %i bits', async (depth) => {
    const { rgb, notes } = await firstPixel(
      await put(`grey-${depth}.png`, onePixel([60], iccp(greyProfile(1)), depth)),
    );
    close(rgb, [LINEAR[60], LINEAR[60], LINEAR[60]], depth === 16 ? 0.1 : 1);
    expect(notes[0]).toBe('converted to sRGB by its colour profile');
  });
});

describe('chunks of a PNG without a profile', () => {
  const gama = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const chrm = (points: readonly number[]) => Buffer.concat(points.map((v) => gama(Math.round(v * 1e5))));
  const SRGB_POINTS = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06];
  const P3_POINTS = [0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06];

  it.each([8, 16] as const)('gAMA is applied, at %i bits', async (depth) => {
    const { rgb, notes } = await firstPixel(
      await put('gama.png', onePixel([60, 12, 200], { gAMA: gama(100_000) }, depth)),
    );
    close(rgb, [LINEAR[60], LINEAR[12], LINEAR[200]], depth === 16 ? 0.02 : 0.5);
    expect(notes[0]).toBe('converted to sRGB by its gamma (gAMA 1.000)');
  });

  it('gAMA and cHRM together', async () => {
    const extra = { gAMA: gama(55_556), cHRM: chrm(P3_POINTS) };
    const { rgb, notes } = await firstPixel(await put('both.png', onePixel([200, 100, 50], extra)));
    close(rgb, P3);
    expect(notes).toEqual(['converted to sRGB by its gamma (gAMA 0.556) and primaries (cHRM)']);
  });

  it.each([
    ['those of sRGB', { gAMA: gama(45_455), cHRM: chrm(SRGB_POINTS) }],
    ['an sRGB chunk, which comes first', { sRGB: Buffer.of(0), gAMA: gama(100_000) }],
  ])('%s change nothing', async (_, extra) => {
    const { rgb, notes } = await firstPixel(await put('same.png', onePixel([60, 12, 200], extra)));
    close(rgb, [60, 12, 200], 1e-4);
    expect(notes).toEqual([]);
  });

  it('those that say nothing possible are ignored, and that is said', async () => {
    const gamma = await firstPixel(await put('none.png', onePixel([60, 12, 200], { gAMA: gama(0) })));
    close(gamma.rgb, [60, 12, 200], 1e-4);
    expect(gamma.notes).toEqual(['its gamma (gAMA) is 0, which is none, and is ignored']);
    const extra = { gAMA: gama(100_000), cHRM: chrm([0, 0, 0, 0, 0, 0, 0, 0]) };
    const points = await firstPixel(await put('points.png', onePixel([60, 12, 200], extra)));
    close(points.rgb, [LINEAR[60], LINEAR[12], LINEAR[200]]);
    expect(points.notes).toEqual([
      'converted to sRGB by its gamma (gAMA 1.000); its primaries (cHRM) span no colours and are ignored',
    ]);
  });

  it('cICP comes before all: Display P3 by its code points', async () => {
    const extra = { cICP: Buffer.of(12, 13, 0, 1), gAMA: gama(100_000) };
    const { rgb, notes } = await firstPixel(await put('cicp.png', onePixel([200, 100, 50], extra)));
    // By the matrices of the two, in linear light.
    close(rgb, [214.9, 92.61, 30.95]);
    expect(notes).toEqual(['converted to sRGB by its colour code points (cICP 12/13)']);
  });

  it('high dynamic range is said not to be mapped', async () => {
    const { notes } = await firstPixel(await put('pq.png', onePixel([200, 100, 50], { cICP: Buffer.of(9, 16, 0, 1) })));
    expect(notes).toEqual(['high dynamic range (smpte2084) is not mapped to sRGB']);
  });
});

it('opening can be cancelled while a large picture is decoded', async () => {
  const large = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#808080' } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  const path = await put('large.png', large);
  for (const [after, options] of [
    [20, {}],
    [20, { size: { longest: 8000 } }],
  ] as const) {
    const abort = new AbortController();
    let aborted = 0;
    setTimeout(() => {
      aborted = performance.now();
      abort.abort();
    }, after);
    await expect(openSignal(path, { ...options, abort: abort.signal })).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - aborted).toBeLessThan(300);
  }
});

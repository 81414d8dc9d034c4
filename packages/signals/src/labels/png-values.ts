import { XincError } from '@xinc/core';
import { MAX_FRAME_PIXELS } from '../framing.js';
import { loadSharp } from '../image/load-sharp.js';
import { asUint16 } from '../image/pixels.js';
import type { LabelValues } from './label-values.js';
import { damagedPng, GREY, openPng, PALETTE } from './png-chunks.js';

/**
 * The label values of a PNG: palette indices, or grey values as stored, whatever the bit depth.
 *
 * Image libraries turn palette indices into colours. The PNG is therefore put before the decoder as what its data are
 * all the same, a grey picture of the same depth.
 *
 * @throws XincError `invalid-file` if the file is damaged, in colour or has an alpha channel; `unsupported` if outsized.
 */
export async function readPngValues(path: string, bytes: Buffer): Promise<LabelValues> {
  const png = openPng(path, bytes);
  const { height, width, depth, colorType } = png;
  if (colorType !== GREY && colorType !== PALETTE) {
    const what = colorType & 2 ? 'an RGB picture, whose colours are no label values' : 'grey with an alpha channel';
    throw new XincError('invalid-file', `${path}: is ${what}`, {
      subject: path,
      hint: 'Save labels as a palette PNG, a grey PNG (8 or 16 bits) or a .npy of integers, or give the JSON file of a panoptic annotation.',
    });
  }
  const values = await decodeGrey(path, png.bare(GREY), depth);
  const shades = colorType === PALETTE ? shadesOf(png.palette, values) : undefined;
  if (shades) return { height, width, values: values.map((index) => shades[index]) };
  const orientation = png.exif ? await readOrientation(path, bytes) : undefined;
  return {
    height,
    width,
    values,
    ...(colorType === PALETTE ? { colors: paletteColors(png.palette) } : {}),
    ...(orientation !== undefined && { orientation }),
  };
}

/** The EXIF orientation of a PNG. */
export async function readOrientation(path: string, bytes: Buffer): Promise<number | undefined> {
  const sharp = await loadSharp();
  try {
    return (await sharp(bytes, { limitInputPixels: MAX_FRAME_PIXELS }).metadata()).orientation;
  } catch (error) {
    throw damagedPng(path, (error as Error).message.split('\n')[0], error);
  }
}

async function decodeGrey(path: string, png: Buffer, depth: number): Promise<Uint32Array> {
  const deep = depth === 16;
  // sharp stretches shallow greys to 0 … 255: by 255, 85 and 17 for 1, 2 and 4 bits.
  const stretch = deep ? 1 : 255 / (2 ** depth - 1);
  const sharp = await loadSharp();
  try {
    const raw = await sharp(png, { failOn: 'error', limitInputPixels: MAX_FRAME_PIXELS })
      .toColourspace(deep ? 'grey16' : 'b-w')
      .raw({ depth: deep ? 'ushort' : 'uchar' })
      .toBuffer();
    const samples = deep ? asUint16(raw) : raw;
    const values = new Uint32Array(samples.length);
    for (let i = 0; i < values.length; i++) values[i] = samples[i] / stretch;
    return values;
  } catch (error) {
    throw damagedPng(path, (error as Error).message.split('\n')[0], error);
  }
}

/** So many shades from black to white are a grey picture that was stored with a palette, and no objects. */
const FEWEST_SHADES = 8;

/** The brightness that each index of a palette stands for, where the palette is that of a grey picture. */
function shadesOf(palette: Uint8Array, values: Uint32Array): Uint8Array | undefined {
  const shades = Uint8Array.from({ length: palette.length / 3 }, (_, i) => palette[3 * i]);
  const used = new Set<number>(values);
  const grey = [...used].every(
    (i) => i < shades.length && palette[3 * i + 1] === shades[i] && palette[3 * i + 2] === shades[i],
  );
  if (!grey || used.size < FEWEST_SHADES) return undefined;
  const seen = new Set([...used].map((i) => shades[i]));
  return seen.has(0) && seen.has(255) ? shades : undefined;
}

function paletteColors(palette: Uint8Array): Map<number, string> {
  const colors = new Map<number, string>();
  for (let i = 0; i + 2 < palette.length; i += 3) {
    colors.set(i / 3, `#${Buffer.from(palette.subarray(i, i + 3)).toString('hex')}`);
  }
  return colors;
}

import { crc32 } from 'node:zlib';
import { XincError } from '@xinc/core';
import sharp from 'sharp';
import { MAX_FRAME_PIXELS } from '../framing.js';
import { asUint16 } from '../image/pixels.js';
import { formatExtent } from '../size.js';
import type { LabelValues } from './label-values.js';

const GREY = 0;
const PALETTE = 3;

/**
 * The label values of a PNG: palette indices, or grey values as stored, whatever the bit depth.
 *
 * Image libraries turn palette indices into colours. The PNG is therefore put before the decoder as what its data are
 * all the same, a grey picture of the same depth: its header says grey, and every chunk but the pixels' is left out,
 * so that no gamma, profile or transparency touches a label either.
 *
 * @throws XincError `invalid-file` if the file is damaged, in colour or has an alpha channel; `unsupported` if outsized.
 */
export async function readPngValues(path: string, bytes: Buffer): Promise<LabelValues> {
  const { height, width, depth, colorType, palette, grey } = openPng(path, bytes);
  if (colorType !== GREY && colorType !== PALETTE) {
    const what = colorType & 2 ? 'an RGB picture, whose colours are no label values' : 'grey with an alpha channel';
    throw new XincError('invalid-file', `${path}: is ${what}`, {
      subject: path,
      hint: 'Save labels as a palette PNG, a grey PNG (8 or 16 bits) or a .npy of integers.',
    });
  }
  if (height * width > MAX_FRAME_PIXELS) {
    throw new XincError(
      'unsupported',
      `${path}: ${formatExtent({ height, width })} is more than ${MAX_FRAME_PIXELS / 1e6} megapixels`,
      { subject: path },
    );
  }
  const values = await decodeGrey(path, grey, depth);
  return { height, width, values, ...(colorType === PALETTE ? { colors: paletteColors(palette) } : {}) };
}

interface OpenPng {
  readonly height: number;
  readonly width: number;
  readonly depth: number;
  readonly colorType: number;
  /** RGB triples; empty without a palette. */
  readonly palette: Uint8Array;
  /** The same pixel data under a header that says grey. */
  readonly grey: Buffer;
}

/** Walks the chunks of a PNG (length, type, body, CRC: PNG specification §5.3). */
function openPng(path: string, bytes: Buffer): OpenPng {
  const damaged = () => damagedPng(path, 'its chunks do not add up');
  const kept: Buffer[] = [bytes.subarray(0, 8)];
  let header: Buffer | undefined;
  let palette = new Uint8Array();
  for (let start = 8, type = ''; type !== 'IEND'; ) {
    if (start + 12 > bytes.length) throw damaged();
    const length = bytes.readUInt32BE(start);
    const end = start + 12 + length;
    if (end > bytes.length) throw damaged();
    type = bytes.toString('latin1', start + 4, start + 8);
    const body = bytes.subarray(start + 8, end - 4);
    if (type === 'IHDR') {
      if (length !== 13 || header) throw damaged();
      header = body;
      kept.push(greyHeader(body));
    } else if (type === 'PLTE') {
      palette = Uint8Array.from(body);
    } else if (type === 'IDAT' || type === 'IEND') {
      kept.push(bytes.subarray(start, end));
    }
    start = end;
  }
  if (!header) throw damaged();
  return {
    width: header.readUInt32BE(0),
    height: header.readUInt32BE(4),
    depth: header[8],
    colorType: header[9],
    palette,
    grey: Buffer.concat(kept),
  };
}

/** An IHDR chunk with the same extent, depth and interlacing, and the colour type grey. */
function greyHeader(body: Buffer): Buffer {
  const chunk = Buffer.alloc(25);
  chunk.writeUInt32BE(13);
  chunk.write('IHDR', 4, 'latin1');
  body.copy(chunk, 8);
  chunk[8 + 9] = GREY;
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 21)), 21);
  return chunk;
}

async function decodeGrey(path: string, png: Buffer, depth: number): Promise<Uint32Array> {
  const deep = depth === 16;
  // sharp stretches shallow greys to 0 … 255: by 255, 85 and 17 for 1, 2 and 4 bits.
  const stretch = deep ? 1 : 255 / (2 ** depth - 1);
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

function damagedPng(path: string, reason: string, cause?: unknown): XincError {
  return new XincError('invalid-file', `${path}: the PNG data are damaged or cut short (${reason})`, {
    subject: path,
    cause,
  });
}

function paletteColors(palette: Uint8Array): Map<number, string> {
  const colors = new Map<number, string>();
  for (let i = 0; i + 2 < palette.length; i += 3) {
    colors.set(i / 3, `#${Buffer.from(palette.subarray(i, i + 3)).toString('hex')}`);
  }
  return colors;
}

import { XincError } from '@xinc/core';
import { MAX_FRAME_PIXELS } from '../framing.js';
import { PNG_SIGNATURE, pngChunk } from '../image/png-chunk.js';
import { formatExtent } from '../size.js';

/** Colour types of a PNG: bit 1 palette, bit 2 colour, bit 4 alpha (PNG specification §11.2.2). */
export const GREY = 0;
export const PALETTE = 3;

export interface PngHeader {
  readonly height: number;
  readonly width: number;
  /** Bits per sample. */
  readonly depth: number;
  readonly colorType: number;
}

/** A PNG whose chunks add up and whose pixels are not too many. */
export interface OpenPng extends PngHeader {
  /** RGB triples; empty without a palette. */
  readonly palette: Uint8Array;
  /** Whether it has EXIF data, which may say that it is to be turned. */
  readonly exif: boolean;
  /**
   * The same pixel data without gamma, profile and transparency, so that a decoder leaves samples as they are; `as` puts
   * another colour type of equally many samples into the header.
   */
  bare(as?: number): Buffer;
}

export function isPng(bytes: Uint8Array): boolean {
  return PNG_SIGNATURE.equals(bytes.subarray(0, PNG_SIGNATURE.length));
}

/** What a PNG's first bytes say about it; `undefined` for what is no PNG. IHDR comes first by the specification. */
export function readPngHeader(bytes: Uint8Array): PngHeader | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isPng(head) || head.length < 26 || head.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  return headerOf(head.subarray(16));
}

/**
 * Walks the chunks of a PNG (length, type, body, CRC: PNG specification §5.3).
 * @throws XincError `invalid-file` if they do not add up, `unsupported` if the picture is outsized
 */
export function openPng(path: string, bytes: Buffer): OpenPng {
  const damaged = () => damagedPng(path, 'its chunks do not add up');
  const pixels: Buffer[] = [];
  let header: Buffer | undefined;
  let palette: Buffer = Buffer.alloc(0);
  let exif = false;
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
    } else if (type === 'PLTE') {
      palette = body;
    } else if (type === 'eXIf') {
      exif = true;
    } else if (type === 'IDAT' || type === 'IEND') {
      pixels.push(bytes.subarray(start, end));
    }
    start = end;
  }
  if (!header) throw damaged();
  const read = headerOf(header);
  if (read.height * read.width > MAX_FRAME_PIXELS) {
    throw new XincError(
      'unsupported',
      `${path}: ${formatExtent(read)} is more than ${MAX_FRAME_PIXELS / 1e6} megapixels`,
      {
        subject: path,
      },
    );
  }
  return {
    ...read,
    palette: Uint8Array.from(palette),
    exif,
    bare(as = read.colorType) {
      const ihdr = Buffer.from(header);
      ihdr[9] = as;
      const colors = as === PALETTE ? [pngChunk('PLTE', palette)] : [];
      return Buffer.concat([PNG_SIGNATURE, pngChunk('IHDR', ihdr), ...colors, ...pixels]);
    },
  };
}

export function damagedPng(path: string, reason: string, cause?: unknown): XincError {
  return new XincError('invalid-file', `${path}: the PNG data are damaged or cut short (${reason})`, {
    subject: path,
    cause,
  });
}

function headerOf(body: Buffer): PngHeader {
  return { width: body.readUInt32BE(0), height: body.readUInt32BE(4), depth: body[8], colorType: body[9] };
}

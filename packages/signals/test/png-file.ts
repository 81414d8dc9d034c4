import { deflateSync } from 'node:zlib';
import { PNG_SIGNATURE, pngChunk, pngHeaderChunk } from '../src/image/png-chunk.js';

/** A PNG written chunk by chunk, for what no image library writes on request: exact palette indices, headers that are wrong. */
export interface PngFile {
  readonly height: number;
  readonly width: number;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  readonly colorType: 0 | 2 | 3 | 4 | 6;
  /** One number per sample, row-major. */
  readonly samples?: readonly number[];
  /** The compressed pixel data, where they are not to be made from `samples`. */
  readonly data?: Buffer;
  readonly palette?: readonly (readonly [number, number, number])[];
  /** Further chunks before the pixel data. */
  readonly extra?: Readonly<Record<string, Buffer>>;
}

export function pngFile({ height, width, depth, colorType, samples = [], data, palette, extra = {} }: PngFile): Buffer {
  return Buffer.concat([
    PNG_SIGNATURE,
    pngHeaderChunk(height, width, depth, colorType),
    ...Object.entries(extra).map(([type, body]) => pngChunk(type, body)),
    ...(palette ? [pngChunk('PLTE', Buffer.from(palette.flat()))] : []),
    pngChunk('IDAT', data ?? deflateSync(scanlines(height, depth, samples))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Rows of samples packed to `depth` bits, each after a byte that says "no filter". */
function scanlines(height: number, depth: number, samples: readonly number[]): Buffer {
  const perRow = samples.length / height;
  const rows = Array.from({ length: height }, (_, y) => {
    const bits = samples.slice(y * perRow, (y + 1) * perRow).map((s) => s.toString(2).padStart(depth, '0'));
    const bytes = bits.join('').match(/.{1,8}/g) ?? [];
    return [0, ...bytes.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2))];
  });
  return Buffer.from(rows.flat());
}

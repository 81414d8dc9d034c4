import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG written chunk by chunk, for what no image library writes on request: exact palette indices, lying headers. */
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
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colorType, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...Object.entries(extra).map(([type, body]) => chunk(type, body)),
    ...(palette ? [chunk('PLTE', Buffer.from(palette.flat()))] : []),
    chunk('IDAT', data ?? deflateSync(scanlines(height, depth, samples))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  crc.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, crc]);
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

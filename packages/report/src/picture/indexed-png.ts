import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const INDEXED = 3;

/** A picture whose pixels name colours of a list. */
export interface IndexedPicture {
  readonly height: number;
  readonly width: number;
  /** Index into the colours of each pixel, [H·W]. */
  readonly indices: Uint8Array;
  /** At most 256. */
  readonly colors: readonly (readonly [red: number, green: number, blue: number])[];
  /** The colour that is not drawn. */
  readonly transparent?: number;
}

/**
 * The picture as PNG with a palette (ISO/IEC 15948). The palette is known here: sharp would search the pixels for one,
 * which takes most of the time of a report and moves some colours by a step.
 */
export async function encodeIndexedPng({
  height,
  width,
  indices,
  colors,
  transparent,
}: IndexedPicture): Promise<Buffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, INDEXED, 0, 0, 0], 8);
  // Each row begins with its filter: none, which suits indices best.
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) rows.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const alpha = transparent === undefined ? [] : [...new Array<number>(transparent).fill(255), 0];
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Uint8Array.from(colors.flat())),
    ...(alpha.length > 0 ? [chunk('tRNS', Uint8Array.from(alpha))] : []),
    chunk('IDAT', await promisify(deflate)(rows, { level: 6 })),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Length, type, data and checksum of type and data. */
function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

import { type DecodedPng, decode } from 'fast-png';
import { AccessError } from '../access-error.js';

/** Bytes of a PNG to the end of its first chunk, and where in them size, bits of a value, kind of colour and interlacing are. */
const HEADER = { length: 33, width: 16, height: 20, depth: 24, color: 25, interlace: 28 };
const RGB = 2;

/**
 * A frame's values [H, W, 3], to the bit: what a canvas gives back may be changed by the browser, against fingerprinting.
 * @param size that it must have, which is compared before anything is decoded
 * @param path of the file, for messages
 * @throws AccessError for what is no RGB picture of that size and of 8 or 16 bits, or is damaged
 */
export function decodePicture(
  png: Uint8Array,
  { height, width }: { readonly height: number; readonly width: number },
  path: string,
): Float32Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const fits =
    png.length >= HEADER.length &&
    view.getUint32(HEADER.width) === width &&
    view.getUint32(HEADER.height) === height &&
    [8, 16].includes(png[HEADER.depth]) &&
    png[HEADER.color] === RGB &&
    png[HEADER.interlace] === 0;
  if (!fits) throw new AccessError('content', `${path} is no RGB picture of ${height}×${width}`, { address: path });
  let decoded: DecodedPng;
  try {
    decoded = decode(png, { checkCrc: true });
  } catch (cause) {
    throw new AccessError('content', `${path} is damaged`, { address: path, cause });
  }
  const { data, depth } = decoded;
  const full = 2 ** depth - 1;
  const rgb = new Float32Array(data.length);
  for (let i = 0; i < rgb.length; i++) rgb[i] = data[i] / full;
  return rgb;
}

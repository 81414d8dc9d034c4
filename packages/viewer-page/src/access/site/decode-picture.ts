import { type DecodedPng, decode } from 'fast-png';
import type { Picture } from '../access.js';
import { AccessError } from '../access-error.js';

/**
 * A PNG's values, to the bit: what a canvas gives back may be changed by the browser, against fingerprinting.
 * @param path of the file, for messages
 * @throws AccessError for what is no RGB picture
 */
export function decodePicture(png: Uint8Array, path: string): Picture {
  const refused = (cause?: unknown) =>
    new AccessError('content', `${path} is no RGB picture`, { address: path, cause });
  let decoded: DecodedPng;
  try {
    decoded = decode(png);
  } catch (cause) {
    throw refused(cause);
  }
  const { height, width, channels, depth, data } = decoded;
  if (channels !== 3) throw refused();
  const full = 2 ** depth - 1;
  return { height, width, rgb: Float32Array.from(data, (value) => value / full) };
}

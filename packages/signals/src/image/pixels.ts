import type { Extent } from '../size.js';

/**
 * A decoded picture before it becomes a frame: interleaved [H, W, channels] in sRGB, RGB or RGB with alpha (not
 * premultiplied), 255 or 65535 standing for 1.
 */
export interface Pixels extends Extent {
  readonly channels: 3 | 4;
  readonly values: Uint8Array | Uint16Array;
}

/** The value that stands for 1. */
export function fullScale({ values }: Pixels): 255 | 65_535 {
  return values.BYTES_PER_ELEMENT === 1 ? 255 : 65_535;
}

/** Whether any pixel lets the background through. */
export function hasTransparency(pixels: Pixels): boolean {
  if (pixels.channels === 3) return false;
  const opaque = fullScale(pixels);
  for (let i = 3; i < pixels.values.length; i += 4) if (pixels.values[i] < opaque) return true;
  return false;
}

/** The 16-bit samples of a buffer, which may start at an odd address. */
export function asUint16(data: Buffer): Uint16Array {
  const { buffer, byteOffset } = data.byteOffset % 2 === 0 ? data : Uint8Array.from(data);
  return new Uint16Array(buffer, byteOffset, data.length / 2);
}

import type { Extent } from './size.js';

/** How a picture was turned on reading. */
export interface Orientation {
  /** The EXIF orientation that says so, 1 to 8; 1 for a picture that was left as it is. */
  readonly code: number;
  /** For messages: "EXIF orientation (6)", "rotation of 90°". */
  readonly name: string;
}

/** The extent of a picture before it is turned; the inverse is the same. */
export function stored({ height, width }: Extent, code: number): Extent {
  return code > 4 ? { height: width, width: height } : { height, width };
}

export function exifOrientation(code = 1): Orientation {
  return { code, name: `EXIF orientation (${code})` };
}

/** @param degrees clockwise */
export function rotationOf(degrees: number): Orientation {
  const code = { 90: 6, 180: 3, 270: 8 }[degrees] ?? 1;
  return { code, name: `rotation of ${degrees}°` };
}

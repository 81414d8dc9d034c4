import { encodeNpy, type NpyArray } from '@xinc/core/formats';
import { type Zippable, zipSync } from 'fflate';

/** The earliest date a zip archive can hold, so that equal arrays make equal files. */
const NO_DATE = new Date(1980, 0, 1);

export interface EncodeNpzOptions {
  /** Deflate, as `numpy.savez_compressed`; weights hardly shrink. */
  readonly compress?: boolean;
}

/**
 * Arrays and texts as one NumPy archive, readable by `numpy.load`: an `.npy` for each, stored plainly unless asked otherwise.
 * @throws XincError `shape` if an array's values are not as many as its shape says.
 */
export function encodeNpz(
  arrays: Readonly<Record<string, NpyArray | string>>,
  { compress = false }: EncodeNpzOptions = {},
): Uint8Array<ArrayBuffer> {
  const files: Zippable = Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)]),
  );
  return zipSync(files, { level: compress ? 6 : 0, mtime: NO_DATE });
}

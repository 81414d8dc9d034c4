import { type Frame, XincError } from '@xinc/core';
import { type Extent, formatExtent } from '../size.js';

/** What the frames of a clip may take of memory together: 4 GiB. */
const MAX_BYTES = 4 * 2 ** 30;

/**
 * Decoded frames of one extent, kept as bytes where these are exact, as of 8-bit footage at its own size, and else as 16-bit RGB: a
 * quarter or half the size of float32.
 */
export class FrameStore {
  readonly #path: string;
  readonly #extent: Extent;
  #added = 0;
  /** Bytes of the frames that were added. */
  #held = 0;
  #frames: (Uint8Array | Uint16Array)[] = [];

  /**
   * @param expected how many frames will come, Infinity if unknown
   * @param inBytes whether they will be exact in bytes, for all that is known
   * @throws XincError `unsupported` if they would not fit in memory.
   */
  constructor(path: string, extent: Extent, expected: number, inBytes: boolean) {
    this.#path = path;
    this.#extent = extent;
    if (Number.isFinite(expected)) {
      this.#checkMemory(expected, expected * 3 * extent.height * extent.width * (inBytes ? 1 : 2));
    }
  }

  /** Frames that were added. */
  get count(): number {
    return this.#added;
  }

  /** @throws XincError `unsupported` if the frames no longer fit in memory. */
  add({ rgb }: Frame): void {
    const values = asBytes(rgb) ?? asWords(rgb);
    this.#held += values.byteLength;
    this.#added++;
    this.#checkMemory(this.#added, this.#held);
    this.#frames.push(values);
  }

  /** @throws XincError `usage` after `release` */
  get(index: number): Frame {
    const values = this.#frames[index];
    if (!values) throw new XincError('usage', `${this.#path}: its frames were released`, { subject: this.#path });
    const rgb = new Float32Array(values.length);
    const most = values instanceof Uint8Array ? 255 : 65_535;
    for (let i = 0; i < rgb.length; i++) rgb[i] = values[i] / most;
    return { ...this.#extent, rgb };
  }

  /** Gives the frames' memory back. */
  release(): void {
    this.#frames = [];
  }

  #checkMemory(frames: number, bytes: number): void {
    if (bytes <= MAX_BYTES) return;
    throw new XincError(
      'unsupported',
      `${this.#path}: ${frames} frames of ${formatExtent(this.#extent)} or more do not fit in ${MAX_BYTES / 2 ** 30} GiB`,
      {
        subject: this.#path,
        hint: 'Take fewer with `frames`, such as `frames: 0:100`, or make them smaller with `size`.',
      },
    );
  }
}

/** Values in [0, 1] in 255ths; `undefined` where one is none. */
function asBytes(rgb: Float32Array): Uint8Array | undefined {
  const bytes = new Uint8Array(rgb.length);
  for (let i = 0; i < rgb.length; i++) {
    const byte = Math.round(rgb[i] * 255);
    if (Math.fround(byte / 255) !== rgb[i]) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

/** Values in [0, 1] in 65,535ths, rounded. */
function asWords(rgb: Float32Array): Uint16Array {
  const words = new Uint16Array(rgb.length);
  for (let i = 0; i < rgb.length; i++) words[i] = Math.round(rgb[i] * 65_535);
  return words;
}

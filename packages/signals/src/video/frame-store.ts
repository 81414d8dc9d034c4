import { type Frame, XincError } from '@xinc/core';
import { type Extent, formatExtent } from '../size.js';

/** What the frames of a clip may take of memory together: 4 GiB. */
const MAX_BYTES = 4 * 2 ** 30;

/** Decoded frames of one extent, kept as 16-bit RGB: exact for 8- and 16-bit footage, half the size of float32. */
export class FrameStore {
  readonly #path: string;
  readonly #extent: Extent;
  readonly #frames: Uint16Array[] = [];

  /**
   * @param expected How many frames will come, Infinity if unknown.
   * @throws XincError `unsupported` if they would not fit in memory.
   */
  constructor(path: string, extent: Extent, expected: number) {
    this.#path = path;
    this.#extent = extent;
    if (Number.isFinite(expected)) this.#checkMemory(expected);
  }

  get count(): number {
    return this.#frames.length;
  }

  /** @throws XincError `unsupported` if the frames no longer fit in memory. */
  add({ rgb }: Frame): void {
    this.#checkMemory(this.count + 1);
    const values = new Uint16Array(rgb.length);
    for (let i = 0; i < rgb.length; i++) values[i] = Math.round(rgb[i] * 65_535);
    this.#frames.push(values);
  }

  get(index: number): Frame {
    const values = this.#frames[index];
    const rgb = new Float32Array(values.length);
    for (let i = 0; i < rgb.length; i++) rgb[i] = values[i] / 65_535;
    return { ...this.#extent, rgb };
  }

  #checkMemory(frames: number): void {
    const bytes = frames * this.#extent.height * this.#extent.width * 6;
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

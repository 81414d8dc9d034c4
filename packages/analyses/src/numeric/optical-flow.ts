import { type Frame, throwIfAborted } from '@xinc/core';
import { Piscina } from 'piscina';
import { greyOf } from './grey.js';
import type { FlowRequest } from './optical-flow-thread.js';

/**
 * Optical flow by OpenCV, in a thread of its own: its memory, more than that of all other analyses, goes when the thread does.
 *
 * @example
 * const flow = new OpticalFlow();
 * const pixels = await flow.magnitude(from, to);
 * await flow.close();
 */
export class OpticalFlow {
  readonly #threads = new Piscina({
    filename: new URL('./optical-flow-thread.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    execArgv: [],
  });

  /**
   * Magnitude of the flow from one frame to the next in pixels, [H·W]: Farnebäck's dense estimate (2003).
   * @param from of the same size as `to`
   * @throws XincError `cancelled`
   */
  async magnitude(from: Frame, to: Frame, signal?: AbortSignal): Promise<Float32Array> {
    throwIfAborted(signal);
    const { height, width } = from;
    const pictures = [bytesOf(from), bytesOf(to)] as const;
    try {
      const request: FlowRequest = { height, width, pictures };
      return await this.#threads.run(request, { ...(signal && { signal }) });
    } catch (error) {
      throwIfAborted(signal);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#threads.destroy();
  }
}

/** Grey levels 0 … 255, [H·W] */
const bytesOf = (frame: Frame) => Uint8Array.from(greyOf(frame), (value) => Math.round(255 * value));

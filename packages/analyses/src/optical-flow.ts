import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Frame, throwIfAborted } from '@xinc/core';
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
  #thread: Worker | undefined;

  /**
   * Magnitude of the flow from one frame to the next in pixels, [H·W]: Farnebäck's dense estimate (2003). One at a time.
   * @param from of the same size as `to`
   * @throws XincError `cancelled`
   */
  async magnitude(from: Frame, to: Frame, signal?: AbortSignal): Promise<Float32Array> {
    this.#thread ??= new Worker(new URL('./optical-flow-thread.js', import.meta.url), { execArgv: [] });
    const { height, width } = from;
    this.#thread.postMessage({ height, width, pictures: [bytesOf(from), bytesOf(to)] } satisfies FlowRequest);
    try {
      const [magnitude] = await once(this.#thread, 'message', { signal });
      return magnitude;
    } catch (error) {
      // Its answer would be taken for that of the next call.
      await this.close();
      throwIfAborted(signal);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
    this.#thread = undefined;
  }
}

/** Grey levels 0 … 255, [H·W] */
const bytesOf = (frame: Frame) => Uint8Array.from(greyOf(frame), (value) => Math.round(255 * value));

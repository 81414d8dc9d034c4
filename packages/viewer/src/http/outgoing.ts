import type { ServerResponse } from 'node:http';

/** Bytes that are kept for browsers that have not read them yet, over all connections; at most one answer more. */
const MOST_BYTES = 256 * 2 ** 20;
/** Bytes written at once. */
const PIECE = 256 * 2 ** 10;
/** Milliseconds in which a browser reads a piece; and in which it does so while others wait for room. */
const PATIENCE = 30_000;
const PATIENCE_WHEN_FULL = 3000;
/** Milliseconds between looks whether it does. */
const LOOK = 500;

export interface OutgoingOptions {
  readonly mostBytes?: number;
  readonly patience?: number;
}

/** What is on its way to browsers. Answers are made while there is room for them, and those who do not read are left. */
export class Outgoing {
  readonly #mostBytes: number;
  readonly #patience: number;
  /** The memory of bodies, and how many responses send of it. */
  readonly #held = new Map<ArrayBufferLike, number>();
  readonly #waiting = new Set<() => void>();
  #bytes = 0;

  constructor({ mostBytes = MOST_BYTES, patience = PATIENCE }: OutgoingOptions = {}) {
    this.#mostBytes = mostBytes;
    this.#patience = patience;
  }

  /** Resolves when there is room for an answer to be made. */
  async room(): Promise<void> {
    while (this.#bytes >= this.#mostBytes) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /**
   * Sends a body and ends the response, as fast as it is read. Resolves when all of it is with the system, or nobody reads it.
   * @param body whole, or pieces of it as they are read from a file
   */
  async send(response: ServerResponse, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const whole = body instanceof Uint8Array ? body : undefined;
    if (whole) this.#hold(whole.buffer);
    try {
      for await (const piece of whole ? pieces(whole) : (body as AsyncIterable<Uint8Array>)) {
        if (response.destroyed) return;
        if (!response.write(piece)) await this.#progress(response, 'drain');
      }
      if (response.destroyed) return;
      response.end();
      if (!response.writableFinished) await this.#progress(response, 'finish');
    } finally {
      if (whole) this.#release(whole.buffer);
    }
  }

  /** Waits for the event, or for the end of the connection, which comes when the browser does not read. */
  #progress(response: ServerResponse, event: 'drain' | 'finish'): Promise<void> {
    const begun = Date.now();
    return new Promise((resolve) => {
      const look = setInterval(() => {
        const patience = this.#waiting.size > 0 ? Math.min(PATIENCE_WHEN_FULL, this.#patience) : this.#patience;
        if (Date.now() - begun > patience) response.destroy();
      }, LOOK);
      look.unref();
      const done = () => {
        clearInterval(look);
        response.off(event, done);
        response.off('close', done);
        resolve();
      };
      response.on(event, done);
      response.on('close', done);
      if (response.destroyed) done();
    });
  }

  #hold(body: ArrayBufferLike): void {
    const holders = this.#held.get(body) ?? 0;
    this.#held.set(body, holders + 1);
    if (holders === 0) this.#bytes += body.byteLength;
  }

  #release(body: ArrayBufferLike): void {
    const holders = this.#held.get(body)! - 1;
    if (holders > 0) {
      this.#held.set(body, holders);
      return;
    }
    this.#held.delete(body);
    this.#bytes -= body.byteLength;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

function* pieces(body: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < body.byteLength; at += PIECE) yield body.subarray(at, at + PIECE);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RunEvent } from '@xinc/viewer-page';
import type { ServedRun } from './run/served-run.js';
import { watchRun } from './run/watch-run.js';

/** Milliseconds between signs of life, by which both sides notice a connection that is gone. */
const HEARTBEAT = 15_000;
/** Bytes waiting for a browser that does not read them. */
const MOST_WAITING = 2 ** 20;

/** The streams of events of all open pages (server-sent events). Runs are watched while there is one. */
export class EventStreams {
  readonly #runs: readonly ServedRun[];
  readonly #open = new Set<ServerResponse>();
  #stop: (() => void) | undefined;

  constructor(runs: readonly ServedRun[]) {
    this.#runs = runs;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Answers with a stream. Each run is told of at once, since it may have changed after the page asked for it. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.write('retry: 1000\n\n');
    this.#open.add(response);
    this.#stop ??= this.#watch();
    response.on('close', () => {
      this.#open.delete(response);
      if (this.#open.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
    });
    for (const { id } of this.#runs) response.write(encode({ run: id, changed: 'manifest' }));
  }

  end(): void {
    for (const response of this.#open) response.end();
    this.#stop?.();
    this.#stop = undefined;
  }

  #watch(): () => void {
    const stops = this.#runs.map((run) => watchRun(run, (changed) => this.#send(encode({ run: run.id, changed }))));
    const heartbeat = setInterval(() => this.#send(':\n\n'), HEARTBEAT);
    heartbeat.unref();
    return () => {
      clearInterval(heartbeat);
      for (const stop of stops) stop();
    };
  }

  #send(text: string): void {
    for (const response of this.#open) {
      if (response.writableLength > MOST_WAITING) response.destroy();
      else response.write(text);
    }
  }
}

function encode(event: RunEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}

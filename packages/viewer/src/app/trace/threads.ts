import { abortError } from '../access/request.js';
import type { Answers, FromThread, LayerExtents, LayerShare, Question, ToThread, Urgency } from './questions.js';

/** More threads than this do not make a pointer's answer come sooner. */
const MOST_THREADS = 8;

/** As many threads as there are processors, started on first use. */
function threadCount(): number {
  return Math.max(1, Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1));
}

interface Waiting {
  readonly part: (message: Extract<FromThread, { type: 'answer' | 'shares' }>) => void;
  readonly fail: (error: Error) => void;
}

/** Tracing threads, and the questions under way in them. */
export class Threads {
  readonly #workers: Worker[];
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;

  constructor(count = threadCount()) {
    this.#workers = Array.from({ length: count }, () => {
      const worker = new Worker(new URL('./thread.ts', import.meta.url), { type: 'module', name: 'tracing' });
      worker.onmessage = ({ data }: MessageEvent<FromThread>) => this.#receive(data);
      worker.onerror = (event) => this.#failAll(event.message || 'A tracing thread could not be started');
      return worker;
    });
  }

  get count(): number {
    return this.#workers.length;
  }

  /** Fetches a layer and cuts it into a share for each thread. */
  fetch(address: string, signal?: AbortSignal): Promise<{ extents: LayerExtents; shares: LayerShare[] }> {
    return new Promise((resolve, reject) => {
      this.#start(0, (id) => ({ type: 'fetch', id, address, threads: this.count }), signal, {
        part: (message) => {
          if (message.type !== 'shares') return;
          this.#waiting.delete(message.id);
          resolve({ extents: message.extents, shares: message.shares });
        },
        fail: reject,
      });
    });
  }

  open(layer: number, shares: readonly LayerShare[]): void {
    for (const [thread, share] of shares.entries()) {
      const buffers = Object.values(share.source).flatMap((value) =>
        ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : [],
      );
      this.#post(thread, { type: 'open', layer, share }, buffers);
    }
  }

  close(layer: number): void {
    for (const thread of this.#workers.keys()) this.#post(thread, { type: 'close', layer });
  }

  ask<Q extends Question>(
    thread: number,
    layer: number,
    question: Q,
    urgency: Urgency,
    receive: (part: Answers[Q['kind']]) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#start(thread, (id) => ({ type: 'ask', id, layer, urgency, question }), signal, {
        part: (message) => {
          if (message.type !== 'answer') return;
          if (message.part) receive(message.part as Answers[Q['kind']]);
          if (!message.done) return;
          this.#waiting.delete(message.id);
          resolve();
        },
        fail: reject,
      });
    });
  }

  dispose(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#failAll('Tracing has ended');
  }

  #start(thread: number, message: (id: number) => ToThread, signal: AbortSignal | undefined, waiting: Waiting): void {
    if (signal?.aborted) {
      waiting.fail(abortError());
      return;
    }
    const id = this.#nextId++;
    const cancel = () => {
      if (!this.#waiting.delete(id)) return;
      this.#post(thread, { type: 'cancel', id });
      waiting.fail(abortError());
    };
    signal?.addEventListener('abort', cancel, { once: true });
    this.#waiting.set(id, waiting);
    this.#post(thread, message(id));
  }

  #post(thread: number, message: ToThread, transfer: ArrayBuffer[] = []): void {
    this.#workers[thread].postMessage(message, transfer);
  }

  #receive(message: FromThread): void {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    if (message.type === 'failure') {
      this.#waiting.delete(message.id);
      waiting.fail(new Error(message.message));
    } else waiting.part(message);
  }

  #failAll(message: string): void {
    for (const waiting of this.#waiting.values()) waiting.fail(new Error(message));
    this.#waiting.clear();
  }
}

import { buffersIn } from '@xinc/kernels';
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

/**
 * Tracing threads, the layers that are open in them, and the questions under way. Where a thread ends, these fail; the next
 * question starts all threads anew and opens its layer again.
 */
export class Threads {
  readonly count = threadCount();
  #workers: readonly Worker[] | undefined;
  readonly #waiting = new Map<number, Waiting>();
  /** Addresses of the open layers. */
  readonly #addresses = new Map<number, string>();
  /** Layers that the present workers have, or fetch. */
  readonly #loads = new Map<number, Promise<LayerExtents>>();
  #nextId = 0;

  /** Fetches a layer, and gives each thread its share. */
  async open(layer: number, address: string, signal?: AbortSignal): Promise<LayerExtents> {
    const extents = await this.#load(layer, address, signal);
    this.#addresses.set(layer, address);
    return extents;
  }

  close(layer: number): void {
    this.#addresses.delete(layer);
    this.#loads.delete(layer);
    for (const thread of this.#workers?.keys() ?? []) this.#post(thread, { type: 'close', layer });
  }

  async ask<Q extends Question>(
    thread: number,
    layer: number,
    question: Q,
    urgency: Urgency,
    receive: (part: Answers[Q['kind']]) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    for (const needed of question.kind === 'reduce' && question.previous !== undefined
      ? [layer, question.previous]
      : [layer]) {
      await (this.#loads.get(needed) ?? this.#reopen(needed));
    }
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
    this.#addresses.clear();
    this.#stop('Tracing has ended');
  }

  #load(layer: number, address: string, signal?: AbortSignal): Promise<LayerExtents> {
    const load = this.#fetch(address, signal).then(({ extents, shares }) => {
      // It may have been closed meanwhile.
      if (this.#loads.get(layer) !== load) return extents;
      for (const [thread, share] of shares.entries())
        this.#post(thread, { type: 'open', layer, share }, buffersIn(share));
      return extents;
    });
    this.#loads.set(layer, load);
    load.catch(() => {
      if (this.#loads.get(layer) === load) this.#loads.delete(layer);
    });
    return load;
  }

  async #reopen(layer: number): Promise<LayerExtents> {
    const address = this.#addresses.get(layer);
    if (address === undefined) throw new Error('This layer is not open');
    return this.#load(layer, address);
  }

  /** A layer cut into a share for each thread. */
  #fetch(address: string, signal?: AbortSignal): Promise<{ extents: LayerExtents; shares: LayerShare[] }> {
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
    this.#workers ??= Array.from({ length: this.count }, () => this.#startWorker());
    this.#workers[thread].postMessage(message, transfer);
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), { type: 'module', name: 'tracing' });
    worker.onmessage = ({ data }: MessageEvent<FromThread>) => this.#receive(data);
    worker.onerror = (event) => {
      // All may fail at once; those of before are gone.
      if (this.#workers?.includes(worker)) this.#stop(event.message || 'A tracing thread could not be started');
    };
    return worker;
  }

  #receive(message: FromThread): void {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    if (message.type === 'failure') {
      this.#waiting.delete(message.id);
      waiting.fail(new Error(message.message));
    } else waiting.part(message);
  }

  #stop(reason: string): void {
    for (const worker of this.#workers ?? []) worker.terminate();
    this.#workers = undefined;
    this.#loads.clear();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { fail } of waiting) fail(new Error(reason));
  }
}

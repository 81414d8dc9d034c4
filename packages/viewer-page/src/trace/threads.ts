import { buffersIn } from '@xinc/kernels';
import { abortError } from '../access/request.js';
import type { Answers, FromThread, LayerExtents, LayerShare, Question, ToThread, Urgency } from './questions.js';

const ENDED = 'Tracing has ended';

/** More threads than this do not make a pointer's answer come sooner. */
const MOST_THREADS = 8;

/** As many threads as there are processors, started on first use. */
function threadCount(): number {
  return Math.max(1, Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1));
}

/** A layer's source, loaded when it is needed, and again where a thread has ended. */
export interface LayerFile {
  /** Another for each source. */
  readonly name: string;
  /** As safetensors, see `LayerSourceMetadata`; they are handed over. */
  bytes(signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
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
  /** The open layers. */
  readonly #opened = new Map<number, LayerFile>();
  /** Layers that the present workers have, or wait for. */
  readonly #loads = new Map<number, Promise<LayerExtents>>();
  #nextId = 0;
  #disposed = false;

  /** Loads a layer, and gives each thread its share. */
  async open(layer: number, file: LayerFile, signal?: AbortSignal): Promise<LayerExtents> {
    const extents = await this.#load(layer, file, signal);
    this.#opened.set(layer, file);
    return extents;
  }

  close(layer: number): void {
    this.#opened.delete(layer);
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
    this.#disposed = true;
    this.#opened.clear();
    this.#stop(ENDED);
  }

  #load(layer: number, file: LayerFile, signal?: AbortSignal): Promise<LayerExtents> {
    const load = this.#shares(file, signal).then(({ extents, shares }) => {
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
    const file = this.#opened.get(layer);
    if (!file) throw new Error('This layer is not open');
    return this.#load(layer, file);
  }

  /** A layer cut into a share for each thread. */
  async #shares(
    { name, bytes }: LayerFile,
    signal?: AbortSignal,
  ): Promise<{ extents: LayerExtents; shares: LayerShare[] }> {
    const source = await bytes(signal);
    return new Promise((resolve, reject) => {
      const message = (id: number) => ({ type: 'cut', id, source, name, threads: this.count }) as const;
      const waiting: Waiting = {
        part: (answer) => {
          if (answer.type !== 'shares') return;
          this.#waiting.delete(answer.id);
          resolve({ extents: answer.extents, shares: answer.shares });
        },
        fail: reject,
      };
      this.#start(0, message, signal, waiting, [source.buffer]);
    });
  }

  #start(
    thread: number,
    message: (id: number) => ToThread,
    signal: AbortSignal | undefined,
    waiting: Waiting,
    transfer: ArrayBuffer[] = [],
  ): void {
    // What was loaded meanwhile starts no thread anew.
    if (signal?.aborted || this.#disposed) {
      waiting.fail(signal?.aborted ? abortError() : new Error(ENDED));
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
    this.#post(thread, message(id), transfer);
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

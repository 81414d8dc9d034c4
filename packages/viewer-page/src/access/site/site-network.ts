import { abortError } from '../request.js';
import type { FromSiteThread, NetworkFiles, NetworkQuestion, ToSiteThread } from './site-messages.js';

/** Where the thread's files come from. */
export interface NetworkOrigin {
  files(run: string): Promise<NetworkFiles>;
  inputs(run: string, frame: number): Promise<Uint8Array<ArrayBuffer>>;
}

interface Waiting {
  readonly answer: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly fail: (error: Error) => void;
}

/** The networks of a site, run and traced in a worker that is started on first use; where it ends, the next question starts another. */
export class SiteNetwork {
  readonly #origin: NetworkOrigin;
  readonly #waiting = new Map<number, Waiting>();
  /** What the present worker has, or is about to be given, by name. */
  readonly #given = new Map<string, Promise<void>>();
  #worker: Worker | undefined;
  #nextId = 0;

  constructor(origin: NetworkOrigin) {
    this.#origin = origin;
  }

  async ask(
    run: string,
    frame: number,
    question: NetworkQuestion,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    await this.#give(`run ${run}`, async () => ({ type: 'run', run, files: await this.#origin.files(run) }));
    await this.#give(`inputs ${frame} ${run}`, async () => ({
      type: 'inputs',
      run,
      frame,
      inputs: await this.#origin.inputs(run, frame),
    }));
    if (signal?.aborted) throw abortError();
    return new Promise((answer, fail) => {
      const id = this.#nextId++;
      const cancel = () => {
        if (!this.#waiting.delete(id)) return;
        this.#post({ type: 'cancel', id });
        fail(abortError());
      };
      signal?.addEventListener('abort', cancel, { once: true });
      const settled = () => signal?.removeEventListener('abort', cancel);
      this.#waiting.set(id, {
        answer: (bytes) => {
          settled();
          answer(bytes);
        },
        fail: (error) => {
          settled();
          fail(error);
        },
      });
      this.#post({ type: 'ask', id, run, frame, question });
    });
  }

  /** Posts a message once to each worker. */
  #give(name: string, make: () => Promise<ToSiteThread>): Promise<void> {
    const present = this.#given.get(name);
    if (present) return present;
    const given = make().then((message) => this.#post(message));
    this.#given.set(name, given);
    given.catch(() => {
      if (this.#given.get(name) === given) this.#given.delete(name);
    });
    return given;
  }

  #post(message: ToSiteThread): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./site-thread.ts', import.meta.url), { type: 'module', name: 'networks' });
    worker.onmessage = ({ data }: MessageEvent<FromSiteThread>) => {
      const waiting = this.#waiting.get(data.id);
      if (!waiting) return;
      this.#waiting.delete(data.id);
      if (data.type === 'answer') waiting.answer(data.bytes);
      else waiting.fail(new Error(data.message));
    };
    worker.onerror = (event) => {
      worker.terminate();
      this.#worker = undefined;
      this.#given.clear();
      const all = [...this.#waiting.values()];
      this.#waiting.clear();
      const reason = event.message || 'The thread that runs networks could not be started';
      for (const { fail } of all) fail(new Error(reason));
    };
    return worker;
  }
}

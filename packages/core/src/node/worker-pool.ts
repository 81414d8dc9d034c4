import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { KernelLayer, ReduceResult, Region } from '@xinc/kernels';
import { throwIfAborted, XincError } from '../errors.js';
import type { Chunk } from '../trace/chunks.js';
import type { ContributionSource, KernelPool } from '../trace/contribution-source.js';
import type { Extents, KernelCall, KernelReply, KernelRequest, KernelValue } from './kernel-protocol.js';
import { type Shared, SharedMemory } from './shared-memory.js';

/** Chunks that a worker is given at once, so that it never waits for this thread between two. */
const CHUNKS_IN_HAND = 2;
/** How far workers may run ahead of the chunk that is merged next, per worker: bounds the results that wait. */
const CHUNKS_AHEAD = 6;

/**
 * Kernels in worker threads. Chunks of neurons go to whichever worker is free; their results are merged in the order of
 * the chunks, so that they are the same for any number of workers.
 * @param options.workers by default one per processor
 */
export function createWorkerPool({ workers = availableParallelism() }: { workers?: number } = {}): KernelPool {
  const threads = Array.from({ length: workers }, () => new KernelThread());
  const memory = new SharedMemory();
  const opened = new Map<ContributionSource, OpenedLayer>();
  let nextLayer = 0;
  let nextJob = 0;
  return {
    async open(source, use = 'reductions') {
      const layer = new OpenedLayer(nextLayer++, memory.share(source));
      // One thread makes maps and responses, another one those of another layer.
      const home = threads[layer.id % threads.length];
      const openings = (use === 'maps' ? [home] : threads).map((thread) => layer.openIn(thread));
      const [{ neurons, height, width }] = (await Promise.all(openings).catch((error) => {
        layer.close().catch(() => {});
        throw error;
      })) as Extents[];
      const ask = async (call: 'maps' | 'responses', wanted: ArrayLike<number>, region?: Region) =>
        (await home.call({
          call,
          source: layer.id,
          neurons: Array.from(wanted),
          ...(region && { region }),
        })) as Float32Array;
      const contributions: ContributionSource = {
        neurons,
        height,
        width,
        async reduce(chunks, { previous, ...request }, merge, abort) {
          const job = nextJob++;
          const before = previous && opened.get(previous);
          const shared = memory.share(request);
          const argument = {
            call: 'begin' as const,
            job,
            source: layer.id,
            request: { ...shared.value, ...(before && { previousSource: before.id }) },
          };
          const begin = async (thread: KernelThread) => {
            await Promise.all([before?.openIn(thread), layer.openIn(thread)]);
            return thread.call(argument);
          };
          const end = () => Promise.all(threads.map((thread) => thread.call({ call: 'end', job })));
          const begun = threads.map(begin);
          try {
            await Promise.all(begun);
            await distribute(threads, chunks, job, merge, abort);
          } catch (error) {
            // Threads are told before the layer can be closed.
            await Promise.allSettled(begun);
            end().catch(() => {});
            throw error;
          }
          const counts = (await end()) as ReduceResult[];
          shared.free();
          return counts;
        },
        maps: (wanted, region) => ask('maps', wanted, region),
        responses: (wanted, region) => ask('responses', wanted, region),
        dispose() {
          if (opened.delete(contributions)) layer.close().catch(() => {});
        },
      };
      opened.set(contributions, layer);
      return contributions;
    },
    async dispose() {
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}

/** A layer in the threads that have to do with it. */
class OpenedLayer {
  readonly id: number;
  readonly #shared: Shared<KernelLayer>;
  readonly #openings = new Map<KernelThread, Promise<KernelValue>>();

  constructor(id: number, shared: Shared<KernelLayer>) {
    this.id = id;
    this.#shared = shared;
  }

  openIn(thread: KernelThread): Promise<KernelValue> {
    let opening = this.#openings.get(thread);
    if (!opening) {
      opening = thread.call({ call: 'open', source: this.id, layer: this.#shared.value });
      this.#openings.set(thread, opening);
    }
    return opening;
  }

  async close(): Promise<void> {
    const threads = [...this.#openings.keys()];
    await Promise.all(threads.map((thread) => thread.call({ call: 'close', source: this.id })));
    this.#shared.free();
  }
}

/** Hands out chunks, each to the worker that is free first, and merges results in order. */
async function distribute(
  threads: readonly KernelThread[],
  chunks: readonly Chunk[],
  job: number,
  merge: (chunk: Chunk, result: ReduceResult) => void,
  abort: AbortSignal | undefined,
): Promise<void> {
  const waiting = new Map<number, ReduceResult>();
  let next = 0;
  let merged = 0;
  let resume: (() => void)[] = [];
  const work = async (thread: KernelThread) => {
    while (next < chunks.length) {
      throwIfAborted(abort);
      if (next - merged > CHUNKS_AHEAD * threads.length) {
        await new Promise<void>((resolve) => resume.push(resolve));
        continue;
      }
      const index = next++;
      const { start, end } = chunks[index];
      waiting.set(index, (await thread.call({ call: 'reduce', job, start, end })) as ReduceResult);
      for (let result = waiting.get(merged); result; result = waiting.get(merged)) {
        waiting.delete(merged);
        merge(chunks[merged], result);
        merged++;
      }
      for (const go of resume) go();
      resume = [];
    }
  };
  const running = threads.flatMap((thread) => Array.from({ length: CHUNKS_IN_HAND }, () => work(thread)));
  try {
    await Promise.all(running);
  } finally {
    // Calls that wait for a chunk that failed have to end as well.
    next = chunks.length;
    for (const go of resume) go();
    await Promise.allSettled(running);
  }
}

class KernelThread {
  readonly #worker = new Worker(new URL('./kernel-worker.js', import.meta.url), { execArgv: [] });
  readonly #pending = new Map<number, { resolve(value: KernelValue): void; reject(error: unknown): void }>();
  #nextId = 0;
  #stopping = false;
  #failure: XincError | undefined;

  constructor() {
    // Idle workers do not keep the process alive; a call under way does.
    this.#worker.unref();
    this.#worker.on('message', (reply: KernelReply) => {
      const call = this.#pending.get(reply.id);
      this.#pending.delete(reply.id);
      if (this.#pending.size === 0 && !this.#stopping) this.#worker.unref();
      if ('value' in reply) call?.resolve(reply.value);
      else {
        const code = reply.refused ? 'shape' : 'unsupported';
        call?.reject(new XincError(code, `Tracing failed: ${reply.problem}`));
      }
    });
    this.#worker.on('error', (error) => this.#fail(`a tracing thread ended: ${error.message}`));
    this.#worker.on('exit', () => this.#fail('a tracing thread ended'));
  }

  call(argument: KernelCall): Promise<KernelValue> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#worker.ref();
      this.#pending.set(this.#nextId, { resolve, reject });
      this.#worker.postMessage({ id: this.#nextId++, argument } satisfies KernelRequest);
    });
  }

  async stop(): Promise<void> {
    // An idle worker does not keep the process alive; one whose end is waited for does.
    this.#stopping = true;
    this.#worker.ref();
    await this.#worker.terminate();
  }

  #fail(problem: string): void {
    this.#failure ??= new XincError('unsupported', `Tracing failed: ${problem}`, {
      hint: 'A machine short of memory does that; try fewer threads.',
    });
    for (const { reject } of this.#pending.values()) reject(this.#failure);
    this.#pending.clear();
  }
}

import { Worker } from 'node:worker_threads';
import { type NdArray, type Shape, XincError } from '@xinc/core';
import { Graph, type NamedNodes } from '@xinc/core/graph';
import { deviceMissing, type RuntimeOptions } from '../devices.js';
import { type EmittedModel, emitModel } from '../emit.js';
import { oneDnnRefused, stepLibrary, WITHOUT_ONEDNN } from '../onednn/choice.js';
import { listNodes } from '../onednn/step-graph.js';
import type {
  CallName,
  Calls,
  Destination,
  MemoryUse,
  OneDnnFound,
  Reply,
  Request,
  SessionId,
  TensorId,
  ThreadOptions,
} from './protocol.js';

/** A model loaded in the runtime's thread. Inputs and outputs go by the program's names. */
export interface Session {
  /**
   * Runs the model: every input a stored tensor or an array (copied), every output into a stored tensor or back.
   * @throws XincError `unsupported` with ONNX Runtime's own words.
   */
  run(
    feeds: Readonly<Record<string, TensorId | NdArray>>,
    fetches: Readonly<Record<string, Destination>>,
  ): Promise<Record<string, NdArray>>;
  release(): Promise<void>;
}

/** Tensors on their way to the runtime's thread. */
export interface StoredTensors {
  readonly ids: readonly TensorId[];
  /** @throws XincError `unsupported` if there is no memory for them. */
  readonly ready: Promise<void>;
}

/** A call that the runtime's thread could not serve. */
class CallFailure extends Error {
  constructor(
    readonly stage: 'load' | 'device' | 'onednn' | 'call',
    message: string,
  ) {
    super(message);
  }
}

type Library = 'ONNX Runtime' | 'oneDNN';

interface PendingCall {
  resolve(result: never): void;
  reject(error: Error): void;
}

/** The model that a device is tried with, made here so that the thread does not load what writes models. */
function trialModel(): Uint8Array {
  const graph = new Graph();
  const x = graph.input('x', [4]);
  return emitModel({ y: graph.ops.add(x, x) }).bytes;
}

/**
 * ONNX Runtime in a thread of its own. Calls are answered in the order they are made; none holds up the caller's event
 * loop, and the process may end while none is pending.
 */
export class Runtime {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #pending = new Map<number, PendingCall>();
  #ended: Error | undefined;
  #ids = 0;
  #version = '';
  #oneDnn: OneDnnFound = {};

  /** @throws XincError `unsupported` where the machine lacks the runtime or the device. */
  static async start(options: RuntimeOptions): Promise<Runtime> {
    const runtime = new Runtime(options);
    try {
      const { version, oneDnn } = await runtime.#call('start', null);
      runtime.#version = version;
      runtime.#oneDnn = oneDnn;
      return runtime;
    } catch (error) {
      await runtime.#worker.terminate();
      if (error instanceof CallFailure && error.stage === 'device') throw deviceMissing(options.device, error);
      if (error instanceof CallFailure && error.stage === 'onednn') throw oneDnnRefused(error);
      throw new XincError(
        'unsupported',
        `ONNX Runtime does not load on this machine (${process.platform} ${process.arch})`,
        {
          subject: 'onnxruntime-node',
          hint: 'Choose another engine.',
          cause: error,
        },
      );
    }
  }

  private constructor(options: RuntimeOptions) {
    const workerData: ThreadOptions = { ...options, trial: trialModel(), steps: stepLibrary(options.device) };
    this.#worker = new Worker(new URL('./thread.js', import.meta.url), { workerData, execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(error));
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#end(new Error('its thread has ended'));
        resolve();
      });
    });
  }

  get version(): string {
    return this.#version;
  }

  get oneDnn(): OneDnnFound {
    return this.#oneDnn;
  }

  /** @throws XincError `unsupported` naming `subject`, with ONNX Runtime's own words. */
  async createSession(model: EmittedModel, subject: string, memory: MemoryUse): Promise<Session> {
    const session = this.#ids++;
    const values = new Map(model.outputs.map(({ name, value }) => [name, value]));
    await this.#attempt(`compile ${subject}`, 'compile', { session, model: model.bytes, memory });
    return this.#session(session, subject, values, 'ONNX Runtime');
  }

  /**
   * A session of oneDNN's on the same tensors, its memory kept from run to run.
   * @returns the session, or what oneDNN does not have for it
   */
  async planSession(outputs: NamedNodes, subject: string): Promise<Session | { readonly missing: string }> {
    const session = this.#ids++;
    const graph = listNodes(outputs);
    const { missing } = await this.#attempt(`plan ${subject}`, 'plan', { session, graph }, 'oneDNN');
    if (missing !== null) return { missing };
    return this.#session(session, subject, new Map(Object.keys(outputs).map((name) => [name, name])), 'oneDNN');
  }

  /** @param values what its outputs are called in the thread */
  #session(session: SessionId, subject: string, values: ReadonlyMap<string, string>, library: Library): Session {
    return {
      run: async (feeds, fetches) => {
        const outputs = mapEntries(fetches, (name, destination) => [values.get(name)!, destination]);
        const inputs = mapEntries(feeds, (name, feed) => [name, typeof feed === 'number' ? feed : copyOf(feed)]);
        const argument = { session, feeds: inputs, fetches: outputs };
        const results = await this.#attempt(`run ${subject}`, 'run', argument, library);
        const returned = Object.keys(fetches).filter((name) => values.get(name)! in results);
        return Object.fromEntries(returned.map((name) => [name, results[values.get(name)!]]));
      },
      release: async () => {
        if (!this.#ended) await this.#call('release', { session });
      },
    };
  }

  /**
   * Makes tensors that stay in the runtime's thread, of these values (copied) or, for a shape, of zeros. Calls may name
   * them at once.
   */
  store(tensors: readonly (NdArray | { readonly shape: Shape })[]): StoredTensors {
    const stored = tensors.map((tensor) => ({ id: this.#ids++, ...('data' in tensor ? copyOf(tensor) : tensor) }));
    const ready = this.#attempt('take in tensors', 'store', { tensors: stored }).then(() => {});
    return { ids: stored.map(({ id }) => id), ready };
  }

  /** Orthonormal bases of stored matrices `of`, each into a stored tensor; one that a matrix without a basis would go into stays as it is. */
  async orthonormalize(bases: readonly { readonly of: TensorId; readonly into: TensorId }[]): Promise<void> {
    await this.#attempt('make orthonormal bases', 'orthonormalize', { bases });
  }

  async read(tensors: readonly TensorId[]): Promise<NdArray[]> {
    return this.#attempt('read tensors', 'read', { tensors });
  }

  drop(tensors: readonly TensorId[]): void {
    // Nothing can fail here but the thread itself, and then the tensors are gone as well.
    if (!this.#ended) this.#call('drop', { tensors }).catch(() => {});
  }

  /** Releases every session and ends the thread, after the calls that are pending. */
  async stop(): Promise<void> {
    if (!this.#ended) {
      const stopped = this.#call('stop', null);
      this.#ended = new XincError('usage', 'The engine was disposed of');
      await stopped;
      // Idle threads do not keep the process alive, but one that is being waited for must.
      this.#worker.ref();
    }
    await this.#exited;
  }

  async #attempt<K extends CallName>(
    what: string,
    name: K,
    argument: Calls[K]['argument'],
    library: Library = 'ONNX Runtime',
  ): Promise<Calls[K]['result']> {
    try {
      return await this.#call(name, argument);
    } catch (error) {
      if (error instanceof XincError) throw error;
      throw new XincError('unsupported', `${library} could not ${what}: ${(error as Error).message}`, {
        cause: error,
        ...(library === 'oneDNN' && { hint: WITHOUT_ONEDNN }),
      });
    }
  }

  #call<K extends CallName>(name: K, argument: Calls[K]['argument']): Promise<Calls[K]['result']> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#ids++;
    return new Promise((resolve, reject) => {
      this.#worker.postMessage({ id, name, argument } satisfies Request<K>, memoryOf(argument));
      this.#pending.set(id, { resolve, reject });
      this.#worker.ref();
    });
  }

  #settle(reply: Reply): void {
    const call = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if ('failure' in reply) call?.reject(new CallFailure(reply.failure, reply.message));
    else call?.resolve(reply.result as never);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const call of this.#pending.values()) call.reject(error);
    this.#pending.clear();
  }
}

/** A copy whose memory can be given away: exactly its elements, where `data` may be a window of something large. */
function copyOf({ shape, data }: NdArray): NdArray {
  return { shape, data: data.slice() };
}

/** The memory of the (copied) arrays in a call's argument, which moves to the thread instead of being copied again. */
function memoryOf(argument: Calls[CallName]['argument']): ArrayBuffer[] {
  if (argument === null) return [];
  if ('feeds' in argument) return buffersOf(Object.values(argument.feeds));
  return 'tensors' in argument ? buffersOf(argument.tensors) : [];
}

function buffersOf(values: readonly (TensorId | { readonly data?: Float32Array })[]): ArrayBuffer[] {
  return values.flatMap((value) => (typeof value !== 'number' && value.data ? [value.data.buffer as ArrayBuffer] : []));
}

function mapEntries<A, B>(
  record: Readonly<Record<string, A>>,
  map: (name: string, value: A) => [string, B],
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => map(name, value)));
}

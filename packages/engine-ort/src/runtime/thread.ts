import { parentPort, workerData } from 'node:worker_threads';
import { type NdArray, sizeOf } from '@xinc/core';
import { mapValues } from '@xinc/core/graph';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { OneDnn } from '../onednn/library.js';
import { MissingOperation } from '../onednn/missing-operation.js';
import type { StepPlan } from '../onednn/plan.js';
import type { StepGraph } from '../onednn/step-graph.js';
import { BasisMakers } from './bases.js';
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

/*
 * The thread that ONNX Runtime lives in. Its Node binding computes on the thread that calls it (its promises only put
 * the work off), so it gets one of its own: the caller's event loop stays free during a long step or compilation.
 */

type Runtime = typeof import('onnxruntime-node');

const port = parentPort!;
const { device, threads, trial, steps } = workerData as ThreadOptions;
let runtime: Runtime;
/** Where it computes training steps. */
let oneDnn: OneDnn | undefined;
const basisMakers = new BasisMakers(threads);
/** A model, or a plan of oneDNN's calls. */
interface Session {
  run(inputs: Record<string, Tensor>, outputs: Record<string, Tensor>): Promise<unknown>;
  release(): Promise<void>;
}

const sessions = new Map<SessionId, Session>();
const tensors = new Map<TensorId, Tensor>();

class StageError extends Error {
  constructor(
    readonly stage: 'load' | 'device' | 'onednn',
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

const handlers: { readonly [K in CallName]: (argument: Calls[K]['argument']) => Promise<Calls[K]['result']> } = {
  async start() {
    try {
      runtime = await import('onnxruntime-node');
      // What goes wrong is reported by exception; the library would say it on standard error besides.
      runtime.env.logLevel = 'fatal';
    } catch (error) {
      throw new StageError('load', error);
    }
    try {
      await tryDevice();
    } catch (error) {
      throw new StageError('device', error);
    }
    return { version: runtime.env.versions.node ?? runtime.env.versions.common, oneDnn: await openOneDnn() };
  },

  async compile({ session, model, memory }) {
    sessions.set(session, await createSession(model, memory));
    return null;
  },

  async plan({ session, graph }) {
    try {
      const plan = await planned(graph);
      const arrays = (tensors: Record<string, Tensor>) => mapValues(tensors, ({ data }) => data as Float32Array);
      sessions.set(session, {
        run: async (inputs, outputs) => plan.run(arrays(inputs), arrays(outputs)),
        release: async () => plan.dispose(),
      });
      return { missing: null };
    } catch (error) {
      // A library that was not asked for by name is used where it works.
      if (error instanceof MissingOperation || steps === 'if-present') return { missing: (error as Error).message };
      throw error;
    }
  },

  async store(argument) {
    for (const { id, shape, data } of argument.tensors) {
      tensors.set(id, tensorOf({ shape, data: data ?? new Float32Array(sizeOf(shape)) }));
    }
    return null;
  },

  async run({ session, feeds, fetches }) {
    const outputs = mapValues(fetches, allocate);
    const inputs = mapValues(feeds, (feed) => (typeof feed === 'number' ? tensors.get(feed)! : tensorOf(feed)));
    await sessions.get(session)!.run(inputs, outputs);
    const returned = Object.entries(fetches).filter(([, destination]) => 'shape' in destination);
    return Object.fromEntries(returned.map(([name]) => [name, arrayOf(outputs[name])]));
  },

  async orthonormalize({ bases }) {
    const made = await basisMakers.make(bases.map(({ of }) => arrayOf(tensors.get(of)!)));
    for (const [i, { into }] of bases.entries()) {
      const basis = made[i];
      if (basis) arrayOf(tensors.get(into)!).data.set(basis.data);
    }
    return null;
  },

  async read(argument) {
    return argument.tensors.map((id) => {
      const { shape, data } = arrayOf(tensors.get(id)!);
      return { shape, data: data.slice() };
    });
  },

  async drop(argument) {
    for (const id of argument.tensors) tensors.delete(id);
    return null;
  },

  async release({ session }) {
    await sessions.get(session)?.release();
    sessions.delete(session);
    return null;
  },

  async stop() {
    for (const session of sessions.values()) await session.release();
    sessions.clear();
    tensors.clear();
    await basisMakers.stop();
    oneDnn?.dispose();
    return null;
  },
};

async function createSession(
  model: Uint8Array,
  memory: MemoryUse,
  extra: Record<string, string> = {},
): Promise<InferenceSession> {
  return runtime.InferenceSession.create(model, {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableCpuMemArena: memory === 'keep',
    // One block planned for a whole run takes a quarter more memory here and no less time.
    enableMemPattern: false,
    logSeverityLevel: 4,
    // A thread that waits spins for a moment, for as long as sleeping and waking take, and not between runs. Without that
    // limit a training step takes 40 % more processor time, from whatever else runs on the machine.
    extra: { session: { force_spinning_stop: '1', intra_op: { spin_duration_us: '100' }, ...extra } },
  });
}

async function openOneDnn(): Promise<OneDnnFound> {
  if (steps === 'none') return {};
  try {
    const { findOneDnn } = await import('../onednn/library.js');
    const found = await findOneDnn(threads, steps === 'if-present' ? undefined : steps.file);
    if ('why' in found) return found;
    oneDnn = found.library;
    await tryOneDnn();
    return { version: oneDnn.version };
  } catch (error) {
    oneDnn = undefined;
    if (steps === 'if-present') return { why: (error as Error).message };
    throw new StageError('onednn', error);
  }
}

/** Computes relu(x · x + x) and adds x: what a library lacks or computes otherwise is met here and not in a training. */
async function tryOneDnn(): Promise<void> {
  const shape = [2, 2];
  const plan = await planned({
    nodes: [
      { kind: 'input', name: 'x', shape },
      { kind: 'operation', op: 'matMul', inputs: [0, 0], attributes: { transposeA: false, transposeB: false }, shape },
      { kind: 'operation', op: 'add', inputs: [1, 0], attributes: {}, shape },
      { kind: 'operation', op: 'relu', inputs: [2], attributes: {}, shape },
      { kind: 'operation', op: 'add', inputs: [3, 0], attributes: {}, shape },
    ],
    outputs: { y: 4 },
  });
  const y = new Float32Array(4);
  plan.run({ x: Float32Array.of(1, -2, 3, -4) }, { y });
  plan.dispose();
  if (String(y) !== '1,2,3,2') throw new Error(`it computes ${y} where 1,2,3,2 is right`);
}

async function planned(graph: StepGraph): Promise<StepPlan> {
  const { planStep } = await import('../onednn/plan.js');
  return planStep(oneDnn!, graph);
}

/**
 * Adds two numbers on the device with ONNX Runtime's tacit way out, the CPU, closed: an accelerator that is not there
 * fails here and not by being slow later.
 */
async function tryDevice(): Promise<void> {
  const session = await createSession(trial, 'give-back', device === 'cpu' ? {} : { disable_cpu_ep_fallback: '1' });
  await session.run({ x: tensorOf({ shape: [4], data: new Float32Array(4) }) });
  await session.release();
}

function allocate(destination: Destination): Tensor {
  if ('tensor' in destination) return tensors.get(destination.tensor)!;
  const { shape } = destination;
  return tensorOf({ shape, data: new Float32Array(sizeOf(shape)) });
}

function tensorOf({ shape, data }: NdArray): Tensor {
  return new runtime.Tensor('float32', data, shape);
}

function arrayOf(tensor: Tensor): NdArray {
  return { shape: tensor.dims, data: tensor.data as Float32Array };
}

/** The memory of arrays in a result, which moves to the caller instead of being copied. */
function memoryOf(result: Calls[CallName]['result']): ArrayBuffer[] {
  const values: unknown[] = Object.values(result ?? {});
  const arrays = values.filter(
    (value): value is NdArray => typeof value === 'object' && value !== null && 'data' in value,
  );
  return arrays.map(({ data }) => data.buffer as ArrayBuffer);
}

async function answer(request: Request): Promise<void> {
  const { id, name, argument } = request;
  let reply: Reply;
  try {
    const handler = handlers[name] as (argument: unknown) => Promise<Calls[CallName]['result']>;
    reply = { id, result: await handler(argument) };
    port.postMessage(reply, memoryOf(reply.result));
  } catch (error) {
    const failure = error instanceof StageError ? error.stage : 'call';
    port.postMessage({ id, failure, message: error instanceof Error ? error.message : String(error) } satisfies Reply);
  }
  if (name === 'stop') port.close();
}

// One after the other, in the order of asking.
let last: Promise<void> = Promise.resolve();
port.on('message', (request: Request) => {
  last = last.then(() => answer(request));
});

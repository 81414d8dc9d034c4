import type { Access, Picture } from '../access/access.js';
import { abortError } from '../access/request.js';
import type { LayerView, RunView } from '../api.js';
import type { SwitchedOff } from '../state/switched-off.js';
import type { FromNetworkThread, LayerMask, NetworkDevice, ToNetworkThread } from './network-messages.js';
import { sameBytes } from './same-bytes.js';

/** A picture that the page's own network made. */
export interface RunPicture extends Picture {
  readonly device: NetworkDevice;
  /** How long running the network took. */
  readonly milliseconds: number;
}

interface Waiting {
  readonly answer: (message: Extract<FromNetworkThread, { type: 'picture' }>) => void;
  readonly fail: (error: Error) => void;
}

/** Runs a run's network in a worker, which is started on first use: ONNX Runtime takes megabytes. */
export class NetworkRunner {
  readonly #access: Access;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #nextId = 0;
  /** What the worker has. */
  #graph: Uint8Array | undefined;
  /** Whose graphs the worker was given, by their numbers. */
  readonly #runs = new Map<number, RunView>();
  #weights: object | undefined;
  #inputs: object | undefined;

  constructor(access: Access) {
    this.#access = access;
  }

  /** The network's picture of a frame without some neurons. */
  async run(run: RunView, frame: number, off: SwitchedOff, signal: AbortSignal): Promise<RunPicture> {
    const { network } = run;
    if (!network) {
      throw new Error('No engine at hand writes ONNX, so the page cannot run this network. Add @xinc/engine-ort.');
    }
    const [graph, { tensors: weights }, { tensors: inputs }] = await Promise.all([
      this.#access.network(run, signal),
      this.#access.weights(run, signal),
      this.#access.inputs(run, frame, signal),
    ]);
    if (signal.aborted) throw abortError();
    const { height, width } = run.signal;
    this.#worker ??= this.#start();
    // A training network changes its weights and not its graph.
    if (!this.#graph || !sameBytes(graph, this.#graph)) {
      const number = this.#nextId++;
      this.#runs.set(number, run);
      this.#post({ type: 'graph', number, graph, network });
    }
    if (weights !== this.#weights) this.#post({ type: 'weights', weights });
    if (inputs !== this.#inputs) this.#post({ type: 'inputs', inputs, height, width });
    [this.#graph, this.#weights, this.#inputs] = [graph, weights, inputs];
    const { rgb, device, milliseconds } = await this.#ask(masksOf(off, run.layers));
    return { height, width, rgb, device, milliseconds };
  }

  dispose(): void {
    this.#stop('The network has been closed');
  }

  #ask(masks: readonly LayerMask[]): Promise<Extract<FromNetworkThread, { type: 'picture' }>> {
    return new Promise((answer, fail) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { answer, fail });
      this.#post({ type: 'run', id, masks });
    });
  }

  #post(message: ToNetworkThread): void {
    this.#worker!.postMessage(message);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./network-thread.ts', import.meta.url), { type: 'module', name: 'network' });
    worker.onmessage = ({ data }: MessageEvent<FromNetworkThread>) => {
      // ONNX Runtime goes on failing in a thread where it could not be opened, or lost its graphics processor.
      if (data.type === 'failure') return this.#stop(data.message);
      if (data.type === 'cut') return void this.#cut(worker, data.graph, data.changing);
      this.#waiting.get(data.id)?.answer(data);
      this.#waiting.delete(data.id);
    };
    worker.onerror = (event) => this.#stop(event.message || 'The thread that runs the network could not be started');
    const binary = this.#access.runtimeBinary();
    const owned = binary.kind === 'bytes' ? [binary.compressed.buffer] : [];
    worker.postMessage({ type: 'binary', binary } satisfies ToNetworkThread, owned);
    return worker;
  }

  async #cut(worker: Worker, graph: number, changing: readonly string[]): Promise<void> {
    const run = this.#runs.get(graph)!;
    // The thread asks about one graph after the other.
    for (const former of this.#runs.keys()) if (former < graph) this.#runs.delete(former);
    // Where the halves cannot be had, the whole network, which is here, gives the same picture.
    const halves = await this.#access.networkHalves(run, changing).catch(() => null);
    if (worker === this.#worker) this.#post({ type: 'halves', halves });
  }

  /** The next run starts anew. */
  #stop(reason: string): void {
    this.#worker?.terminate();
    this.#worker = this.#graph = this.#weights = this.#inputs = undefined;
    this.#runs.clear();
    for (const { fail } of this.#waiting.values()) fail(new Error(reason));
    this.#waiting.clear();
  }
}

/** Layers that cannot be masked have no neurons in there, see `possibleOff`. */
function masksOf(off: SwitchedOff, layers: readonly LayerView[]): LayerMask[] {
  return layers.flatMap(({ id, kind, weight }) =>
    (kind === 'dense' || kind === 'conv') && weight !== undefined && off[id]
      ? [{ kind, weight, neurons: off[id] }]
      : [],
  );
}

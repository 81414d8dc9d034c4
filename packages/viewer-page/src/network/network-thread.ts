import { weightWithout } from '@xinc/core/trace';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web';
import type { GraphHalves } from '../access/access.js';
import type { RuntimeBinary } from '../access/runtime-binary.js';
import type { Tensor } from '../access/tensors.js';
import type { NetworkView } from '../api.js';
import type { FromNetworkThread, LayerMask, ToNetworkThread } from './network-messages.js';
import { type OpenRuntime, openRuntime } from './open-runtime.js';
import { type Piece, piecesOf, placeOutput } from './pixel-pieces.js';
import { sameBytes } from './same-bytes.js';

/** The thread that runs networks: holds one network and one frame's inputs. */
const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToNetworkThread>) => void;
  postMessage(message: FromNetworkThread, transfer?: ArrayBuffer[]): void;
};

type Tensors = Readonly<Record<string, Tensor>>;

/** The network cut where the neurons that are switched off begin, and what comes before for every piece of the picture. */
interface Prepared {
  /** The weights it was cut for, joined. */
  readonly names: string;
  /** What comes before. */
  readonly before: Uint8Array;
  /** Its inputs: where one of them changes, it has to run again. */
  readonly beforeInputs: readonly string[];
  readonly after: InferenceSession;
  readonly passed: readonly Tensors[];
}

/** What is before the cut may take no more than this: it grows with the picture. */
const MOST_PASSED_BYTES = 256 * 2 ** 20;

let runtime: OpenRuntime | undefined;
/** Until the runtime is open. */
let binary: RuntimeBinary | undefined;
let opened: { readonly number: number; readonly session: InferenceSession; readonly network: NetworkView } | undefined;
let weights: Tensors = {};
let frame: { readonly inputs: Tensors; readonly height: number; readonly width: number } | undefined;
let pieces: readonly Piece[] | undefined;
let prepared: Prepared | undefined;
/** Weights, their names joined, for which nothing is gained by cutting. */
const uncut = new Set<string>();
let lastChanged = '';
/** What went wrong between two runs: said by the next. */
let trouble: Error | undefined;

async function receive(message: Exclude<ToNetworkThread, { type: 'halves' }>): Promise<void> {
  if (message.type === 'run') return run(message.id, message.masks);
  if (message.type === 'binary') {
    binary = message.binary;
    return;
  }
  // What was computed before the cut is of other weights, or another frame.
  await prepared?.after.release();
  prepared = undefined;
  uncut.clear();
  switch (message.type) {
    case 'graph': {
      const { number, graph, network } = message;
      const before = opened;
      opened = pieces = undefined;
      await before?.session.release();
      opened = { number, session: await openSession(graph), network };
      return;
    }
    case 'weights':
      weights = message.weights;
      return;
    case 'inputs':
      frame = message;
      pieces = undefined;
  }
}

async function openSession(graph: Uint8Array): Promise<InferenceSession> {
  try {
    runtime ??= await openRuntime(binary!);
    binary = undefined;
    return await runtime.open(graph);
  } catch (cause) {
    throw new Error(`The network could not be opened: ${(cause as Error).message}`, { cause });
  }
}

async function run(id: number, masks: readonly LayerMask[]): Promise<void> {
  try {
    if (trouble) throw trouble;
    if (!opened || !frame) throw new Error('There is no network to run yet');
    const { network, session } = opened;
    const { device } = runtime!;
    const since = performance.now();
    const { height, width, inputs } = frame;
    pieces ??= piecesOf(network, inputs, height * width);
    const rgb = new Float32Array(3 * height * width);
    const parameters = masked(masks);
    const cut = await prepare(masks.map(({ weight }) => weight));
    for (const [i, piece] of pieces.entries()) {
      const { output } = await evaluate(cut?.after ?? session, { ...piece.inputs, ...parameters, ...cut?.passed[i] });
      placeOutput(network.sampling, output.data, piece, rgb);
    }
    const milliseconds = performance.now() - since;
    scope.postMessage({ type: 'picture', id, rgb, device, milliseconds }, [rgb.buffer]);
  } catch (error) {
    scope.postMessage({ type: 'failure', message: error instanceof Error ? error.message : String(error) });
  }
}

/**
 * What is kept while weights after the same cut change, again and again. A cut that was made for earlier weights will do; one
 * that fits is made when the same weights change a second time.
 */
async function prepare(changing: readonly string[]): Promise<Prepared | undefined> {
  const names = changing.join();
  const again = names === lastChanged;
  lastChanged = names;
  const fits = prepared && !changing.some((weight) => prepared!.beforeInputs.includes(weight));
  if (prepared && fits && (!again || prepared.names === names)) return prepared;
  if (uncut.has(names)) return undefined;
  const halves = await askForHalves(opened!.number, changing);
  if (prepared && fits && halves && sameBytes(halves.before, prepared.before)) {
    prepared = { ...prepared, names };
    return prepared;
  }
  const before = prepared;
  prepared = undefined;
  await before?.after.release();
  prepared = (halves && (await runBefore(halves, names))) ?? undefined;
  if (!prepared) uncut.add(names);
  return prepared;
}

async function runBefore(halves: GraphHalves, names: string): Promise<Prepared | null> {
  const before = await openSession(halves.before);
  try {
    const passed: Tensors[] = [];
    let bytes = 0;
    for (const piece of pieces!) {
      const values = await evaluate(before, { ...piece.inputs, ...weights });
      bytes += Object.values(values).reduce((sum, { data }) => sum + data.byteLength, 0);
      // Pieces are alike: the first tells what all take.
      if (bytes * (pieces!.length / (passed.length + 1)) > MOST_PASSED_BYTES) return null;
      passed.push(values);
    }
    const beforeInputs = [...before.inputNames];
    return { names, before: halves.before, beforeInputs, after: await openSession(halves.after), passed };
  } finally {
    await before.release();
  }
}

async function evaluate(session: InferenceSession, values: Tensors): Promise<Record<string, Tensor>> {
  const { Tensor: Runtime } = runtime!;
  const feeds: Record<string, OrtTensor> = {};
  for (const name of session.inputNames) {
    const tensor = values[name];
    if (!tensor) throw new Error(`The network asks for '${name}', which the run does not have`);
    feeds[name] = new Runtime('float32', tensor.data, tensor.shape);
  }
  const outputs: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(await session.run(feeds))) {
    outputs[name] = { shape: tensor.dims, data: (await tensor.getData()) as Float32Array<ArrayBuffer> };
    tensor.dispose();
  }
  return outputs;
}

/** The weights with neurons switched off; those of two layers may be slices of one parameter. */
function masked(masks: readonly LayerMask[]): Tensors {
  const changed: Record<string, Tensor> = { ...weights };
  for (const { kind, weight, neurons } of masks) {
    changed[weight] = weightWithout(kind, changed[weight], neurons) as Tensor;
  }
  return changed;
}

let receiveHalves: ((halves: GraphHalves | null) => void) | undefined;

function askForHalves(graph: number, changing: readonly string[]): Promise<GraphHalves | null> {
  return new Promise((resolve) => {
    receiveHalves = resolve;
    scope.postMessage({ type: 'cut', graph, changing });
  });
}

// One after the other: a run is of the network that came before it. The halves that it asked for are for itself.
let heard = Promise.resolve();
scope.onmessage = ({ data }) => {
  if (data.type === 'halves') return receiveHalves?.(data.halves);
  heard = heard
    .then(() => receive(data))
    .catch((error: Error) => {
      trouble ??= error;
    });
};

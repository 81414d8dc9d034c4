import { weightWithout } from '@xinc/core';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web';
import type { NetworkView } from '../../api.js';
import type { Tensor } from '../access/tensors.js';
import type { FromNetworkThread, LayerMask, ToNetworkThread } from './network-messages.js';
import { type OpenRuntime, openRuntime } from './open-runtime.js';
import { type Piece, piecesOf, placeOutput } from './pixel-pieces.js';

/** The thread that runs networks: holds one network and one frame's inputs. */
const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToNetworkThread>) => void;
  postMessage(message: FromNetworkThread, transfer?: ArrayBuffer[]): void;
};

type Tensors = Readonly<Record<string, Tensor>>;

let runtime: Promise<OpenRuntime> | undefined;
let opened: { readonly session: Promise<InferenceSession>; readonly network: NetworkView } | undefined;
let weights: Tensors = {};
let frame: { readonly inputs: Tensors; readonly height: number; readonly width: number } | undefined;
let pieces: readonly Piece[] | undefined;

async function receive(message: ToNetworkThread): Promise<void> {
  switch (message.type) {
    case 'graph': {
      const before = opened;
      const session = openSession(message.graph);
      opened = { session, network: message.network };
      pieces = undefined;
      // What went wrong is said by the run that needs it.
      await session.catch(() => {});
      await before?.session.then(
        (old) => old.release(),
        () => {},
      );
      return;
    }
    case 'weights':
      weights = message.weights;
      return;
    case 'inputs':
      frame = message;
      pieces = undefined;
      return;
    case 'run':
      return run(message.id, message.masks);
  }
}

async function openSession(graph: Uint8Array): Promise<InferenceSession> {
  runtime ??= openRuntime();
  return (await runtime).open(graph);
}

async function run(id: number, masks: readonly LayerMask[]): Promise<void> {
  try {
    if (!opened || !frame) throw new Error('There is no network to run yet');
    const session = await opened.session;
    const { Tensor: Runtime, device } = await runtime!;
    const since = performance.now();
    const { height, width, inputs } = frame;
    pieces ??= piecesOf(opened.network, inputs, height * width);
    const rgb = new Float32Array(3 * height * width);
    const parameters = masked(masks);
    for (const piece of pieces) {
      const feeds: Record<string, OrtTensor> = {};
      for (const name of session.inputNames) {
        const tensor = parameters[name] ?? piece.inputs[name];
        if (!tensor) throw new Error(`The network asks for '${name}', which the run does not have`);
        feeds[name] = new Runtime('float32', tensor.data, tensor.shape);
      }
      const { output } = await session.run(feeds);
      placeOutput(opened.network.sampling, (await output.getData()) as Float32Array, piece, rgb);
      output.dispose();
    }
    const milliseconds = performance.now() - since;
    scope.postMessage({ type: 'picture', id, rgb, device, milliseconds }, [rgb.buffer]);
  } catch (error) {
    scope.postMessage({ type: 'failure', id, message: error instanceof Error ? error.message : String(error) });
  }
}

/** The weights with neurons switched off; those of two layers may be slices of one parameter. */
function masked(masks: readonly LayerMask[]): Tensors {
  const changed: Record<string, Tensor> = { ...weights };
  for (const { kind, weight, neurons } of masks) {
    changed[weight] = weightWithout(kind, changed[weight], neurons) as Tensor;
  }
  return changed;
}

// One after the other: a run is of the network that came before it.
let heard = Promise.resolve();
scope.onmessage = ({ data }) => {
  heard = heard.then(() => receive(data));
};

import type { Arrays } from '@xinc/core';
import {
  createArrayEngine,
  createLocalPool,
  createNetwork,
  createTracer,
  type Network,
  readNetwork,
  type Tracer,
} from '@xinc/core/trace';
import { encodeLayerSource } from '../../trace/encode-layer-source.js';
import { readTensors } from '../tensors.js';
import { keepFrames } from './keep-frames.js';
import type { FromSiteThread, NetworkFiles, ToSiteThread } from './site-messages.js';

/**
 * The thread that runs the networks of a published site, and traces what the page's kernels do not: what the server does where there is
 * one.
 */
const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToSiteThread>) => void;
  postMessage(message: FromSiteThread, transfer?: ArrayBuffer[]): void;
};

interface OpenRun {
  readonly network: Network;
  /** Inputs of the frames that were asked about, by frame. */
  readonly inputs: Map<number, Arrays>;
  tracer?: Promise<Tracer>;
}

const engine = createArrayEngine();
const runs = new Map<string, Promise<OpenRun>>();
const cancelled = new Set<number>();

async function openRun({ network: stored, constants, weights }: NetworkFiles): Promise<OpenRun> {
  const inputs = new Map<number, Arrays>();
  const tensors = (bytes: Uint8Array<ArrayBuffer>) => readTensors(bytes, 'a file of the site').tensors;
  const inr = readNetwork(stored, constants ? tensors(constants) : {}, (frame) => inputs.get(frame));
  return { network: keepFrames(createNetwork(inr, tensors(weights), await engine)), inputs };
}

async function answer({ run, frame, question }: Extract<ToSiteThread, { type: 'ask' }>): Promise<Uint8Array> {
  const opened = await runs.get(run)!;
  const { network, inputs } = opened;
  if (!inputs.has(frame)) throw new Error(`The inputs of frame ${frame} are not there`);
  switch (question.kind) {
    case 'reconstruction':
      return bytesOf((await network.reconstruct(frame)).rgb);
    case 'source': {
      const hook = network.inr.layers.find(({ id }) => id === question.layer);
      if (hook?.kind !== 'dense' && hook?.kind !== 'conv') throw new Error(`Layer '${question.layer}' has no source`);
      return encodeLayerSource(network, hook, frame);
    }
    case 'maps': {
      opened.tracer ??= createLocalPool().then((pool) => createTracer(network, pool));
      const { layer, neurons, region } = question;
      return bytesOf(await (await opened.tracer).maps(layer, frame, neurons, { ...(region && { region }) }));
    }
  }
}

/** The thread's own copy: what is kept stays here. */
function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.slice().buffer);
}

async function receive(message: Exclude<ToSiteThread, { type: 'cancel' }>): Promise<void> {
  switch (message.type) {
    case 'run':
      runs.set(message.run, openRun(message.files));
      return;
    case 'inputs': {
      const { inputs } = await runs.get(message.run)!;
      inputs.set(message.frame, readTensors(message.inputs, 'inputs').tensors);
      return;
    }
    case 'ask': {
      const { id } = message;
      if (cancelled.delete(id)) return;
      try {
        const bytes = (await answer(message)) as Uint8Array<ArrayBuffer>;
        scope.postMessage({ type: 'answer', id, bytes }, [bytes.buffer]);
      } catch (error) {
        scope.postMessage({ type: 'failure', id, message: error instanceof Error ? error.message : String(error) });
      }
    }
  }
}

// One after the other; what has been cancelled meanwhile is left out.
let heard = Promise.resolve();
scope.onmessage = ({ data }) => {
  if (data.type === 'cancel') cancelled.add(data.id);
  else heard = heard.then(() => receive(data)).catch(reportError);
};

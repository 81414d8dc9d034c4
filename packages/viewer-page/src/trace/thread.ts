import { buffersIn, type Kernels, loadKernels } from '@xinc/kernels';
import { readTensors } from '../access/tensors.js';
import { extentsOf, layerSource } from './layer-source.js';
import { type OpenShare, openShare } from './open-share.js';
import type { FromThread, ToThread } from './questions.js';
import { sharesOf } from './shares.js';
import { Turns } from './turns.js';

/** A tracing thread: kernels of its own, shares of the open layers, and work in turns. */
const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToThread>) => void;
  postMessage(message: FromThread, transfer: ArrayBuffer[]): void;
};
const kernels: Promise<Kernels> = loadKernels();
const layers = new Map<number, OpenShare | Error>();
const turns = new Turns(fail);

function fail(id: number, error: unknown): void {
  scope.postMessage({ type: 'failure', id, message: error instanceof Error ? error.message : String(error) }, []);
}

function cutShares({ id, source, name, threads }: Extract<ToThread, { type: 'cut' }>): void {
  try {
    const layer = layerSource(readTensors(source, name), name);
    const shares = sharesOf(layer, threads);
    scope.postMessage({ type: 'shares', id, extents: extentsOf(layer), shares }, buffersIn(shares));
  } catch (error) {
    fail(id, error);
  }
}

function sourceOf(layer: number) {
  const opened = layers.get(layer);
  return opened instanceof Error ? undefined : opened?.source;
}

async function receive(message: ToThread): Promise<void> {
  switch (message.type) {
    case 'cut':
      return cutShares(message);
    case 'open': {
      const loaded = await kernels;
      try {
        layers.set(message.layer, openShare(loaded, message.share, sourceOf));
      } catch (error) {
        // Said to whoever asks about the layer.
        layers.set(message.layer, error as Error);
      }
      return;
    }
    case 'close': {
      const layer = layers.get(message.layer);
      layers.delete(message.layer);
      if (layer && !(layer instanceof Error)) layer.dispose();
      return;
    }
    case 'ask': {
      const { id, urgency, question } = message;
      const layer = layers.get(message.layer);
      if (!layer || layer instanceof Error) return fail(id, layer ?? new Error('This layer is not open'));
      const steps = layer.ask(question, (part, transfer) =>
        scope.postMessage({ type: 'answer', id, part, done: false }, transfer),
      );
      turns.add({
        id,
        urgency,
        steps: (function* () {
          yield* steps;
          scope.postMessage({ type: 'answer', id, done: true }, []);
        })(),
      });
      return;
    }
    case 'cancel':
      turns.cancel(message.id);
  }
}

// Messages are received in their order, also while the kernels load; where these do not load, the page starts another thread.
let heard = Promise.resolve();
scope.onmessage = ({ data }) => {
  if (data.type === 'cut' || data.type === 'cancel') void receive(data);
  else heard = heard.then(() => receive(data)).catch(reportError);
};

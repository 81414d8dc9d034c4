import type { LayerHook } from '../inr.js';

/** Neurons start … end − 1. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
}

const KERNELS_PER_CHUNK = 256;
const LEAST_CHUNKS = 8;
/** Neurons of a dense layer in a piece. Merging a smaller piece would take as long as reducing it. */
const NEURONS_PER_CHUNK = 64;
/** Neurons in a piece of a layer that its plugin traces, which cuts them further where maps are large. */
const NEURONS_PER_CUSTOM_CHUNK = 1024;

/**
 * The pieces a layer's neurons are traced in. They depend on the layer alone, and partial results are merged in their
 * order, so results are the same to the last bit for any number of workers.
 */
export function chunksOf(hook: LayerHook, neurons: number, outChannels: number): Chunk[] {
  const perChunk =
    hook.kind === 'conv' || (hook.kind === 'derived' && hook.outputs !== undefined)
      ? kernelsPerChunk(neurons, outChannels)
      : hook.kind === 'custom'
        ? NEURONS_PER_CUSTOM_CHUNK
        : NEURONS_PER_CHUNK;
  return Array.from({ length: Math.ceil(neurons / perChunk) }, (_, i) => ({
    start: i * perChunk,
    end: Math.min((i + 1) * perChunk, neurons),
  }));
}

/** Kernels of one input channel share its values: they stay together. */
function kernelsPerChunk(neurons: number, outChannels: number): number {
  const channels = neurons / outChannels;
  const wanted = Math.min(Math.ceil(KERNELS_PER_CHUNK / outChannels), Math.floor(channels / LEAST_CHUNKS));
  return Math.max(1, wanted) * outChannels;
}

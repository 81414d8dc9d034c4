import type { LayerHook } from '../inr.js';

/** Neurons start … end − 1. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
}

const NEURONS_PER_CHUNK = 256;
const LEAST_CHUNKS = 8;

/**
 * The pieces a layer's neurons are traced in. They depend on the layer alone, and partial results are merged in their
 * order, so results are the same to the last bit for any number of workers.
 */
export function chunksOf(hook: LayerHook, neurons: number, outChannels: number): Chunk[] {
  // Kernels of one input channel share its values: they stay together.
  const unit = hook.kind === 'conv' ? outChannels : 4;
  const units = Math.ceil(neurons / unit);
  const perChunk = Math.max(1, Math.min(Math.ceil(NEURONS_PER_CHUNK / unit), Math.floor(units / LEAST_CHUNKS))) * unit;
  return Array.from({ length: Math.ceil(neurons / perChunk) }, (_, i) => ({
    start: i * perChunk,
    end: Math.min((i + 1) * perChunk, neurons),
  }));
}

import type { Arrays } from '../engine.js';
import { activationsRead, type LayerHook } from '../inr.js';
import type { Network } from '../network.js';
import type { ContributionSource, KernelPool, LayerUse } from './contribution-source.js';
import { customSource } from './custom-source.js';
import { convSource, denseSource } from './layer-source.js';
import type { Tile } from './tiles.js';

/** Activations that these layers read, on part of a frame. */
export function activationsOf(
  network: Network,
  hooks: readonly LayerHook[],
  frame: number,
  tile: Tile,
): Promise<Arrays> {
  const names = [...new Set(hooks.flatMap(activationsRead))];
  return network.evaluate(frame, names, network.inr.sampling === 'pixels' ? tile.pixels : undefined);
}

interface OpenOptions {
  readonly use?: LayerUse;
  /** Contributions to this output of a dense layer alone, before any activation. */
  readonly channel?: number | undefined;
}

/**
 * A layer on part of a frame, ready for tracing.
 * @param activations what `activationsOf` gave for this layer, frame and tile
 */
export async function openLayer(
  { inr: { signal }, parameters }: Network,
  pool: KernelPool,
  hook: LayerHook,
  frame: number,
  activations: Arrays,
  tile: Tile,
  { use, channel }: OpenOptions = {},
): Promise<ContributionSource> {
  if (hook.kind === 'custom') return customSource(hook, { frame, signal, parameters, activations }, tile.region);
  if (hook.kind === 'derived') {
    return pool.open(hook.source({ frame, signal, parameters, activations }, tile.region), use);
  }
  if (hook.kind === 'conv') return pool.open(convSource(hook, parameters, activations), use);
  const extent = { pixels: tile.region.height * tile.region.width, width: tile.region.width };
  return pool.open(denseSource(hook, parameters, activations, extent, channel), use);
}

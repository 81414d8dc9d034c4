import type { LayerName } from '@xinc/core';
import { type Architecture, CHANNELS, type Convolution } from './architecture.js';
import { weightOf } from './parameters.js';

/** What the traced layers are called, by their weights: the blocks and the head. The stem's neurons are not shown; method §3. */
export function layerNames({ blocks, head }: Architecture): (weight: string | undefined) => LayerName | null {
  const label = (title: string, { inChannels, outChannels }: Convolution) =>
    `${title} · ${inChannels} × ${outChannels} kernels`;
  const names = new Map<string, LayerName>([
    ...blocks.map((block, i) => [weightOf(block.id), { id: block.id, label: label(`Block ${i + 1}`, block) }] as const),
    [weightOf(head.id), { id: head.id, label: label('Head', head), channels: CHANNELS }],
  ]);
  return (weight) => names.get(weight ?? '') ?? null;
}

import type { LayerName } from '@xinc/core';
import { type Architecture, CHANNELS, type Convolution } from './architecture.js';
import { weightOf } from './parameters.js';

/** What the traced layers are called, by their weights: all convolutions. */
export function layerNames({ stem, blocks, head }: Architecture): (weight: string | undefined) => LayerName | null {
  const label = (title: string, { inChannels, outChannels }: Convolution) =>
    `${title} · ${inChannels} × ${outChannels} kernels`;
  const names = new Map<string, LayerName>([
    [weightOf(stem.id), { id: stem.id, label: label('Stem', stem) }],
    ...blocks.map((block, i) => [weightOf(block.id), { id: block.id, label: label(`Block ${i + 1}`, block) }] as const),
    [weightOf(head.id), { id: head.id, label: label('Head', head), channels: CHANNELS }],
  ]);
  return (weight) => names.get(weight ?? '') ?? null;
}

import type { Shape } from '@xinc/core';
import type { FfnConfig } from './config.js';

/**
 * Width, depth and number of frequencies from the shapes of a checkpoint: its frequencies are the tensor [F, 2], its
 * dense layers the other matrices.
 */
export function inferConfig(shapes: Readonly<Record<string, Shape>>): Partial<FfnConfig> {
  const matrices = Object.entries(shapes).filter(([, shape]) => shape.length === 2);
  const frequencies = matrices.find(([name, [, columns]]) => columns === 2 && !name.endsWith('weight'));
  const weights = matrices.filter(([name]) => name.endsWith('weight')).map(([, shape]) => shape);
  const hidden = weights.find(([outputs, inputs]) => frequencies && inputs === 2 * frequencies[1][0] && outputs > 0);
  return {
    ...(frequencies && { fourierFeatures: frequencies[1][0] }),
    ...(weights.length > 0 && { layers: weights.length }),
    ...(weights.length > 1 && hidden && { width: hidden[0] }),
  };
}

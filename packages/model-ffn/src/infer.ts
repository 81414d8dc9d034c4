import type { Shape } from '@xinc/core';
import type { FfnConfig } from './config.js';

const natural = new Intl.Collator('en', { numeric: true });

/**
 * Widths, depth and number of frequencies from the shapes of a checkpoint: its frequencies are the tensor [F, 2], its
 * dense layers the other matrices, in the order of the numbers in their names.
 */
export function inferConfig(shapes: Readonly<Record<string, Shape>>): Partial<FfnConfig> {
  const matrices = Object.entries(shapes).filter(([, shape]) => shape.length === 2);
  const frequencies = matrices.find(([name, [, columns]]) => columns === 2 && !name.endsWith('weight'));
  const weights = matrices
    .filter(([name]) => name.endsWith('weight'))
    .sort(([a], [b]) => natural.compare(a, b))
    .map(([, shape]) => shape);
  const widths = frequencies && hiddenWidths(weights, 2 * frequencies[1][0]);
  const first = weights.find(([outputs, inputs]) => frequencies && inputs === 2 * frequencies[1][0] && outputs > 0);
  return {
    ...(frequencies && { fourierFeatures: frequencies[1][0] }),
    ...(widths?.some((width) => width !== widths[0])
      ? { widths }
      : {
          ...(weights.length > 0 && { layers: weights.length }),
          ...(weights.length > 1 && first && { width: first[0] }),
        }),
  };
}

/** Outputs of all layers but the last, where each takes what the one before gives; `undefined` where they do not. */
function hiddenWidths(weights: readonly Shape[], features: number): number[] | undefined {
  const chained = weights.every(([, inputs], i) => inputs === (i === 0 ? features : weights[i - 1][0]));
  return chained && weights.every(([outputs]) => outputs > 0)
    ? weights.slice(0, -1).map(([outputs]) => outputs)
    : undefined;
}

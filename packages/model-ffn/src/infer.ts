import type { Shape } from '@xinc/core';
import type { FfnConfig } from './config.js';
import { findNetwork } from './find-network.js';

const natural = new Intl.Collator('en', { numeric: true });

/** Widths, depth and number of frequencies from the shapes of a checkpoint. */
export function inferConfig(shapes: Readonly<Record<string, Shape>>): Partial<FfnConfig> {
  const network = findNetwork(shapes);
  if (!network) return guessConfig(shapes);
  const { frequencies, layers } = network;
  const widths = layers.slice(0, -1).map(({ outputs }) => outputs);
  return {
    // Each frequency gives a sine and a cosine.
    fourierFeatures: frequencies?.count ?? layers[0].inputs / 2,
    ...(widths.some((width) => width !== widths[0])
      ? { widths }
      : { layers: layers.length, ...(widths.length > 0 && { width: widths[0] }) }),
  };
}

/**
 * Of tensors that do not make a whole network, what comes nearest to one, so that the table of what was expected shows
 * the tensor that is wrong: the frequencies, and dense layers counted by the numbers in their names.
 */
function guessConfig(shapes: Readonly<Record<string, Shape>>): Partial<FfnConfig> {
  const matrices = Object.entries(shapes).filter(([, shape]) => shape.length === 2);
  const frequencies = matrices.find(([name, [, columns]]) => columns === 2 && !name.endsWith('weight'));
  if (!frequencies) return {};
  const weights = matrices
    .filter(([name]) => name.endsWith('weight'))
    .sort(([a], [b]) => natural.compare(a, b))
    .map(([, shape]) => shape);
  const fourierFeatures = frequencies[1][0];
  const first = weights.find(([outputs, inputs]) => inputs === 2 * fourierFeatures && outputs > 0);
  return {
    fourierFeatures,
    ...(weights.length > 0 && { layers: weights.length }),
    ...(weights.length > 1 && first && { width: first[0] }),
  };
}

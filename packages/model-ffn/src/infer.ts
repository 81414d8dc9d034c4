import type { Shape } from '@xinc/core';
import type { FfnConfig } from './config.js';
import { findNetwork } from './find-network.js';

/** What the model's configuration takes at most; longer matrices of two columns are tables of features. */
const MOST_FREQUENCIES = 4096;
const CHANNELS = 3;
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
    ...depthAndWidth(widths, layers.length),
  };
}

/**
 * What comes nearest to a network in tensors that do not make a whole one, so that the table of what was expected shows
 * the tensor that is wrong: the frequencies, and dense layers counted by the numbers in their names, each as wide as most
 * of its tensors say.
 */
function guessConfig(shapes: Readonly<Record<string, Shape>>): Partial<FfnConfig> {
  const frequencies = Object.entries(shapes).find(
    ([name, shape]) => shape.length === 2 && shape.includes(2) && !name.endsWith('weight'),
  );
  if (!frequencies) return {};
  const [rows, columns] = frequencies[1];
  const fourierFeatures = columns === 2 ? rows : columns;
  if (fourierFeatures > MOST_FREQUENCIES) return {};
  const stems = [...new Set(Object.keys(shapes).flatMap((name) => /^(.*)(?:weight|bias)$/.exec(name)?.[1] ?? []))];
  const dense = stems
    .sort(natural.compare)
    .map((stem) => ({ weight: shapes[`${stem}weight`], bias: shapes[`${stem}bias`] }))
    .filter(({ weight, bias }) => (weight ? weight.length === 2 : bias.length === 1));
  // What has no side in common with any other is no layer of this network.
  const sides = dense.map(({ weight, bias }) => new Set([...(weight ?? []), ...(bias ?? [])]));
  const having = new Map<number, number>();
  for (const side of sides.flatMap((own) => [...own])) having.set(side, (having.get(side) ?? 0) + 1);
  const layers = dense.filter((_, i) => [...sides[i]].some((side) => side === CHANNELS || having.get(side)! > 1));
  const widths = layers.slice(0, -1).map((layer, i) => {
    const next = layers[i + 1].weight?.[1];
    const said = [layer.weight?.[0], layer.bias?.[0], next].filter((width) => width !== undefined && width > 0);
    return said.find((width, j) => said.indexOf(width) !== j) ?? said[0];
  });
  // A matrix of two columns beside one layer that does not read its features is of something else.
  if (layers.length === 0 || (layers.length === 1 && layers[0].weight?.[1] !== 2 * fourierFeatures)) return {};
  if (widths.some((width) => width === undefined)) return { fourierFeatures };
  return { fourierFeatures, ...depthAndWidth(widths as number[], layers.length) };
}

/** One width for all hidden layers, or a list where they differ. */
function depthAndWidth(widths: readonly number[], layers: number): Partial<FfnConfig> {
  if (widths.some((width) => width !== widths[0])) return { widths: [...widths] };
  return { layers, ...(widths.length > 0 && { width: widths[0] }) };
}

import type { CheckpointLayout, Shape } from '@xinc/core';
import { findNetwork } from './find-network.js';
import { biasOf, FREQUENCIES, weightOf } from './parameters.js';

/** What a state dict of other names calls the parameters, told from the shapes alone. */
export function layoutOf(shapes: Readonly<Record<string, Shape>>): CheckpointLayout | undefined {
  const network = findNetwork(shapes);
  if (!network?.frequencies) return undefined;
  const { frequencies, layers } = network;
  const named = layers.map(({ name, outputs }, i): [string, string][] | undefined => {
    const bias = name.replace(/weight$/, 'bias');
    const weight: [string, string] = [weightOf(i + 1), name];
    // A layer may have no bias.
    if (!(bias in shapes)) return [weight];
    return shapes[bias][0] === outputs ? [weight, [biasOf(i + 1), bias]] : undefined;
  });
  if (!named.every((pair) => pair !== undefined)) return undefined;
  return {
    name: 'shapes',
    names: { [FREQUENCIES]: frequencies.name, ...Object.fromEntries(named.flat()) },
    ...(frequencies.transposed && { transposed: [FREQUENCIES] }),
  };
}

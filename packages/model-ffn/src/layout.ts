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
    const [width] = shapes[bias] ?? [];
    if (width !== outputs) return undefined;
    return [
      [weightOf(i + 1), name],
      [biasOf(i + 1), bias],
    ];
  });
  if (!named.every((pair) => pair !== undefined)) return undefined;
  return {
    name: 'shapes',
    names: { [FREQUENCIES]: frequencies.name, ...Object.fromEntries(named.flat()) },
    ...(frequencies.transposed && { transposed: [FREQUENCIES] }),
  };
}

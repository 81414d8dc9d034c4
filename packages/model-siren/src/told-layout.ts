import type { CheckpointLayout, Shape } from '@xinc/core';
import { findChain } from './infer.js';

/**
 * What a state dict of other names calls the parameters of a network whose layers have one product each, told from the shapes alone. Layers
 * of one shape are told apart by the numbers in their names: where these differ in more, their order is not certain.
 */
export function toldLayout(shapes: Readonly<Record<string, Shape>>): CheckpointLayout | undefined {
  const chain = findChain(shapes, 1);
  if (!chain) return undefined;
  const alike = new Set(chain.names.slice(1, -1).map((name) => name.replace(/\d+/g, '#')));
  if (alike.size > 1) return undefined;
  const named = chain.names.flatMap((name, i): [string, string][] => {
    const bias = name.replace(/weight$/, 'bias');
    const weight: [string, string] = [`layer${i + 1}.weight`, name];
    // A layer may have no bias.
    return bias in shapes ? [weight, [`layer${i + 1}.bias`, bias]] : [weight];
  });
  return { name: 'shapes', names: Object.fromEntries(named) };
}

import type { CheckpointLayout, Shape } from '@xinc/core';
import { guessChain } from './guess.js';
import { findChain } from './infer.js';

/**
 * What a state dict of other names calls the parameters of a network whose layers have one product each, told from the shapes alone. Layers
 * of one shape are told apart by the numbers in their names: where these differ in more, their order is not certain.
 */
export function toldLayout(shapes: Readonly<Record<string, Shape>>): CheckpointLayout | undefined {
  const chain = findChain(shapes, 1);
  if (!chain) return nearestLayout(shapes);
  const alike = new Set(chain.names.slice(1, -1).map((name) => name.replace(/\d+/g, '#')));
  if (alike.size > 1 || !areEvenlyNumbered(chain.names.slice(1, -1))) return undefined;
  const named = chain.names.flatMap((name, i): [string, string][] => {
    const bias = name.replace(/weight$/, 'bias');
    const weight: [string, string] = [`layer${i + 1}.weight`, name];
    // A layer may have no bias.
    return bias in shapes ? [weight, [`layer${i + 1}.bias`, bias]] : [weight];
  });
  return { name: 'shapes', names: Object.fromEntries(named) };
}

/** Names of what comes nearest to a network, so that a table of what was expected shows which tensor is wrong. */
function nearestLayout(shapes: Readonly<Record<string, Shape>>): CheckpointLayout | undefined {
  const guess = guessChain(shapes, 1);
  return (
    guess && {
      name: 'shapes',
      names: Object.fromEntries(
        guess.stems.flatMap((stem, i) => [
          [`layer${i + 1}.weight`, `${stem}weight`],
          [`layer${i + 1}.bias`, `${stem}bias`],
        ]),
      ),
    }
  );
}

/** A number that is left out is that of a layer which is not there. */
function areEvenlyNumbered(names: readonly string[]): boolean {
  const numbers = names.map((name) => (name.match(/\d+/g) ?? []).map(Number));
  const steps = numbers.slice(1).map((all, i) => all.reduce((sum, number, j) => sum + number - numbers[i][j], 0));
  return new Set(steps).size <= 1;
}

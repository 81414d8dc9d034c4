import type { Shape, SignalShape } from '@xinc/core';
import type { SharedConfig } from './family.js';

const natural = new Intl.Collator('en', { numeric: true });

/** Dense layers of a place of a checkpoint, in the one order in which each takes what the one before gives. */
export interface Chain {
  /** What the first layer reads. */
  readonly features: number;
  readonly width: number;
  readonly layers: number;
  /** Names of the weights, input side first. */
  readonly names: readonly string[];
}

/**
 * Depth and width from the shapes of a checkpoint whose dense layers, each as wide as the next asks, lead to three channels.
 * @param products weights that a hidden layer has
 * @param numbers of `complex` networks, the weights of all layers but the first are pairs, [out, in, 2]
 */
export function findChain(
  shapes: Readonly<Record<string, Shape>>,
  products: number,
  numbers: 'real' | 'complex' = 'real',
): Chain | undefined {
  const isPair = (shape: Shape) => shape.length === 3 && shape[2] === 2;
  const weights = Object.entries(shapes)
    .filter(([name, shape]) => /weight$/.test(name) && (shape.length === 2 || (numbers === 'complex' && isPair(shape))))
    .sort(([a], [b]) => natural.compare(a, b));
  const hidden = weights.length - 1;
  if (hidden < products || hidden % products !== 0 || weights.length > products * 63 + 1) return undefined;
  const final = weights.find(([, [outputs]]) => outputs === 3);
  if (!final) return undefined;
  const before = inputSideFirst(
    weights.filter((weight) => weight !== final),
    products,
  );
  const [others, last] = [before.map(([, shape]) => shape), final[1]];
  if (numbers === 'complex' && ![...others.slice(products), last].every(isPair)) return undefined;
  const [width] = others[0];
  const first = others.slice(0, products);
  const follows =
    first.every(({ length }) => length === 2) &&
    first.every(([outputs, inputs]) => outputs === width && inputs === first[0][1]) &&
    others.slice(products).every(([outputs, inputs]) => outputs === width && inputs === width) &&
    last[1] === width;
  if (!follows) return undefined;
  const names = [...before, final].map(([name]) => name);
  return { features: others[0][1], width, layers: hidden / products + 1, names };
}

/** The one layer that is not square reads the features, whatever it is called. */
function inputSideFirst(weights: readonly (readonly [string, Shape])[], products: number) {
  const [first, ...more] = weights.filter(([, [outputs, inputs]]) => outputs !== inputs);
  return products > 1 || !first || more.length > 0 ? weights : [first, ...weights.filter((other) => other !== first)];
}

/** For networks that read the coordinates themselves. */
export function inferFromCoordinates(
  shapes: Readonly<Record<string, Shape>>,
  signal: SignalShape,
  products = 1,
): Partial<SharedConfig> {
  const chain = findChain(shapes, products);
  if (chain?.features !== (signal.kind === 'video' ? 3 : 2)) return {};
  return { width: chain.width, layers: chain.layers };
}

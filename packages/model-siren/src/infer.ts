import { type Shape, type SignalShape, XincError } from '@xinc/core';
import type { SharedConfig } from './family.js';
import { type Guess, guessChain } from './guess.js';

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
  const found = Object.entries(shapes).filter(
    ([name, shape]) => /weight$/.test(name) && (shape.length === 2 || (numbers === 'complex' && isPair(shape))),
  );
  const hidden = found.length - 1;
  if (hidden < products || hidden % products !== 0 || found.length > products * 63 + 1) return undefined;
  // A layer whose weight is not there leaves a gap that others may seem to close.
  const isBiasAlone = (name: string) => name.endsWith('bias') && !(name.replace(/bias$/, 'weight') in shapes);
  if (Object.keys(shapes).some(isBiasAlone)) return undefined;
  const weights = found.sort(([a], [b]) => natural.compare(a, b));
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

/**
 * For networks that read the coordinates themselves: width and depth, or those of what comes nearest to such a network.
 * @throws XincError `unsupported` for a network of other coordinates than the signal's, of other channels or of several widths
 */
export function inferFromCoordinates(
  shapes: Readonly<Record<string, Shape>>,
  signal: SignalShape,
  { products = 1, numbers = 'real' }: { readonly products?: number; readonly numbers?: 'real' | 'complex' } = {},
): Partial<SharedConfig> {
  const dimensions = coordinatesOf(signal);
  const chain = findChain(shapes, products, numbers);
  if (chain?.features === dimensions) return { width: chain.width, layers: chain.layers };
  if (chain && (chain.features === 2 || chain.features === 3)) throw otherCoordinates(chain.features, signal);
  if (chain) return {};
  const guess = nearest(shapes, products, (features) => features === undefined || features === dimensions);
  return guess ? { width: guess.width, layers: guess.layers } : {};
}

export const coordinatesOf = ({ kind }: SignalShape): number => (kind === 'video' ? 3 : 2);

/**
 * What comes nearest to a network in tensors that make no whole one.
 * @param reads whether a network of this model may read so many features, or an unknown number
 * @throws XincError `unsupported` for networks of other channels or of several widths
 */
export function nearest(
  shapes: Readonly<Record<string, Shape>>,
  products: number,
  reads: (features: number | undefined) => boolean,
): Guess | undefined {
  checkForm(shapes, reads);
  const guess = guessChain(shapes, products);
  return guess && reads(guess.features) ? guess : undefined;
}

function otherCoordinates(features: number, { kind }: SignalShape): XincError {
  const [own, other] = features === 3 ? ['three', 'a video'] : ['two', 'an image'];
  return new XincError(
    'unsupported',
    `The checkpoint's network reads ${own} coordinates, as one of ${other} does, and the signal is ${kind === 'image' ? 'an' : 'a'} ${kind}`,
    { subject: 'signal', hint: 'Give the signal that it was trained on.' },
  );
}

/** A chain of dense layers that no model of this package can be, for one reason. */
function checkForm(shapes: Readonly<Record<string, Shape>>, reads: (features: number | undefined) => boolean): void {
  const named = Object.entries(shapes).filter(([name, { length }]) => name.endsWith('weight') && length === 2);
  if (named.length < 2 || named.length > 64) return;
  named.sort(([a], [b]) => natural.compare(a, b));
  const weights = named.map(([, shape]) => shape);
  // A first, a last and hidden layers, each of one kind of name: more kinds are those of another network.
  const kinds = new Set(named.map(([name]) => name.replace(/\d+/g, '#')));
  if (kinds.size > 3) return;
  const follows = weights.every(([, inputs], i) => i === 0 || inputs === weights[i - 1][0]);
  if (!follows || !reads(weights[0][1])) return;
  const [last] = named[named.length - 1];
  const [channels] = shapes[last.replace(/weight$/, 'bias')] ?? shapes[last];
  if (channels === 1 || channels === 4) {
    throw new XincError(
      'unsupported',
      `The checkpoint's network gives ${channels === 1 ? 'one value' : 'four values'} for each pixel, and pictures have three`,
      {
        subject: 'model',
        hint:
          channels === 1
            ? "In PyTorch, repeat its last layer's weight and bias before saving: weight.repeat(3, 1), bias.repeat(3)."
            : "In PyTorch, keep the colours of its last layer's weight and bias before saving: weight[:3], bias[:3].",
      },
    );
  }
  const widths = weights.slice(0, -1).map(([outputs]) => outputs);
  if (channels === 3 && new Set(widths).size > 1) {
    throw new XincError(
      'unsupported',
      `The checkpoint's network has hidden layers of several widths (${widths.join(', ')}), and this model has one for all`,
      { subject: 'model', hint: 'Export the network to ONNX and import that (docs/networks.md).' },
    );
  }
}

import type { Shape } from '@xinc/core';

type Shapes = Readonly<Record<string, Shape>>;

/** What comes nearest to a network in tensors that make no whole one. */
export interface Guess {
  /** What the first layer reads, where that is there. */
  readonly features: number | undefined;
  readonly width: number;
  readonly layers: number;
  /** What the names of each weight and bias begin with, input side first. */
  readonly stems: readonly string[];
}

/** A layer as far as it is there. */
interface Part {
  readonly stem: string;
  readonly weight: Shape | undefined;
  readonly bias: Shape | undefined;
}

const natural = new Intl.Collator('en', { numeric: true });
const MOST_PARTS = 128;
const CHANNELS = 3;

/**
 * Layers counted by their names, each as wide as most of the tensors say, so that a table of what was expected shows the tensor that is
 * wrong. `undefined` where nothing suggests a chain of dense layers to three channels.
 * @param products weights that a hidden layer has
 */
export function guessChain(shapes: Shapes, products: number): Guess | undefined {
  const all = partsOf(shapes);
  if (!all || all.length < 2) return undefined;
  const width = widthOf(all);
  if (width === undefined) return undefined;
  // What is of another width on every side is no layer of this network.
  const toColours = all.filter((part) => outputsOf(part).includes(CHANNELS));
  const parts = all.filter(
    (part) => extentsOf(part).includes(width) || (toColours.length === 1 && toColours.includes(part)),
  );
  const uneven = parts.filter(isUneven);
  const last = parts.findLast((part) => outputsOf(part).includes(CHANNELS)) ?? uneven.slice(1).at(-1);
  const first = uneven.find((part) => part !== last) ?? parts.find((part) => part !== last && !part.weight);
  const features = first?.weight && featuresOf(first.weight, width);
  const ends = [features === 2 || features === 3, last !== undefined && outputsOf(last).includes(CHANNELS)];
  if (!ends.includes(true)) return undefined;
  const between = parts.filter((part) => part !== first && part !== last);
  // Of several products, all those of the first layer are uneven, and their order is that of their names.
  const hidden = products > 1 ? parts.filter((part) => part !== last) : [...(first ? [first] : []), ...between];
  return {
    features,
    width,
    layers: Math.max(1, Math.ceil(hidden.length / products)) + 1,
    stems: [...hidden, ...(last ? [last] : [])].map(({ stem }) => stem),
  };
}

/** Weights and biases by what their names begin with; `undefined` where they are too many, or other weights than matrices among them. */
function partsOf(shapes: Shapes): Part[] | undefined {
  const stems = [...new Set(Object.keys(shapes).flatMap((name) => /^(.*)(?:weight|bias)$/.exec(name)?.[1] ?? []))];
  if (stems.length > MOST_PARTS) return undefined;
  const parts = stems
    .sort(natural.compare)
    .map((stem) => ({ stem, weight: shapes[`${stem}weight`], bias: shapes[`${stem}bias`] }));
  const isMatrix = (shape: Shape) => shape.length === 2 || (shape.length === 3 && shape[2] === 2);
  return parts.every(({ weight }) => weight === undefined || isMatrix(weight)) ? parts : undefined;
}

const outputsOf = ({ weight, bias }: Part): number[] => [weight?.[0], bias?.[0]].filter((n) => n !== undefined);
const extentsOf = (part: Part): number[] => [...outputsOf(part), ...(part.weight ? [part.weight[1]] : [])];

/** The extent that most sides of layers have, if they are half of all at least. */
function widthOf(parts: readonly Part[]): number | undefined {
  const sides = parts.flatMap(extentsOf);
  const counts = new Map<number, number>();
  for (const side of sides) counts.set(side, (counts.get(side) ?? 0) + 1);
  const [width, count] = [...counts].reduce((most, other) => (other[1] > most[1] ? other : most));
  return count >= 3 && 2 * count >= sides.length ? width : undefined;
}

/** Whether a weight leads from or to something else than hidden neurons. */
function isUneven({ weight }: Part): boolean {
  // One row more or less is a mistake in a hidden layer.
  return weight !== undefined && Math.abs(weight[0] - weight[1]) > 1;
}

/** The side of the first layer's weight that is not as wide as the network; the weight may be turned. */
const featuresOf = ([outputs, inputs]: Shape, width: number): number => (inputs === width ? outputs : inputs);

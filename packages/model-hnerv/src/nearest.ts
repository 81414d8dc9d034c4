import { type Shape, sizeOf } from '@xinc/core';
import { type CheckpointPlace, embeddingsAround, NAMINGS, type Shapes } from './checkpoint-place.js';
import { biasOf, weightOf } from './parameters.js';

/** Blocks that are looked for; a picture has room for far fewer. */
const MOST_BLOCKS = 16;
/** Decoders of a file that are looked at. */
const MOST_PLACES = 8;
const FACTORS = [1, 2, 3, 4, 5, 6, 8];
const CHANNELS = 3;

/**
 * Places that hold no whole decoder beside their embeddings, with one kernel as the others suggest it: in place of what is there under its
 * name, or of what is missing. Several, the likeliest first; of the first few places, so that a file does not decide how many there are.
 */
export function* repairedPlaces(shapes: Shapes): Generator<CheckpointPlace> {
  let places = 0;
  for (const [names, embeddingNames] of NAMINGS) {
    const first = weightOf(names.block(1));
    const last = weightOf(names.head);
    const prefixes = Object.keys(shapes).flatMap((name) =>
      [first, last].filter((end) => name === end || name.endsWith(`.${end}`)).map((end) => name.slice(0, -end.length)),
    );
    for (const prefix of new Set(prefixes)) {
      const embeddings = embeddingsAround(shapes, prefix, embeddingNames);
      if (!embeddings) continue;
      if (++places > MOST_PLACES) return;
      const blocks = Array.from({ length: MOST_BLOCKS }, (_, i) => names.block(i + 1));
      const isThere = (layer: string) => [weightOf(layer), biasOf(layer)].some((name) => prefix + name in shapes);
      const layers = [names.stem, ...blocks.slice(0, blocks.findLastIndex(isThere) + 1), names.head];
      const weights = layers.map((layer) => shapes[prefix + weightOf(layer)]);
      const biases = layers.map((layer) => shapes[prefix + biasOf(layer)]);
      for (const kernels of repaired(weights, biases, embeddings[1])) yield { prefix, kernels, embeddings };
    }
  }
}

type Maybe = readonly (Shape | undefined)[];

function* repaired(weights: Maybe, biases: Maybe, channels: number): Generator<Shape[]> {
  // A kernel that contradicts its own bias, or is wrong in one number alone, is the likelier mistake.
  for (const likelihood of [0, 1, 2]) {
    for (const [i, bias] of biases.entries()) {
      const others = weights.map((weight, j) => (j === i ? [] : weight));
      if (!others.every((weight) => weight !== undefined && (weight.length === 4 || weight.length === 0))) continue;
      for (const kernel of kernelsFor(weights, biases, i, channels)) {
        const agrees = bias === undefined || kernel[0] === sizeOf(bias);
        if ((agrees ? (isNear(weights[i], kernel) ? 0 : 1) : 2) === likelihood) {
          yield (others as Shape[]).map((weight, j) => (j === i ? kernel : weight));
        }
      }
    }
  }
}

const isNear = (found: Shape | undefined, kernel: Shape): boolean =>
  found === undefined || kernel.slice(0, 3).filter((extent, axis) => extent !== found[axis]).length <= 1;

/** Shapes that a kernel may have between the layers around it. */
function* kernelsFor(weights: Maybe, biases: Maybe, i: number, channels: number): Generator<Shape> {
  const known = (values: readonly (number | undefined)[]) => values.filter((value) => value !== undefined);
  const [own, before, after] = [weights[i], weights[i - 1], weights[i + 1]];
  const outputs =
    i === weights.length - 1
      ? [CHANNELS]
      : known([biases[i]?.[0], own?.[0], ...FACTORS.map((factor) => after && after[1] * factor ** 2)]);
  const inputs =
    i === 0 ? [channels] : known([own?.[1], ...FACTORS.map((factor) => before && before[0] / factor ** 2)]);
  // Where nothing else tells: as published, growing from 1 to 5, and 3 of the head.
  const usual = i === weights.length - 1 ? 3 : Math.min(2 * i - 1, 5);
  const sides = i === 0 ? [1] : known([own?.[2], usual, 3]);
  for (const outs of new Set(outputs)) {
    for (const ins of new Set(inputs)) {
      for (const side of new Set(sides)) yield [outs, ins, side, side];
    }
  }
}

import { type Shape, sizeOf } from '@xinc/core';
import { nervConfig } from './config.js';
import type { Naming } from './naming.js';
import { biasOf, weightOf } from './parameters.js';

type Shapes = Readonly<Record<string, Shape>>;

/** Blocks and dense layers that are looked for; a picture has room for far fewer. */
const MOST_LAYERS = 16;
const FACTORS = [1, 2, 3, 4, 5, 6, 8];

/**
 * Tensors that make no whole network, with one weight as the others suggest it: in place of what is there under its name, or of what is
 * missing. Several, the likeliest first; without tensors that are of no layer, however many a file has.
 */
export function* repaired(all: Shapes, naming: Naming): Generator<Shapes> {
  const layers = layersOf(all, naming);
  if (layers.filter((layer) => weightOf(layer) in all).length < 2) return;
  const names = layers.flatMap((layer) => [weightOf(layer), biasOf(layer)]).filter((name) => name in all);
  const shapes = Object.fromEntries(names.map((name) => [name, all[name]]));
  // A weight that contradicts its own bias, or is wrong in one number alone, is the likelier mistake.
  for (const likelihood of [0, 1, 2]) {
    for (const [i, layer] of layers.entries()) {
      const { [biasOf(layer)]: bias, [weightOf(layer)]: own, ...others } = shapes;
      for (const weight of weightsFor(shapes, layers, i, naming)) {
        const agrees = bias === undefined || weight[0] === sizeOf(bias);
        if ((agrees ? (isNear(own, weight) ? 0 : 1) : 2) === likelihood) yield { ...others, [weightOf(layer)]: weight };
      }
    }
  }
}

/** Whether a weight has another number in one place at most, or is turned. */
function isNear(found: Shape | undefined, weight: Shape): boolean {
  if (found === undefined || (found[0] === weight[1] && found[1] === weight[0])) return true;
  return weight.slice(0, found.length - 1).filter((extent, axis) => extent !== found[axis]).length <= 1;
}

/** Shapes that a layer's weight may have beside the layers around it. */
function* weightsFor(shapes: Shapes, layers: readonly string[], i: number, naming: Naming): Generator<Shape> {
  const [before, own, after] = [i - 1, i, i + 1].map((at) => (at in layers ? shapes[weightOf(layers[at])] : undefined));
  const biasAt = (at: number) => (at in layers ? shapes[biasOf(layers[at])]?.[0] : undefined);
  const known = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined);
  const isLast = i === layers.length - 1;
  const outputs = isLast
    ? [CHANNELS]
    : known([biasAt(i), own?.[0], ...FACTORS.map((factor) => after && after[1] * factor ** 2)]);
  const turned = own !== undefined && own[1] === biasAt(i) && own[0] !== own[1];
  const given = known([before?.[0], biasAt(i - 1)]);
  const inputs = [
    ...known(turned ? [own[0], own[1]] : [own?.[1]]),
    // A stem fills a map of any number of cells.
    ...given.flatMap((count) =>
      layers[i] === naming.block(1) ? divisorsOf(count) : FACTORS.map((factor) => count / factor ** 2),
    ),
    // What a stem reads that is not there: an encoding of the default's levels.
    ...(i === 0 ? [2 * nervConfig.parse({}).encodingLevels] : []),
  ];
  const isFlat = own ? own.length === 2 : naming.hidden !== undefined && layers[i].startsWith('stem');
  const pointwise = i === 0 || isFlat || (isLast && naming.encodingOrder === 'pairs');
  const sides = [...(pointwise ? [1] : []), ...known([own?.[2], after?.[2], before?.[2]]), 3, 1];
  for (const outs of new Set(outputs)) {
    for (const ins of new Set(inputs)) {
      for (const side of new Set(sides)) yield [outs, ins, side, side];
    }
  }
}

const CHANNELS = 3;

/** Of a count of channels and cells, those below a thousand. */
function divisorsOf(count: number): number[] {
  return Array.from({ length: 999 }, (_, i) => i + 1).filter((divisor) => count % divisor === 0);
}

/** Layers of which a weight or a bias is there, and those between them. */
function layersOf(shapes: Shapes, naming: Naming): string[] {
  const isThere = (layer: string) => weightOf(layer) in shapes || biasOf(layer) in shapes;
  const numbered = (name: (number: number) => string) => {
    const names = Array.from({ length: MOST_LAYERS }, (_, i) => name(i + 1));
    return names.slice(0, names.findLastIndex(isThere) + 1);
  };
  const dense = naming.hidden ? numbered((number) => naming.hidden!(number)) : [];
  const blocks = numbered((number) => naming.block(number));
  // Where the stem's name depends on what is before it, the last of the dense layers is the stem.
  const before = dense.filter((layer) => layer !== naming.stem(dense.length - 1));
  return [...before, naming.stem(before.length), ...blocks, naming.head(blocks.length)];
}

/** Whether a layer's bias, if it has one, is of its weight's outputs. */
export function isWhole(shapes: Shapes, layer: string): boolean {
  const [weight, bias] = [shapes[weightOf(layer)], shapes[biasOf(layer)]];
  return weight === undefined || bias === undefined || sizeOf(bias) === weight[0];
}

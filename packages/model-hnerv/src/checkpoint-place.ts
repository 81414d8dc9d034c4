import type { Shape } from '@xinc/core';
import { EMBEDDING_NAMES, publishedNames } from './layouts.js';
import { EMBEDDINGS, weightOf } from './parameters.js';

/** Shapes of tensors by their names. */
export type Shapes = Readonly<Record<string, Shape>>;

/** Where in a state dict an HNeRV lies. */
export interface CheckpointPlace {
  /** What comes before the names of its convolutions. */
  readonly prefix: string;
  /** Weights of the stem, the blocks and, last, the head. */
  readonly kernels: readonly Shape[];
  /** [frames, channels, rows, columns], where they are there. */
  readonly embeddings: Shape | undefined;
}

const own = { stem: 'stem', block: (number: number) => `block${number}`, head: 'head' };

/** The authors' names and ours, and what embeddings are called beside them. */
export const NAMINGS = [
  [publishedNames, EMBEDDING_NAMES],
  [own, [EMBEDDINGS]],
] as const;

/** The first place that holds a decoder under the authors' names or ours; embeddings lie in it or around it. */
export function findPlace(shapes: Shapes): CheckpointPlace | undefined {
  for (const [names, embeddingNames] of NAMINGS) {
    const stem = weightOf(names.stem);
    const places = Object.keys(shapes)
      .filter((name) => name === stem || name.endsWith(`.${stem}`) || name.endsWith(`/${stem}`))
      .map((name) => name.slice(0, -stem.length));
    for (const prefix of places) {
      const kernels = kernelsBelow(shapes, prefix, names);
      if (kernels) return { prefix, kernels, embeddings: embeddingsAround(shapes, prefix, embeddingNames) };
    }
  }
  return undefined;
}

function kernelsBelow(shapes: Shapes, prefix: string, names: typeof publishedNames): Shape[] | undefined {
  const weight = (layer: string): Shape | undefined => shapes[prefix + weightOf(layer)];
  const blocks: Shape[] = [];
  for (let next = weight(names.block(1)); next; next = weight(names.block(blocks.length + 1))) blocks.push(next);
  const [stem, head] = [weight(names.stem), weight(names.head)];
  const kernels = stem && head && blocks.length > 0 ? [stem, ...blocks, head] : [];
  const convolutions = kernels.every((shape) => shape.length === 4 && shape[2] === shape[3] && !shape.includes(0));
  return kernels.length > 0 && convolutions ? kernels : undefined;
}

/** Enclosing dicts and modules that are looked at, from the innermost. */
const MOST_ENCLOSING = 16;

/** The embeddings in a place or around it. */
export function embeddingsAround(shapes: Shapes, prefix: string, names: readonly string[]): Shape | undefined {
  const parts = prefix.split(/(?<=[./])/);
  const places = parts.slice(0, MOST_ENCLOSING).map((_, i) => parts.slice(0, parts.length - i).join(''));
  const candidates = [...new Set([...places, ''])].flatMap((place) => names.map((name) => place + name));
  return candidates.map((name) => shapes[name]).find((shape) => shape?.length === 4 && !shape.includes(0));
}

/** Whether every kernel has as many outputs as its bias, if it has one. */
export function isWhole(shapes: Shapes, { prefix }: CheckpointPlace): boolean {
  const decoders = Object.keys(shapes).filter((name) => name.startsWith(prefix) && name.endsWith('.weight'));
  return decoders.every((name) => {
    const [weight, bias] = [shapes[name], shapes[name.replace(/weight$/, 'bias')]];
    return bias === undefined || weight.length !== 4 || bias[0] === weight[0];
  });
}

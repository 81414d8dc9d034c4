import type { Shape } from '@xinc/core';

/** A Fourier feature network among the tensors of a state dict, whatever their names. */
interface FoundNetwork {
  /** `undefined` where the file holds none of the right size. */
  readonly frequencies: Frequencies | undefined;
  /** Weights of the dense layers, input side first. */
  readonly layers: readonly Matrix[];
}

interface Frequencies {
  readonly name: string;
  readonly count: number;
  /** Stored as [2, F], for `x @ B`, in place of [F, 2]. */
  readonly transposed: boolean;
}

interface Matrix {
  readonly name: string;
  readonly outputs: number;
  readonly inputs: number;
}

const CHANNELS = 3;
/** Weights of a state dict that is looked at: the most layers there can be, and frequencies that are called a weight. */
const MOST_WEIGHTS = 33;

/**
 * Finds the dense layers, each of which takes what the one before gives, from the 2·F Fourier features to three channels,
 * and the frequencies that make those features. `undefined` where there is no such chain, or more than one.
 */
export function findNetwork(shapes: Readonly<Record<string, Shape>>): FoundNetwork | undefined {
  const matrices = Object.entries(shapes).flatMap(([name, shape]) =>
    shape.length === 2 ? [{ name, outputs: shape[0], inputs: shape[1] }] : [],
  );
  /** A layer whose weight is not there leaves a gap that others may seem to close. */
  const isBiasAlone = (name: string) => name.endsWith('bias') && !(name.replace(/bias$/, 'weight') in shapes);
  const weights = matrices.filter(({ name }) => name.endsWith('weight'));
  if (weights.length > MOST_WEIGHTS || Object.keys(shapes).some(isBiasAlone)) return undefined;
  const withFrequencies = matrices.flatMap((candidate): FoundNetwork[] => {
    const frequencies = frequenciesOf(candidate);
    const others = weights.filter((weight) => weight !== candidate);
    const layers = frequencies && chain(others, 2 * frequencies.count);
    return layers ? [{ frequencies, layers }] : [];
  });
  // A copy of the frequencies under another name leaves in doubt which are meant.
  if (withFrequencies.length > 0) return withFrequencies.length === 1 ? withFrequencies[0] : undefined;
  const layers = chain(weights, undefined);
  return layers && { frequencies: undefined, layers };
}

function frequenciesOf({ name, outputs, inputs }: Matrix): Frequencies | undefined {
  if (inputs === 2 && outputs > 0) return { name, count: outputs, transposed: false };
  if (outputs === 2 && inputs > 0) return { name, count: inputs, transposed: true };
  return undefined;
}

/** The weights in the one order in which they follow one another. */
function chain(weights: readonly Matrix[], features: number | undefined): readonly Matrix[] | undefined {
  const byNumber = [...weights].sort((a, b) => natural.compare(a.name, b.name));
  // A state dict lists layers as they were defined; numbers say it of files that are sorted otherwise.
  const orders = differInNumbers(weights) ? [byNumber] : [weights, byNumber];
  const [found, other] = orders.filter((order) => isChain(order, features));
  const certain = !other || other.every((matrix, i) => matrix === found[i]);
  return certain ? found : undefined;
}

function isChain(weights: readonly Matrix[], features: number | undefined): boolean {
  // Without frequencies: pairs of features, more than the two that the coordinates themselves are, and a hidden layer.
  const first = (inputs: number) =>
    features === undefined ? inputs > 2 && inputs % 2 === 0 && weights.length > 1 : inputs === features;
  return (
    weights.length > 0 &&
    weights.every(
      ({ outputs, inputs }, i) => outputs > 0 && (i === 0 ? first(inputs) : inputs === weights[i - 1].outputs),
    ) &&
    weights[weights.length - 1].outputs === CHANNELS
  );
}

const natural = new Intl.Collator('en', { numeric: true });

function differInNumbers(weights: readonly Matrix[]): boolean {
  return new Set(weights.map(({ name }) => name.replace(/\d+/g, '#'))).size === 1;
}

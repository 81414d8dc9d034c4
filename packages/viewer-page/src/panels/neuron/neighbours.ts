import type { Tensor } from '../../access/tensors.js';
import type { LayerLink, LayerView } from '../../api.js';
import { neuronNumber } from '../../state/neuron-name.js';
import { type Ranking, rank } from '../../state/ranking.js';

/** What is known of a layer: its weights, and what it reads on the frame. */
export type LayerNumbers =
  | {
      readonly kind: 'dense';
      readonly layer: LayerView;
      /** W, [outputs, N] */
      readonly weight: Tensor;
      /** Mean over pixels of |x_n(p)|, [N] */
      readonly means: Float64Array;
    }
  | {
      readonly kind: 'conv';
      readonly layer: LayerView;
      /** K, [O, C, k, k] */
      readonly kernel: Tensor;
      /** x, [C, h, w] */
      readonly input: Tensor;
    };

/** A neuron beside another one, or an output that no layer reads. */
export interface Neighbour {
  readonly layer: LayerView | null;
  /** The neuron, or the output. */
  readonly neuron: number;
}

export interface Neighbours {
  /** The strongest first; its rows index `all`. */
  readonly ranking: Ranking;
  readonly all: readonly Neighbour[];
}

/** The outputs of a layer that a link joins with a channel of the layer after it. */
const outputsTo = ({ outputs, inputs }: LayerLink, channel: number): number[] =>
  outputs.filter((_, i) => inputs[i] === channel);

/** The channels of the layer after it that an output reaches. */
const channelsOf = ({ outputs, inputs }: LayerLink, output: number): number[] =>
  inputs.filter((_, i) => outputs[i] === output);

/** Mean over pixels of |x_n(p)|, [N]. @param input x, [P, N] */
export function meanActivations({ shape: [pixels, neurons], data }: Tensor): Float64Array {
  const means = new Float64Array(neurons);
  for (let p = 0; p < pixels; p++) for (let n = 0; n < neurons; n++) means[n] += Math.abs(data[p * neurons + n]);
  return means.map((sum) => sum / pixels);
}

/** Mean over pixels of |K[o, c] ∗ x_c|, what the kernel c → o gives the output o before the activation; beyond its border x is zero. */
export function meanResponse(
  { shape: [, channels, size], data: kernel }: Tensor,
  { shape: [, height, width], data: input }: Tensor,
  channel: number,
  output: number,
): number {
  const margin = (size - 1) / 2;
  const plane = new Float64Array(height * width);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const weight = kernel[((output * channels + channel) * size + i) * size + j];
      const [dy, dx] = [i - margin, j - margin];
      for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
        const from = (channel * height + y + dy) * width + dx;
        for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x++)
          plane[y * width + x] += weight * input[from + x];
      }
    }
  }
  return plane.reduce((sum, value) => sum + Math.abs(value), 0) / plane.length;
}

/** How many outputs a layer has. */
export const outputsOf = (numbers: LayerNumbers): number =>
  numbers.kind === 'dense' ? numbers.weight.shape[0] : numbers.kernel.shape[0];

/** The mean over pixels of what a layer's neuron for a channel gives an output before the activation. */
function strength(numbers: LayerNumbers, channel: number, output: number): number {
  if (numbers.kind === 'conv') return meanResponse(numbers.kernel, numbers.input, channel, output);
  const { shape, data } = numbers.weight;
  return Math.abs(data[output * shape[1] + channel]) * numbers.means[channel];
}

/**
 * The neurons before a neuron: those that give something to an output that it reads. Of a dense layer they are that layer's neurons, and
 * strong by what they give to these outputs together; of a convolution, its kernels to these outputs, each by what it gives.
 * @param links to the neuron's layer
 * @param layers that these come from, by id; others are left out
 */
export function strongestBefore(
  here: LayerView,
  neuron: number,
  links: readonly LayerLink[],
  layers: ReadonlyMap<string, LayerNumbers>,
  count: number,
): Neighbours {
  const channel = here.outputs === undefined ? neuron : Math.floor(neuron / here.outputs);
  const found = links.flatMap((link) => {
    const numbers = layers.get(link.from);
    if (!numbers) return [];
    const outputs = outputsTo(link, channel);
    const { layer } = numbers;
    if (numbers.kind === 'conv') {
      return Array.from({ length: numbers.kernel.shape[1] }, (_, input) =>
        outputs.map((output) => ({
          layer,
          neuron: input * outputsOf(numbers) + output,
          value: strength(numbers, input, output),
        })),
      ).flat();
    }
    if (outputs.length === 0) return [];
    return Array.from(numbers.means, (_, from) => ({
      layer,
      neuron: from,
      value: outputs.reduce((sum, output) => sum + strength(numbers, from, output), 0),
    }));
  });
  return ranked(found, count);
}

/**
 * The neurons after a neuron: of a dense layer, the neurons that its outputs reach, by what the neuron gives to the output; where no layer reads them,
 * the outputs themselves. Of a convolution, the kernels that read what its output makes, by what they give in turn.
 * @param links from the neuron's layer
 * @param layers that these lead to, by id; others are left out
 */
export function strongestAfter(
  here: LayerNumbers,
  neuron: number,
  links: readonly LayerLink[],
  layers: ReadonlyMap<string, LayerNumbers>,
  count: number,
): Neighbours {
  const outputs = outputsOf(here);
  if (here.kind === 'conv') {
    const own = neuron % outputs;
    const found = links.flatMap((link) => {
      const numbers = layers.get(link.to);
      if (numbers?.kind !== 'conv') return [];
      return channelsOf(link, own).flatMap((channel) =>
        Array.from({ length: outputsOf(numbers) }, (_, output) => ({
          layer: numbers.layer,
          neuron: channel * outputsOf(numbers) + output,
          value: strength(numbers, channel, output),
        })),
      );
    });
    return ranked(found, count);
  }
  const values = Array.from({ length: outputs }, (_, output) => strength(here, neuron, output));
  const reached = links.flatMap((link) => {
    const numbers = layers.get(link.to);
    return numbers?.kind === 'dense'
      ? link.outputs.map((output, i) => ({ layer: numbers.layer, neuron: link.inputs[i], value: values[output] }))
      : [];
  });
  return ranked(
    links.length > 0 ? reached : values.map((value, output) => ({ layer: null, neuron: output, value })),
    count,
  );
}

function ranked(found: readonly (Neighbour & { readonly value: number })[], count: number): Neighbours {
  return {
    ranking: rank(
      found.map(({ value }) => value),
      count,
    ),
    all: found.map(({ layer, neuron }) => ({ layer, neuron })),
  };
}

/** What a neighbour is called in a list; with its layer where the list has several. */
export function neighbourName({ layer, neuron }: Neighbour, several: boolean, outputs: number): string {
  if (!layer) return outputs === 3 ? ['red', 'green', 'blue'][neuron] : `output ${neuron}`;
  return `${several ? `${layer.id} ` : ''}${neuronNumber(layer, neuron)}`;
}

import type { NdArray } from '@xinc/core';

/** Feature maps [C, h, w] in plain arrays of doubles. */
export interface Maps {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly values: Float64Array;
}

export const at = ({ height, width }: Maps, c: number, y: number, x: number) => (c * height + y) * width + x;

export function makeMaps(
  channels: number,
  height: number,
  width: number,
  value: (c: number, y: number, x: number) => number,
): Maps {
  const maps = { channels, height, width, values: new Float64Array(channels * height * width) };
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) maps.values[at(maps, c, y, x)] = value(c, y, x);
  }
  return maps;
}

/** Frame `n` of a batch [B, C, h, w]. */
export function mapsOf({ shape, data }: NdArray, n = 0): Maps {
  const [, channels, height, width] = shape;
  const size = channels * height * width;
  return { channels, height, width, values: Float64Array.from(data.subarray(n * size, (n + 1) * size)) };
}

/** One channel of x convolved with one kernel of K [out, in, k, k], zeros around, without bias. */
export function convolveChannel(x: Maps, i: number, kernel: NdArray, o: number): Maps {
  const [, inChannels, k] = kernel.shape;
  const reach = (k - 1) / 2;
  return makeMaps(1, x.height, x.width, (_, y, column) => {
    let sum = 0;
    for (let dy = 0; dy < k; dy++) {
      for (let dx = 0; dx < k; dx++) {
        const [row, col] = [y + dy - reach, column + dx - reach];
        if (row < 0 || col < 0 || row >= x.height || col >= x.width) continue;
        sum += x.values[at(x, i, row, col)] * kernel.data[((o * inChannels + i) * k + dy) * k + dx];
      }
    }
    return sum;
  });
}

function convolve(x: Maps, kernel: NdArray, bias: NdArray): Maps {
  const [outChannels, inChannels] = kernel.shape;
  const out = makeMaps(outChannels, x.height, x.width, (o) => bias.data[o]);
  for (let o = 0; o < outChannels; o++) {
    for (let i = 0; i < inChannels; i++) {
      convolveChannel(x, i, kernel, o).values.forEach((value, p) => {
        out.values[o * x.height * x.width + p] += value;
      });
    }
  }
  return out;
}

/** Channel c·s² + dy·s + dx goes to sub-pixel (dy, dx) of channel c. */
export function shuffle(x: Maps, s: number): Maps {
  return makeMaps(x.channels / s ** 2, x.height * s, x.width * s, (c, y, column) => {
    const channel = c * s ** 2 + (y % s) * s + (column % s);
    return x.values[at(x, channel, Math.floor(y / s), Math.floor(column / s))];
  });
}

export const apply = (x: Maps, f: (value: number) => number): Maps => ({ ...x, values: x.values.map(f) });

/** erf by its Maclaurin series: exact to double precision for the small arguments of these tests. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export const activations: Record<string, (x: number) => number> = {
  gelu: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  relu: (x) => Math.max(x, 0),
  leakyRelu: (x) => (x < 0 ? 0.01 * x : x),
  'leakyRelu0.1': (x) => (x < 0 ? 0.1 * x : x),
  'leakyRelu0.2': (x) => (x < 0 ? 0.2 * x : x),
  silu: (x) => x * sigmoid(x),
  sine: Math.sin,
};

const outputs: Record<string, (x: number) => number> = {
  tanh: (x) => Math.tanh(x) * 0.5 + 0.5,
  sigmoid,
  '0': (x) => x,
  '0.5': (x) => x + 0.5,
};

/** NeRV as method §3 tells it, from one encoded frame [2·levels] to a picture [3, H, W]. */
export function plainNerv(
  parameters: Readonly<Record<string, NdArray>>,
  encoding: ArrayLike<number>,
  network: {
    readonly stem: readonly [channels: number, height: number, width: number];
    readonly strides: readonly number[];
    readonly activation: string;
    readonly output: string;
  },
): Maps {
  const activate = activations[network.activation];
  const [channels, height, width] = network.stem;
  const unit = (layer: string, row: number, inputs: ArrayLike<number>): number => {
    let sum = parameters[`${layer}.bias`].data[row];
    const weight = parameters[`${layer}.weight`].data;
    for (let n = 0; n < inputs.length; n++) sum += weight[row * inputs.length + n] * inputs[n];
    return activate(sum);
  };
  let features = encoding;
  for (let i = 1; parameters[`stem.hidden${i}.bias`]; i++) {
    const layer = `stem.hidden${i}`;
    const inputs = features;
    features = Array.from(parameters[`${layer}.bias`].data, (_, row) => unit(layer, row, inputs));
  }
  let x = makeMaps(channels, height, width, (c, y, column) =>
    unit('stem', (c * height + y) * width + column, features),
  );
  network.strides.forEach((stride, i) => {
    const z = convolve(x, parameters[`block${i + 1}.weight`], parameters[`block${i + 1}.bias`]);
    x = apply(shuffle(z, stride), activate);
  });
  return apply(convolve(x, parameters['head.weight'], parameters['head.bias']), outputs[network.output]);
}

import type { NdArray } from '@xinc/core';

/** Feature maps [C, h, w] in plain arrays of doubles. */
export interface Maps {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly values: Float64Array;
}

const at = ({ height, width }: Maps, c: number, y: number, x: number) => (c * height + y) * width + x;

function makeMaps(
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

/** Entry `n` of an array [B, C, h, w]. */
export function mapsOf({ shape, data }: NdArray, n = 0): Maps {
  const [, channels, height, width] = shape;
  const size = channels * height * width;
  return { channels, height, width, values: Float64Array.from(data.subarray(n * size, (n + 1) * size)) };
}

/** Cross-correlation with K [out, in/groups, k, k], zeros around. */
function convolve(
  x: Maps,
  kernel: NdArray,
  bias: NdArray,
  { stride = 1, padding = 0, groups = 1 }: { stride?: number; padding?: number; groups?: number } = {},
): Maps {
  const [outputs, inputs, k] = kernel.shape;
  const extent = (side: number) => Math.floor((side + 2 * padding - k) / stride) + 1;
  return makeMaps(outputs, extent(x.height), extent(x.width), (o, y, column) => {
    const first = Math.floor((o * groups) / outputs) * inputs;
    let sum = bias.data[o];
    for (let i = 0; i < inputs; i++) {
      for (let dy = 0; dy < k; dy++) {
        for (let dx = 0; dx < k; dx++) {
          const [row, col] = [y * stride + dy - padding, column * stride + dx - padding];
          if (row < 0 || col < 0 || row >= x.height || col >= x.width) continue;
          sum += x.values[at(x, first + i, row, col)] * kernel.data[((o * inputs + i) * k + dy) * k + dx];
        }
      }
    }
    return sum;
  });
}

/** Channel c·s² + dy·s + dx goes to sub-pixel (dy, dx) of channel c. */
function shuffle(x: Maps, s: number): Maps {
  return makeMaps(x.channels / s ** 2, x.height * s, x.width * s, (c, y, column) => {
    const channel = c * s ** 2 + (y % s) * s + (column % s);
    return x.values[at(x, channel, Math.floor(y / s), Math.floor(column / s))];
  });
}

const apply = (x: Maps, f: (value: number) => number): Maps => ({ ...x, values: x.values.map(f) });

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

const activations: Record<string, (x: number) => number> = {
  gelu: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  leakyRelu: (x) => (x < 0 ? 0.01 * x : x),
  silu: (x) => x * sigmoid(x),
  sine: Math.sin,
};

const outputs: Record<string, (x: number) => number> = {
  tanh: (x) => Math.tanh(x) * 0.5 + 0.5,
  sigmoid,
  none: (x) => x,
  0.5: (x) => x + 0.5,
};

/** HNeRV's decoder as its paper tells it (Chen et al. 2023, §3), from an embedding [c, h, w] to a picture [3, H, W]. */
export function plainDecoder(
  parameters: Readonly<Record<string, NdArray>>,
  embedding: Maps,
  network: {
    readonly stemScale?: number;
    readonly strides: readonly number[];
    readonly activation: string;
    readonly output: string | number;
  },
): Maps {
  const activate = activations[network.activation];
  const through = (x: Maps, layer: string): Maps => {
    const kernel = parameters[`${layer}.weight`];
    return convolve(x, kernel, parameters[`${layer}.bias`], { padding: (kernel.shape[2] - 1) / 2 });
  };
  let x = shuffle(apply(through(embedding, 'stem'), activate), network.stemScale ?? 1);
  network.strides.forEach((stride, i) => {
    x = apply(shuffle(through(x, `block${i + 1}`), stride), activate);
  });
  return apply(through(x, 'head'), outputs[network.output]);
}

/** Each place normalised over its channels, then scaled and shifted by channel. */
function normalized(x: Maps, scale: NdArray, shift: NdArray): Maps {
  return makeMaps(x.channels, x.height, x.width, (c, y, column) => {
    const values = Array.from({ length: x.channels }, (_, i) => x.values[at(x, i, y, column)]);
    const mean = values.reduce((a, b) => a + b) / x.channels;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.channels;
    return ((values[c] - mean) / Math.sqrt(variance + 1e-6)) * scale.data[c] + shift.data[c];
  });
}

/** The encoder of the authors' code, a ConvNeXt (Liu et al. 2022), from a picture [3, H, W] to an embedding. */
export function plainEncoder(
  weights: Readonly<Record<string, NdArray>>,
  picture: Maps,
  { strides, blocks }: { readonly strides: readonly number[]; readonly blocks: number },
): Maps {
  const both = (name: string) => [weights[`${name}.weight`], weights[`${name}.bias`]] as const;
  /** A dense layer at every place: a convolution of 1×1. */
  const dense = (x: Maps, name: string) => {
    const [{ shape, data }, bias] = both(name);
    return convolve(x, { shape: [...shape, 1, 1], data } as NdArray, bias);
  };
  let x = picture;
  strides.forEach((stride, i) => {
    const part = (number: number) => both(`encoder.downsample_layers.${i}.${number}`);
    x =
      i === 0
        ? normalized(convolve(x, ...part(0), { stride }), ...part(1))
        : convolve(normalized(x, ...part(0)), ...part(1), { stride });
    for (let j = 0; j < blocks; j++) {
      const name = `encoder.stages.${i}.${j}`;
      const before = x;
      const wide = convolve(x, ...both(`${name}.dwconv`), { padding: 3, groups: x.channels });
      const inner = apply(dense(normalized(wide, ...both(`${name}.norm`)), `${name}.pwconv1`), activations.gelu);
      const change = dense(inner, `${name}.pwconv2`);
      const gamma = weights[`${name}.gamma`];
      x = makeMaps(
        before.channels,
        before.height,
        before.width,
        (c, y, column) =>
          before.values[at(before, c, y, column)] + (gamma?.data[c] ?? 1) * change.values[at(change, c, y, column)],
      );
    }
  });
  return x;
}

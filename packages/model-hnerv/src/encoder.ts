import { layerNorm, normalize, type Ops, type ParameterEncoder, type Shape } from '@xinc/core';
import { findPlace, type Shapes } from './checkpoint-place.js';
import { EMBEDDINGS } from './parameters.js';

/** What the names of the encoder's weights begin with, beside the decoder's. */
export const ENCODER = 'encoder.';

const EPSILON = 1e-6;
/** Side of the depthwise kernels. */
const SIDE = 7;

/** One stage of the encoder: an enlargement of the cells, then blocks. */
interface Stage {
  readonly stride: number;
  readonly blocks: number;
}

/**
 * The ConvNeXt encoder of the authors' code (Liu et al. 2022; `timm`'s layer scale), where its weights lie beside a decoder: each
 * stage enlarges its cells by a strided convolution, normalised before (in the first stage after) over channels.
 */
export function findEncoder(shapes: Shapes): ParameterEncoder | undefined {
  const place = findPlace(shapes);
  if (!place) return undefined;
  const weights = Object.fromEntries(
    Object.entries(shapes)
      .filter(([name]) => name.startsWith(place.prefix + ENCODER))
      .map(([name, shape]) => [name.slice(place.prefix.length), shape]),
  );
  const stages = readStages(weights);
  return (
    stages && {
      parameter: EMBEDDINGS,
      weights,
      encode: (ops, given, frame) => encode(ops, given, frame, stages),
    }
  );
}

const downsampling = (stage: number, part: number): string => `${ENCODER}downsample_layers.${stage}.${part}`;
const block = (stage: number, number: number): string => `${ENCODER}stages.${stage}.${number}`;
/** Convolution and normalisation of a stage by their place in it. */
const partsOf = (stage: number) => (stage === 0 ? { convolution: 0, norm: 1 } : { convolution: 1, norm: 0 });

/** `undefined` unless these are all the weights of such an encoder, in shapes that follow one another. */
function readStages(weights: Shapes): Stage[] | undefined {
  const stages: Stage[] = [];
  let expected: Record<string, Shape> = {};
  for (let channels = 3, i = 0; ; i++) {
    const { convolution, norm } = partsOf(i);
    const kernel = weights[`${downsampling(i, convolution)}.weight`];
    if (kernel?.length !== 4) break;
    const [out, , stride] = kernel;
    const normed = i === 0 ? out : channels;
    expected = {
      ...expected,
      ...layer(downsampling(i, convolution), [out, channels, stride, stride]),
      ...layer(downsampling(i, norm), [normed]),
    };
    let blocks = 0;
    while (`${block(i, blocks)}.dwconv.weight` in weights) {
      const name = block(i, blocks);
      expected = {
        ...expected,
        ...layer(`${name}.dwconv`, [out, 1, SIDE, SIDE]),
        ...layer(`${name}.norm`, [out]),
        ...layer(`${name}.pwconv1`, [4 * out, out]),
        ...layer(`${name}.pwconv2`, [out, 4 * out]),
        ...(`${name}.gamma` in weights && { [`${name}.gamma`]: [out] }),
      };
      blocks++;
    }
    stages.push({ stride, blocks });
    channels = out;
  }
  const names = Object.keys(weights);
  const same =
    names.length === Object.keys(expected).length && names.every((name) => `${expected[name]}` === `${weights[name]}`);
  return stages.length > 0 && same ? stages : undefined;
}

const layer = (name: string, shape: Shape): Record<string, Shape> => ({
  [`${name}.weight`]: shape,
  [`${name}.bias`]: [shape[0]],
});

function encode<T>(ops: Ops<T>, weights: Readonly<Record<string, T>>, frame: T, stages: readonly Stage[]): T {
  const perChannel = (x: T) => ops.reshape(x, [1, ops.shapeOf(x)[0], 1, 1]);
  const convolve = (x: T, name: string, options: { stride?: number; padding?: number; groups?: number }): T =>
    ops.add(ops.conv2d(x, weights[`${name}.weight`], options), perChannel(weights[`${name}.bias`]));
  const normed = (x: T, name: string): T =>
    ops.add(
      ops.mul(normalize(ops, x, [1], EPSILON), perChannel(weights[`${name}.weight`])),
      perChannel(weights[`${name}.bias`]),
    );
  const dense = (x: T, name: string): T =>
    ops.add(ops.matMul(x, weights[`${name}.weight`], { transposeB: true }), weights[`${name}.bias`]);

  /** x + γ · W₂ gelu(W₁ norm(depthwise(x))), the products over the channels of each place. */
  const through = (x: T, name: string): T => {
    const [, channels, height, width] = ops.shapeOf(x);
    const wide = convolve(x, `${name}.dwconv`, { padding: (SIDE - 1) / 2, groups: channels });
    const places = ops.reshape(ops.transpose(wide, [0, 2, 3, 1]), [height * width, channels]);
    const scaled = ops.add(
      ops.mul(layerNorm(ops, places, 1, EPSILON), weights[`${name}.norm.weight`]),
      weights[`${name}.norm.bias`],
    );
    const mixed = dense(ops.gelu(dense(scaled, `${name}.pwconv1`)), `${name}.pwconv2`);
    const gamma = weights[`${name}.gamma`];
    const change = gamma === undefined ? mixed : ops.mul(mixed, gamma);
    return ops.add(x, ops.transpose(ops.reshape(change, [1, height, width, channels]), [0, 3, 1, 2]));
  };

  let x = frame;
  for (const [i, { stride, blocks }] of stages.entries()) {
    const { convolution, norm } = partsOf(i);
    x =
      i === 0
        ? normed(convolve(x, downsampling(i, convolution), { stride }), downsampling(i, norm))
        : convolve(normed(x, downsampling(i, norm)), downsampling(i, convolution), { stride });
    for (let number = 0; number < blocks; number++) x = through(x, block(i, number));
  }
  return x;
}

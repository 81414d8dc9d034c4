import { defineInr, deriveHooks, ndarray } from '@xinc/core';
import { z } from 'zod';

/** What the middle of the decoder does, from C channels at a quarter of the picture's extents to C at all of them. */
const BLOCKS = {
  /** As published: nearest upsampling, odd kernels. */
  nearest: (ops, x, conv) =>
    ops.gelu(conv(ops.upsampleNearest(ops.gelu(conv(ops.upsampleNearest(x, 2), 'a')), 2), 'b')),
  bilinear: (ops, x, conv) => {
    const [, , height, width] = ops.shapeOf(x);
    const twice = (y, s) => ops.resize(y, s * height, s * width, { kind: 'linear', coordinates: 'half-pixel' });
    return ops.gelu(conv(twice(ops.gelu(conv(twice(x, 2), 'a')), 4), 'b'));
  },
  transposed: (ops, x, _conv, transposed) => ops.gelu(transposed(ops.gelu(transposed(x, 'a')), 'b')),
  strided: (ops, x, conv) => {
    const wide = ops.upsampleNearest(ops.gelu(conv(ops.upsampleNearest(x, 4), 'a')), 2);
    return ops.gelu(conv(wide, 'b', { stride: 2 }));
  },
  skip: (ops, x, conv) => {
    const wide = ops.upsampleNearest(x, 4);
    const once = ops.add(wide, ops.gelu(conv(wide, 'a')));
    return ops.add(once, ops.gelu(conv(once, 'b')));
  },
  normalised: (ops, x, conv) => {
    const norm = (y) => {
      const centred = ops.sub(y, ops.mean(y, { axes: [2, 3], keepDims: true }));
      const variance = ops.mean(ops.square(centred), { axes: [2, 3], keepDims: true });
      return ops.div(centred, ops.sqrt(ops.add(variance, 1e-5)));
    };
    return ops.gelu(norm(conv(ops.upsampleNearest(ops.gelu(norm(conv(ops.upsampleNearest(x, 2), 'a'))), 2), 'b')));
  },
  gated: (ops, x, conv) => {
    const wide = ops.upsampleNearest(x, 4);
    return ops.mul(conv(wide, 'a'), ops.sigmoid(conv(wide, 'b')));
  },
  sine: (ops, x, conv) =>
    ops.sin(ops.mul(conv(ops.upsampleNearest(ops.sin(ops.mul(conv(ops.upsampleNearest(x, 2), 'a'), 2)), 2), 'b'), 2)),
};

/** A dense layer into a small picture, a convolution, a block that is chosen, and a convolution to colours. */
export const decoder = defineInr({
  kind: 'inr',
  name: 'rules-decoder',
  title: 'Decoder with one rule',
  description: 'A small decoder of frames whose middle has one operation that the paper does not.',
  signals: ['image', 'video'],
  config: z.object({
    block: z.enum(Object.keys(BLOCKS)).default('nearest').describe('What its middle does'),
    channels: z.coerce.number().int().min(1).default(12).describe('Channels'),
  }),
  build({ block, channels }, signal) {
    const [height, width] = [Math.ceil(signal.height / 4), Math.ceil(signal.width / 4)];
    const uniform = (name, shape, fan) => ({
      name,
      shape,
      init: { kind: 'uniform', bound: Math.sqrt(3 / fan) },
      trainable: true,
    });
    const zeros = (name, extent) => ({ name, shape: [extent], init: { kind: 'constant', value: 0 }, trainable: true });
    const [k, code] = [block === 'transposed' ? 4 : 3, 16];
    const program = {
      signal,
      sampling: 'frames',
      parameters: [
        uniform('stem.weight', [channels * height * width, code], code),
        zeros('stem.bias', channels * height * width),
        uniform('first.weight', [channels, channels, 3, 3], 9 * channels),
        zeros('first.bias', channels),
        ...['a', 'b'].flatMap((name) => [
          uniform(
            `${name}.weight`,
            [channels, channels, k, k],
            block === 'transposed' ? 4 * channels : k * k * channels,
          ),
          zeros(`${name}.bias`, channels),
        ]),
        uniform('last.weight', [3, channels, 3, 3], 9 * channels),
        zeros('last.bias', 3),
      ],
      inputs: (frames) => {
        const codes = Float32Array.from({ length: frames.length * code }, (_, i) => {
          const t = (frames[Math.floor(i / code)] + 0.5) / signal.frames;
          return Math.cos(Math.PI * t * (i % code) + (i % code));
        });
        return { code: ndarray([frames.length, code], codes) };
      },
      forward(ops, parameters, inputs) {
        const biased = (y, name) => {
          const bias = parameters[`${name}.bias`];
          return ops.add(y, ops.reshape(bias, [1, ops.shapeOf(bias)[0], 1, 1]));
        };
        const conv = (x, name, options = {}) =>
          biased(ops.conv2d(x, parameters[`${name}.weight`], { padding: 1, ...options }), name);
        const transposed = (x, name) =>
          biased(ops.convTranspose2d(x, parameters[`${name}.weight`], { stride: 2, padding: 1 }), name);
        const values = ops.add(
          ops.matMul(inputs.code, parameters['stem.weight'], { transposeB: true }),
          parameters['stem.bias'],
        );
        const [frames] = ops.shapeOf(values);
        const small = ops.gelu(conv(ops.reshape(values, [frames, channels, height, width]), 'first'));
        const drawn = conv(BLOCKS[block](ops, small, conv, transposed), 'last');
        const output = ops.slice(drawn, [0, 0, 0, 0], [frames, 3, signal.height, signal.width]);
        return { output };
      },
    };
    return { ...program, ...deriveHooks(program), training: training(signal) };
  },
});

function training({ frames }) {
  return {
    optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    learningRate: 3e-3,
    schedule: (progress) => 0.5 * (1 + Math.cos(Math.PI * progress)),
    steps: 600,
    batch: Math.min(2, frames),
  };
}

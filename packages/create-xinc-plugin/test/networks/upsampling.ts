import { defineInr, deriveHooks, type InrProgram, ndarray, type ParameterSpec, perChannel } from '@xinc/core';
import { z } from 'zod';

const config = z.object({
  channels: z.coerce.number().int().min(1).default(24).describe('Channels of every block'),
  blocks: z.coerce.number().int().min(1).max(6).default(4).describe('Blocks, each of which doubles the extents'),
  code: z.coerce.number().int().min(1).default(16).describe('Numbers that stand for a frame'),
});
type Config = z.infer<typeof config>;

/** A decoder of frames: a dense layer into a small picture, then blocks of bilinear upsampling with two residual convolutions. */
export const upsampling = defineInr<Config>({
  kind: 'inr',
  name: 'upsampling',
  title: 'Residual convolutions with upsampling',
  description: 'A decoder of frames: bilinear upsampling and residual convolutions (He et al., CVPR 2016).',
  signals: ['image', 'video'],
  config,
  build({ channels, blocks, code }, signal) {
    // Rounded up where the picture cannot be halved; the last block has exactly its extents.
    const extents = Array.from({ length: blocks + 1 }, (_, i) =>
      [signal.height, signal.width].map((n) => Math.ceil(n / 2 ** (blocks - i))),
    );
    const [[height, width]] = extents;
    const program: InrProgram = {
      signal,
      // Whole frames: the output is [B, 3, H, W], and a neuron of a convolution is one of its kernels.
      sampling: 'frames',
      parameters: [
        ...layer('stem', [channels * height * width, code], code),
        ...Array.from({ length: blocks }, (_, i) => [
          ...layer(`blocks.${i}.first`, [channels, channels, 3, 3], 9 * channels),
          ...layer(`blocks.${i}.second`, [channels, channels, 3, 3], 9 * channels),
        ]).flat(),
        ...layer('head', [3, channels, 3, 3], 9 * channels),
      ],
      // [B, code]: cosines of the frame's place in time.
      inputs: (frames) => ({
        code: ndarray(
          [frames.length, code],
          Float32Array.from({ length: frames.length * code }, (_, i) =>
            Math.cos((Math.PI * (frames[Math.floor(i / code)] + 0.5) * (i % code)) / signal.frames),
          ),
        ),
      }),
      forward(ops, parameters, inputs) {
        const convolution = (x: typeof inputs.code, name: string) => {
          const y = ops.conv2d(x, parameters[`${name}.weight`], { padding: 1 });
          return ops.add(y, perChannel(ops, parameters[`${name}.bias`], ops.shapeOf(y)));
        };
        const stem = ops.add(
          ops.matMul(inputs.code, parameters['stem.weight'], { transposeB: true }),
          parameters['stem.bias'],
        );
        const [batch] = ops.shapeOf(inputs.code);
        let x = ops.gelu(ops.reshape(stem, [batch, channels, height, width]));
        for (let i = 0; i < blocks; i++) {
          const [rows, columns] = extents[i + 1];
          const wide = ops.resize(x, rows, columns, { kind: 'linear', coordinates: 'half-pixel' });
          const inner = ops.gelu(convolution(wide, `blocks.${i}.first`));
          x = ops.gelu(ops.add(wide, convolution(inner, `blocks.${i}.second`)));
        }
        return { output: ops.sigmoid(convolution(x, 'head')) };
      },
    };
    const hooks = deriveHooks(program, {
      name: (weight) => (weight === 'head.weight' ? { id: 'head', channels: ['red', 'green', 'blue'] } : undefined),
    });
    return {
      ...program,
      ...hooks,
      training: {
        optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        learningRate: 5e-4,
        schedule: (progress) => 0.5 * (1 + Math.cos(Math.PI * progress)),
        steps: 600,
        batch: 1,
      },
    };
  },
});

/** A weight and a bias, as PyTorch draws them: U(±1/√fan_in). */
function layer(name: string, shape: readonly number[], inputs: number): ParameterSpec[] {
  const init = { kind: 'uniform', bound: 1 / Math.sqrt(inputs) } as const;
  return [
    { name: `${name}.weight`, shape, init, trainable: true },
    { name: `${name}.bias`, shape: [shape[0]], init, trainable: true },
  ];
}

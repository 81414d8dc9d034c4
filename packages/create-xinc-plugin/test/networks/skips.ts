import {
  defineInr,
  deriveHooks,
  type InrProgram,
  ndarray,
  type Ops,
  type ParameterSpec,
  pixelCoordinates,
} from '@xinc/core';
import { z } from 'zod';

const config = z.object({
  width: z.coerce.number().int().min(1).default(128).describe('Neurons of each hidden layer'),
  layers: z.coerce.number().int().min(2).max(64).default(8).describe('Dense layers, the output layer included'),
  skip: z.coerce
    .number()
    .int()
    .min(1)
    .default(4)
    .describe('The features are read again by every layer of which this is a divisor'),
  levels: z.coerce.number().int().min(1).max(16).default(8).describe('Frequencies π·2⁰ … π·2^(levels − 1)'),
});
type Config = z.infer<typeof config>;

/** ReLU layers on sines and cosines of the coordinates, which some layers read a second time (Mildenhall et al. 2020; Park et al. 2019). */
export const skips = defineInr<Config>({
  kind: 'inr',
  name: 'skips',
  title: 'Dense layers with skips',
  description: 'ReLU layers on encoded pixel coordinates, which some layers read again (Mildenhall et al., ECCV 2020).',
  signals: ['image'],
  config,
  build({ width, layers, skip, levels }, signal) {
    const features = 2 + 4 * levels;
    const isSkip = (layer: number) => layer > 0 && layer < layers - 1 && layer % skip === 0;
    const inputsOf = (layer: number) => (layer === 0 ? features : isSkip(layer) ? width + features : width);
    const program: InrProgram = {
      signal,
      sampling: 'pixels',
      parameters: Array.from({ length: layers }, (_, i) =>
        denseParameters(`layers.${i}`, inputsOf(i), i === layers - 1 ? 3 : width),
      ).flat(),
      inputs: (_frames, pixels = new Uint32Array()) => ({
        coordinates: ndarray(
          [pixels.length, 2],
          pixelCoordinates(signal, pixels, { coordinates: 'linspace', axes: 'yx' }),
        ),
      }),
      forward(ops, parameters, { coordinates }) {
        const encoded = encode(ops, coordinates, levels);
        let h = encoded;
        for (let i = 0; i < layers; i++) {
          const x = isSkip(i) ? ops.concat([h, encoded], 1) : h;
          const z = ops.add(
            ops.matMul(x, parameters[`layers.${i}.weight`], { transposeB: true }),
            parameters[`layers.${i}.bias`],
          );
          h = i === layers - 1 ? z : ops.relu(z);
        }
        return { output: ops.sigmoid(h) };
      },
    };
    const hooks = deriveHooks(program, {
      name: (weight) =>
        weight === `layers.${layers - 1}.weight` ? { id: 'output', channels: ['red', 'green', 'blue'] } : undefined,
    });
    return {
      ...program,
      ...hooks,
      training: {
        optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        learningRate: 1e-3,
        schedule: (progress) => 0.1 ** progress,
        steps: 1000,
        batch: 65_536,
      },
    };
  },
});

function encode<T>(ops: Ops<T>, coordinates: T, levels: number): T {
  const waves = Array.from({ length: levels }, (_, level) => ops.mul(coordinates, Math.PI * 2 ** level));
  return ops.concat([coordinates, ...waves.flatMap((angle) => [ops.sin(angle), ops.cos(angle)])], 1);
}

/** PyTorch's default for a linear layer. */
function denseParameters(name: string, inputs: number, outputs: number): ParameterSpec[] {
  const init = { kind: 'uniform', bound: 1 / Math.sqrt(inputs) } as const;
  return [
    { name: `${name}.weight`, shape: [outputs, inputs], init, trainable: true },
    { name: `${name}.bias`, shape: [outputs], init, trainable: true },
  ];
}

import { applyActivation, defineInr, type OptimizerRates } from '@xinc/core';
import { z } from 'zod';
import { type Family, rateSettings, sharedSchema, torchDefault } from './family.js';
import { coordinatesOf, findChain, nearest } from './infer.js';
import { buildCoordinateNetwork } from './network.js';
import { toldLayout } from './told-layout.js';
import { ofVideosOnly, unshown } from './unshown.js';

/** Of short trials (method §6.3), but Adam's. */
const RATES: OptimizerRates = {
  adam: 1e-3,
  soap: 1e-2,
  muon: 1e-1,
  tried: ['soap', 'muon'],
  small: true,
  fasterAdam: { rate: 3e-2, than: ['soap'] },
};

const pemlpSchema = sharedSchema.extend({
  levels: z.coerce.number().int().min(1).max(32).default(10).describe('Frequencies 2⁰ … 2^(levels − 1)'),
  phaseFactor: z.enum(['1', 'pi']).default('1').describe('What coordinates are multiplied by before sine and cosine'),
  encodingOrder: z
    .enum(['by-frequency', 'by-coordinate'])
    .default('by-frequency')
    .describe(
      'Sines of all coordinates, then their cosines, frequency by frequency (NeRF); or sine and cosine of each coordinate, as in SIREN',
    ),
  activation: z
    .enum(['relu', 'leakyRelu', 'leakyRelu0.1', 'leakyRelu0.2', 'gelu', 'silu', 'sine', 'tanh'])
    .default('relu')
    .describe('Activation of the hidden layers; leakyRelu has slope 0.01'),
  ...rateSettings(RATES),
  decay: sharedSchema.shape.decay.unwrap().default(0.1).describe(sharedSchema.shape.decay.description!),
});
type PemlpConfig = z.infer<typeof pemlpSchema>;

/** f(z), by default relu(z), on coordinates, their sines and their cosines. */
const encoded: Family<PemlpConfig> = {
  features: (dimensions, { levels }) => dimensions * (2 * levels + 1),
  encode: (ops, coordinates, { levels, phaseFactor, encodingOrder }) => {
    const [pixels, dimensions] = ops.shapeOf(coordinates);
    const column = (d: number) => ops.slice(coordinates, [0, d], [pixels, 1]);
    const parts =
      encodingOrder === 'by-frequency' ? [coordinates] : Array.from({ length: dimensions }, (_, d) => column(d));
    const base = phaseFactor === 'pi' ? Math.PI : 1;
    const waves = Array.from({ length: levels }, (_, level) => base * 2 ** level).flatMap((frequency) =>
      parts.flatMap((part) => {
        const angles = ops.mul(part, frequency);
        return [ops.sin(angles), ops.cos(angles)];
      }),
    );
    return ops.concat([coordinates, ...waves], 1);
  },
  hidden: ({ position, inputs, outputs }) => [
    { name: `layer${position + 1}`, inputs, outputs, ...torchDefault(inputs) },
  ],
  activate: (ops, [z], { activation }) => applyActivation[activation](ops, z),
  last: torchDefault,
  rates: RATES,
  neurons: 'neurons',
};

/** Positional encoding with ReLU layers, as NeRF has it (Mildenhall et al. 2020). */
export default defineInr<PemlpConfig>({
  kind: 'inr',
  name: 'pemlp',
  title: 'Positional encoding and ReLU',
  description: 'ReLU layers on sines and cosines of pixel coordinates, as in NeRF (Mildenhall et al., ECCV 2020).',
  signals: ['image', 'video'],
  config: pemlpSchema,
  build: (config, signal) => buildCoordinateNetwork(encoded, config, signal),
  infer(shapes, signal) {
    const dimensions = coordinatesOf(signal);
    const levelsOf = (features: number) => (features / dimensions - 1) / 2;
    const isEncoding = (features: number) =>
      levelsOf(features) >= 1 && levelsOf(features) <= 32 && Number.isInteger(levelsOf(features));
    const isNearest = (features: number | undefined) => features === undefined || isEncoding(features);
    const { features, width, layers } = findChain(shapes, 1) ?? nearest(shapes, 1, isNearest) ?? {};
    if (width === undefined || !isNearest(features)) return {};
    return { width, layers, ...(features !== undefined && { levels: levelsOf(features) }) };
  },
  layout: toldLayout,
  unshown: {
    ...unshown,
    phaseFactor: pemlpSchema.shape.phaseFactor.unwrap().options,
    encodingOrder: pemlpSchema.shape.encodingOrder.unwrap().options,
    activation: pemlpSchema.shape.activation.unwrap().options,
  },
  ofVideosOnly,
});

import { defineInr } from '@xinc/core';
import { z } from 'zod';
import { type Family, sharedSchema, torchDefault } from './family.js';
import { inferFromCoordinates } from './infer.js';
import { buildCoordinateNetwork } from './network.js';
import { unshown } from './unshown.js';

const wireSchema = sharedSchema.extend({
  omega: z.coerce.number().positive().default(20).describe('Frequency ω of the hidden layers'),
  firstOmega: z.coerce.number().positive().default(20).describe('Frequency ω of the first layer'),
  scale: z.coerce.number().positive().default(10).describe('Factor s of exp(−(s·v)²): how narrow the wavelets are'),
  learningRate: sharedSchema.shape.learningRate.unwrap().default(5e-3).describe("Adam's learning rate"),
  decay: sharedSchema.shape.decay.unwrap().default(0.1).describe(sharedSchema.shape.decay.description!),
});
type WireConfig = z.infer<typeof wireSchema>;

/** cos(ω·u)·exp(−(s·v)²) of two dense layers u, v. */
const wavelets: Family<WireConfig> = {
  features: (dimensions) => dimensions,
  hidden: ({ position, inputs, outputs }) =>
    ['freqs', 'scale'].map((part) => ({
      name: `layer${position + 1}.${part}`,
      inputs,
      outputs,
      ...torchDefault(inputs),
    })),
  activate: (ops, [u, v], { omega, firstOmega, scale }, position) =>
    ops.mul(ops.cos(ops.mul(u, position === 0 ? firstOmega : omega)), ops.exp(ops.neg(ops.square(ops.mul(v, scale))))),
  last: torchDefault,
  neurons: 'wavelets',
};

/** WIRE with real Gabor wavelets, the published code's `RealGaborLayer` (Saragadam et al. 2023). */
export default defineInr<WireConfig>({
  kind: 'inr',
  name: 'wire',
  title: 'WIRE',
  description:
    'Dense layers with real Gabor wavelets as activations on pixel coordinates (Saragadam et al., CVPR 2023); its complex form is not computed.',
  signals: ['image', 'video'],
  config: wireSchema,
  build: (config, signal) => buildCoordinateNetwork(wavelets, config, signal),
  infer: (shapes, signal) => inferFromCoordinates(shapes, signal, 2),
  unshown: { ...unshown, omega: [20, 10, 30], firstOmega: [20, 10, 30], scale: [10, 30, 4] },
});

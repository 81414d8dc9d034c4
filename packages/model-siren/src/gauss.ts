import { defineInr, type OptimizerRates } from '@xinc/core';
import { z } from 'zod';
import { type Family, rateSettings, sharedSchema, torchDefault } from './family.js';
import { inferFromCoordinates } from './infer.js';
import { buildCoordinateNetwork } from './network.js';
import { toldLayout } from './told-layout.js';
import { ofVideosOnly, unshown } from './unshown.js';

/** SOAP's of short trials (method §6.3). */
const RATES: OptimizerRates = {
  adam: 5e-3,
  soap: 1e-3,
  muon: 2e-2,
  tried: ['soap'],
  small: true,
  fasterAdam: { rate: 3e-3, than: ['soap'] },
};

const gaussSchema = sharedSchema.extend({
  scale: z.coerce.number().positive().default(30).describe('Factor s of exp(−(s·z)²): how narrow the bells are'),
  ...rateSettings(RATES),
  decay: sharedSchema.shape.decay.unwrap().default(0.1).describe(sharedSchema.shape.decay.description!),
});
type GaussConfig = z.infer<typeof gaussSchema>;

/** exp(−(s·z)²) */
const bells: Family<GaussConfig> = {
  features: (dimensions) => dimensions,
  hidden: ({ position, inputs, outputs }) => [
    { name: `layer${position + 1}`, inputs, outputs, ...torchDefault(inputs) },
  ],
  activate: (ops, [z], { scale }) => ops.exp(ops.neg(ops.square(ops.mul(z, scale)))),
  last: torchDefault,
  rates: RATES,
  neurons: 'Gaussian neurons',
};

/** Gaussian activations (Ramasinghe & Lucey 2022). */
export default defineInr<GaussConfig>({
  kind: 'inr',
  name: 'gauss',
  title: 'Gaussian network',
  description: 'Dense layers with Gaussian activations on pixel coordinates (Ramasinghe and Lucey, ECCV 2022).',
  signals: ['image', 'video'],
  config: gaussSchema,
  build: (config, signal) => buildCoordinateNetwork(bells, config, signal),
  infer: (shapes, signal) => inferFromCoordinates(shapes, signal),
  layout: toldLayout,
  unshown: { ...unshown, scale: [30, 10, 20] },
  ofVideosOnly,
});

import { defineInr } from '@xinc/core';
import { configSchema } from './config.js';
import { buildFfn } from './ffn.js';
import { inferConfig } from './infer.js';
import { layoutOf } from './layout.js';

export type { FfnConfig } from './config.js';

const { coordinates, axes, phaseFactor, featureOrder, activation, output } = configSchema.shape;

/** The Fourier feature network of the paper (method §2): one image, 32,971 trainable parameters by default. */
export default defineInr({
  kind: 'inr',
  name: 'ffn',
  title: 'Fourier feature network',
  description: 'A small ReLU network on random Fourier features of the pixel coordinates (Tancik et al. 2020).',
  signals: ['image'],
  config: configSchema,
  fast: { optimizer: 'soap', steps: 250 },
  build: buildFfn,
  infer: inferConfig,
  layout: layoutOf,
  unshown: {
    coordinates: coordinates.unwrap().options,
    axes: axes.unwrap().options,
    phaseFactor: phaseFactor.unwrap().options,
    featureOrder: featureOrder.unwrap().options,
    activation: activation.unwrap().options,
    output: output.unwrap().options,
  },
});

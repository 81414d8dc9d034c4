import { defineInr } from '@xinc/core';
import { ACTIVATION_NAMES } from './activations.js';
import { buildHnerv } from './build.js';
import { type HnervConfig, hnervConfig } from './config.js';
import { findEncoder } from './encoder.js';
import { inferConfig } from './infer.js';

export type { HnervConfig };

/**
 * HNeRV: an INR of a video whose frames are drawn from embeddings, one for each, or of an image as a video of one frame
 * (Chen et al. 2023).
 *
 * @example
 * const config = hnerv.config.parse({ output: 'sigmoid' });
 * const inr = hnerv.build(config, { kind: 'video', frames: 132, height: 640, width: 1280 });
 */
export default defineInr<HnervConfig>({
  kind: 'inr',
  name: 'hnerv',
  title: 'HNeRV',
  description:
    'A convolutional network that draws whole frames from embeddings, one for each frame (Chen et al., CVPR 2023).',
  signals: ['video', 'image'],
  config: hnervConfig,
  build: buildHnerv,
  infer: inferConfig,
  encoder: findEncoder,
  unshown: {
    output: ['tanh', 'sigmoid', 'none', 0.5, 'signed'],
    activation: ACTIVATION_NAMES,
  },
});

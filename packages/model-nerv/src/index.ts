import { defineInr } from '@xinc/core';
import { buildNerv } from './build.js';
import { type NervConfig, nervConfig } from './config.js';
import { inferConfig } from './infer.js';

export type { NervConfig };

/**
 * NeRV: an INR of a video, or of an image as a video of one frame (method §3).
 *
 * @example
 * const config = nerv.config.parse({ strides: '4,2,2', output: 'sigmoid' });
 * const inr = nerv.build(config, { kind: 'video', frames: 30, height: 128, width: 256 });
 */
export default defineInr<NervConfig>({
  kind: 'inr',
  name: 'nerv',
  title: 'NeRV',
  description:
    'A convolutional network that draws whole frames from an encoded frame index (Chen et al., NeurIPS 2021), in the shape the XINC paper explains.',
  signals: ['video', 'image'],
  config: nervConfig,
  fast: { optimizer: 'soap', epochs: 200 },
  build: buildNerv,
  infer: inferConfig,
  unshown: {
    output: ['tanh', 'sigmoid', 0, 0.5],
    activation: ['gelu', 'relu', 'leakyRelu', 'leakyRelu0.1', 'leakyRelu0.2', 'silu', 'sine'],
    encodingBase: [1.25, 2],
    encodingOrder: ['halves', 'pairs'],
  },
});

import { chooseTraining, type SignalShape, type TrainingDefaults } from '@xinc/core';
import { type NervConfig, RATES } from './config.js';

/** Share of the training in which the learning rate rises. */
const WARM_UP = 0.1;
const START = 0.1;

/** Adam with warm-up and cosine decay (method §3), or another optimiser. */
export function trainingDefaults(config: NervConfig, { frames }: SignalShape): TrainingDefaults {
  const { learningRate, batch, epochs } = config;
  return chooseTraining(config, RATES, {
    optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    learningRate,
    schedule: warmUpThenCosine,
    steps: epochs * Math.ceil(frames / batch),
    batch,
  });
}

/** From 0.1 up to 1 at a tenth of the way, then down half a cosine to 0; `progress` in [0, 1]. */
export function warmUpThenCosine(progress: number): number {
  if (progress < WARM_UP) return START + (1 - START) * (progress / WARM_UP);
  return 0.5 * (Math.cos((Math.PI * (progress - WARM_UP)) / (1 - WARM_UP)) + 1);
}

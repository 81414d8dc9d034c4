import { defineInr, type SignalShape } from '@xinc/core';
import { z } from 'zod';
import { type Family, rateSettings, SIREN_RATES, sharedSchema } from './family.js';
import { inferFromCoordinates } from './infer.js';
import { buildCoordinateNetwork } from './network.js';
import { toldLayout } from './told-layout.js';
import { ofVideosOnly, unshown } from './unshown.js';

const FINER_RATES = { adam: 5e-4, soap: 1e-3, muon: 2e-3 };

const omegas = {
  omega: z.coerce.number().positive().default(30).describe('Frequency ω of the hidden layers'),
  firstOmega: z.coerce.number().positive().default(30).describe('Frequency ω of the first layer'),
};
const sirenSchema = sharedSchema.extend(omegas);
type SirenConfig = z.infer<typeof sirenSchema>;
const finerSchema = sharedSchema.extend({
  ...omegas,
  firstBias: z.coerce
    .number()
    .min(0)
    .default(0)
    .describe(
      "Bound of the first layer's biases at the start, which brings more frequencies; 0 takes PyTorch's default",
    ),
  ...rateSettings(FINER_RATES),
  decay: sharedSchema.shape.decay.unwrap().default(0.1).describe(sharedSchema.shape.decay.description!),
});
type FinerConfig = z.infer<typeof finerSchema>;

/** Weights of the first layer U(±1/in), of the others U(±√(6/in)/ω); biases as PyTorch draws them (Sitzmann et al. 2020, §3.2). */
const sineBounds = (position: number, inputs: number, omega: number) => ({
  weightBound: position === 0 ? 1 / inputs : Math.sqrt(6 / inputs) / omega,
  biasBound: 1 / Math.sqrt(inputs),
});

const omegaAt = (position: number, { omega, firstOmega }: SirenConfig) => (position === 0 ? firstOmega : omega);

/** sin(ω·z) */
const sine: Family<SirenConfig> = {
  features: (dimensions) => dimensions,
  hidden: ({ position, inputs, outputs }, config) => [
    { name: `layer${position + 1}`, inputs, outputs, ...sineBounds(position, inputs, config.omega) },
  ],
  activate: (ops, [z], config, position) => ops.sin(ops.mul(z, omegaAt(position, config))),
  last: (inputs, config) => sineBounds(1, inputs, config.omega),
  rates: SIREN_RATES,
  neurons: 'sine neurons',
};

/** sin(ω·(|z| + 1)·z) */
const variableSine: Family<FinerConfig> = {
  ...sine,
  hidden: ({ position, inputs, outputs }, config) => {
    const bounds = sineBounds(position, inputs, config.omega);
    const biasBound = position === 0 && config.firstBias > 0 ? config.firstBias : bounds.biasBound;
    return [{ name: `layer${position + 1}`, inputs, outputs, ...bounds, biasBound }];
  },
  activate: (ops, [z], config, position) =>
    ops.sin(ops.mul(ops.mul(ops.add(ops.abs(z), 1), z), omegaAt(position, config))),
  rates: FINER_RATES,
  neurons: 'neurons of variable frequency',
};

/**
 * SIREN: sines of dense layers on pixel coordinates (Sitzmann et al. 2020). COIN is one of width 28 with ten layers, by-height
 * coordinates and no range of the output (Dupont et al. 2021).
 */
export const siren = defineInr<SirenConfig>({
  kind: 'inr',
  name: 'siren',
  title: 'SIREN',
  description: 'Dense layers with sine activations on pixel coordinates (Sitzmann et al., NeurIPS 2020); COIN is one.',
  signals: ['image', 'video'],
  config: sirenSchema,
  build: (config, signal: SignalShape) => buildCoordinateNetwork(sine, config, signal),
  infer: (shapes, signal) => inferFromCoordinates(shapes, signal),
  layout: toldLayout,
  unshown: { ...unshown, omega: [30, 10, 20, 60], firstOmega: [30, 10, 20, 60] },
  ofVideosOnly,
});

/** FINER: sines whose frequency grows with |z| (Liu et al. 2024). */
export const finer = defineInr<FinerConfig>({
  kind: 'inr',
  name: 'finer',
  title: 'FINER',
  description: 'Dense layers with sines of variable frequency on pixel coordinates (Liu et al., CVPR 2024).',
  signals: ['image', 'video'],
  config: finerSchema,
  build: (config, signal) => buildCoordinateNetwork(variableSine, config, signal),
  infer: (shapes, signal) => inferFromCoordinates(shapes, signal),
  layout: toldLayout,
  unshown: { ...unshown, omega: [30, 10, 20, 60], firstOmega: [30, 10, 20, 60] },
  ofVideosOnly,
});

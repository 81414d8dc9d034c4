import { COORDINATE_RULES, type Ops, type OptimizerRates, optimizerSettings } from '@xinc/core';
import { z } from 'zod';

/** Settings of a family's learning rates. */
export const rateSettings = (rates: OptimizerRates) => ({
  learningRate: z.coerce.number().positive().max(1).default(rates.adam).describe("Adam's learning rate"),
  ...optimizerSettings(rates),
});

/** Those of SIREN: SOAP's and Muon's of short trials, those of SOAP and the remark for the default width (method §6.3). */
export const SIREN_RATES: OptimizerRates = {
  adam: 1e-4,
  soap: 1e-3,
  muon: 1e-2,
  tried: ['soap', 'muon'],
  small: true,
  fasterAdam: { rate: 1e-3, than: ['soap', 'muon'] },
};

/** Settings that every family has. */
export const sharedSchema = z.object({
  width: z.coerce.number().int().min(1).max(4096).default(256).describe('Neurons of each hidden layer'),
  layers: z.coerce.number().int().min(2).max(64).default(5).describe('Dense layers, the output layer included'),
  coordinates: z
    .enum(COORDINATE_RULES)
    .default('linspace')
    .describe(
      'Where pixel i of n lies on an axis: linspace 2i/(n − 1) − 1, by-height 2i/(H − 1) − 1 on every axis (COIN); others as the model ffn has them',
    ),
  axes: z.enum(['yx', 'xy']).default('yx').describe('Order of the coordinates: yx (row, column) or xy (column, row)'),
  time: z
    .enum(['first', 'last'])
    .default('first')
    .describe("Of a video: whether the frame's coordinate comes before or after them"),
  output: z
    .enum(['signed', 'none', 'half', 'sigmoid', 'tanh'])
    .default('signed')
    .describe(
      'From the last layer to the picture: signed (z·0.5 + 0.5), none (as it is), half (z + 0.5), sigmoid, or tanh (tanh(z)·0.5 + 0.5)',
    ),
  ...rateSettings(SIREN_RATES),
  decay: z.coerce
    .number()
    .positive()
    .max(1)
    .default(1)
    .describe('What the learning rate is multiplied by until the last step, evenly on a logarithmic scale'),
  batch: z.coerce
    .number()
    .int()
    .min(1)
    .default(65_536)
    .describe('Pixels per step: all of a smaller picture, a random choice from a larger one'),
  steps: z.coerce.number().int().min(1).default(1000).describe('Training steps'),
});

export type SharedConfig = z.infer<typeof sharedSchema>;

/** A weight and its bias, as a layer has them: one pair, or two where two products make an activation. */
export interface Dense {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Weights are drawn from U(−bound, bound); of complex ones both parts. */
  readonly weightBound: number;
  readonly biasBound: number;
  /**
   * Weights and biases are complex. What such a product reads and gives has the real parts of all units first, then their
   * imaginary parts: [P, 2·inputs] → [P, 2·outputs], or [P, outputs] where only the real part goes on.
   */
  readonly complex?: 'both parts' | 'real part';
}

/** What makes a family of coordinate networks: its first features, its dense layers and what follows them. */
export interface Family<C extends SharedConfig> {
  /** Features of `dimensions` coordinates. */
  features(dimensions: number, config: C): number;
  /** Coordinates [P, dimensions] → the features [P, `features`] that the first layer reads. */
  encode?<T>(ops: Ops<T>, coordinates: T, config: C): T;
  /** Parameters of the hidden layer at `position`, 0 for the first. */
  hidden(layer: { readonly position: number; readonly inputs: number; readonly outputs: number }, config: C): Dense[];
  /** The layer's outputs from those products, in the order of `hidden`. */
  activate<T>(ops: Ops<T>, products: readonly T[], config: C, position: number): T;
  /** The last layer's bounds, and whether it is complex. */
  last(inputs: number, config: C): Pick<Dense, 'weightBound' | 'biasBound' | 'complex'>;
  /** What published layers keep beside their weights and `infer` reads: `omega_0`. */
  readonly stated?: readonly string[];
  /** Learning rates: Adam's is the published one. */
  readonly rates: OptimizerRates;
  /** For people: "sine neurons". */
  readonly neurons: string;
}

/** PyTorch's default for a linear layer: weights and biases U(±1/√fan_in). */
export function torchDefault(inputs: number): { readonly weightBound: number; readonly biasBound: number } {
  const bound = 1 / Math.sqrt(inputs);
  return { weightBound: bound, biasBound: bound };
}

import { type OptimizerRates, optimizerSettings } from '@xinc/core';
import { z } from 'zod';
import { GRID_RULES, INTERPOLATION_NAMES } from './levels.js';

/** Learning rates: Adam's is the published one, those of the others are of short trials, in which Adam reached more (method §6.3). */
export const RATES: OptimizerRates = {
  adam: 1e-2,
  soap: 1e-1,
  muon: 3e-1,
  tried: ['soap', 'muon'],
  small: true,
  fasterAdam: { rate: 3e-2, than: ['soap', 'muon'] },
};

/** The most rows that all tables have together: float32 holds their numbers exactly. */
export const MOST_ENTRIES = 2 ** 24;
export const MOST_LEVELS = 32;
export const MOST_LAYERS = 16;

export const configSchema = z.object({
  levels: z.coerce.number().int().min(1).max(MOST_LEVELS).default(8).describe('Grids, from coarse to fine'),
  features: z.coerce.number().int().min(1).max(8).default(2).describe('Values of each place of a grid'),
  tableSize: z.coerce
    .number()
    .int()
    .min(16)
    .max(2 ** 22)
    .default(2 ** 13)
    .describe('Rows of the table of a grid, at most: places of finer grids share rows by their hash'),
  baseResolution: z.coerce
    .number()
    .int()
    .min(2)
    .max(4096)
    .default(16)
    .describe('Cells along a side of the coarsest grid'),
  growth: z.coerce
    .number()
    .min(1)
    .max(4)
    .default(1.5)
    .describe('How many times finer each grid is than the one before'),
  grid: z
    .enum(GRID_RULES)
    .default('instant-ngp')
    .describe(
      'Where places of a grid lie and which row each has: as tiny-cuda-nn (instant-ngp), torch-ngp (torch-ngp-corners with align_corners=True) or HashNeRF-pytorch (hashnerf) compute it',
    ),
  interpolation: z
    .enum(INTERPOLATION_NAMES)
    .default('linear')
    .describe('How features between places are made of those at the four around: linear, or smoothstep'),
  tables: z
    .enum(['joined', 'separate'])
    .default('joined')
    .describe('How the tables of the grids are kept: joined in one parameter, or one each'),
  width: z.coerce.number().int().min(1).max(1024).default(64).describe('Neurons of each hidden layer'),
  layers: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_LAYERS)
    .default(3)
    .describe('Dense layers behind the grids, the output layer included'),
  activation: z
    .enum(['relu', 'leakyRelu', 'gelu', 'silu', 'sine', 'tanh', 'sigmoid'])
    .default('relu')
    .describe('Activation of the hidden layers; leakyRelu has slope 0.01'),
  coordinates: z
    .enum(['unit-centres', 'unit', 'unit-linspace'])
    .default('unit-centres')
    .describe('Where pixel i of n lies on an axis: unit-centres (i + ½)/n, unit i/n, unit-linspace i/(n − 1)'),
  axes: z.enum(['xy', 'yx']).default('xy').describe('Order of the coordinates: xy (column, row) or yx (row, column)'),
  output: z
    .enum(['none', 'sigmoid', 'half', 'signed', 'tanh'])
    .default('none')
    .describe(
      'From the last layer to the picture: none (as it is), sigmoid, half (z + 0.5), signed (z·0.5 + 0.5), or tanh (tanh(z)·0.5 + 0.5)',
    ),
  learningRate: z.coerce.number().positive().max(1).default(RATES.adam).describe("Adam's learning rate"),
  ...optimizerSettings(RATES),
  batch: z.coerce
    .number()
    .int()
    .min(1)
    .default(65_536)
    .describe('Pixels per step: all of a smaller picture, a random choice from a larger one'),
  steps: z.coerce.number().int().min(1).default(1000).describe('Training steps'),
});

export type HashGridConfig = z.infer<typeof configSchema>;

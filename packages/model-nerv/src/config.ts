import { type OptimizerRates, optimizerSettings } from '@xinc/core';
import { z } from 'zod';
import { listFromText, numberFromText } from './text-values.js';

const number = <T extends z.ZodType>(schema: T) => z.preprocess(numberFromText, schema);
const list = <T extends z.ZodType>(schema: T) => z.preprocess(listFromText, schema);
const count = z.int().min(1);

/** Learning rates: the published one of Adam, those of the others tried on a clip of 128×256 (method §6.3). */
export const RATES: OptimizerRates = { adam: 1e-3, soap: 1e-2, muon: 1e-2, tried: ['soap', 'muon'] };

/** Blocks at most; each upsamples, so that a picture has room for far fewer. */
const MOST_LAYERS = 64;

/**
 * The configuration of a NeRV; the defaults are the paper's network and training (method §3). Every field takes its value
 * as text too.
 */
export const nervConfig = z.strictObject({
  parameters: number(z.number().positive())
    .default(1.0e6)
    .describe('Parameter budget that the width D is solved from, where neither width nor widths is given'),
  width: number(count)
    .optional()
    .describe("Channels D of the stem, in place of the budget's; by default solved from it"),
  widths: list(z.array(count).min(2).max(MOST_LAYERS))
    .optional()
    .describe(
      'Channels of the stem and of each block (37,31,26,22), in place of the budget, width and reduction; by default computed',
    ),
  strides: list(z.array(count).min(1).max(MOST_LAYERS))
    .default([4, 2, 2])
    .describe("Upsampling factor of each block; the picture's height and width are multiples of their product"),
  kernelSize: list(
    z
      .array(z.union([z.literal(1), z.literal(3), z.literal(5)]))
      .min(1)
      .max(MOST_LAYERS),
  )
    .default([3])
    .describe("Side of the kernels: 1, 3 or 5 for all convolutions, or a list of one per block and, last, the head's"),
  reduction: number(z.number().positive())
    .default(1.2)
    .describe("Each block's channels are those before it ÷ this, rounded"),
  minimumWidth: number(count).default(6).describe('No block has fewer channels'),
  activation: z
    .enum(['gelu', 'relu', 'leakyRelu', 'leakyRelu0.1', 'leakyRelu0.2', 'silu', 'sine'])
    .default('gelu')
    .describe('Activation of the stem and the blocks; leakyRelu has slope 0.01'),
  encodingLevels: number(count).default(80).describe("Frequencies of the frame index's encoding"),
  encodingBase: number(z.number().positive()).default(1.25).describe('Ratio of one frequency to the one before'),
  encodingOrder: z
    .enum(['halves', 'pairs'])
    .default('halves')
    .describe("All sines, then all cosines (HNeRV's code), or a sine and a cosine per frequency (NeRV's first code)"),
  stemWidths: list(z.array(count).max(MOST_LAYERS))
    .default([])
    .describe('Neurons of dense layers between the encoding and the stem; none by default'),
  output: number(
    z.union([z.enum(['tanh', 'sigmoid']), z.number()], { error: 'expected tanh, sigmoid or a number to add' }),
  )
    .default('tanh')
    .describe(
      'From the head to the picture: tanh (tanh(x)·0.5 + 0.5), sigmoid, or a number that is added (0: as it is)',
    ),
  learningRate: number(z.number().positive())
    .default(RATES.adam)
    .describe("Adam's learning rate at the peak of the schedule"),
  ...optimizerSettings(RATES),
  batch: number(count).default(2).describe('Frames per step'),
  epochs: number(count).default(1000).describe('Passes over the frames: steps = epochs · ⌈frames / batch⌉'),
});

export type NervConfig = z.output<typeof nervConfig>;

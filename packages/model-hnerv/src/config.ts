import { type OptimizerRates, optimizerSettings, parseFrameList } from '@xinc/core';
import { z } from 'zod';
import { ACTIVATION_NAMES } from './activations.js';

/** Learning rates: the published one of Adam, those of the others are of short trials with two sizes of network (method §6.3). */
export const RATES: OptimizerRates = { adam: 1e-3, soap: 1e-2, muon: 1e-1, tried: ['soap', 'muon'], small: true };

const count = z.int().min(1);
/** Blocks at most; each upsamples, so that a picture has room for far fewer. */
const MOST_LAYERS = 64;
const kernelSize = z.union([z.literal(1), z.literal(3), z.literal(5), z.literal(7)]);

/**
 * The configuration of an HNeRV; defaults are those that its authors' repository gives for the video "bunny" at 1.5 million
 * parameters (Chen et al. 2023).
 */
export const hnervConfig = z.strictObject({
  parameters: z
    .number()
    .positive()
    .default(1.5e6)
    .describe(
      'Budget of parameters, embeddings included, that the width is solved from, where neither width nor widths is given',
    ),
  width: count.optional().describe("Channels of the stem, in place of the budget's; by default solved from it"),
  widths: z
    .array(count)
    .min(2)
    .max(MOST_LAYERS)
    .optional()
    .describe(
      'Channels of the stem and of each block, in place of the budget, width and reduction; by default computed',
    ),
  strides: z
    .array(count)
    .min(1)
    .max(MOST_LAYERS)
    .optional()
    .describe(
      "Upsampling factor of each block; the picture's height and width are multiples of their product. By default 5,4,4,2,2 where the picture is such a multiple, or the first of other lists that is",
    ),
  smallestKernel: kernelSize
    .default(1)
    .describe("Side of the first block's kernels; each next block's is larger by 2, up to largestKernel"),
  largestKernel: kernelSize
    .default(5)
    .describe('Side of the largest kernels of the blocks; the head has kernels of 3×3'),
  kernelSizes: z
    .array(kernelSize)
    .min(2)
    .max(MOST_LAYERS)
    .optional()
    .describe("Side of each block's kernels and, last, of the head's, in place of smallestKernel and largestKernel"),
  reduction: z.number().positive().default(1.2).describe("Each block's channels are those before it ÷ this, rounded"),
  minimumWidth: count.default(12).describe('No block has fewer channels'),
  embeddingChannels: count.default(16).describe("Channels of each frame's embedding"),
  embeddings: count.optional().describe('How many embeddings there are; by default as many as the signal has frames'),
  at: z
    .preprocess(
      (value, context) => {
        if (typeof value !== 'string' && typeof value !== 'number') return value;
        const read = parseFrameList(String(value));
        if (typeof read !== 'string') return read;
        context.addIssue({ code: 'custom', message: read });
        return z.NEVER;
      },
      z.object({ frames: z.array(z.int().min(0)).min(1), of: count.nullable() }),
    )
    .optional()
    .describe(
      "Which embeddings the signal's frames are drawn from, counted from 0: 0,44,88 or 10:20; by default all, in order",
    ),
  stemScale: count.default(1).describe('How many times as high and wide as an embedding the stem makes it'),
  activation: z
    .enum(ACTIVATION_NAMES)
    .default('gelu')
    .describe('Activation of the stem and the blocks; leakyRelu has slope 0.01'),
  output: z
    .union([z.enum(['tanh', 'sigmoid', 'none', 'signed']), z.number()], {
      error: 'expected tanh, sigmoid, none, signed or a number to add',
    })
    .default('tanh')
    .describe(
      'From the head to the picture: tanh (tanh(x)·0.5 + 0.5), sigmoid, none (as it is, also for networks whose picture is clamped to 0 … 1), signed (x·0.5 + 0.5), or a number that is added',
    ),
  learningRate: z.number().positive().default(RATES.adam).describe("Adam's learning rate at the peak of the schedule"),
  ...optimizerSettings(RATES),
  batch: count.default(2).describe('Frames per step'),
  epochs: count
    .optional()
    .describe('Passes over the frames: steps = epochs · ⌈frames / batch⌉; by default 300 of a video, 1000 of an image'),
});

export type HnervConfig = z.output<typeof hnervConfig>;

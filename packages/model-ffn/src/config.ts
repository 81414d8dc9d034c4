import { type OptimizerRates, optimizerSettings } from '@xinc/core';
import { z } from 'zod';

/**
 * Learning rates: the published one of Adam, those of the others measured on pictures of 128×256. With a picture so small that the network holds it
 * Adam at 0.01 reaches more than SOAP, and not at 64×128 (method §6.3), so that this is no remark on a training by SOAP.
 */
export const RATES: OptimizerRates = { adam: 9e-4, soap: 2e-2, muon: 2e-2, tried: ['soap', 'muon'] };

/** What can be set; the defaults are the paper's network. */
export const configSchema = z.object({
  width: z.coerce.number().int().min(1).max(4096).default(104).describe('Neurons of each hidden layer'),
  layers: z.coerce.number().int().min(1).max(32).default(3).describe('Dense layers, the output layer included'),
  widths: z
    .preprocess(listFromText, z.array(z.coerce.number().int().min(1).max(4096)).min(1).max(31))
    .optional()
    .describe('Neurons of each hidden layer where they differ (256,128,64), in place of width and layers'),
  fourierFeatures: z.coerce
    .number()
    .int()
    .min(1)
    .max(4096)
    .default(104)
    .describe('Random frequencies; each gives a sine and a cosine'),
  fourierScale: z.coerce
    .number()
    .positive()
    .max(1e4)
    .default(10)
    .describe('Standard deviation of the frequencies, in cycles over half the larger side'),
  phaseFactor: z
    .enum(['2pi', 'pi', '1'])
    .default('2pi')
    .describe('What frequencies times coordinates are multiplied by before sine and cosine'),
  featureOrder: z
    .enum(['sines-first', 'cosines-first', 'pairs'])
    .default('sines-first')
    .describe('All sines, then all cosines; the other way round; or a sine and a cosine per frequency'),
  coordinates: z
    .enum(['longest', 'linspace', 'centres', 'unit', 'unit-linspace', 'unit-centres'])
    .default('longest')
    .describe(
      'Where pixel i of n lies on an axis: longest 2i/(max(H, W) − 1) − 1, which keeps proportions; linspace 2i/(n − 1) − 1; centres (2i + 1)/n − 1; unit i/n; unit-linspace i/(n − 1); unit-centres (i + ½)/n',
    ),
  axes: z.enum(['yx', 'xy']).default('yx').describe('Order of the coordinates: yx (row, column) or xy (column, row)'),
  activation: z
    .enum(['relu', 'leakyRelu', 'leakyRelu0.1', 'leakyRelu0.2', 'gelu', 'silu', 'sine', 'tanh'])
    .default('relu')
    .describe('Activation of the hidden layers; leakyRelu has slope 0.01'),
  output: z
    .enum(['none', 'sigmoid', 'tanh', 'signed'])
    .default('none')
    .describe(
      'From the last layer to the picture: none (as it is), sigmoid, tanh (tanh(z)·0.5 + 0.5), or signed (z·0.5 + 0.5)',
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

/** `"256,128"` → ['256', '128']; what is no text stays as it is, for the schema to refuse. */
function listFromText(value: unknown): unknown {
  if (typeof value === 'number') return [value];
  return typeof value === 'string' ? value.replace(/^\s*\[|\]\s*$/g, '').split(',') : value;
}

export type FfnConfig = z.infer<typeof configSchema>;

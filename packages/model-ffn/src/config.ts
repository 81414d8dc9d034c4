import { z } from 'zod';

/** What can be set (`--set key=value`); the defaults are the paper's network. */
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
  learningRate: z.coerce.number().positive().max(1).default(9e-4).describe("Adam's learning rate"),
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

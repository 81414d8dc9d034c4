import { COORDINATE_RULES, parseFrameList } from '@xinc/core';
import { z } from 'zod';

const extents = z
  .array(
    z
      .number()
      .int()
      .min(0)
      .max(2 ** 31),
  )
  .max(16);
const numbersInFile = z.object({
  shape: extents,
  values: z.array(z.number()).max(100_000),
  floats: z.boolean().optional(),
});
const attribute = z.union([z.number(), z.string().max(10_000), z.array(z.number()).max(100_000), numbersInFile]);

/** What `xinc import` reads from a file; nobody types it. */
const graph = z.object({
  opset: z.number().int(),
  inputs: z.array(z.object({ name: z.string(), shape: z.array(z.number().int().min(1).nullable()).max(16) })).max(64),
  output: z.string(),
  whole: z.array(z.string()).max(100_000).optional(),
  nodes: z
    .array(
      z.object({
        name: z.string(),
        op: z.string(),
        inputs: z.array(z.string()).max(10_000),
        outputs: z.array(z.string()).max(10_000),
        attributes: z.record(z.string(), attribute),
      }),
    )
    .max(100_000),
  constants: z.record(z.string(), numbersInFile),
});

const pairFromText = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/^\s*\[|\]\s*$/g, '').split(/[:,]/) : value;

/** Shapes by name. */
const shapes = z.record(z.string(), extents);

export const configSchema = z.object({
  network: z
    .object({ graph, weights: shapes, arrays: shapes })
    .nullable()
    .default(null)
    .describe('What the network computes, and the shapes of its weights and inputs, as xinc import reads them'),
  coordinates: z
    .enum(COORDINATE_RULES)
    .default('linspace')
    .describe('Where pixel i of n lies on an axis, for a network of coordinates; as the setting of ffn'),
  axes: z.enum(['yx', 'xy']).default('xy').describe('Order of the coordinates: yx (row, column) or xy (column, row)'),
  range: z
    .preprocess(pairFromText, z.tuple([z.coerce.number(), z.coerce.number()]))
    .refine(([low, high]) => low < high, 'has to go upwards')
    .default([0, 1])
    .describe('What the network calls black and white: 0:1, or -1:1'),
  at: z
    .preprocess((value, context) => {
      if (typeof value !== 'string') return value;
      const read = parseFrameList(value);
      if (typeof read !== 'string') return read;
      context.addIssue({ code: 'custom', message: read });
      return z.NEVER;
    }, z.object({ frames: z.array(z.number().int().min(0)).min(1), of: z.number().int().min(1).nullable() }).nullable())
    .default(null)
    .describe("Which frames of the network the signal's frames are, and of how many: 10:20, 0,7,9, 10:20/100"),
});

export type OnnxConfig = z.infer<typeof configSchema>;
/** A file's network, as it is kept in run.json. */
export type StoredNetwork = NonNullable<OnnxConfig['network']>;

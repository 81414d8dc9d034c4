import { jsonNumber } from '@xinc/core/formats';
import { z } from 'zod';
import { listOf } from './stored-json.js';

/**
 * Version of the run directory's layout; a run of a newer one is refused. The first wrote `null` for a PSNR that is not
 * finite, whether the picture was exact or held NaN.
 */
export const RUN_SCHEMA = 2;

const pluginSchema = z.object({ name: z.string(), package: z.string(), version: z.string() });
const count = z.number().int().nonnegative();

/** Characters of a model's settings as JSON; a network of a file keeps its program among them, some 150 for each node. */
const MOST_SETTINGS = 4_000_000;
const configSchema = z
  .record(z.string(), z.unknown())
  .refine((config) => JSON.stringify(config).length <= MOST_SETTINGS, 'these are too many settings for a model');

/** run.json: what was done, with what, and how well it went. */
export const manifestSchema = z.object({
  schema: z.literal(RUN_SCHEMA),
  /** Version of XINC that made the run. */
  xinc: z.string(),
  created: z.iso.datetime(),
  signal: z.object({
    kind: z.enum(['image', 'video']),
    frames: count.min(1),
    height: count.min(1),
    width: count.min(1),
    source: z.object({
      path: z.string(),
      sha256: z.string(),
      originalHeight: count,
      originalWidth: count,
      notes: listOf(z.string()),
      frameRate: z.number().positive().optional(),
    }),
    /** Whether the user gave labels (`signal/labels/annotation`). */
    labelled: z.boolean(),
  }),
  model: pluginSchema.extend({ config: configSchema, parameters: count }),
  seed: count,
  training: z
    .object({
      steps: count,
      learningRate: z.number(),
      batch: count,
      /** PSNR of the whole signal at which training ends before all steps are done, dB. */
      untilPsnr: z.number().positive().optional(),
      engine: z.string(),
      /** Steps completed so far; of a finished run fewer than `steps` where `untilPsnr` was reached. */
      step: count,
      /** Spent on them. */
      seconds: z.number(),
    })
    .optional(),
  /** The checkpoint that the weights come from, if they were not trained here, and where in it they lay, of several. */
  imported: z
    .object({ path: z.string(), sha256: z.string(), format: z.string(), key: z.string().optional() })
    .optional(),
  /** What the finished network is worth: its clamped reconstruction against the signal. */
  metrics: z
    .object({
      /** dB, the mean over the frames that are not exact: ∞ where all are, NaN where a frame has NaN. */
      psnr: jsonNumber,
      /** PSNR of each frame, dB: ∞ for an exact one, NaN where a pixel is NaN. */
      framePsnr: listOf(jsonNumber),
      /** Pixels of each frame that are NaN; absent where none is. */
      nanPixels: listOf(count).optional(),
    })
    .optional(),
});

export type RunManifest = z.infer<typeof manifestSchema>;

/** The run.json of a former schema as this one has it: metrics that do not say what they mean are measured again. */
export function inPresentSchema(value: object): object {
  if ((value as { schema?: unknown }).schema !== 1) return value;
  const { metrics, ...rest } = value as { metrics?: { psnr?: unknown; framePsnr?: unknown } | null };
  const unclear = [metrics?.psnr, metrics?.framePsnr].flat().includes(null);
  return { ...rest, schema: RUN_SCHEMA, ...(metrics !== undefined && !unclear && { metrics }) };
}

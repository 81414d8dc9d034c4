import { XincError } from '@xinc/core';
import { parseCrop, parseFrameRange, parseMatrix, parseSize, parseVoidValues } from '@xinc/signals';
import { z } from 'zod';

/** Version of study.yaml. */
export const STUDY_SCHEMA = 1;

/** Signals, networks, seeds that a study has at most: each of them makes runs with all of the others. */
const MOST_OF_EACH = 100_000;

/** Part of a file's name on every system. */
const nameSchema = z
  .string()
  .max(80)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]*$/, 'a name has letters, digits, - and _, and does not begin with -');

const count = z.number().int().nonnegative();

/** A text that is read by a function of `@xinc/signals`, whose reason is given where it cannot be read. */
const readBy = (read: (text: string) => unknown) =>
  z.coerce.string().superRefine((text, context) => {
    try {
      read(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });

const signalSchema = z.strictObject({
  name: nameSchema,
  /** An image, a video or a folder of frames; relative to the folder of study.yaml. */
  path: z.string().min(1),
  /** Its annotation; relative to that folder, too. */
  labels: z.string().min(1).optional(),
});

/** dB. */
const psnrSchema = z.number().positive();

const settingsSchema = z.record(z.string(), z.unknown());

const networkSchema = z.strictObject({
  name: nameSchema,
  /** The plugin's name. */
  model: z.string().min(1),
  settings: settingsSchema.optional(),
  /** Training steps of this network, in place of those of all. */
  steps: count.min(1).optional(),
  /** PSNR at which trainings of this network end, in place of that of all; or that of each signal, by its name. */
  untilPsnr: z.union([psnrSchema, z.record(z.string(), psnrSchema)]).optional(),
});

/** study.yaml. Options of the picture, the labels and the analyses mean what they do for one run. */
const manifestSchema = z.strictObject({
  schema: z.literal(STUDY_SCHEMA),
  signals: z.array(signalSchema).min(1).max(MOST_OF_EACH),
  networks: z.array(networkSchema).min(1).max(MOST_OF_EACH),
  seeds: z
    .array(count.max(2 ** 31 - 1))
    .min(1)
    .max(MOST_OF_EACH),
  /** Frames that a network of videos takes. */
  frames: readBy(parseFrameRange).optional(),
  /** The frame of a video that a network of images takes; the first, unless given. */
  imageFrame: count.optional(),
  size: readBy(parseSize).optional(),
  crop: readBy(parseCrop).optional(),
  matrix: readBy(parseMatrix).optional(),
  deinterlace: z.boolean().optional(),
  void: readBy(parseVoidValues).optional(),
  labelsOrientation: z.enum(['stored', 'shown']).optional(),
  /** Training steps; each network's own, unless given. */
  steps: count.min(1).optional(),
  /** PSNR of the whole signal at which trainings end before all steps are done, dB. */
  untilPsnr: psnrSchema.optional(),
  /** Names of analyses; all there are, unless given. */
  analyses: z.array(z.string().min(1)).min(1).optional(),
  /** Settings by analysis. */
  analysisSettings: z.record(z.string(), settingsSchema).optional(),
  groupings: z.array(z.string().min(1)).min(1).optional(),
  preset: z.string().min(1).optional(),
});

export type StudyManifest = Readonly<z.infer<typeof manifestSchema>>;
export type StudySignal = StudyManifest['signals'][number];
export type StudyNetwork = StudyManifest['networks'][number];

/**
 * The contents of a study.yaml, checked.
 * @param file as messages call it
 * @throws XincError `invalid-file` saying where and what is wrong, `unsupported` for one of a newer version
 */
export function checkManifest(value: unknown, file: string): StudyManifest {
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (typeof schema === 'number' && schema > STUDY_SCHEMA) {
    throw new XincError('unsupported', `${file} has schema ${schema}, and this version of XINC knows ${STUDY_SCHEMA}`, {
      subject: file,
      hint: 'Use a newer version of XINC for this study.',
    });
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new XincError('invalid-file', `${file}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`, {
      subject: file,
    });
  }
  for (const key of ['signals', 'networks'] as const) {
    // Without regard to case: file systems of Windows and macOS have none.
    const twice = repeated(parsed.data[key].map(({ name }) => name.toLowerCase()));
    if (twice === undefined) continue;
    throw new XincError('invalid-file', `${file}: two ${key} are called '${twice}'`, {
      subject: file,
      hint: 'Their runs would have the same names: give one of them another.',
    });
  }
  checkTargets(parsed.data, file);
  const seed = repeated(parsed.data.seeds);
  if (seed === undefined) return parsed.data;
  throw new XincError('invalid-file', `${file}: the seed ${seed} is there twice`, { subject: file });
}

/** A network that has a PSNR for each signal has one for all of them and for no other. */
function checkTargets({ signals, networks }: StudyManifest, file: string): void {
  for (const { name, untilPsnr } of networks) {
    if (typeof untilPsnr !== 'object') continue;
    const names = signals.map((signal) => signal.name);
    const unknown = Object.keys(untilPsnr).find((key) => !names.includes(key));
    const without = names.find((key) => !Object.hasOwn(untilPsnr, key));
    if (unknown === undefined && without === undefined) continue;
    const problem =
      unknown === undefined ? `has none for the signal '${without}'` : `names '${unknown}', which is no signal`;
    throw new XincError('invalid-file', `${file}: untilPsnr of the network '${name}' ${problem}`, {
      subject: file,
      hint: 'Give one PSNR for all signals, or one for each by its name.',
    });
  }
}

/** The PSNR at which the training of a network on a signal ends, dB; `undefined` where all steps are done. */
export function targetOf(
  { untilPsnr: ofAll }: Pick<StudyManifest, 'untilPsnr'>,
  { untilPsnr = ofAll }: StudyNetwork,
  signal: StudySignal,
): number | undefined {
  return typeof untilPsnr === 'object' ? untilPsnr[signal.name] : untilPsnr;
}

/** The first that is there before. */
function repeated<T>(values: readonly T[]): T | undefined {
  const seen = new Set<T>();
  return values.find((value) => seen.size === seen.add(value).size);
}

import { sep } from 'node:path';
import { type Inr, sizeOf, XincError } from '@xinc/core';
import type { RegisteredPlugin } from '@xinc/core/node';
import type { SignalLabels, SourceSignal } from '@xinc/signals';
import { z } from 'zod';
import { RUN_FILES } from '../folder/files.js';
import { RUN_SCHEMA, type RunManifest } from '../folder/manifest.js';
import { Run } from '../folder/run.js';
import { listOf } from '../folder/stored-json.js';
import { readStored } from '../stored/read-stored.js';
import { storedLabels, storeLabels, storeSignal } from '../stored/stored-signal.js';
import { VERSION } from '../version.js';
import type { Work } from '../work.js';

/** What a run is made of. */
export interface Input {
  readonly signal: SourceSignal;
  /** The user's annotation, where one was given. */
  readonly labels: SignalLabels | null;
}

/** What a run is made with. */
export interface RunPlan {
  readonly out: string;
  readonly input: Input;
  readonly model: RegisteredPlugin<'inr'>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inr: Inr;
  readonly seed: number;
  readonly training?: {
    readonly steps: number;
    readonly learningRate: number;
    readonly batch: number;
    /** PSNR at which training ends before all steps are done, dB. */
    readonly untilPsnr?: number;
  };
  readonly imported?: NonNullable<RunManifest['imported']>;
}

/** Name under which the user's labels are stored. */
export const ANNOTATION = 'annotation';
/** What was noticed about them, such as the instances that resizing lost: a list of texts. */
const ANNOTATION_NOTES = RUN_FILES.labelNotes(ANNOTATION);

/**
 * Makes the run, or opens the one that is there if it was made in the same way.
 * @throws XincError `conflict` saying what differs
 */
export async function prepareRun(plan: RunPlan, engine: string, work: Work = {}): Promise<Run> {
  if (await Run.exists(plan.out)) {
    const run = await Run.open(plan.out);
    checkSame(run, plan, work);
    await checkSameLabels(run, plan.input);
    // All of it is there, unless the command was killed while it stored it.
    await run.exclusively(() => storeInput(run, plan.input, work));
    return run;
  }
  return createRun(plan, engine, work);
}

/** Whether a folder holds a run that labels were given to. */
export async function isLabelled(path: string): Promise<boolean> {
  return (await Run.exists(path)) && (await Run.open(path)).manifest.signal.labelled;
}

/** Whether a folder holds a run whose network has its weights. */
export async function isTrained(path: string): Promise<boolean> {
  return (await Run.exists(path)) && (await Run.open(path)).has(RUN_FILES.weights);
}

async function createRun(plan: RunPlan, engine: string, work: Work): Promise<Run> {
  const { input, model, inr, training } = plan;
  const { source, shape } = input.signal;
  const manifest: RunManifest = {
    schema: RUN_SCHEMA,
    xinc: VERSION,
    created: new Date().toISOString(),
    signal: { ...shape, source: { ...source, notes: [...source.notes] }, labelled: input.labels !== null },
    model: {
      name: model.plugin.name,
      package: model.origin.package,
      version: model.origin.version,
      config: { ...plan.config },
      parameters: parameterCount(inr),
    },
    seed: plan.seed,
    ...(training && { training: { ...training, engine, step: 0, seconds: 0 } }),
    ...(plan.imported && { imported: plan.imported }),
  };
  return Run.create(plan.out, manifest, (run) => storeInput(run, input, work));
}

async function storeInput(run: Run, input: Input, work: Work): Promise<void> {
  await storeSignal(run, input.signal, work);
  await storeAnnotation(run, input);
}

async function storeAnnotation(run: Run, { labels }: Input): Promise<void> {
  if (!labels) return;
  for (const [frame, map] of labels.frames.entries()) await storeLabels(run, ANNOTATION, frame, map);
  await run.write(ANNOTATION_NOTES, `${JSON.stringify(labels.notes, undefined, 2)}\n`);
  if (!run.manifest.signal.labelled) await run.update({ signal: { ...run.manifest.signal, labelled: true } });
}

/**
 * What was assumed and noticed on reading the signal and the user's labels.
 * @throws XincError `invalid-file`
 */
export async function inputNotes(run: Run): Promise<string[]> {
  const hint = 'Repeat the command that gave the labels to write it anew.';
  const ofLabels = (await readStored(run, ANNOTATION_NOTES, listOf(z.string()), hint)) ?? [];
  return [...run.manifest.signal.source.notes, ...ofLabels.map((note) => `labels: ${note}`)];
}

/** Numbers that are trained. */
function parameterCount(inr: Inr): number {
  return inr.parameters.reduce((sum, { shape, trainable }) => sum + (trainable ? sizeOf(shape) : 0), 0);
}

/** @param work whose `word` says how the texts of runs that earlier versions made were stored */
function checkSame(run: Run, plan: RunPlan, { word = (text) => text }: Work): void {
  const { manifest } = run;
  const { shape, source } = plan.input.signal;
  const extent = ({ frames, height, width }: { frames: number; height: number; width: number }) =>
    `${frames > 1 ? `${frames} frames of ` : ''}${height}×${width}`;
  const compared: [what: string, there: unknown, asked: unknown][] = [
    ['the signal’s contents (SHA-256)', manifest.signal.source.sha256.slice(0, 12), source.sha256.slice(0, 12)],
    ['the size', extent(manifest.signal), extent(shape)],
    ['the framing', word(manifest.signal.source.notes.join('; ')), word(source.notes.join('; '))],
    ['the model', manifest.model.name, plan.model.plugin.name],
    ...settingsOf(withDefaults(manifest.model.config, plan.model), plan.config),
    ['the seed', manifest.seed, plan.seed],
    ['the number of steps', manifest.training?.steps, plan.training?.steps],
    ['the learning rate', manifest.training?.learningRate, plan.training?.learningRate],
    ['the PSNR that ends training', manifest.training?.untilPsnr, plan.training?.untilPsnr],
    ['the batch', manifest.training?.batch, plan.training?.batch],
    ['the checkpoint', manifest.imported?.sha256, plan.imported?.sha256],
    ['the network in the checkpoint', manifest.imported?.key, plan.imported?.key],
  ];
  const difference = compared.find(([, there, asked]) => there !== asked);
  if (!difference) return;
  const [what, there, asked] = difference;
  const show = (value: unknown) => (value === undefined || value === '' ? 'none' : value);
  throw new XincError(
    'conflict',
    `${run.path} holds another run: ${what} is ${show(there)} there, ${show(asked)} here`,
    {
      subject: run.path,
      hint: 'Choose another `out`, or repeat what made it to go on with it.',
    },
  );
}

/** A run's settings, with the defaults of those that its model did not have when it was made. */
function withDefaults(
  config: Readonly<Record<string, unknown>>,
  { plugin }: RegisteredPlugin<'inr'>,
): Readonly<Record<string, unknown>> {
  const parsed = plugin.config.safeParse(config);
  return parsed.success ? (parsed.data as Record<string, unknown>) : config;
}

/** Every setting of either, as compared by `checkSame`. */
function settingsOf(
  there: Readonly<Record<string, unknown>>,
  asked: Readonly<Record<string, unknown>>,
): [what: string, there: unknown, asked: unknown][] {
  const text = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
  const names = [...new Set([...Object.keys(there), ...Object.keys(asked)])].sort();
  return names.map((name) => [`the model’s setting '${name}'`, text(there[name]), text(asked[name])]);
}

/** Labels may be added to a run; what was analysed with others would contradict them. */
async function checkSameLabels(run: Run, { labels }: Input): Promise<void> {
  for (const [frame, map] of labels?.frames.entries() ?? []) {
    // Damaged ones are written anew.
    const stored = await storedLabels(run, ANNOTATION, frame).catch(() => undefined);
    const same =
      !stored ||
      (stored.labels.length === map.labels.length &&
        stored.labels.every((label, p) => label === map.labels[p]) &&
        stored.groups.length === map.groups.length &&
        stored.groups.every(({ name, category, type }, g) => {
          const other = map.groups[g];
          return name === other.name && category === other.category && type === other.type;
        }));
    if (same) continue;
    throw new XincError('conflict', `${run.path} has other labels${frame > 0 ? `, from frame ${frame} on` : ''}`, {
      subject: run.path,
      hint: `Choose another \`out\`; or to replace them, delete its folders signal${sep}labels and analysis first.`,
    });
  }
}

import { counted, type InrPlugin, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { asked, fastSettings } from '@xinc/runs';
import {
  addToStudy,
  type Made,
  type NetworkWishes,
  newStudy,
  openStudy,
  type Pairing,
  type StudyManifest,
} from '@xinc/study';
import type { CommandContext } from '../../context.js';
import { decodeSettings } from '../../decode-settings.js';
import { parsePsnr, parseSeeds, parseWhole } from '../../settings.js';
import { nextCommand } from '../../terminal/next-command.js';
import { expandPatterns } from '../../workflow/expand-patterns.js';
import { loadPlugins } from '../../workflow/plugins.js';

export interface StudyAddOptions {
  readonly signals?: readonly string[];
  readonly labels?: readonly string[];
  readonly models?: string;
  readonly seeds?: string;
  readonly set?: readonly string[];
  readonly fast?: boolean;
}

export interface StudyNewOptions extends StudyAddOptions {
  readonly signals: readonly string[];
  readonly models: string;
  readonly seeds: string;
  readonly frames?: string;
  readonly imageFrame?: string;
  readonly size?: string;
  readonly crop?: string;
  readonly matrix?: string;
  readonly deinterlace?: boolean;
  readonly void?: string;
  readonly labelsOrientation?: string;
  readonly steps?: string;
  readonly untilPsnr?: string;
  readonly analyses?: string;
  readonly groupings?: string;
  readonly preset?: string;
}

/** Writes a study's study.yaml. */
export async function studyNewCommand(path: string, options: StudyNewOptions, context: CommandContext): Promise<void> {
  const registry = await loadPlugins(context);
  const models = modelsOf(registry, options.models);
  const analyses = options.analyses === undefined ? undefined : listOf(options.analyses);
  const settings = decodeSettings(options.set, {
    models,
    analyses: registry
      .all('analysis')
      .flatMap(({ plugin }) => ((analyses?.includes(plugin.name) ?? true) ? [plugin] : [])),
  });
  const { imageFrame, labelsOrientation, groupings, untilPsnr, fast = false, ...rest } = options;
  const steps = options.steps === undefined ? undefined : parseWhole(options.steps, '--steps', 1);
  const ofModels = settings.ofModels(models);
  const made = await newStudy(
    path,
    {
      signals: await expandPatterns(options.signals, '--signals'),
      ...(options.labels && { labels: await expandPatterns(options.labels, '--labels') }),
      networks: networksOf(models, fast ? allFast(models, ofModels, steps) : ofModels),
      seeds: parseSeeds(options.seeds),
      ...given(rest, ['frames', 'size', 'crop', 'matrix', 'deinterlace', 'void', 'preset']),
      ...(labelsOrientation !== undefined && { labelsOrientation: orientation(labelsOrientation) }),
      ...(imageFrame !== undefined && { imageFrame: parseWhole(imageFrame, '--image-frame', 0) }),
      ...(steps !== undefined && { steps }),
      ...(untilPsnr !== undefined && { untilPsnr: parsePsnr(untilPsnr, '--until-psnr') }),
      ...(analyses && { analyses }),
      ...(Object.keys(settings.analyses).length > 0 && { analysisSettings: settings.analyses }),
      ...(groupings !== undefined && { groupings: listOf(groupings) }),
    },
    registry,
    { abort: context.abort },
  );
  tellMade(made, context);
}

/** Adds to a study. */
export async function studyAddCommand(path: string, options: StudyAddOptions, context: CommandContext): Promise<void> {
  const registry = await loadPlugins(context);
  const models = options.models === undefined ? [] : modelsOf(registry, options.models);
  const ofModels = decodeSettings(options.set, { models, analyses: [] }).ofModels(models);
  if (options.fast) await checkFast(path, models);
  const made = await addToStudy(
    path,
    {
      ...(options.signals && { signals: await expandPatterns(options.signals, '--signals') }),
      ...(options.labels && { labels: await expandPatterns(options.labels, '--labels') }),
      networks: networksOf(models, options.fast ? allFast(models, ofModels) : ofModels),
      ...(options.seeds !== undefined && { seeds: parseSeeds(options.seeds) }),
    },
    registry,
    { abort: context.abort },
  );
  tellMade(made, context);
}

const BY: Readonly<Record<Pairing, string>> = {
  name: 'by their names',
  folder: 'by the folders that they lie in',
  order: 'by their order',
};

function tellMade({ study, pairing }: Made, context: CommandContext): void {
  const { manifest, path, tasks } = study;
  if (pairing !== undefined) {
    context.display.line(`Labels belong to signals ${BY[pairing]}:`);
    for (const { name, path, labels } of manifest.signals)
      context.display.line(`  ${name}: ${path}, ${labels ?? 'none'}`);
  }
  const { signals, networks, seeds } = manifest;
  const table = [
    counted(signals.length, 'signal'),
    counted(networks.length, 'network'),
    counted(seeds.length, 'seed'),
  ].join(' × ');
  context.result(
    {
      study: path,
      signals: signals.map(({ name }) => name),
      networks: networks.map(({ name }) => name),
      seeds,
      total: tasks.length,
    },
    `${path}: ${table} = ${counted(tasks.length, 'run')}\nNext: ${nextCommand(['study', 'run', path], context.options)}`,
  );
}

const modelsOf = (registry: Registry, text: string): InrPlugin[] =>
  listOf(text).map((name) => asked('models', () => registry.get('inr', name)).plugin);

const networksOf = (models: readonly InrPlugin[], settings: readonly Record<string, unknown>[]): NetworkWishes[] =>
  models.map(({ name }, i) => ({ model: name, settings: settings[i] }));

const allFast = (models: readonly InrPlugin[], settings: readonly Record<string, unknown>[], steps?: number) =>
  models.map((model, i) => fastSettings(model, settings[i], steps));

/** --fast is of networks that are added, and a study may have settled how many steps they take. */
async function checkFast(path: string, models: readonly InrPlugin[]): Promise<void> {
  if (models.length === 0) {
    throw new XincError('invalid-option', '--fast is how networks are trained, and none is added', {
      subject: '--fast',
      hint: 'Name them by --models.',
    });
  }
  const { steps } = (await openStudy(path)).manifest;
  if (steps === undefined) return;
  throw new XincError(
    'invalid-option',
    `--fast says how many steps are taken, and ${path} has steps: ${steps} for all`,
    {
      subject: '--fast',
      hint: 'Leave it out, or set the steps of each network in study.yaml.',
    },
  );
}

const listOf = (text: string): string[] => text.split(',').map((item) => item.trim());

function orientation(text: string): NonNullable<StudyManifest['labelsOrientation']> {
  if (text === 'stored' || text === 'shown') return text;
  throw new XincError('invalid-option', `--labels-orientation ${text}: expected stored or shown`, {
    subject: '--labels-orientation',
  });
}

/** The options that were given. */
function given<T extends object, K extends keyof T>(options: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]]))) as Pick<
    T,
    K
  >;
}

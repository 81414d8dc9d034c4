import { basename, extname } from 'node:path';
import { type InrPlugin, type SignalShape, XincError } from '@xinc/core';
import { printable } from '@xinc/core/formats';
import type { Registry } from '@xinc/core/node';
import { createNetwork } from '@xinc/core/trace';
import {
  chooseModel,
  compareRun,
  DEFAULT_FRAMES,
  demandPicture,
  describeNan,
  inputNotes,
  prepareRun,
  psnrWords,
  settingOf,
} from '@xinc/runs';
import {
  ALIKE,
  chooseNetwork,
  describedSignal,
  findBetter,
  keyText,
  modelOfFile,
  type OtherModel,
  type RecognisedNetwork,
  rankOf,
  readNetworkFile,
} from '@xinc/runs/import';
import { sha256OfFiles } from '@xinc/signals';
import type { CommandContext } from '../context.js';
import { decodeSettings } from '../decode-settings.js';
import { nextCommand } from '../terminal/next-command.js';
import { withOptions } from '../terminal/options.js';
import {
  aboutAssumptions,
  aboutNetwork,
  aboutNetworks,
  aboutOthers,
  alikeSettings,
  betterInstead,
  betterSettings,
  networksAsJson,
  optionsOf,
  unlikeSignal,
} from '../workflow/describe-import.js';
import { describeShape } from '../workflow/describe-shape.js';
import { startEngine } from '../workflow/engine.js';
import { tellForecast } from '../workflow/forecast.js';
import { type InputOptions, openInput } from '../workflow/open-input.js';
import { type AccompaniedOptions, besideViewer } from '../workflow/open-viewer.js';
import { loadPlugins } from '../workflow/plugins.js';
import { workOf } from '../workflow/work.js';
import { defaultFolder } from './train.js';

export interface ImportCommandOptions extends InputOptions, AccompaniedOptions {
  readonly model?: string;
  readonly signal: string;
  /** An .npz of what a network is fed that comes as a file of its own. */
  readonly inputs?: string;
  readonly range?: string;
  readonly coordinates?: string;
  readonly axes?: string;
  /** Which frames of the network the signal's are: `10:20`, `0,7,9`, `10:20/100`. */
  readonly at?: string;
  /** Which of its outputs is the picture. */
  readonly output?: string;
  readonly set?: readonly string[];
  readonly key?: string;
  readonly out?: string;
}

/** Makes a run of weights that were trained elsewhere. */
export async function importCommand(
  path: string,
  options: ImportCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { display, abort } = context;
  const registry = await loadPlugins(context);
  const source = await openSource(path, options, registry, context);
  const input = await openInput(options.signal, options, context, registry.get('inr', source.model).plugin.signals);
  const { shape } = input.signal;
  const model = chooseModel(registry, source.model, shape.kind);
  const { plugin } = model;
  const given = {
    ...settingsOf(options),
    ...decodeSettings(options.set, { models: [plugin], analyses: [] }).ofModel(plugin),
  };
  const networks = source.networks(plugin, given, shape);
  await besideViewer(options, registry, context, async ({ keep, show }) => {
    const engine = keep(await startEngine(registry, options, context));
    const choice = await chooseNetwork(networks, input.signal, engine, abort);
    const { network, weights } = choice.taken;
    const { inr, config, assumed } = network;
    const signal = basename(options.signal);
    for (const line of [
      ...aboutNetworks(choice, plugin.name, signal),
      ...aboutOthers(source.others(plugin, shape, networks)),
      ...aboutNetwork(network, given),
      ...aboutAssumptions(plugin, assumed),
    ]) {
      display.line(`  ${line}`);
    }
    const tryOthers = (psnr: number) =>
      findBetter(choice, { plugin, signal: input.signal, psnr }, engine, workOf(context));
    await demandPicture(path, createNetwork(inr, weights, engine), async () => {
      const { better } = await tryOthers(Number.NaN);
      return better && better.psnr >= ALIKE ? betterInstead(better, signal) : undefined;
    });
    tellForecast(inr, DEFAULT_FRAMES, context);
    const sha256 = await sha256OfFiles(source.files);
    const key = networks.length > 1 || options.key !== undefined ? keyText(network.key) : undefined;
    const run = await prepareRun(
      {
        out: options.out ?? defaultFolder(path.slice(0, path.length - extname(path).length), plugin.name),
        input,
        model,
        config,
        inr,
        seed: 0,
        imported: { path, sha256, format: source.format, ...(key !== undefined && { key }) },
      },
      engine.description,
      workOf(context),
    );
    const { psnr } = await run.exclusively(async () => {
      await run.writeWeights(weights);
      await show(run.path);
      return compareRun(run, inr, engine, { abort, progress: display });
    });
    const quality = psnrWords(run.manifest);
    const nan = describeNan(run.manifest);
    const found = await tryOthers(psnr);
    const reached = Math.max(rankOf(psnr), found.better?.psnr ?? Number.NEGATIVE_INFINITY);
    const warnings = [
      ...otherSize(source.trainedOn, shape),
      ...(nan === undefined
        ? []
        : [`Warning: ${nan}, although the weights are numbers: what the network computes overflows.`]),
      ...(found.better && reached >= ALIKE ? [betterSettings(found.better, signal, quality)] : []),
      ...(reached < ALIKE
        ? [
            unlikeSignal(
              { signal, psnr, assumed: Object.keys(assumed), alike: source.alike(plugin, shape, network) },
              found,
            ),
          ]
        : []),
    ];
    const next = `Next: ${nextCommand(['analyze', run.path], context.options)}`;
    const which = networks.length > 1 ? `, network ${printable(keyText(network.key))} of ${networks.length}` : '';
    context.result(
      {
        run: run.path,
        model: plugin.name,
        config,
        assumed,
        psnr,
        notes: (await inputNotes(run)).map((note) => withOptions(note)),
        key: keyText(network.key),
        networks: networksAsJson(choice),
        alike: found.alike.map((other) => ({ psnr: other.psnr, ...optionsOf(other) })),
        suggested: found.better ? { psnr: found.better.psnr, ...optionsOf(found.better) } : null,
        warnings,
      },
      [
        `${run.path}: PSNR ${quality}${which}`,
        ...alikeSettings(found.alike),
        ...(warnings.length > 0 ? warnings : [next]),
      ].join('\n'),
    );
  });
}

/** Where the networks of an import come from: a checkpoint, or a file that holds a network whole. */
interface Source {
  readonly model: string;
  readonly format: string;
  /** All that its weights lie in. */
  readonly files: readonly string[];
  /** The signal it says it was trained on. */
  readonly trainedOn: SignalShape | undefined;
  networks(
    plugin: InrPlugin,
    given: Readonly<Record<string, unknown>>,
    signal: SignalShape,
  ): readonly RecognisedNetwork[];
  /** Other models that networks beside these are of. */
  others(plugin: InrPlugin, signal: SignalShape, found: readonly RecognisedNetwork[]): readonly OtherModel[];
  /** Names of other models that this network may be of. */
  alike(plugin: InrPlugin, signal: SignalShape, network: RecognisedNetwork): readonly string[];
}

async function openSource(
  path: string,
  options: ImportCommandOptions,
  registry: Registry,
  { display, abort }: CommandContext,
): Promise<Source> {
  const whole = modelOfFile(registry, path);
  if (whole && (options.model === undefined || options.model === whole.plugin.name)) {
    const read = await readNetworkFile(path, whole.plugin, options, abort);
    display.line(`Network: ${basename(path)}, ${read.description}`);
    return {
      model: whole.plugin.name,
      format: extname(path).slice(1),
      files: read.files,
      trainedOn: undefined,
      networks: (_plugin, given, signal) => [read.network(given, signal)],
      others: () => [],
      alike: () => [],
    };
  }
  if (options.model !== undefined) checkFileOptions(options.model, options, registry);
  const { checkpointFiles, readCheckpoint } = await import('@xinc/checkpoints');
  const { describedModel, findNetworks, leavesWeights, otherModels } = await import('@xinc/runs/import');
  const checkpoint = await readCheckpoint(path, { abort });
  display.line(`Checkpoint: ${basename(path)}, ${checkpoint.format}, ${checkpoint.tensors.size} tensors`);
  const model = options.model ?? describedModel(checkpoint, registry);
  if (options.model === undefined) {
    checkFileOptions(model, options, registry);
    display.line(`  of the model ${model}, as the file says; --model names another`);
  }
  if (checkpoint.foreign.length > 0) {
    display.line(`  not loaded, only read past: ${checkpoint.foreign.join(', ')}`);
  }
  for (const note of checkpoint.notes) display.line(`  ${note}`);
  const models = registry.all('inr').map((registered) => registered.plugin);
  return {
    model,
    format: checkpoint.format,
    files: await checkpointFiles(path),
    trainedOn: describedSignal(checkpoint),
    networks: (plugin, given, signal) => findNetworks(checkpoint, { plugin, given, signal, key: options.key, models }),
    others: (plugin, signal, found) =>
      leavesWeights(checkpoint, found) ? otherModels(checkpoint, found, { plugin, signal, models }) : [],
    alike: (plugin, signal, network) =>
      otherModels(checkpoint, [network], { plugin, signal, models }).flatMap(({ model, same }) =>
        same ? [model] : [],
      ),
  };
}

/** Options that say as a word of their own what `--set` says too. */
const FILE_SETTINGS = ['range', 'coordinates', 'axes', 'at'] as const;
const FILE_OPTIONS = ['inputs', 'output', ...FILE_SETTINGS] as const;

/** Options of a network that comes as a file of its own are refused with a checkpoint, but for those whose setting its model has. */
function checkFileOptions(model: string, options: ImportCommandOptions, registry: Registry): void {
  const { config } = registry.get('inr', model).plugin;
  for (const option of FILE_OPTIONS) {
    const ofModel = isFileSetting(option) && settingOf(config, option) !== undefined;
    if (options[option] === undefined || ofModel) continue;
    throw new XincError('invalid-option', `--${option} is for networks that come as a file of their own (.onnx)`, {
      subject: `--${option}`,
      hint: "Settings of a checkpoint's model are given with --set.",
    });
  }
}

const isFileSetting = (option: string): boolean => FILE_SETTINGS.some((setting) => setting === option);

/** `--coordinates` may say the order of the axes as well: `yx`, or `longest,yx`. */
function settingsOf({ coordinates, ...options }: ImportCommandOptions): Record<string, string> {
  const said = FILE_SETTINGS.flatMap((key) =>
    key === 'coordinates' || options[key] === undefined ? [] : [[key, options[key]]],
  );
  const words = coordinates?.split(',').map((word) => word.trim()) ?? [];
  const named = words.map((word) => {
    if (word === 'xy' || word === 'yx') return ['axes', word];
    // A name of this option that the setting does not have.
    return ['coordinates', word === 'per-axis' ? 'linspace' : word];
  });
  return Object.fromEntries([...said, ...named]);
}

/** What a file that says the shape of its signal has against another one. */
function otherSize(trained: SignalShape | undefined, given: SignalShape): string[] {
  if (!trained || describeShape(trained) === describeShape(given)) return [];
  const { height, width } = trained;
  const resized = height !== given.height || width !== given.width;
  const advice = resized ? ` Give its size with --size ${height}x${width}, into another --out.` : '';
  return [
    `Warning: the network was trained on ${article(trained)}${describeShape(trained)}, and the signal is ${article(given)}${describeShape(given)}.${advice}`,
  ];
}

const article = ({ kind }: SignalShape): string => (kind === 'image' ? 'an ' : '');

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { createNetwork, type SignalShape } from '@xinc/core';
import type { CommandContext } from '../context.js';
import { parsePairs } from '../settings.js';
import { describeShape } from '../workflow/describe-shape.js';
import { describedSignal } from '../workflow/described-signal.js';
import { startEngine } from '../workflow/engine.js';
import { demandPicture, describeNan, measureRun, psnrWords } from '../workflow/measure-run.js';
import { nextCommand } from '../workflow/next-command.js';
import { type InputOptions, openInput } from '../workflow/open-input.js';
import { type AccompaniedOptions, besideViewer } from '../workflow/open-viewer.js';
import { chooseModel, loadPlugins } from '../workflow/plugins.js';
import { prepareRun } from '../workflow/prepare-run.js';
import { defaultFolder } from './train.js';

export interface ImportCommandOptions extends InputOptions, AccompaniedOptions {
  readonly model: string;
  readonly signal: string;
  readonly set?: readonly string[];
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
  const { printable, readCheckpoint } = await import('@xinc/checkpoints');
  const { recogniseNetwork } = await import('../workflow/recognise-network.js');
  const checkpoint = await readCheckpoint(path, { abort });
  display.line(`Checkpoint: ${basename(path)}, ${checkpoint.format}, ${checkpoint.tensors.size} tensors`);
  if (checkpoint.foreign.length > 0) {
    display.line(`  not loaded, only read past: ${checkpoint.foreign.join(', ')}`);
  }
  const input = await openInput(options.signal, options, context);
  const { shape } = input.signal;
  const model = chooseModel(registry, options.model, shape.kind);
  const { plugin } = model;
  const given = parsePairs(options.set);
  const { inr, config, inferred, assumed, weights, layout } = recogniseNetwork(checkpoint, plugin, given, shape);
  for (const [key, value] of Object.entries(inferred)) {
    if (!(key in given)) display.line(`  ${key} = ${JSON.stringify(value)}, from the names and shapes of the weights`);
  }
  if (layout) {
    const swapped = (parameter: string) => (layout.transposed?.includes(parameter) ? ' transposed' : '');
    const pairs = Object.entries(layout.names).map(
      ([parameter, name]) => `${parameter} = ${printable(name)}${swapped(parameter)}`,
    );
    display.line(`  told from shapes and order, for want of known names: ${pairs.join(', ')}`);
  }
  const assumptions = Object.entries(assumed).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  if (assumptions.length > 0) {
    display.line(`  assumed, since weights do not show it: ${assumptions.join(', ')}; --set says otherwise`);
  }
  await besideViewer(options, registry, context, async ({ keep, show }) => {
    const engine = keep(await startEngine(registry, options, context));
    await demandPicture(path, createNetwork(inr, weights, engine));
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    const run = await prepareRun(
      {
        out: options.out ?? defaultFolder(path.slice(0, path.length - extname(path).length), plugin.name),
        input,
        model,
        config,
        inr,
        seed: 0,
        imported: { path, sha256, format: checkpoint.format },
      },
      engine.description,
      context,
    );
    const { psnr } = await run.exclusively(async () => {
      await run.writeWeights(weights);
      await show(run.path);
      return measureRun(run, inr, engine, abort);
    });
    const nan = describeNan(run.manifest);
    const warnings = [
      ...otherSize(describedSignal(checkpoint), shape),
      ...(nan === undefined
        ? []
        : [`Warning: ${nan}, although the weights are numbers: what the network computes overflows.`]),
      ...(psnr < ALIKE ? [unlike(basename(options.signal), Object.keys(assumed))] : []),
    ];
    const next = `Next: ${nextCommand(['analyze', run.path], context)}`;
    context.result(
      { run: run.path, model: plugin.name, config, assumed, psnr, warnings },
      [`${run.path}: PSNR ${psnrWords(run.manifest)}`, ...(warnings.length > 0 ? warnings : [next])].join('\n'),
    );
  });
}

/** A network that was trained on a signal for a while draws it better than this, in dB. */
const ALIKE = 15;

function unlike(signal: string, assumed: readonly string[]): string {
  const settings = assumed.length > 0 ? `, and what was assumed: ${assumed.join(', ')} (--set KEY=VALUE)` : '';
  return `Warning: below ${ALIKE} dB, what the network draws does not look like ${signal}. Check that it was trained on this signal, at this size and crop${settings}. Then import it into another --out.`;
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

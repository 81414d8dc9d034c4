import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { CommandContext } from '../context.js';
import { parsePairs } from '../settings.js';
import { startEngine } from '../workflow/engine.js';
import { type InputOptions, openInput } from '../workflow/open-input.js';
import { type AccompaniedOptions, besideViewer } from '../workflow/open-viewer.js';
import { chooseModel, loadPlugins } from '../workflow/plugins.js';
import { prepareRun } from '../workflow/prepare-run.js';
import { measureRun } from '../workflow/train-run.js';
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
  const { inr, config, inferred, weights, layout } = recogniseNetwork(checkpoint, plugin, given, shape);
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
  await besideViewer(options, registry, context, async ({ keep, show }) => {
    const engine = keep(await startEngine(registry, options, context));
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
    const quality = psnr === null ? 'exact' : `${psnr.toFixed(2)} dB`;
    context.result(
      { run: run.path, model: plugin.name, config, psnr },
      `${run.path}: PSNR ${quality}\nNext: xinc analyze ${run.path}`,
    );
  });
}

import { extname, resolve } from 'node:path';
import { type Arrays, formatShape, throwIfAborted, XincError } from '@xinc/core';
import { encodeSafetensors, formatBytes } from '@xinc/core/formats';
import { type Registry, writeFileAtomic } from '@xinc/core/node';
import { createTracer, type Tracer } from '@xinc/core/trace';
import {
  type ChosenMaps,
  fedArrays,
  networkOnnx,
  openNetwork,
  Run,
  runArrays,
  runModel,
  runWeights,
  STRONGEST,
  startPool,
} from '@xinc/runs';
import type { CommandContext } from '../context.js';
import { parseNeurons, parseWhole } from '../settings.js';
import { checkPlace } from '../workflow/check-place.js';
import { type EngineChoice, startEngine } from '../workflow/engine.js';
import { loadPlugins } from '../workflow/plugins.js';
import { replacedNote } from '../workflow/replaced-note.js';
import { traceCommand } from './trace.js';

export interface ExportCommandOptions extends EngineChoice {
  readonly format: string;
  readonly out?: string;
  /** A file of what the network is fed, beside that of the network. */
  readonly inputs?: string;
  readonly layer?: string;
  readonly neurons?: string;
  readonly frame: string;
}

const FORMATS = ['onnx', 'safetensors', 'npz', 'png'] as const;
type Format = (typeof FORMATS)[number];

/** Takes a run's network, or what it paints, to other programs. */
export async function exportCommand(
  path: string,
  options: ExportCommandOptions,
  context: CommandContext,
): Promise<void> {
  const format = chosenFormat(options);
  const extension = `.${format}`;
  const out = options.out ?? `${resolve(path)}${extension}`;
  if (extname(out).toLowerCase() !== extension) {
    throw new XincError('invalid-option', `--out ${out}: a file of this format ends in ${extension}`, {
      subject: '--out',
    });
  }
  if (format === 'png') {
    await traceCommand(path, { strongest: STRONGEST, ...options, layer: options.layer!, out }, context);
    return;
  }
  const registry = await loadPlugins(context);
  const run = await Run.open(path);
  const fed = options.inputs === undefined ? undefined : await fedFile(run, registry, options.inputs);
  const bytes = await WRITE[format](run, registry, options, context);
  throwIfAborted(context.abort);
  const lines = [await write(out, bytes)];
  if (fed) lines.push(`${await write(fed.path, fed.bytes)}; the network is fed ${fed.words}`);
  context.result(
    { out, format, bytes: bytes.length, ...(fed && { inputs: { out: fed.path, bytes: fed.bytes.length } }) },
    lines.join('\n'),
  );
}

/** Writes a file whole. @returns what is said of it */
async function write(path: string, bytes: Uint8Array): Promise<string> {
  const replaced = await replacedNote(path);
  await writeFileAtomic(path, bytes);
  return `${path}: ${formatBytes(bytes.length)}${replaced}`;
}

/** What the network is fed for all frames, as `xinc import --inputs` reads it. */
async function fedFile(run: Run, registry: Registry, path: string) {
  const { encodeNpz } = await import('@xinc/checkpoints');
  const { inr } = await runModel(run, registry);
  const arrays: Arrays = fedArrays({ inr, parameters: await runWeights(run, inr) });
  const words = Object.entries(arrays).map(([name, { shape }]) => `'${name}' (${formatShape(shape)})`);
  return { path, bytes: encodeNpz(arrays), words: words.join(', ') };
}

/** The format, and that the other options are those that it has. */
function chosenFormat({ format: name, inputs, layer, neurons, frame }: ExportCommandOptions): Format {
  const format = FORMATS.find((known) => known === name);
  if (!format) {
    throw new XincError('invalid-option', `--format ${name}: that is not written`, {
      subject: '--format',
      hint: `There are ${FORMATS.join(', ')}; xinc trace writes maps as .npy.`,
    });
  }
  const ofMaps = { '--layer': layer, '--neurons': neurons, '--frame': frame === '0' ? undefined : frame };
  const [given] = Object.entries(ofMaps).find(([, value]) => value !== undefined) ?? [];
  if (given !== undefined && (format === 'onnx' || format === 'safetensors')) {
    throw new XincError('invalid-option', `${given}: ${format} holds the network, not its maps`, {
      subject: given,
      hint: 'Maps are written with --format npz or png.',
    });
  }
  if (inputs !== undefined && format !== 'onnx') {
    throw new XincError('invalid-option', `--inputs: ${format} is no network that is fed anything`, {
      subject: '--inputs',
      hint: 'It goes with --format onnx; --format npz has the inputs of one frame.',
    });
  }
  if (inputs !== undefined && extname(inputs).toLowerCase() !== '.npz') {
    throw new XincError('invalid-option', `--inputs ${inputs}: the file ends in .npz`, { subject: '--inputs' });
  }
  if (format === 'png' && layer === undefined) {
    throw new XincError('invalid-option', '--format png: it is not said of which layer', {
      subject: '--layer',
      hint: 'Name it with --layer, and some of its neurons with --neurons.',
    });
  }
  return format;
}

type Writer = (
  run: Run,
  registry: Registry,
  options: ExportCommandOptions,
  context: CommandContext,
) => Promise<Uint8Array>;

const WRITE: Readonly<Record<Exclude<Format, 'png'>, Writer>> = {
  async safetensors(run, registry) {
    const tensors = await runWeights(run, (await runModel(run, registry)).inr);
    return encodeSafetensors({ tensors, metadata: describe(run) });
  },

  async onnx(run, registry) {
    const { inr } = await runModel(run, registry);
    const writer = registry.all('engine').find(({ plugin }) => plugin.exportOnnx);
    if (!writer) throw new XincError('unsupported', 'No engine at hand writes ONNX');
    const parameters = await runWeights(run, inr);
    return networkOnnx({ inr, parameters }, writer.plugin.exportOnnx!, describe(run));
  },

  async npz(run, registry, options, context) {
    const { encodeNpz } = await import('@xinc/checkpoints');
    const { layer } = options;
    const frame = parseWhole(options.frame, '--frame', 0);
    const engine = await startEngine(registry, options, context);
    const network = await openNetwork(run, registry, engine);
    const pool = await startPool(network.inr);
    try {
      const tracer = createTracer(network, pool);
      checkPlace(tracer, layer ?? tracer.layers[0].id, frame);
      return encodeNpz({ ...describe(run), ...(await runArrays(tracer, { frame, ...mapsOf(tracer, options) })) });
    } finally {
      await pool.dispose();
      await network.dispose();
      await engine.dispose();
    }
  },
};

/** The layer, and those of its neurons, whose maps are asked for. */
function mapsOf(tracer: Tracer, { layer, neurons }: ExportCommandOptions): Pick<ChosenMaps, 'layer' | 'neurons'> {
  if (neurons === undefined) return layer === undefined ? {} : { layer };
  if (layer !== undefined) {
    const known = tracer.layers.find(({ id }) => id === layer)!;
    return { layer, neurons: parseNeurons(neurons, known) };
  }
  throw new XincError('invalid-option', `--neurons ${neurons}: of which layer is not said`, {
    subject: '--neurons',
    hint: 'Name it with --layer.',
  });
}

/** Texts that say what the weights are of. */
function describe(run: Run): Record<string, string> {
  const { model, signal, xinc } = run.manifest;
  const { kind, frames, height, width } = signal;
  return {
    xinc,
    model: model.name,
    config: JSON.stringify(model.config),
    signal: JSON.stringify({ kind, frames, height, width }),
  };
}

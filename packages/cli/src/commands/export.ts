import { extname } from 'node:path';
import {
  type Arrays,
  createTracer,
  encodeSafetensors,
  evaluationProgram,
  type Inr,
  type Network,
  type NpyArray,
  OUTPUT,
  type Registry,
  shapesOf,
  XincError,
} from '@xinc/core';
import { Run, writeFileAtomic } from '@xinc/core/node';
import type { CommandContext } from '../context.js';
import { parseNeurons, parseWhole } from '../settings.js';
import { type EngineChoice, startEngine } from '../workflow/engine.js';
import { openNetwork, runModel } from '../workflow/open-network.js';
import { loadPlugins } from '../workflow/plugins.js';
import { startPool } from '../workflow/pool.js';

export interface ExportCommandOptions extends EngineChoice {
  readonly format: string;
  readonly out?: string;
  readonly layer?: string;
  readonly neurons?: string;
  readonly frame: string;
}

const EXTENSIONS: Readonly<Record<string, string>> = { onnx: '.onnx', safetensors: '.safetensors', npz: '.npz' };

/** Takes a run's network, or what it paints, to other programs. */
export async function exportCommand(
  path: string,
  options: ExportCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { format } = options;
  const extension = EXTENSIONS[format];
  if (!extension) {
    throw new XincError('invalid-option', `--format ${format}: that is not written`, {
      subject: '--format',
      hint: `There are ${Object.keys(EXTENSIONS).join(', ')}; xinc trace writes maps as .npy and .png.`,
    });
  }
  const out = options.out ?? `${path.replace(/[\\/]+$/, '')}${extension}`;
  if (extname(out) !== extension) {
    throw new XincError('invalid-option', `--out ${out}: a file of this format ends in ${extension}`, {
      subject: '--out',
    });
  }
  const registry = await loadPlugins(context);
  const run = await Run.open(path);
  const bytes = await WRITE[format](run, registry, options, context);
  await writeFileAtomic(out, bytes);
  context.result({ out, format, bytes: bytes.length }, `${out}: ${(bytes.length / 2 ** 20).toFixed(1)} MB`);
}

type Writer = (
  run: Run,
  registry: Registry,
  options: ExportCommandOptions,
  context: CommandContext,
) => Promise<Uint8Array>;

const WRITE: Readonly<Record<string, Writer>> = {
  async safetensors(run) {
    return encodeSafetensors({ tensors: await run.weights(), metadata: describe(run) });
  },

  async onnx(run, registry) {
    const { inr } = runModel(run, registry);
    const writer = registry.all('engine').find(({ plugin }) => plugin.exportOnnx);
    if (!writer) throw new XincError('unsupported', 'No engine at hand writes ONNX');
    return writer.plugin.exportOnnx!({
      program: evaluationProgram(inr),
      inputs: shapesOf(exampleInputs(inr)),
      constants: await run.weights(),
      outputs: [OUTPUT, ...activationNames(inr)],
      metadata: describe(run),
    });
  },

  async npz(run, registry, options, context) {
    const engine = await startEngine(registry, options, context);
    const network = await openNetwork(run, registry, engine);
    try {
      return await encodeMaps(network, options);
    } finally {
      await network.dispose();
      await engine.dispose();
    }
  },
};

/** Sums of every layer, and the maps of the neurons asked for. */
async function encodeMaps(
  network: Network,
  { layer, neurons, frame: text }: ExportCommandOptions,
): Promise<Uint8Array> {
  const { encodeNpz } = await import('@xinc/checkpoints');
  const frame = parseWhole(text, '--frame', 0);
  const { height, width } = network.inr.signal;
  const pool = await startPool(network.inr);
  try {
    const tracer = createTracer(network, pool);
    const traced = await tracer.trace(frame, { neuronTotals: true, pixelTotals: true });
    const arrays: [string, NpyArray][] = Object.entries(traced).flatMap(([id, { neuronTotals, pixelTotals }]) => [
      [`${id}/neuron_abs_sum`, { shape: [neuronTotals!.sum.length], data: neuronTotals!.sum }],
      [`${id}/pixel_abs_sum`, { shape: [height, width], data: pixelTotals! }],
    ]);
    if (layer !== undefined) {
      const known = tracer.layers.find(({ id }) => id === layer);
      const chosen = known ? parseNeurons(neurons ?? '0:16', known.neurons) : [];
      const maps = await tracer.maps(layer, frame, chosen);
      arrays.push([`${layer}/neurons`, { shape: [chosen.length], data: Int32Array.from(chosen) }]);
      arrays.push([`${layer}/maps`, { shape: [chosen.length, height, width], data: maps }]);
    }
    return encodeNpz(Object.fromEntries(arrays));
  } finally {
    await pool.dispose();
  }
}

function activationNames({ layers }: Inr): string[] {
  const named = layers.flatMap((hook) => (hook.kind === 'custom' ? [hook.input] : [hook.input, hook.preactivation]));
  return [...new Set(named)];
}

/** All pixels of a picture, or one frame. */
function exampleInputs(inr: Inr): Arrays {
  const { height, width } = inr.signal;
  return inr.sampling === 'frames'
    ? inr.inputs([0])
    : inr.inputs(
        [0],
        Uint32Array.from({ length: height * width }, (_, p) => p),
      );
}

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

import { extname } from 'node:path';
import { createTracer, encodeNpy, type LayerInfo, type RasterFigure, type Tracer, XincError } from '@xinc/core';
import { Run, writeFileAtomic } from '@xinc/core/node';
import type { CommandContext } from '../context.js';
import { parseNeurons, parseWhole } from '../settings.js';
import { HEIGHT_BY_WIDTH } from '../workflow/describe-shape.js';
import { type EngineChoice, startEngine } from '../workflow/engine.js';
import { openNetwork } from '../workflow/open-network.js';
import { loadPlugins } from '../workflow/plugins.js';
import { startPool } from '../workflow/pool.js';
import { strongestNeurons } from '../workflow/strongest-neurons.js';

export interface TraceCommandOptions extends EngineChoice {
  readonly layer: string;
  readonly neurons?: string;
  /** So many neurons, those with the largest total contribution on the frame, where none are named; else all. */
  readonly strongest?: number;
  readonly frame: string;
  readonly channels?: boolean;
  readonly out: string;
}

const CHANNELS = ['red', 'green', 'blue'];
/** A picture of more maps than this is no longer looked at. */
const MAX_PANELS = 256;
/** Values of maps computed at once, 256 MB. */
const MAX_VALUES = 1 << 26;

export async function traceCommand(path: string, options: TraceCommandOptions, context: CommandContext): Promise<void> {
  const format = extname(options.out).toLowerCase();
  if (format !== '.npy' && format !== '.png') {
    throw new XincError('invalid-option', `--out ${options.out}: maps are written as .npy or .png`, {
      subject: '--out',
    });
  }
  const frame = parseWhole(options.frame, '--frame', 0);
  const registry = await loadPlugins(context);
  const run = await Run.open(path);
  const engine = await startEngine(registry, options, context);
  const network = await openNetwork(run, registry, engine);
  const pool = await startPool(network.inr, 1);
  try {
    const tracer = createTracer(network, pool);
    const layer = tracer.layers.find(({ id }) => id === options.layer);
    // The tracer says which layers there are.
    const neurons = layer ? await chosenNeurons(tracer, layer, frame, options, context.abort) : [];
    const { height, width, kind } = network.inr.signal;
    const planes = options.channels ? neurons.length * CHANNELS.length : neurons.length;
    if (planes * height * width > MAX_VALUES * 8) {
      throw new XincError('invalid-option', `${neurons.length} maps of ${height}×${width} do not fit one file here`, {
        subject: '--neurons',
        hint: `Choose at most ${Math.floor((MAX_VALUES * 8) / height / width)} planes at a time.`,
      });
    }
    const maps = await tracer.maps(options.layer, frame, neurons, { channels: options.channels ?? false });
    const shape = [neurons.length, ...(options.channels ? [CHANNELS.length] : []), height, width];
    if (format === '.npy') await writeFileAtomic(options.out, encodeNpy({ shape, data: maps }));
    else
      await writeFileAtomic(
        options.out,
        await picture(layer!, neurons, maps, shape, kind === 'video' ? frame : undefined),
      );
    context.result(
      { out: options.out, layer: options.layer, frame, neurons, shape },
      `${options.out}: ${neurons.length} ${neurons.length === 1 ? 'map' : 'maps'} of ${options.layer}, ${
        format === '.npy' ? `${shape.join('×')} float32` : `each ${height} × ${width} pixels ${HEIGHT_BY_WIDTH}`
      }`,
    );
  } finally {
    await pool.dispose();
    await network.dispose();
    await engine.dispose();
  }
}

/** Those named, else the strongest, in falling order, else all. */
async function chosenNeurons(
  tracer: Tracer,
  { id, neurons: count }: LayerInfo,
  frame: number,
  { neurons, strongest }: TraceCommandOptions,
  abort: AbortSignal,
): Promise<number[]> {
  if (neurons !== undefined || strongest === undefined) return parseNeurons(neurons ?? ':', count);
  const { [id]: traced } = await tracer.trace(frame, { neuronTotals: true }, { layers: [id], abort });
  return strongestNeurons(traced.neuronTotals!.sum, strongest);
}

/**
 * Signed maps side by side on one diverging scale.
 * @param frame which one it is of a video
 */
async function picture(
  layer: LayerInfo,
  neurons: readonly number[],
  maps: Float32Array,
  shape: readonly number[],
  frame: number | undefined,
): Promise<Uint8Array> {
  const [height, width] = shape.slice(-2);
  const perNeuron = shape.length === 4 ? shape[1] : 1;
  if (neurons.length * perNeuron > MAX_PANELS) {
    throw new XincError('invalid-option', `A picture of ${neurons.length * perNeuron} maps would show nothing`, {
      subject: '--neurons',
      hint: `Choose at most ${MAX_PANELS / perNeuron} neurons, or write .npy.`,
    });
  }
  let largest = 0;
  for (const value of maps) largest = Math.max(largest, Math.abs(value));
  const figure: RasterFigure = {
    kind: 'raster',
    name: 'maps',
    title: frame === undefined ? layer.label : `${layer.label}, frame ${frame}`,
    caption: '',
    scale: { map: 'diverging', domain: [-(largest || 1), largest || 1], label: 'contribution c' },
    ...(perNeuron > 1 && { columns: perNeuron }),
    panels: Array.from({ length: neurons.length * perNeuron }, (_, i) => ({
      title: `neuron ${neurons[Math.floor(i / perNeuron)]}${perNeuron > 1 ? ` → ${CHANNELS[i % perNeuron]}` : ''}`,
      height,
      width,
      pixels: { kind: 'values' as const, values: maps.subarray(i * height * width, (i + 1) * height * width) },
    })),
  };
  const { renderFigure } = await import('@xinc/report');
  return renderFigure(figure, { theme: 'light', format: 'png' });
}

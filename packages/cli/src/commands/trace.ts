import type { FileHandle } from 'node:fs/promises';
import { extname } from 'node:path';
import { counted, type LayerInfo, neuronName, type RasterFigure, sizeOf, throwIfAborted, XincError } from '@xinc/core';
import { npyHeader } from '@xinc/core/formats';
import { writeFileAtomic } from '@xinc/core/node';
import { createTracer, type MapPiece, type Tracer } from '@xinc/core/trace';
import { openNetwork, Run, startPool, strongestNeurons } from '@xinc/runs';
import type { CommandContext } from '../context.js';
import { parseNeurons, parseWhole } from '../settings.js';
import { checkPlace } from '../workflow/check-place.js';
import { HEIGHT_BY_WIDTH } from '../workflow/describe-shape.js';
import { type EngineChoice, startEngine } from '../workflow/engine.js';
import { loadPlugins } from '../workflow/plugins.js';
import { replacedNote } from '../workflow/replaced-note.js';

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
/** Values of maps that wait to be written, 64 MB. */
const VALUES_WAITING = 1 << 24;
/** Values that a picture is drawn of at most, 128 MB. */
const PICTURE_VALUES = 1 << 25;

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
    checkPlace(tracer, options.layer, frame);
    const layer = tracer.layers.find(({ id }) => id === options.layer)!;
    const neurons = await chosenNeurons(tracer, layer, frame, options, context.abort);
    const { height, width, kind } = network.inr.signal;
    const channels = options.channels ?? false;
    const shape = [neurons.length, ...(channels ? [CHANNELS.length] : []), height, width];
    const maps = () => piecesWithProgress(tracer, options.layer, { frame, neurons, channels }, context);
    const replaced = await replacedNote(options.out);
    const size =
      format === '.npy'
        ? await writeArray(options.out, shape, maps)
        : await writePicture(options.out, layer, neurons, maps, shape, kind === 'video' ? frame : undefined);
    context.result(
      { out: options.out, layer: options.layer, frame, neurons, shape },
      `${options.out}: ${counted(neurons.length, 'map')} of ${options.layer}, ${size}${replaced}`,
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
  layer: LayerInfo,
  frame: number,
  { neurons, strongest }: TraceCommandOptions,
  abort: AbortSignal,
): Promise<number[]> {
  if (neurons !== undefined || strongest === undefined) return parseNeurons(neurons ?? ':', layer);
  const { id } = layer;
  const { [id]: traced } = await tracer.trace(frame, { neuronTotals: true }, { layers: [id], abort });
  return strongestNeurons(traced.neuronTotals!.sum, strongest);
}

type Pieces = AsyncIterable<MapPiece>;

async function* piecesWithProgress(
  tracer: Tracer,
  layer: string,
  { frame, neurons, channels }: { frame: number; neurons: readonly number[]; channels: boolean },
  { display, abort }: CommandContext,
): AsyncGenerator<MapPiece> {
  const { height, width } = tracer.network.inr.signal;
  const total = neurons.length * height * width * (channels ? CHANNELS.length : 1);
  let done = 0;
  const pieces = tracer.mapPieces(layer, frame, neurons, { channels });
  display.begin('Tracing', 'values');
  for await (const piece of pieces) {
    throwIfAborted(abort);
    yield piece;
    done += piece.values.length;
    display.update({ done, total });
  }
  display.end(`Traced ${counted(neurons.length, 'neuron')} of ${layer}`);
}

/** Maps as one array in a file, written as they are computed: they may be larger than memory. */
async function writeArray(path: string, shape: readonly number[], maps: () => Pieces): Promise<string> {
  const [height, width] = shape.slice(-2);
  const header = npyHeader(shape);
  await writeFileAtomic(path, async (file) => {
    await file.write(header, 0, header.length, 0);
    // What no piece holds is zero.
    await file.truncate(header.length + 4 * sizeOf(shape));
    // Pieces have a few rows of every map: what follows one another in the file is written at once.
    let waiting = new Map<number, { readonly start: number; readonly rows: Float32Array[]; pixels: number }>();
    let values = 0;
    const write = async () => {
      for (const [plane, { start, rows }] of waiting) {
        await writeWhole(file, rows, header.length + 4 * (plane * height * width + start));
      }
      waiting = new Map();
      values = 0;
    };
    for await (const piece of maps()) {
      const { planes, offset, pixels } = piece;
      const follows = planes.every((plane) => {
        const run = waiting.get(plane);
        return !run || run.start + run.pixels === offset;
      });
      if (!follows || values > VALUES_WAITING) await write();
      for (const [i, plane] of planes.entries()) {
        const run = waiting.get(plane) ?? { start: offset, rows: [], pixels: 0 };
        run.rows.push(piece.values.subarray(i * pixels, (i + 1) * pixels));
        run.pixels += pixels;
        waiting.set(plane, run);
      }
      values += piece.values.length;
    }
    await write();
  });
  return `${shape.join('×')} float32`;
}

async function writeWhole(file: FileHandle, arrays: readonly Float32Array[], position: number): Promise<void> {
  const bytes = Buffer.concat(
    arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
  // The system may take less than it is given.
  for (let start = 0; start < bytes.length; ) {
    start += (await file.write(bytes, start, bytes.length - start, position + start)).bytesWritten;
  }
}

/**
 * Signed maps side by side on one diverging scale; large ones as means of squares of pixels, so that the picture fits memory.
 * @param frame which one it is of a video
 */
async function writePicture(
  path: string,
  layer: LayerInfo,
  neurons: readonly number[],
  maps: () => Pieces,
  shape: readonly number[],
  frame: number | undefined,
): Promise<string> {
  const [height, width] = shape.slice(-2);
  const perNeuron = shape.length === 4 ? shape[1] : 1;
  const planes = neurons.length * perNeuron;
  if (planes > MAX_PANELS) {
    throw new XincError('invalid-option', `A picture of ${planes} maps would show nothing`, {
      subject: '--neurons',
      hint: `Choose at most ${Math.floor(MAX_PANELS / perNeuron)} neurons, or write .npy.`,
    });
  }
  const side = Math.ceil(Math.sqrt((planes * height * width) / PICTURE_VALUES));
  const small = { height: Math.ceil(height / side), width: Math.ceil(width / side) };
  const values = await meansOfSquares(maps(), planes, { height, width }, side);
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const area = small.height * small.width;
  const figure: RasterFigure = {
    kind: 'raster',
    name: 'maps',
    title: frame === undefined ? layer.label : `${layer.label}, frame ${frame}`,
    caption: '',
    scale: { map: 'diverging', domain: [-(largest || 1), largest || 1], label: 'contribution c' },
    ...(perNeuron > 1 && { columns: perNeuron }),
    panels: Array.from({ length: planes }, (_, i) => ({
      title: `${neuronName(neurons[Math.floor(i / perNeuron)], layer)}${perNeuron > 1 ? ` → ${CHANNELS[i % perNeuron]}` : ''}`,
      ...small,
      pixels: { kind: 'values' as const, values: values.subarray(i * area, (i + 1) * area) },
    })),
  };
  const { renderFigure } = await import('@xinc/report');
  await writeFileAtomic(path, await renderFigure(figure, { theme: 'light', format: 'png' }));
  const size = `each ${height} × ${width} pixels ${HEIGHT_BY_WIDTH}`;
  return side === 1 ? size : `${size}, drawn as means of ${side} × ${side} pixels; a .npy file holds them whole`;
}

/** [planes, ⌈height / side⌉, ⌈width / side⌉] */
async function meansOfSquares(
  maps: Pieces,
  planes: number,
  { height, width }: { readonly height: number; readonly width: number },
  side: number,
): Promise<Float32Array> {
  const [rows, columns] = [Math.ceil(height / side), Math.ceil(width / side)];
  const means = new Float32Array(planes * rows * columns);
  const extent = (i: number, whole: number) => Math.min(side, whole - i * side);
  for await (const piece of maps) {
    for (const [i, plane] of piece.planes.entries()) {
      for (let p = 0; p < piece.pixels; p++) {
        const pixel = piece.offset + p;
        const row = Math.floor(Math.floor(pixel / width) / side);
        const column = Math.floor((pixel % width) / side);
        const count = extent(row, height) * extent(column, width);
        means[(plane * rows + row) * columns + column] += piece.values[i * piece.pixels + p] / count;
      }
    }
  }
  return means;
}

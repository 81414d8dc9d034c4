import { createHash } from 'node:crypto';
import {
  type Arrays,
  type Engine,
  type Histogram,
  type InrPlugin,
  type LabelMap,
  type NdArray,
  ndarray,
  type Shape,
  type SignalShape,
  sizeOf,
} from '@xinc/core';
import { traceProgram } from '@xinc/core/graph';
import { createLocalPool, createNetwork, createTracer } from '@xinc/core/trace';

/** A network whose numbers are kept. */
export interface KeptNetwork {
  readonly plugin: unknown;
  readonly settings: object;
  readonly signal: SignalShape;
}

/**
 * What a network's layers are, and the first 16 digits of SHA-256 of all that is traced of its last frame: every map, and
 * every statistic that reports are made of. An engine's own rounding is no part of it: weights and activations are fixed numbers.
 */
export async function numbersOf({ plugin, settings, signal }: KeptNetwork): Promise<Record<string, object>> {
  const { config, build } = plugin as InrPlugin<unknown>;
  const inr = build(config.parse(settings), signal);
  const weights = Object.fromEntries(inr.parameters.map(({ name, shape }) => [name, fixedNumbers(shape)]));
  const tracer = createTracer(createNetwork(inr, weights, fixedEngine), await createLocalPool());
  const frame = signal.frames - 1;
  const traced = await tracer.trace(
    frame,
    {
      neuronTotals: true,
      pixelTotals: true,
      groupSums: ['grid'],
      histogram: true,
      pixelsPerNeuron: true,
      neuronsPerPixel: { areas: [0.1, 0.5] },
      change: true,
    },
    { labels: { grid: grid(signal) } },
  );
  const kept: Record<string, object> = {};
  for (const { id, neurons } of tracer.layers) {
    const every = Array.from({ length: neurons }, (_, n) => n);
    const { kind, label, activation } = inr.layers.find((hook) => hook.id === id) as Described;
    const { neuronTotals, pixelTotals, groupSums, histogram, pixelsPerNeuron, neuronsPerPixel, change } = traced[id];
    kept[id] = {
      kind,
      label,
      neurons,
      activation,
      maps: digest(await tracer.maps(id, frame, every)),
      ...(id === inr.layers.at(-1)!.id && {
        channels: digest(await tracer.maps(id, frame, every, { channels: true })),
      }),
      neuronSums: digest(neuronTotals!.sum),
      neuronExtremes: digest(neuronTotals!.min, neuronTotals!.max),
      pixelSums: digest(pixelTotals!),
      groupSums: digest(groupSums.grid),
      histogram: digest(filled(histogram!)),
      pixelsPerNeuron: digest(pixelsPerNeuron!),
      neuronsPerPixel: neuronsPerPixel!.map(({ threshold, counts }) => [threshold, digest(counts)]),
      ...(change && { change: digest(change) }),
    };
  }
  return kept;
}

interface Described {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  readonly activation: unknown;
}

/** Between −0.5 and 0.5, the same for one shape; sums of a few of them are exact. */
function fixedNumbers(shape: Shape): NdArray {
  const start = shape.reduce((hash, extent) => (hash * 31 + extent) % 4093, 7);
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => (((i + start) * 2659) % 4093) / 4093 - 0.5);
  return ndarray(shape, data);
}

/** Gives fixed numbers for every activation, whatever it is asked to compute. */
const fixedEngine: Engine = {
  name: 'fixed',
  description: 'numbers by shape',
  async compile(program, inputs, { outputs } = {}) {
    const traced = traceProgram(program, inputs).outputs;
    const names = outputs ?? Object.keys(traced);
    return {
      run: async (): Promise<Arrays> =>
        Object.fromEntries(names.map((name) => [name, fixedNumbers(traced[name].shape)])),
      dispose: async () => {},
    };
  },
  compileGradient: () => Promise.reject(new Error('nothing is trained')),
  compileTraining: () => Promise.reject(new Error('nothing is trained')),
  dispose: async () => {},
};

/** Cells of 4×4 pixels. */
function grid({ height, width }: SignalShape): LabelMap {
  const columns = Math.ceil(width / 4);
  return {
    height,
    width,
    labels: Uint16Array.from(
      { length: height * width },
      (_, p) => Math.floor(p / width / 4) * columns + Math.floor((p % width) / 4),
    ),
    groups: Array.from({ length: Math.ceil(height / 4) * columns }, (_, g) => ({ name: `cell ${g}` })),
  };
}

/** Bins with something in them, and how much: how many there are besides is no result. */
function filled({ firstBin, counts }: Histogram): Float64Array {
  return Float64Array.from([...counts].flatMap((count, k) => (count > 0 ? [k === 0 ? -1 : firstBin + k, count] : [])));
}

type Numbers = Float32Array | Float64Array | Uint32Array | Uint16Array;

function digest(...arrays: readonly Numbers[]): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex').slice(0, 16);
}

import type {
  AnalysisContext,
  AnalysisPlugin,
  AnalysisResult,
  Frame,
  LabelMap,
  LayerInfo,
  LayerStatistics,
  NeuronsPerPixel,
  SignalShape,
  StatisticsRequest,
} from '@xinc/core';

/** Contribution maps of a layer on each frame, [N, H, W], signed. */
export interface MemoryLayer {
  readonly id: string;
  readonly neurons: number;
  readonly maps: readonly Float32Array[];
}

/** A run held in memory: what an analysis can ask of one. */
export interface MemoryRun {
  readonly height: number;
  readonly width: number;
  readonly layers: readonly MemoryLayer[];
  /** Grouping → label map of each frame. */
  readonly groupings?: Readonly<Record<string, readonly LabelMap[]>>;
  readonly pictures?: readonly Frame[];
  /** The frames analysed, of those that there are maps of; by default all. */
  readonly frames?: readonly number[];
  readonly kind?: SignalShape['kind'];
  readonly seed?: number;
  /** Ids of layers beside these, which could not be traced. */
  readonly untraced?: readonly string[];
  /** What not every run can do, or does otherwise. */
  readonly abilities?: Partial<
    Pick<AnalysisContext, 'reconstruction' | 'completeness' | 'ablate' | 'progress' | 'signalAborted'>
  >;
}

/** Runs an analysis on a run in memory; the analysis gets the statistics it requested and no others. */
export async function analyzeInMemory<C>(
  plugin: AnalysisPlugin<C>,
  run: MemoryRun,
  options: unknown = {},
): Promise<AnalysisResult> {
  const parsed = plugin.options.parse(options);
  return plugin.analyze(parsed, contextInMemory(plugin, run, parsed));
}

/** Runs an analysis of several runs. */
export async function compareInMemory<C>(
  plugin: AnalysisPlugin<C>,
  runs: Readonly<Record<string, MemoryRun>>,
  options: unknown = {},
): Promise<AnalysisResult> {
  const parsed = plugin.options.parse(options);
  return plugin.analyzeRuns!(
    parsed,
    Object.entries(runs).map(([name, run]) => ({ name, context: contextInMemory(plugin, run, parsed) })),
  );
}

function contextInMemory<C>(plugin: AnalysisPlugin<C>, run: MemoryRun, options: C): AnalysisContext {
  const count = run.layers[0].maps.length;
  const frames = run.frames ?? Array.from({ length: count }, (_, i) => i);
  const kind = run.kind ?? (count === 1 ? 'image' : 'video');
  const signal: SignalShape = { kind, frames: count, height: run.height, width: run.width };
  const layers = run.layers.map(
    ({ id, neurons }): LayerInfo => ({
      id,
      label: `${id[0].toUpperCase()}${id.slice(1)} · ${neurons} neurons`,
      neurons,
    }),
  );
  const base = { signal, layers, frames, groupings: Object.keys(run.groupings ?? {}) };
  const request = plugin.request(options, base);
  const layerOf = (id: string) => run.layers.find((layer) => layer.id === id)!;
  const labels = (grouping: string, frame: number) => run.groupings![grouping][frame];
  const picture = async (frame: number): Promise<Frame> =>
    run.pictures?.[frame] ?? {
      height: run.height,
      width: run.width,
      rgb: new Float32Array(run.height * run.width * 3),
    };
  return {
    ...base,
    seed: run.seed ?? 0,
    untraced: run.untraced ?? [],
    labels,
    signalFrame: picture,
    reconstruction: picture,
    statistics: (id, frame) => gather(layerOf(id), run, frame, request, (grouping) => labels(grouping, frame)),
    async maps(id, frame, neurons) {
      const pixels = run.height * run.width;
      const all = layerOf(id).maps[frame];
      const out = new Float32Array(neurons.length * pixels);
      for (const [i, n] of neurons.entries()) out.set(all.subarray(n * pixels, (n + 1) * pixels), i * pixels);
      return out;
    },
    ...run.abilities,
  };
}

/** The statistics of method §4 by their definitions, without any thought of speed. */
function gather(
  { id, neurons, maps }: MemoryLayer,
  { height, width }: MemoryRun,
  frame: number,
  request: StatisticsRequest,
  labels: (grouping: string) => LabelMap,
): LayerStatistics {
  const magnitudes = maps[frame].map(Math.abs);
  const pixels = height * width;
  const a = (n: number, p: number) => magnitudes[n * pixels + p];
  const overPixels = (value: (p: number) => number) => Float64Array.from({ length: pixels }, (_, p) => value(p));
  const overNeurons = (value: (n: number) => number) => Float64Array.from({ length: neurons }, (_, n) => value(n));
  const sum = (length: number, value: (i: number) => number) => {
    let total = 0;
    for (let i = 0; i < length; i++) total += value(i);
    return total;
  };
  const pixelTotals = overPixels((p) => sum(neurons, (n) => a(n, p)));
  return {
    neurons,
    custom: Object.fromEntries(
      (request.custom ?? []).map((collector) => {
        const accumulator = collector.start({ id, neurons, height, width });
        accumulator.accept({
          neurons: Uint32Array.from({ length: neurons }, (_, n) => n),
          region: { top: 0, left: 0, height, width },
          maps: maps[frame],
        });
        return [collector.name, accumulator.result()];
      }),
    ),
    groupSums: Object.fromEntries(
      (request.groupSums ?? []).map((grouping) => {
        const map = labels(grouping);
        const sums = new Float64Array(neurons * map.groups.length);
        for (let n = 0; n < neurons; n++) {
          for (let p = 0; p < pixels; p++) sums[n * map.groups.length + map.labels[p]] += a(n, p);
        }
        return [grouping, sums];
      }),
    ),
    ...(request.neuronTotals && {
      neuronTotals: {
        sum: overNeurons((n) => sum(pixels, (p) => a(n, p))),
        min: Float32Array.from(overNeurons((n) => Math.min(...magnitudes.subarray(n * pixels, (n + 1) * pixels)))),
        max: Float32Array.from(overNeurons((n) => Math.max(...magnitudes.subarray(n * pixels, (n + 1) * pixels)))),
      },
    }),
    ...(request.pixelTotals && { pixelTotals }),
    ...(request.histogram && { histogram: histogram(magnitudes) }),
    ...(request.pixelsPerNeuron && {
      pixelsPerNeuron: Uint32Array.from(
        overNeurons((n) => sum(pixels, (p) => (a(n, p) > pixelTotals[p] / neurons ? 1 : 0))),
      ),
    }),
    ...(request.neuronsPerPixel && {
      neuronsPerPixel: request.neuronsPerPixel.areas.map((area): NeuronsPerPixel => {
        const threshold = exactThreshold(magnitudes, area);
        const counts = Uint32Array.from(overPixels((p) => sum(neurons, (n) => (a(n, p) > threshold ? 1 : 0))));
        return { area, threshold, counts };
      }),
    }),
    ...(request.change &&
      frame > 0 && {
        change: overPixels((p) => sum(neurons, (n) => Math.abs(a(n, p) - Math.abs(maps[frame - 1][n * pixels + p])))),
      }),
  };
}

/** τ by its definition: the value at which values sorted downward have accumulated 1 − area of their total. */
export function exactThreshold(magnitudes: ArrayLike<number>, area: number): number {
  const sorted = Float64Array.from(magnitudes).sort().reverse();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let accumulated = 0;
  return sorted.find((value) => {
    accumulated += value;
    return accumulated >= (1 - area) * total;
  })!;
}

export function histogram(magnitudes: Float32Array) {
  const bits = new Uint32Array(magnitudes.buffer);
  const counts = new Float64Array((255 << 10) + 2);
  for (const pattern of bits) counts[pattern === 0 ? 0 : Math.min((pattern >>> 13) + 1, counts.length - 1)]++;
  return { firstBin: -1, counts };
}

/** A label map from a list of labels; groups are named by their number. */
export function labelMap(height: number, width: number, labels: ArrayLike<number>, groups?: number): LabelMap {
  const count = groups ?? Math.max(...Array.from(labels)) + 1;
  return {
    height,
    width,
    labels: Uint16Array.from(labels),
    groups: Array.from({ length: count }, (_, g) => ({ name: `group ${g}` })),
  };
}

/** Reproducible noise in [0, 1): a multiplicative congruential generator (Park & Miller 1988). */
export function noise(length: number, seed: number): Float32Array {
  let state = (seed * 7919 + 17) % 2147483647;
  return Float32Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  });
}

/** A layer of signed random maps; neuron n has scale n + 1, so that totals differ. */
export function noisyLayer(id: string, neurons: number, pixels: number, frames = 1, seed = 1): MemoryLayer {
  return {
    id,
    neurons,
    maps: Array.from({ length: frames }, (_, t) =>
      noise(neurons * pixels, seed + t).map((value, i) => (2 * value - 1) * (Math.floor(i / pixels) + 1)),
    ),
  };
}

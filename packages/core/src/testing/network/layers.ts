import { switchOff } from '../../ablation.js';
import { deriveInScript } from '../../derive/derive-hooks.js';
import type { LabelMap } from '../../grouping.js';
import type { LayerHook } from '../../inr.js';
import { createNetwork, type Network } from '../../network.js';
import type { LayerStatistics, StatisticsRequest } from '../../statistics/statistics.js';
import type { KernelPool } from '../../trace/contribution-source.js';
import { createLocalPool } from '../../trace/local-pool.js';
import { createTracer, type Tracer } from '../../trace/tracer.js';
import { differenceOf, firstUnlike, shortly } from '../difference.js';
import { createDealtPool, createScriptPool } from '../pools.js';
import type { BuiltNetwork } from './built-network.js';

/** What was measured of a layer, as shares of its largest value. */
export interface LayerMeasures {
  readonly id: string;
  readonly neurons: number;
  /** Σ_n c_{n→o}(p) against what the engine computed; `undefined` for a layer of a plugin's own that does not tell. */
  readonly completeness: number | undefined;
  /** Its maps against those of the tables, computed in JavaScript; `undefined` where `notCompared` says why. */
  readonly maps: number | undefined;
  /** Why there are no maps of the tables to compare its maps with. */
  readonly notCompared: string | undefined;
  /** What WebAssembly sums against sums of the same maps in JavaScript. */
  readonly sums: number;
}

/** Instances of the kernels, as worker threads have one each. */
const WORKERS = 3;
/** Why a layer's maps are compared with none. */
const OWN = 'its hook computes its maps itself, in JavaScript';
const NO_PRODUCT = 'no product of the forward pass has the pre-activation or the weight that its hook names';
/** Neurons whose maps are compared one by one. */
const SOME_NEURONS = 12;

/** Everything that there is of a frame by itself; the compiler refuses a statistic that is missing here. */
const EVERYTHING = {
  neuronTotals: true,
  pixelTotals: true,
  groupSums: ['cells'],
  histogram: true,
  pixelsPerNeuron: true,
  neuronsPerPixel: { areas: [0.1, 0.5] },
} satisfies Required<Omit<StatisticsRequest, 'custom' | 'change'>>;

/**
 * How the layers are traced: contributions add up, maps are those of the tables, the same in parts as at once, and statistics the same
 * for one worker and several, and in JavaScript.
 * @throws XincError `plugin` naming layer and neuron
 */
export async function checkTracedLayers(built: BuiltNetwork): Promise<readonly LayerMeasures[]> {
  const {
    inr,
    weights,
    engines: [engine],
  } = built;
  const network = createNetwork(inr, weights, engine);
  const pool = await createLocalPool();
  try {
    const tracer = createTracer(network, pool);
    const { sums, totals } = await checkStatistics(built, network, tracer);
    const maps = await checkAgainstTables(built, tracer, pool);
    const measures: LayerMeasures[] = [];
    for (const { id, neurons } of tracer.layers) {
      const hook = inr.layers.find((one) => one.id === id)!;
      const completeness = await checkCompleteness(built, tracer, hook);
      await checkMapsInParts(built, tracer, id, neurons);
      await checkSwitchedOff(built, network, hook, totals.get(id)!);
      const notCompared = maps.has(id) ? undefined : hook.kind === 'custom' ? OWN : NO_PRODUCT;
      measures.push({ id, neurons, completeness, maps: maps.get(id), notCompared, sums: sums.get(id)! });
    }
    return measures;
  } finally {
    await network.dispose();
    await pool.dispose();
  }
}

async function checkCompleteness(
  { tested, tolerance, frame }: BuiltNetwork,
  tracer: Tracer,
  hook: LayerHook,
): Promise<number | undefined> {
  if (hook.kind === 'custom' && !hook.completeness) return undefined;
  const { largestError, largestPreactivation } = await tracer.completeness(hook.id, frame);
  const relative = largestError === 0 ? 0 : largestError / largestPreactivation;
  if (relative <= tolerance.completeness) return relative;
  throw tested.fail(
    `completeness of layer '${hook.id}'`,
    `its contributions differ from what the engine computed by ${shortly(relative)} of the largest value, ${tolerance.completeness} is allowed`,
    'The hook has to name the input, weight, bias and preactivation of one product; a sum of all contributions is that product.',
  );
}

/** Some neurons by themselves, and all on a part of the picture, are what they are among all and on the whole. */
async function checkMapsInParts(
  { tested, inr, frame, tolerance }: BuiltNetwork,
  tracer: Tracer,
  id: string,
  count: number,
): Promise<void> {
  const { height, width } = inr.signal;
  const neurons = spread(count);
  const whole = await tracer.maps(id, frame, neurons);
  const area = height * width;
  const backwards = [...neurons].reverse();
  const turned = await tracer.maps(id, frame, backwards);
  for (const [i, neuron] of neurons.entries()) {
    const here = whole.subarray(i * area, (i + 1) * area);
    const j = neurons.length - 1 - i;
    const alone =
      neurons.length > 1 ? turned.subarray(j * area, (j + 1) * area) : await tracer.maps(id, frame, [neuron]);
    const unlike = firstUnlike(alone, here);
    if (unlike === undefined) continue;
    throw tested.fail(
      `trace of layer '${id}', neuron ${neuron}`,
      `asked for in another order its map is another one: ${alone[unlike]} in place of ${here[unlike]} at pixel ${unlike}`,
      'Neurons are asked for in any pieces and order, and a map may depend on its neuron alone.',
    );
  }
  const region = {
    top: Math.floor(height / 3),
    left: Math.floor(width / 4),
    height: Math.ceil(height / 3),
    width: Math.ceil(width / 2),
  };
  const part = await tracer.maps(id, frame, neurons, { region });
  const size = region.height * region.width;
  const expected = Float32Array.from(part, (_, at) => {
    const [n, p] = [Math.floor(at / size), at % size];
    const y = region.top + Math.floor(p / region.width);
    return whole[n * area + y * width + region.left + (p % region.width)];
  });
  const { relative, index } = differenceOf(part, expected);
  if (relative <= tolerance.maps) return;
  throw tested.fail(
    `trace of layer '${id}', neuron ${neurons[Math.floor(index / size)]}`,
    `its map on a part of the picture differs from the same part of the whole map, by ${shortly(relative)} of the largest value`,
    'Write the maps of the region: its rows and columns begin at region.top and region.left.',
  );
}

/** With a neuron off that contributes most, the picture is another one. */
async function checkSwitchedOff(
  { tested, frame }: BuiltNetwork,
  network: Network,
  hook: LayerHook,
  totals: Float64Array,
): Promise<void> {
  if ((hook.kind === 'custom' || hook.kind === 'derived') && !hook.switchOff) return;
  const strongest = [...totals.keys()].sort((a, b) => totals[b] - totals[a]).slice(0, SOME_NEURONS);
  if (totals[strongest[0]] === 0) return;
  const before = await network.reconstruct(frame);
  const after = await network.reconstruct(frame, switchOff(network, hook.id, strongest));
  if (firstUnlike(before.rgb, after.rgb) !== undefined) return;
  throw tested.fail(
    `switchOff of layer '${hook.id}'`,
    `with the neurons ${strongest.join(', ')} off, which contribute most, the picture is the same to the last bit`,
    'Give the parameters that change, in copies.',
  );
}

/** @returns by layer, the largest difference of sums in WebAssembly and in JavaScript, and what each neuron contributes in all */
async function checkStatistics(
  { tested, inr, frame, tolerance }: BuiltNetwork,
  network: Network,
  tracer: Tracer,
): Promise<{ readonly sums: ReadonlyMap<string, number>; readonly totals: ReadonlyMap<string, Float64Array> }> {
  const { height, width } = inr.signal;
  const options = { labels: { cells: cells(height, width) }, ...(frame > 0 && { previousFrame: frame - 1 }) };
  const request = { ...EVERYTHING, ...(frame > 0 && { change: true }) };
  const traceWith = async (pool: KernelPool) => {
    const traced = await createTracer(network, pool).trace(frame, request, options);
    await pool.dispose();
    return traced;
  };
  const alone = await tracer.trace(frame, request, options);
  const dealt = await traceWith(await createDealtPool(WORKERS));
  const script = await traceWith(await createScriptPool());
  const largest = new Map<string, number>();
  for (const { id } of tracer.layers) {
    largest.set(id, 0);
    const [one, several, scripted] = [alone, dealt, script].map((traced) => arraysOf(traced[id]));
    for (const [name, values] of one) {
      const where = `trace of layer '${id}', ${name}`;
      const unlike = firstUnlike(several.get(name)!, values);
      if (unlike !== undefined) {
        throw tested.fail(
          where,
          `with ${WORKERS} workers value ${unlike} is ${several.get(name)![unlike]}, with one it is ${values[unlike]}`,
          'A map may depend on its neuron, the frame and the weights alone, and on nothing that was computed before.',
        );
      }
      // Values at a threshold may lie on either side of it after another rounding.
      if (values instanceof Uint32Array || name.startsWith('histogram')) continue;
      const { relative, index } = differenceOf(values, scripted.get(name)!);
      largest.set(id, Math.max(largest.get(id)!, relative));
      if (relative <= tolerance.maps) continue;
      throw tested.fail(
        where,
        `value ${index} is ${values[index]} in WebAssembly and ${scripted.get(name)![index]} in JavaScript: ${shortly(relative)} of the largest, ${tolerance.maps} is allowed`,
        'The source has to describe one layer, with arrays that fit its extents.',
      );
    }
  }
  const totals = new Map(tracer.layers.map(({ id }) => [id, alone[id].neuronTotals!.sum]));
  return { sums: largest, totals };
}

/** The numbers of a layer's statistics by name. */
function arraysOf(statistics: LayerStatistics | readonly unknown[] | object, name = ''): Map<string, Float64Array> {
  const found = new Map<string, Float64Array>();
  for (const [key, value] of Object.entries(statistics)) {
    const path = name === '' ? key : `${name}.${key}`;
    if (ArrayBuffer.isView(value)) found.set(path, value as Float64Array);
    else if (typeof value === 'object' && value !== null) {
      for (const [inner, array] of arraysOf(value, path)) found.set(inner, array);
    }
  }
  return found;
}

/**
 * Layers that the kernels compute, against what the tables say of the same products of the forward pass. Layers that a plugin computes
 * itself are its own to define.
 * @returns by layer, the largest difference
 */
async function checkAgainstTables(
  { tested, inr, weights, frame, tolerance, engines: [engine] }: BuiltNetwork,
  tracer: Tracer,
  pool: KernelPool,
): Promise<ReadonlyMap<string, number>> {
  const derived = deriveInScript(inr);
  const differences = new Map<string, number>();
  if (derived.layers.length === 0) return differences;
  const script = { ...inr, layers: derived.layers.map(({ hook }) => hook), recorded: derived.recorded };
  const network = createNetwork(script, weights, engine);
  const byTables = createTracer(network, pool);
  const taken = new Set<string>();
  for (const hook of inr.layers) {
    if (hook.kind === 'custom' || !tracer.layers.some(({ id }) => id === hook.id)) continue;
    const left = derived.layers.filter((one) => !taken.has(one.hook.id));
    const weight = weightOf(hook, network);
    const twin =
      left.find((one) => hook.preactivation !== undefined && one.preactivation.has(hook.preactivation)) ??
      left.find((one) => weight !== undefined && one.weight === weight);
    if (!twin) continue;
    taken.add(twin.hook.id);
    const of = `layer '${hook.id}'`;
    const count = tracer.layers.find(({ id }) => id === hook.id)!.neurons;
    if (count !== twin.hook.neurons) {
      throw tested.fail(of, `it has ${count} neurons, and what its weight multiplies has ${twin.hook.neurons}`);
    }
    const neurons = spread(count);
    const found = await tracer.maps(hook.id, frame, neurons);
    const expected = await byTables.maps(twin.hook.id, frame, neurons);
    const { relative, index } = differenceOf(found, expected);
    differences.set(hook.id, relative);
    if (relative <= tolerance.maps) continue;
    const area = inr.signal.height * inr.signal.width;
    throw tested.fail(
      `${of}, neuron ${neurons[Math.floor(index / area)]}`,
      `its map is ${found[index]} at pixel ${index % area}, and by the tables ${expected[index]}: ${shortly(relative)} of the largest, ${tolerance.maps} is allowed`,
      "The hook's activation, shuffle and path have to be what the forward pass does after its weight; deriveHooks reads them off.",
    );
  }
  await network.dispose();
  return differences;
}

function weightOf(hook: Exclude<LayerHook, { kind: 'custom' }>, { parameters }: Network): string | undefined {
  if (hook.kind === 'dense') return hook.weight;
  if (hook.kind === 'conv') return hook.kernel;
  return Object.keys(hook.switchOff?.(parameters, []) ?? {})[0];
}

function spread(count: number): number[] {
  const some = Math.min(count, SOME_NEURONS);
  return Array.from({ length: some }, (_, i) => Math.floor((i * count) / some));
}

/** A label map of six cells. */
function cells(height: number, width: number): LabelMap {
  return {
    height,
    width,
    labels: Uint16Array.from(
      { length: height * width },
      (_, p) => 3 * Math.floor((2 * Math.floor(p / width)) / height) + Math.floor((3 * (p % width)) / width),
    ),
    groups: Array.from({ length: 6 }, (_, g) => ({ name: `cell ${g + 1}` })),
  };
}

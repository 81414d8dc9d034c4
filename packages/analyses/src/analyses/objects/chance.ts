import {
  type AnalysisContext,
  type LabelMap,
  permutation,
  type RandomStream,
  randomStream,
  throwIfAborted,
} from '@xinc/core';
import { sum } from '../../numeric/averages.js';

/**
 * What p is held against, for all layers together. It is half of the 5 % that chance may name a neuron in: no move is exact at the
 * borders of a picture, so that neurons which know nothing of the objects have a smaller p more often than it says (method §5.3).
 */
export const LEVEL = 0.025;
/** Random places that all objects are moved to together in each way, at least. */
const FEWEST_PLACEMENTS = 99;
/** Steps over values of maps and of their sums that are made for one layer, about: a second of work. */
const MOST_STEPS = 2 ** 29;
/** Steps that tracing a map again and summing it for both ways of moving takes for each of its pixels, about. */
const STEPS_PER_PIXEL = 10;
/** Values of full-size maps, or of sums for both ways of moving, that are held at once. */
const BATCH_VALUES = 2 ** 22;

/** The objects of a frame. */
export interface ObjectsOfFrame {
  readonly frame: number;
  readonly map: LabelMap;
  /** The object of each group of the map; −1 for none. */
  readonly objectOf: Int32Array;
}

/** How many random places tell a neuron from chance where each of so many layers may name one. */
export const placementsFor = (layers: number): number => Math.max(FEWEST_PLACEMENTS, Math.ceil(layers / LEVEL) - 1);

/**
 * How maps go on beyond their borders where objects are moved there. `mirrored`: as in mirrors, so that what is smooth stays smooth;
 * but a compact spot is then in a moved picture twice or not at all, which lets the true place look special. `repeated`: from the
 * start again, so that all of a map is in every moved picture once; but slopes then end in a step, which does so, too.
 */
type Beyond = 'mirrored' | 'repeated';

/** Pixels of one object beside one another in a row of a frame. */
interface Stretch {
  readonly object: number;
  readonly row: number;
  readonly from: number;
  readonly length: number;
}

export function stretchesOf({ map: { height, width, labels }, objectOf }: ObjectsOfFrame): Stretch[] {
  const stretches: Stretch[] = [];
  for (let row = 0; row < height; row++) {
    for (let from = 0; from < width; ) {
      const object = objectOf[labels[row * width + from]];
      let length = 1;
      while (from + length < width && objectOf[labels[row * width + from + length]] === object) length++;
      if (object >= 0) stretches.push({ object, row, from, length });
      from += length;
    }
  }
  return stretches;
}

/**
 * Neurons that can be compared with chance in reasonable time: all of them, or as many as that drawn at random.
 * @param stretches of objects on all frames
 * @returns indices, ascending
 */
export function comparedNeurons(
  neurons: Uint32Array,
  layer: string,
  {
    frames,
    stretches,
    placements,
  }: { readonly frames: number; readonly stretches: number; readonly placements: number },
  { signal, seed }: Pick<AnalysisContext, 'signal' | 'seed'>,
): Uint32Array {
  const perNeuron = STEPS_PER_PIXEL * signal.height * signal.width * frames + 4 * placements * stretches;
  const most = Math.max(1, Math.floor(MOST_STEPS / perNeuron));
  if (neurons.length <= most) return neurons;
  return permutation(neurons.length, randomStream(seed, `objects ${layer}`))
    .subarray(0, most)
    .map((i) => neurons[i])
    .sort();
}

/** The largest share of each object that any neuron gives it in each placement, [placements, objects]. */
export type ChanceShares = Readonly<Record<Beyond, Float64Array>>;

/**
 * How specialised neurons look by chance: all objects of all frames are moved together by a random way over the maps, and the largest
 * share that any neuron gives to each object is taken; so often for each way in which maps may go on beyond their borders. Objects keep
 * their shapes, sizes and places to each other; only which pixels an object covers is another.
 * @param neurons compared, of one layer
 * @param objects how many there are
 */
export async function chanceShares(
  layer: string,
  neurons: Uint32Array,
  frames: readonly ObjectsOfFrame[],
  { objects, placements }: { readonly objects: number; readonly placements: number },
  context: Pick<AnalysisContext, 'signal' | 'seed' | 'maps' | 'signalAborted'>,
): Promise<ChanceShares> {
  const { height, width } = context.signal;
  const pixels = height * width;
  const stream = randomStream(context.seed, `placements ${layer}`);
  const moves = (['mirrored', 'repeated'] as const).map((beyond) => ({
    beyond,
    ways: Array.from({ length: placements }, () => wayOf(PERIODS[beyond] * height, PERIODS[beyond] * width, stream)),
    largest: new Float64Array(placements * objects),
  }));
  const stretches = frames.map(stretchesOf);
  const sizes = stretches.map((ofFrame) => sizesOf(ofFrame, objects));
  const batch = Math.max(1, Math.floor(BATCH_VALUES / Math.max(pixels, 2 * placements * objects)));
  for (let from = 0; from < neurons.length; from += batch) {
    throwIfAborted(context.signalAborted);
    const some = neurons.subarray(from, from + batch);
    // Mean |c| on each object, added over frames; shares are of its sum over all objects and frames.
    const given = moves.map(() => new Float64Array(some.length * placements * objects));
    for (const [f, { frame }] of frames.entries()) {
      const maps = await context.maps(layer, frame, [...some]);
      for (let i = 0; i < some.length; i++) {
        const map = maps.subarray(i * pixels, (i + 1) * pixels);
        for (const [m, { beyond, ways }] of moves.entries()) {
          const sums = rowSums(map, height, width, beyond);
          for (const [k, way] of ways.entries()) {
            const place = given[m].subarray((i * placements + k) * objects, (i * placements + k + 1) * objects);
            addMeans(sums, height, width, stretches[f], sizes[f], way, beyond, place);
          }
        }
      }
    }
    for (const [m, { largest }] of moves.entries()) {
      for (let i = 0; i < some.length * placements; i++) {
        const ofNeuron = given[m].subarray(i * objects, (i + 1) * objects);
        const total = sum(ofNeuron);
        const at = (i % placements) * objects;
        for (let g = 0; total > 0 && g < objects; g++) largest[at + g] = Math.max(largest[at + g], ofNeuron[g] / total);
      }
    }
  }
  const [mirrored, repeated] = moves.map(({ largest }) => largest);
  return { mirrored, repeated };
}

type Way = readonly [down: number, right: number];

/** After how many pictures a map that goes on beyond its borders begins again. */
const PERIODS: Readonly<Record<Beyond, number>> = { mirrored: 2, repeated: 1 };

/** A random way, none left out: places that are nearly the true one are as likely as any other. */
const wayOf = (down: number, right: number, stream: RandomStream): Way => [stream.integer(down), stream.integer(right)];

/** |g| of each object. */
function sizesOf(stretches: readonly Stretch[], objects: number): Float64Array {
  const sizes = new Float64Array(objects);
  for (const { object, length } of stretches) sizes[object] += length;
  return sizes;
}

/** The place along an axis of a place beyond it. */
function placeWithin(place: number, extent: number, beyond: Beyond): number {
  const inPeriod = place % (PERIODS[beyond] * extent);
  return inPeriod < extent ? inPeriod : 2 * extent - 1 - inPeriod;
}

/** Σ |c| over the pixels before each one of a row, of a row and what comes after it, [H, (periods + 1) W + 1]. */
function rowSums(map: Float32Array, height: number, width: number, beyond: Beyond): Float64Array {
  const length = (PERIODS[beyond] + 1) * width;
  const sums = new Float64Array(height * (length + 1));
  for (let row = 0, at = 0; row < height; row++, at++) {
    for (let x = 0; x < length; x++, at++) {
      sums[at + 1] = sums[at] + Math.abs(map[row * width + placeWithin(x, width, beyond)]);
    }
  }
  return sums;
}

/** Adds the mean |c| on each object after a move, from the sums of rows: two numbers for a stretch of any length. */
function addMeans(
  sums: Float64Array,
  height: number,
  width: number,
  stretches: readonly Stretch[],
  sizes: Float64Array,
  [down, right]: Way,
  beyond: Beyond,
  means: Float64Array,
): void {
  const period = PERIODS[beyond] * width;
  for (let i = 0; i < stretches.length; i++) {
    const { object, row, from, length } = stretches[i];
    const start = placeWithin(row + down, height, beyond) * (period + width + 1) + ((from + right) % period);
    means[object] += (sums[start + length] - sums[start]) / sizes[object];
  }
}

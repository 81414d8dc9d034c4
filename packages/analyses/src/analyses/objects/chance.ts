import {
  type AnalysisContext,
  type LabelMap,
  permutation,
  type RandomStream,
  randomStream,
  throwIfAborted,
} from '@xinc/core';

/** Error rate of all layers together: how often chance names a neuron anywhere. */
export const ERROR_RATE = 0.05;
/** Random places that all objects are moved to together, at least. */
const FEWEST_PLACEMENTS = 99;
/** Steps over values of maps and of their sums that are made for one layer, about: a second of work. */
const MOST_STEPS = 2 ** 29;
/** Steps that tracing a map again and summing it takes for each of its pixels, about. */
const STEPS_PER_PIXEL = 8;
/** Values of full-size maps, or of sums, that are held at once. */
const BATCH_VALUES = 2 ** 22;

/** The objects of a frame. */
export interface ObjectsOfFrame {
  readonly frame: number;
  readonly map: LabelMap;
  /** The object of each group of the map; −1 for none. */
  readonly objectOf: Int32Array;
}

/** How many random places tell a neuron from chance where each of so many layers may name one. */
export const placementsFor = (layers: number): number =>
  Math.max(FEWEST_PLACEMENTS, Math.ceil(layers / ERROR_RATE) - 1);

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
  const perNeuron = STEPS_PER_PIXEL * signal.height * signal.width * frames + 2 * placements * stretches;
  const most = Math.max(1, Math.floor(MOST_STEPS / perNeuron));
  if (neurons.length <= most) return neurons;
  return permutation(neurons.length, randomStream(seed, `objects ${layer}`))
    .subarray(0, most)
    .map((i) => neurons[i])
    .sort();
}

/**
 * How specialised neurons look by chance: all objects of all frames are moved together by a random way over the maps, which go on
 * beyond their borders as in mirrors, and the largest share that any neuron gives to each object is taken. Objects keep their
 * shapes, sizes and places to each other, and maps what is smooth in them, which what leaves on one side and comes in on the other
 * would cut; only which pixels an object covers is another.
 * @param neurons compared, of one layer
 * @param objects how many there are
 * @returns the largest share of each object in each placement, [placements, objects]
 */
export async function chanceShares(
  layer: string,
  neurons: Uint32Array,
  frames: readonly ObjectsOfFrame[],
  { objects, placements }: { readonly objects: number; readonly placements: number },
  context: Pick<AnalysisContext, 'signal' | 'seed' | 'maps' | 'signalAborted'>,
): Promise<Float64Array> {
  const { height, width } = context.signal;
  const pixels = height * width;
  const stream = randomStream(context.seed, `placements ${layer}`);
  const ways = Array.from({ length: placements }, () => wayOf(height, width, stream));
  const stretches = frames.map(stretchesOf);
  const sizes = stretches.map((ofFrame) => sizesOf(ofFrame, objects));
  const largest = new Float64Array(placements * objects);
  const batch = Math.max(1, Math.floor(BATCH_VALUES / Math.max(pixels, placements * objects)));
  for (let from = 0; from < neurons.length; from += batch) {
    throwIfAborted(context.signalAborted);
    const some = neurons.subarray(from, from + batch);
    // Mean |c| on each object, added over frames; shares are of its sum over all objects and frames.
    const given = new Float64Array(some.length * placements * objects);
    for (const [f, { frame }] of frames.entries()) {
      const maps = await context.maps(layer, frame, [...some]);
      for (let i = 0; i < some.length; i++) {
        const sums = rowSums(maps.subarray(i * pixels, (i + 1) * pixels), height, width);
        for (const [k, way] of ways.entries()) {
          const place = given.subarray((i * placements + k) * objects, (i * placements + k + 1) * objects);
          addMeans(sums, height, width, stretches[f], sizes[f], way, place);
        }
      }
    }
    for (let i = 0; i < some.length * placements; i++) {
      const ofNeuron = given.subarray(i * objects, (i + 1) * objects);
      const total = ofNeuron.reduce((sum, value) => sum + value, 0);
      const at = (i % placements) * objects;
      for (let g = 0; total > 0 && g < objects; g++) largest[at + g] = Math.max(largest[at + g], ofNeuron[g] / total);
    }
  }
  return largest;
}

type Way = readonly [down: number, right: number];

/**
 * A random way over a picture and its mirror images, but for short ones, an eighth of the picture in both directions: objects that
 * hardly move cover nearly the same pixels, and say nothing of chance.
 */
function wayOf(height: number, width: number, stream: RandomStream): Way {
  const isShort = (way: number, extent: number) => Math.min(way, 2 * extent - way) < extent / 8;
  for (;;) {
    const [down, right] = [stream.integer(2 * height), stream.integer(2 * width)];
    if (!(isShort(down, height) && isShort(right, width))) return [down, right];
  }
}

/** |g| of each object. */
function sizesOf(stretches: readonly Stretch[], objects: number): Float64Array {
  const sizes = new Float64Array(objects);
  for (const { object, length } of stretches) sizes[object] += length;
  return sizes;
}

/** The place along an axis of a place beyond it, as in mirrors at both ends. */
const mirrored = (place: number, extent: number): number => {
  const inPeriod = place % (2 * extent);
  return inPeriod < extent ? inPeriod : 2 * extent - 1 - inPeriod;
};

/** Σ |c| over the pixels before each one of a row, of a row, its mirror image and itself one after the other, [H, 3W + 1]. */
function rowSums(map: Float32Array, height: number, width: number): Float64Array {
  const sums = new Float64Array(height * (3 * width + 1));
  for (let row = 0, at = 0; row < height; row++, at++) {
    for (let x = 0; x < 3 * width; x++, at++) {
      sums[at + 1] = sums[at] + Math.abs(map[row * width + mirrored(x, width)]);
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
  means: Float64Array,
): void {
  for (let i = 0; i < stretches.length; i++) {
    const { object, row, from, length } = stretches[i];
    const start = mirrored(row + down, height) * (3 * width + 1) + ((from + right) % (2 * width));
    means[object] += (sums[start + length] - sums[start]) / sizes[object];
  }
}

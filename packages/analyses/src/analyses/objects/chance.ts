import { type AnalysisContext, type LabelMap, permutation, randomStream, throwIfAborted } from '@xinc/core';

/** Random places that all objects are moved to together: with 19, beating each of them has p = 0.05. */
export const PLACEMENTS = 19;
/** Values of maps that are added up for one layer, about: a second of work. */
const MOST_VALUES = 2 ** 29;
/** Values of full-size maps asked for at once. */
const MAP_BATCH = 2 ** 22;

/** The objects of a frame. */
export interface ObjectsOfFrame {
  readonly frame: number;
  readonly map: LabelMap;
  /** The object of each group of the map; −1 for none. */
  readonly objectOf: Int32Array;
}

/**
 * Neurons that can be compared with chance in reasonable time: all of them, or as many as that drawn at random.
 * @returns indices, ascending
 */
export function comparedNeurons(
  neurons: Uint32Array,
  layer: string,
  frames: number,
  { signal, seed }: Pick<AnalysisContext, 'signal' | 'seed'>,
): Uint32Array {
  const perNeuron = signal.height * signal.width * frames * (PLACEMENTS + 1);
  const most = Math.max(1, Math.floor(MOST_VALUES / perNeuron));
  if (neurons.length <= most) return neurons;
  return permutation(neurons.length, randomStream(seed, `objects ${layer}`))
    .subarray(0, most)
    .map((i) => neurons[i])
    .sort();
}

/**
 * How specialised neurons look by chance: all objects of all frames are moved together by a random way, what leaves the
 * picture on one side coming in on the other, and the largest specialisation of any neuron on any object is taken. Objects keep
 * their shapes, sizes and places to each other, and maps what is smooth in them; only which pixels an object covers is another.
 * @param neurons compared, of one layer
 * @param objects how many there are
 * @param even the share of each object if all pixels were treated alike, [objects]
 * @returns the largest share / even of each placement, [PLACEMENTS]
 */
export async function chanceSpecialisation(
  layer: string,
  neurons: Uint32Array,
  frames: readonly ObjectsOfFrame[],
  even: readonly number[],
  context: Pick<AnalysisContext, 'signal' | 'seed' | 'maps' | 'signalAborted'>,
): Promise<Float64Array> {
  const { height, width } = context.signal;
  const pixels = height * width;
  const stream = randomStream(context.seed, `placements ${layer}`);
  const ways = Array.from({ length: PLACEMENTS }, () => [stream.integer(height), stream.integer(width)] as const);
  const objects = even.length;
  // Mean |c| on each object, added over frames; shares are of its sum over all objects and frames.
  const largest = new Float64Array(PLACEMENTS);
  const batch = Math.max(1, Math.floor(MAP_BATCH / pixels));
  const moved = frames.map(({ map, objectOf }) => ways.map((way) => movedObjects(map, objectOf, way)));
  const sizes = frames.map(({ map, objectOf }) => sizesOf(map, objectOf, objects));
  for (let from = 0; from < neurons.length; from += batch) {
    throwIfAborted(context.signalAborted);
    const some = neurons.subarray(from, from + batch);
    const given = new Float64Array(some.length * PLACEMENTS * objects);
    for (const [f, { frame }] of frames.entries()) {
      const maps = await context.maps(layer, frame, [...some]);
      for (let i = 0; i < some.length; i++) {
        const map = maps.subarray(i * pixels, (i + 1) * pixels);
        for (let k = 0; k < PLACEMENTS; k++) {
          const sums = sumsOf(map, moved[f][k], objects);
          for (let g = 0; g < objects; g++) {
            if (sizes[f][g] > 0) given[(i * PLACEMENTS + k) * objects + g] += sums[g] / sizes[f][g];
          }
        }
      }
    }
    for (let i = 0; i < some.length * PLACEMENTS; i++) {
      const ofNeuron = given.subarray(i * objects, (i + 1) * objects);
      const total = ofNeuron.reduce((sum, value) => sum + value, 0);
      for (let g = 0; g < objects; g++) {
        const k = i % PLACEMENTS;
        if (total > 0) largest[k] = Math.max(largest[k], ofNeuron[g] / total / even[g]);
      }
    }
  }
  return largest;
}

/** The object that covers each pixel after a move, −1 for none, [H·W] */
function movedObjects(
  { height, width, labels }: LabelMap,
  objectOf: Int32Array,
  [down, right]: readonly [number, number],
): Int32Array {
  const moved = new Int32Array(labels.length);
  for (let y = 0; y < height; y++) {
    const row = ((y + down) % height) * width;
    for (let x = 0; x < width; x++) moved[row + ((x + right) % width)] = objectOf[labels[y * width + x]];
  }
  return moved;
}

function sizesOf({ labels }: LabelMap, objectOf: Int32Array, objects: number): Float64Array {
  const sizes = new Float64Array(objects);
  for (let p = 0; p < labels.length; p++) if (objectOf[labels[p]] >= 0) sizes[objectOf[labels[p]]]++;
  return sizes;
}

/** Σ |c| on each object. */
function sumsOf(map: Float32Array, objectAt: Int32Array, objects: number): Float64Array {
  const sums = new Float64Array(objects);
  for (let p = 0; p < map.length; p++) if (objectAt[p] >= 0) sums[objectAt[p]] += Math.abs(map[p]);
  return sums;
}

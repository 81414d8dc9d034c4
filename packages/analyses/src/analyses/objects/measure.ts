import { type AnalysisContext, type Group, groupSizes, type LabelMap, type LayerInfo } from '@xinc/core';
import { median, sum } from '../../numeric/averages.js';
import { isTie } from '../../numeric/ties.js';
import type { LiveLayer } from '../../scope/live-layers.js';
import { chanceShares, comparedNeurons, LEVEL, type ObjectsOfFrame, placementsFor, stretchesOf } from './chance.js';

/** An object on one frame: all pixels of groups of that name. */
export interface Presence extends Group {
  readonly frame: number;
  /** |g| */
  readonly pixels: number;
  /** Their indices in the label map. */
  readonly groups: readonly number[];
}

/** What the neurons of a layer give to each object, over all frames. */
export interface ObjectShares {
  readonly layer: LayerInfo;
  /** One per column of `shares`. */
  readonly presences: readonly Presence[];
  /**
   * Mean |c| of each neuron on each object and frame, as a share of its sum over all of them, [N, presences]; NaN for
   * neurons without contribution.
   */
  readonly shares: Float32Array;
  /** Names of the objects. */
  readonly objects: readonly string[];
  /** The shares of each neuron on each object, over all frames, [N, objects]. */
  readonly given: Float64Array;
  /** Neurons with shares, ascending. */
  readonly neurons: Uint32Array;
  /** Strong neurons, ascending: those of them that carry at least `STRONG_SHARE` of an even share of the layer's contribution. */
  readonly strong: Uint32Array;
  /** What a neuron that treats all pixels alike would give to each object, [objects]. */
  readonly even: readonly number[];
}

/** No claim is made about a neuron that carries less than this part of an even share of its layer's contribution. */
export const STRONG_SHARE = 0.1;

/** The objects that have pixels on a frame. */
export function presencesOf(grouping: string, frame: number, context: Pick<AnalysisContext, 'labels'>): Presence[] {
  const map = context.labels(grouping, frame);
  const sizes = groupSizes(map);
  const names = [...new Set(map.groups.map(({ name }) => name))];
  return names.flatMap((name) => {
    const groups = [...map.groups.keys()].filter((g) => map.groups[g].name === name && sizes[g] > 0);
    const pixels = groups.reduce((total, g) => total + sizes[g], 0);
    return groups.length > 0 ? [{ ...map.groups[groups[0]], frame, pixels, groups }] : [];
  });
}

/**
 * Measures what each neuron of a layer gives to each object.
 * @param live the layer on each frame where it has something to analyse
 * @param all the objects of all frames
 */
export function measureShares(
  layer: LayerInfo,
  live: readonly LiveLayer[],
  grouping: string,
  all: readonly Presence[],
): ObjectShares {
  const presences = all.filter(({ frame }) => live.some((one) => one.frame === frame));
  const shares = new Float32Array(layer.neurons * presences.length);
  const densities = presences.map(({ frame, pixels, groups }) => {
    const sums = live.find((one) => one.frame === frame)!.statistics.groupSums[grouping];
    const stride = sums.length / layer.neurons;
    return (n: number) => groups.reduce((total, g) => total + sums[n * stride + g], 0) / pixels;
  });
  for (let n = 0; n < layer.neurons; n++) {
    const ofNeuron = densities.map((density) => density(n));
    const total = sum(ofNeuron);
    for (const [i, density] of ofNeuron.entries()) {
      shares[n * presences.length + i] = total > 0 ? density / total : Number.NaN;
    }
  }
  const neurons = Uint32Array.from({ length: layer.neurons }, (_, n) => n).filter(
    (n) => !Number.isNaN(shares[n * presences.length]),
  );
  const columns = new Map<string, number>();
  for (const { name } of presences) if (!columns.has(name)) columns.set(name, columns.size);
  const columnOf = presences.map(({ name }) => columns.get(name)!);
  const given = new Float64Array(layer.neurons * columns.size);
  for (let n = 0; n < layer.neurons; n++) {
    for (const [i, column] of columnOf.entries()) given[n * columns.size + column] += shares[n * presences.length + i];
  }
  const totals = Float64Array.from({ length: layer.neurons }, (_, n) => sum(live.map((one) => one.totals[n])));
  const least = (STRONG_SHARE * sum(totals)) / layer.neurons;
  const strong = neurons.filter((n) => totals[n] >= least);
  const even = [...columns.values()].map(
    (column) => columnOf.filter((other) => other === column).length / presences.length,
  );
  return { layer, presences, shares, objects: [...columns.keys()], given, neurons, strong, even };
}

/** The share each neuron with shares gives to the objects that fit, [neurons]. */
export function sharesOfKind(
  { presences, shares, neurons }: ObjectShares,
  fits: (presence: Presence) => boolean,
): Float64Array {
  const columns = [...presences.keys()].filter((i) => fits(presences[i]));
  return Float64Array.from(neurons, (n) => columns.reduce((total, i) => total + shares[n * presences.length + i], 0));
}

/** What a neuron that treats all pixels alike would give to the objects that fit. */
export const evenShare = ({ presences }: ObjectShares, fits: (presence: Presence) => boolean): number =>
  presences.filter(fits).length / presences.length;

/** What neuron n gives to the object of a column, over all frames. */
export const shareGiven = ({ objects, given }: ObjectShares, n: number, column: number): number =>
  given[n * objects.length + column];

/** The first of some neurons that give most to the object of a column, over all frames. */
export function strongestNeuron(measured: ObjectShares, column: number, neurons: Uint32Array) {
  const shareOf = (n: number) => shareGiven(measured, n, column);
  const neuron = neurons.reduce((best, n) => (shareOf(n) > shareOf(best) ? n : best), neurons[0]);
  return { neuron, share: shareOf(neuron) };
}

/** A neuron and an object, with what the neuron gives it and what one would give that treats all pixels alike. */
export interface NeuronOnObject {
  readonly neuron: number;
  readonly object: string;
  readonly share: number;
  readonly even: number;
  /**
   * The largest share that any neuron gives the object by chance: the median over places of the objects, the true one among them; the
   * larger of two, for the two ways in which maps go on beyond their borders.
   */
  readonly chance: number;
}

/** The most specialised neurons of a layer, held against chance. */
export interface Specialisation {
  readonly measured: ObjectShares;
  /** Neurons compared: all strong ones, or as many of them as time allows; ascending. */
  readonly compared: Uint32Array;
  /** On each object the neuron that gives it most, of those compared, [objects]. */
  readonly strongest: readonly NeuronOnObject[];
  /**
   * For each of them, the part of all places of the objects, the true one among them, in which some neuron exceeds chance on some
   * object as much: its p with all neurons and objects of the layer tested together, [objects]. The larger of two, for the two ways in
   * which maps go on beyond their borders.
   */
  readonly p: readonly number[];
  /** The one with the smallest p; of those with the same, the one that exceeds chance most. */
  readonly best: NeuronOnObject;
  /** All that have the same p and exceed chance as much as the best, itself included. */
  readonly tied: readonly NeuronOnObject[];
  /** The next one, of another neuron, in the same order. */
  readonly next?: NeuronOnObject;
  /** Random places of the objects, for each of the two ways in which maps go on beyond their borders. */
  readonly placements: number;
  /** In how many of them some neuron exceeds chance as much as the best, for the way for which it is more. */
  readonly reached: number;
  /** Whether the best is beyond chance, with all layers tested together. */
  readonly standsOut: boolean;
}

/** What a neuron gives, for the most that neurons give the same object by chance. */
const excessOver = (chance: number, share: number): number => (chance > 0 ? share / chance : 0);
const excess = ({ share, chance }: NeuronOnObject): number => excessOver(chance, share);

/**
 * Finds the neurons of a layer that are specialised most, and how often chance gives one as specialised.
 * @param layers of which each may name one
 */
export async function measureSpecialisation(
  measured: ObjectShares,
  grouping: string,
  layers: number,
  context: AnalysisContext,
): Promise<Specialisation> {
  const { layer, objects, even, strong, presences } = measured;
  const frames = [...new Set(presences.map(({ frame }) => frame))].map((frame) =>
    objectsOf(frame, objects, context.labels(grouping, frame)),
  );
  const placements = placementsFor(layers);
  const stretches = frames.reduce((count, frame) => count + stretchesOf(frame).length, 0);
  const compared = comparedNeurons(strong, layer.id, { frames: frames.length, stretches, placements }, context);
  const moved = await chanceShares(layer.id, compared, frames, { objects: objects.length, placements }, context);
  const strongestOf = objects.map((_, column) => strongestNeuron(measured, column, compared));
  /** For each way beyond the borders, the most by chance on each object, and the largest excess over these in each place. */
  const byChance = [moved.mirrored, moved.repeated].map((largest) => {
    const usual = objects.map((_, column) => {
      const shares = Float64Array.from({ length: placements }, (_, k) => largest[k * objects.length + column]);
      return median([...shares, strongestOf[column].share]);
    });
    const excesses = Float64Array.from({ length: placements }, (_, k) =>
      usual.reduce((most, chance, g) => Math.max(most, excessOver(chance, largest[k * objects.length + g])), 0),
    );
    return { usual, excesses };
  });
  const chance = objects.map((_, column) => Math.max(...byChance.map(({ usual }) => usual[column])));
  const onObject = (neuron: number, column: number): NeuronOnObject => ({
    neuron,
    object: objects[column],
    share: shareGiven(measured, neuron, column),
    even: even[column],
    chance: chance[column],
  });
  const reachedBy = ({ object, share }: NeuronOnObject) =>
    Math.max(
      ...byChance.map(({ usual, excesses }) => {
        const value = excessOver(usual[objects.indexOf(object)], share);
        return excesses.filter((other) => other >= value || isTie(other, value)).length;
      }),
    );
  /** On each object the one of some neurons that gives it most: none of them has a smaller p there or exceeds chance more. */
  const strongestOn = (some: Uint32Array) =>
    objects.map((_, column) => onObject(strongestNeuron(measured, column, some).neuron, column));
  const strongest = strongestOn(compared);
  const counts = strongest.map(reachedBy);
  const best = mostSpecialised(strongest, counts);
  const reached = reachedBy(best);
  const tied = [...compared]
    .flatMap((neuron) => objects.map((_, column) => onObject(neuron, column)))
    .filter((one) => isTie(excess(one), excess(best)))
    .filter((one) => one.object === best.object || reachedBy(one) === reached);
  const others = compared.filter((neuron) => tied.every((one) => one.neuron !== neuron));
  const strongestOthers = others.length > 0 ? strongestOn(others) : [];
  const pOf = (count: number) => (1 + count) / (1 + placements);
  return {
    measured,
    compared,
    strongest,
    p: counts.map(pOf),
    best,
    tied,
    ...(others.length > 0 && { next: mostSpecialised(strongestOthers, strongestOthers.map(reachedBy)) }),
    placements,
    reached,
    standsOut: pOf(reached) * layers <= LEVEL,
  };
}

/**
 * The one with the smallest p; of those with the same, the one that exceeds chance most. Where the two ways beyond the borders tell
 * other chances, that need not be the one that exceeds the larger of them most.
 * @param reached in how many places some neuron exceeds chance as much as each, which p grows with
 */
function mostSpecialised(some: readonly NeuronOnObject[], reached: readonly number[]): NeuronOnObject {
  const least = Math.min(...reached);
  return some.filter((_, i) => reached[i] === least).reduce((a, b) => (excess(b) > excess(a) ? b : a));
}

const objectsOf = (frame: number, objects: readonly string[], map: LabelMap): ObjectsOfFrame => ({
  frame,
  map,
  objectOf: Int32Array.from(map.groups, ({ name }) => objects.indexOf(name)),
});

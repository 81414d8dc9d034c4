import { decodePart } from './address.js';
import { choice, type Setting, wholes } from './setting.js';

/** Which neurons of the layer are shown: those that paint a group, or those of a cluster of the layer. */
export type NeuronFilter =
  | { readonly kind: 'group'; readonly grouping: string; readonly group: string }
  | { readonly kind: 'cluster'; readonly layer: string; readonly cluster: number };

/** `group:instances:boat`, `cluster:layer1:3`; clusters are counted from 1, as they are on screen. */
export const filterSetting: Setting<NeuronFilter | null> = {
  key: 'only',
  initial: null,
  format: (value) => value && formatFilter(value),
  parse: parseFilter,
};

/** How many times as much a neuron gives the pixels of a group that it paints as those of the others. */
export const LEAST = ['1.5', '2', '4', '8'] as const;
export const leastSetting = choice('only-least', LEAST, '2');

export function formatFilter(filter: NeuronFilter): string {
  const parts = filter.kind === 'group' ? [filter.grouping, filter.group] : [filter.layer, String(filter.cluster + 1)];
  // The whole is encoded once more for the address.
  return [filter.kind, ...parts.map((part) => part.replace(/[%:]/g, encodeURIComponent))].join(':');
}

export function parseFilter(text: string): NeuronFilter | undefined {
  const [, kind, first, second] = /^(group|cluster):([^:]{1,600}):([^:]{1,600})$/.exec(text) ?? [];
  const [of, what] = [first, second].map((part) => part && decodePart(part));
  if (!of || !what) return undefined;
  if (kind === 'group') return { kind, grouping: of, group: what };
  const [number] = wholes(what, 1) ?? [0];
  return number > 0 ? { kind: 'cluster', layer: of, cluster: number - 1 } : undefined;
}

/** A neuron that carries less than this part of an even share of its layer's Σ |c| is not counted among those that paint a group: as in the analysis `objects`. */
const STRONG_SHARE = 0.1;

/** How much each of some neurons prefers a group. */
export interface GroupContrasts {
  /**
   * Mean |c| per pixel of the group, in multiples of the mean of these means over the other groups, [n]; ∞ where the others get nothing, NaN
   * where none gets anything. With the share s of the analysis `objects` and G groups it is (G − 1)·s ÷ (1 − s).
   */
  readonly contrasts: Float64Array;
  /** Σ |c| over all groups, [n] */
  readonly totals: Float64Array;
}

/** Groups of one name on a frame, with their pixels; those without pixels are left out. */
export interface NamedGroups {
  readonly names: readonly string[];
  /** The name of each group, an index of `names`; −1 for groups without pixels. */
  readonly nameOf: Int32Array;
  readonly pixels: Float64Array;
}

/** @param sizes pixels of each group */
export function namedGroups(groups: readonly { readonly name: string }[], sizes: ArrayLike<number>): NamedGroups {
  const names = [...new Set(groups.filter((_, g) => sizes[g] > 0).map(({ name }) => name))];
  const places = new Map(names.map((name, place) => [name, place]));
  const nameOf = Int32Array.from(groups, ({ name }, g) => (sizes[g] > 0 ? places.get(name)! : -1));
  const pixels = new Float64Array(names.length);
  for (const [g, place] of nameOf.entries()) if (place >= 0) pixels[place] += sizes[g];
  return { names, nameOf, pixels };
}

/**
 * @param sums Σ_{p∈g} |c_n(p)|, [n · G]
 * @param of the group, an index of `names`; there are others
 */
export function groupContrasts(sums: Float64Array, { nameOf, pixels, names }: NamedGroups, of: number): GroupContrasts {
  const groups = nameOf.length;
  const neurons = sums.length / groups;
  const contrasts = new Float64Array(neurons);
  const totals = new Float64Array(neurons);
  for (let n = 0; n < neurons; n++) {
    let [mine, others] = [0, 0];
    for (const [g, place] of nameOf.entries()) {
      if (place < 0) continue;
      const sum = sums[n * groups + g];
      totals[n] += sum;
      if (place === of) mine += sum / pixels[place];
      else others += sum / pixels[place];
    }
    contrasts[n] = mine / (others / (names.length - 1));
  }
  return { contrasts, totals };
}

/** The neurons of a layer that are strong enough to be counted and prefer the group at least as much. */
export function paintersOf({ contrasts, totals }: GroupContrasts, least: number): ReadonlySet<number> {
  const enough = (STRONG_SHARE * totals.reduce((sum, total) => sum + total, 0)) / totals.length;
  const found = new Set<number>();
  for (const [n, contrast] of contrasts.entries()) if (contrast >= least && totals[n] >= enough) found.add(n);
  return found;
}

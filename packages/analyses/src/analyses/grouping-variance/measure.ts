import { type AnalysisContext, groupSizes, listed, type Omission } from '@xinc/core';
import { median } from '../../numeric/averages.js';
import { groupingVariance } from '../../numeric/grouping-variance.js';
import { frameWords } from '../../scope/frames.js';
import { byLayer, type LiveLayer } from '../../scope/live-layers.js';

/** A grouping on a frame that has groups to compare. */
interface Partition {
  readonly grouping: string;
  readonly frame: number;
  /** |g|, [G] */
  readonly sizes: Uint32Array;
  /** Groups with pixels. */
  readonly groups: number;
}

/** The variances of the neurons of a layer over the groups of one grouping on one frame. */
export interface Measurement extends LiveLayer, Partition {
  /** [N] */
  readonly variances: Float64Array;
}

/**
 * Measures every layer by every grouping that divides the picture.
 * @param absolute groupings whose deviations are taken without their sign
 * @param omissions gets groupings left out, and groups ignored
 */
export function measureVariances(
  live: readonly LiveLayer[],
  groupings: readonly string[],
  absolute: readonly string[],
  context: AnalysisContext,
  omissions: Omission[],
): Measurement[] {
  const partitions = context.frames.flatMap((frame) =>
    groupings.map((name) => partition(name, frame, context, omissions)),
  );
  return live.flatMap((layer) =>
    partitions
      .filter(({ frame, groups }) => frame === layer.frame && groups > 1)
      .map((part): Measurement => {
        const sums = layer.statistics.groupSums[part.grouping];
        const unsigned = isNamed(part.grouping, absolute);
        return {
          ...layer,
          ...part,
          variances: groupingVariance(sums, layer.totals, part.sizes, { absolute: unsigned }),
        };
      }),
  );
}

/** Whether a grouping, with or without options after a colon, is in the list. */
export const isNamed = (grouping: string, names: readonly string[]): boolean =>
  names.includes(grouping) || names.includes(grouping.split(':')[0]);

/** Measures the groups; says what is wrong with them in `omissions`. */
function partition(grouping: string, frame: number, context: AnalysisContext, omissions: Omission[]): Partition {
  const map = context.labels(grouping, frame);
  const sizes = groupSizes(map);
  const empty = map.groups.filter((_, g) => sizes[g] === 0).map((group) => group.name);
  const groups = sizes.length - empty.length;
  const where = `Grouping '${grouping}'${frameWords(context.signal, frame)}`;
  if (groups < 2) {
    omissions.push({ why: `${where} was left out: it has a single group, and a variance over groups needs two.` });
  } else if (empty.length > 0) {
    omissions.push({
      why: `${where}: ${empty.length} of ${sizes.length} groups have no pixels and were ignored (${listed(shortened(empty))}).`,
    });
  }
  return { grouping, frame, sizes, groups };
}

const shortened = (names: readonly string[]): string[] =>
  names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : [...names];

/** Layer id → grouping → median variance over the live neurons, the middle one of all frames. */
export function medians(measurements: readonly Measurement[]): Record<string, Record<string, number>> {
  return Object.fromEntries(
    byLayer(measurements).map(({ layer, items }) => {
      const groupings = [...new Set(items.map((item) => item.grouping))];
      const ofGrouping = (name: string) =>
        items.filter((item) => item.grouping === name).map((item) => median(item.variances));
      return [layer.id, Object.fromEntries(groupings.map((name) => [name, median(ofGrouping(name))]))];
    }),
  );
}

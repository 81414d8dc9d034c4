import type { Grouping } from '@xinc/kernels';
import type { Arrays } from '../engine.js';
import type { LabelMap } from '../grouping.js';
import type { LayerHook } from '../inr.js';
import type { Network } from '../network.js';
import { oneAhead } from '../one-ahead.js';
import type { TracedTile } from '../statistics/statistic.js';
import type { ContributionSource, KernelPool } from './contribution-source.js';
import { activationsOf, openLayer } from './open-layer.js';
import { type Tile, tilesOf } from './tiles.js';

/** A tile of a frame whose activations are there. */
export interface OpenTile extends Tile {
  /** The tile as statistics see it. */
  readonly part: TracedTile;
  /** A layer on this tile, and on the same tile of the frame before where that is read. */
  open(hook: LayerHook): Promise<{ readonly source: ContributionSource; readonly previous?: ContributionSource }>;
}

/** A frame that is traced tile by tile, once or twice. */
export interface TracedFrame {
  /** How many tiles there are. */
  readonly tileCount: number;
  /** The tiles in turn; the next one's activations are computed while one is in use. */
  tiles(readsPrevious: boolean): AsyncIterable<OpenTile>;
}

/**
 * @param hooks of the layers to trace
 * @param labels the label maps of the frame, by grouping
 */
export function tracedFrame(
  network: Network,
  pool: KernelPool,
  hooks: readonly LayerHook[],
  frame: number,
  previousFrame: number | undefined,
  labels: Readonly<Record<string, LabelMap>>,
): TracedFrame {
  const tiles = tilesOf(network.inr);
  const known = new Map<number, Arrays>();
  // The activations of a single tile are kept for both passes; those of several are computed twice.
  const activate = async (of: number, tile: Tile): Promise<Arrays> => {
    const activations = known.get(of) ?? (await activationsOf(network, hooks, of, tile));
    if (tiles.length === 1) known.set(of, activations);
    return activations;
  };
  return {
    tileCount: tiles.length,
    async *tiles(readsPrevious) {
      const activateBoth = async (tile: Tile) => ({
        now: await activate(frame, tile),
        before: readsPrevious ? await activate(previousFrame!, tile) : undefined,
      });
      for await (const [tile, { now, before }] of oneAhead(tiles, activateBoth)) {
        yield {
          ...tile,
          part: tracedTile(tile, labels),
          async open(hook) {
            const source = await openLayer(network, pool, hook, frame, now, tile);
            if (!before) return { source };
            try {
              return { source, previous: await openLayer(network, pool, hook, previousFrame!, before, tile) };
            } catch (error) {
              source.dispose();
              throw error;
            }
          },
        };
      }
    },
  };
}

function tracedTile({ offset, region }: Tile, labels: Readonly<Record<string, LabelMap>>): TracedTile {
  const [start, end] = [offset, offset + region.height * region.width];
  const known = new Map<string, readonly Grouping[]>();
  return {
    start,
    end,
    groupings(names) {
      const key = JSON.stringify(names);
      const groupings =
        known.get(key) ??
        names.map((name) => ({
          labels: labels[name].labels.subarray(start, end),
          groups: labels[name].groups.length,
        }));
      known.set(key, groupings);
      return groupings;
    },
  };
}

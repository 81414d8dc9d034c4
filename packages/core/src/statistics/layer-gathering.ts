import type { ReduceResult, Reductions } from '@xinc/kernels';
import type { PartPlace, TracedLayer, TracedTile } from './statistic.js';
import { type AnyStatistic, type Asked, askedNames, statisticOf, type Values } from './statistics.js';

/**
 * What one pass gathers of a layer: results of chunks of neurons on tiles of pixels, merged in a fixed order, in float64.
 * Merging is addition: any partition gives the same, as far as rounding lets it.
 */
export class LayerGathering {
  readonly #layer: TracedLayer;
  readonly #gathered: ReadonlyMap<string, { row: AnyStatistic; value: unknown; first: unknown }>;

  /** @param first what the pass before gathered */
  constructor(asked: Asked, layer: TracedLayer, first: Values = {}) {
    this.#layer = layer;
    this.#gathered = new Map(
      askedNames(asked).map((name) => {
        const row = statisticOf(name);
        const before = row.after && first[row.after];
        return [name, { row, value: row.allocate(asked[name], layer, before), first: before }];
      }),
    );
  }

  /** What the kernels are asked for on a tile. */
  reductions(tile: TracedTile): Reductions {
    const layer = this.#layer;
    return Object.fromEntries(
      [...this.#gathered].map(([name, { row, value, first }]) => [name, row.argument(value, tile, layer, first)]),
    );
  }

  /** Adds what the kernels gave: of a chunk of neurons, or counts over all of them. */
  add(result: ReduceResult, at: Omit<PartPlace, 'neurons'>): void {
    for (const [name, { row, value }] of this.#gathered) {
      const part = result[name as keyof ReduceResult];
      if (part !== undefined) row.merge(value, part, { ...at, neurons: this.#layer.neurons });
    }
  }

  values(): Values {
    return Object.fromEntries([...this.#gathered].map(([name, { value }]) => [name, value]));
  }
}

import { type CustomHook, type CustomTraceContext, ndarray } from '@xinc/core';
import type { HashGridConfig } from './config.js';
import { CORNERS, type Level } from './levels.js';

/** Names of the activations that the layers of tables read. */
export const ROWS = 'grid.rows';
export const WEIGHTS = 'grid.weights';
export const FEATURES = 'grid.features';

/** Where a level's table is kept. */
export interface TablePlace {
  /** The parameter [rows, features]. */
  readonly parameter: string;
  /** Its first row there. */
  readonly first: number;
}

/**
 * The table of one level as a layer. Looking up is a product e = S·T of the weights S [P, entries] of interpolation, nearly all of them
 * zero, with the table T [entries, features]: a dense layer whose inputs are the rows. So a neuron is a row of the table, and
 * contributes c_k(p) = S_k(p)·Σ_f T[k, f] (method §2, without bias and activation). Where places share a row by their hash, its map
 * shows all of them.
 */
export function tableLayer(
  position: number,
  level: Level,
  place: TablePlace,
  { levels, features, interpolation }: Pick<HashGridConfig, 'levels' | 'features' | 'interpolation'>,
): CustomHook {
  const { entries, first, hashed, stride } = level;
  const columns = CORNERS * levels;
  const geometry = hashed ? 'shared by hash' : `${stride} × ${stride} places`;
  return {
    kind: 'custom',
    id: `level${position + 1}`,
    label: `Level ${position + 1} · ${entries} rows, ${geometry}`,
    reading: `table, ${entries} → ${features}; ${interpolation === 'linear' ? 'bilinear' : interpolation}`,
    neurons: entries,
    width: columns,
    input: ROWS,
    inputs: [WEIGHTS, FEATURES],
    trace({ parameters, activations }, wanted, { height, width }, out) {
      const pixels = height * width;
      const sums = rowSums(parameters[place.parameter].data, place.first, entries, features);
      const slots = new Int32Array(entries).fill(-1);
      for (const [slot, neuron] of wanted.entries()) slots[neuron] = slot;
      const [rows, weights] = [activations[ROWS].data, activations[WEIGHTS].data];
      out.fill(0);
      for (let p = 0; p < pixels; p++) {
        for (let at = p * columns + CORNERS * position, end = at + CORNERS; at < end; at++) {
          const row = rows[at] - first;
          const slot = slots[row];
          if (slot >= 0) out[slot * pixels + p] += weights[at] * sums[row];
        }
      }
    },
    completeness: (context) => compare(context, position, level, place, { columns, levels, features }),
    /** A row that is off is zero. */
    switchOff(parameters, neurons) {
      const { shape, data } = parameters[place.parameter];
      const changed = data.slice();
      for (const neuron of neurons)
        changed.fill(0, (place.first + neuron) * features, (place.first + neuron + 1) * features);
      return { [place.parameter]: ndarray(shape, changed) };
    },
  };
}

/** Σ_f T[k, f] of every row k. */
function rowSums(table: Float32Array, first: number, entries: number, features: number): Float32Array {
  return Float32Array.from({ length: entries }, (_, row) => {
    let sum = 0;
    for (let f = 0; f < features; f++) sum += table[(first + row) * features + f];
    return sum;
  });
}

/** max |Σ_k c_{k→f}(p) − e_f(p)|, e being the features that the engine computed. */
function compare(
  { parameters, activations }: CustomTraceContext,
  position: number,
  { first }: Level,
  place: TablePlace,
  { columns, levels, features }: { readonly columns: number; readonly levels: number; readonly features: number },
) {
  const table = parameters[place.parameter].data;
  const [rows, weights, found] = [ROWS, WEIGHTS, FEATURES].map((name) => activations[name].data);
  const pixels = rows.length / columns;
  let [largestError, largestPreactivation] = [0, 0];
  for (let p = 0; p < pixels; p++) {
    for (let f = 0; f < features; f++) {
      let sum = 0;
      for (let at = p * columns + CORNERS * position, end = at + CORNERS; at < end; at++) {
        sum += weights[at] * table[(place.first + rows[at] - first) * features + f];
      }
      const value = found[(p * levels + position) * features + f];
      largestError = Math.max(largestError, Math.abs(sum - value));
      largestPreactivation = Math.max(largestPreactivation, Math.abs(value));
    }
  }
  return { largestError, largestPreactivation };
}

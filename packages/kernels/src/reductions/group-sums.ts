import { LANES, VECTOR } from '../wasm/rows.js';
import { checkGroupings, type Grouping } from './grouping.js';
import { placePartition, planGroupings } from './partition.js';
import type { Reducer } from './reducer.js';

/** One [n · G], neuron-major, per grouping. */
export const groupSums: Reducer<readonly Grouping[], readonly Float64Array[]> = {
  over: 'neurons',
  inScript(groupings, neurons, pixels) {
    checkGroupings(groupings, pixels);
    const sums = groupings.map(({ groups }) => new Float64Array(neurons * groups));
    return {
      accept(n, a) {
        for (let k = 0; k < sums.length; k++) {
          const [{ labels, groups }, own] = [groupings[k], sums[k]];
          for (let p = 0; p < pixels; p++) own[n * groups + labels[p]] += a[p];
        }
      },
      result: () => sums,
    };
  },
  inWasm(groupings, { memory, wasm, own, pixels }) {
    const plan = planGroupings(groupings, pixels);
    const places = groupings.map(({ groups }) => ({
      groups,
      at: own.zeros(groups * 2 * VECTOR),
      taken: own.allocate(groups * 2 * VECTOR),
    }));
    const partitions = plan.map((partition) =>
      placePartition(
        own,
        partition,
        places.map(({ at }) => at),
      ),
    );
    let views: { groups: number; at: number; taken: number; four: Float64Array; range: Float64Array }[];
    return {
      fields: {
        partitionCount: partitions.length,
        partitions: own.place(Uint32Array.from(partitions, ({ addresses }) => addresses)),
      },
      begin(neurons) {
        views = places.map(({ groups, at, taken }) => ({
          ...{ groups, at, taken, four: memory.doubles(taken, LANES * groups) },
          range: new Float64Array(neurons * groups),
        }));
      },
      take(first, lanes) {
        for (const { records, cells } of partitions) wasm.sumGroups(records, cells);
        for (const { groups, at, taken, four, range } of views) {
          wasm.takeSums(at, groups, taken);
          range.set(lanes === LANES ? four : four.subarray(0, lanes * groups), first * groups);
        }
      },
      result: () => views.map(({ range }) => range),
    };
  },
};

import { neighborMixing } from '@xinc/analyses/neurons';
import { mean, type SignalValues } from '../claims/statistics/bootstrap.js';
import type { DoneRun } from '../report/done-runs.js';
import { gatherSeedNeurons } from '../report/seed-neurons.js';
import { type Comparison, comparisonOf, type Told } from './compare-networks.js';

/** Neurons of a layer of two runs together, at most. */
const MOST_NEURONS = 2000;
/** A share that is drawn for none: less than one neighbour of a layer's. */
const NONE = 1e-6;

const OTHER_SEEDS: Told = {
  name: 'kinds-other-seeds',
  title: 'Kinds of neurons, other seed',
  about:
    'how often the nearest neighbours of a neuron are of the other run, for what chance gives: two runs of the two networks with different seeds, against two runs of the first network with different seeds',
  by: 'factor',
};
const SAME_SEED: Told = {
  name: 'kinds-same-seed',
  title: 'Kinds of neurons, same seed',
  about: `the same of two runs of the two networks with one seed, which began with the same weights, against two runs of the first network with different seeds`,
  by: 'factor',
};

/**
 * Whether a network has the kinds of neurons that the first one has: runs are compared two at a time, by how their neurons mix among nearest neighbours
 * (`neighborMixing`). Seeds of the first network are the yardstick: two runs that differ by nothing else do not mix as by chance either.
 * @param networks done runs of networks of one model, by their names; the others are compared with the first
 */
export async function compareKinds(networks: ReadonlyMap<string, readonly DoneRun[]>): Promise<Comparison[]> {
  const [[against, base], ...others] = [...networks];
  const yardstick = new Map<string, number[]>();
  for (const [i, one] of base.entries()) {
    for (const other of base.slice(i + 1)) await addMixing(yardstick, one, other);
  }
  const comparisons: Comparison[] = [];
  for (const [network, runs] of others) {
    const [different, same] = [new Map<string, number[]>(), new Map<string, number[]>()];
    for (const one of base) {
      for (const other of runs) await addMixing(one.task.seed === other.task.seed ? same : different, one, other);
    }
    for (const [quantity, mixed] of [
      [OTHER_SEEDS, different],
      [SAME_SEED, same],
    ] as const) {
      const signals = [...mixed].flatMap(([signal, values]): SignalValues[] => {
        const reference = yardstick.get(signal);
        return reference === undefined ? [] : [{ signal, values, against: reference }];
      });
      if (signals.length === 0) continue;
      const reference = mean(signals.map((one) => mean(one.against!)));
      comparisons.push(comparisonOf(quantity, network, against, signals, reference));
    }
  }
  return comparisons;
}

/** Adds how two runs of one signal mix, as log₂ of the part of what chance gives, the mean over layers; nothing where they cannot be compared. */
async function addMixing(mixed: Map<string, number[]>, one: DoneRun, other: DoneRun): Promise<void> {
  const signal = one.task.signal.name;
  if (other.task.signal.name !== signal) return;
  // To what gathers them, they are two seeds of one network.
  const pair = [one, other].map(
    (run, seed): DoneRun => ({ ...run, task: { ...run.task, network: one.task.network, seed } }),
  );
  const { layers } = await gatherSeedNeurons(pair, MOST_NEURONS);
  const logs: number[] = [];
  for (const { vectors, runOf } of layers) {
    const mixing = await neighborMixing(vectors, runOf, { permutations: 1 });
    if (mixing) logs.push(Math.log2(Math.max(mixing.observed, NONE) / mixing.expected));
  }
  if (logs.length === 0) return;
  mixed.set(signal, [...(mixed.get(signal) ?? []), mean(logs)]);
}

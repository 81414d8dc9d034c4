import { mean, type SignalValues } from '../claims/statistics/bootstrap.js';
import type { DoneRun } from '../report/done-runs.js';
import { gatherSeedNeurons } from '../report/seed-neurons.js';
import { type Comparison, comparisonOf, type Told } from './compare-networks.js';

/** Neurons of a layer of two runs together, at most. */
const MOST_NEURONS = 2000;
/** What no neighbour of the other run counts as, of all neighbours in a layer. */
const NONE = 0.5;

const OTHER_SEEDS: Told = {
  name: 'kinds-other-seeds',
  title: 'Kinds of neurons, other seed',
  about:
    'how often the nearest neighbours of a neuron are of the other run, for what chance gives: two runs of the two networks with different seeds, against two runs of the first network with different seeds; no neighbour counts as half of one',
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
  const mixed = oncePerPair();
  // A value of a run is the mean over its partners: pairs that have a run in common are not independent.
  const yardstick = await meansOfRuns(base, base, (one, other) => one !== other, mixed);
  const comparisons: Comparison[] = [];
  for (const [network, runs] of others) {
    for (const quantity of [OTHER_SEEDS, SAME_SEED]) {
      const isPair = (one: DoneRun, other: DoneRun) => (one.task.seed === other.task.seed) === (quantity === SAME_SEED);
      const means = await meansOfRuns(runs, base, isPair, mixed);
      const signals = [...means].flatMap(([signal, values]): SignalValues[] => {
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

/** For every run the mean of how it mixes with its partners of the same signal, by signal. */
async function meansOfRuns(
  runs: readonly DoneRun[],
  partners: readonly DoneRun[],
  isPair: (one: DoneRun, other: DoneRun) => boolean,
  mixed: typeof mixingOf,
): Promise<Map<string, number[]>> {
  const means = new Map<string, number[]>();
  for (const one of runs) {
    const signal = one.task.signal.name;
    const values: number[] = [];
    for (const other of partners) {
      if (other.task.signal.name !== signal || !isPair(one, other)) continue;
      const value = await mixed(one, other);
      if (value !== undefined) values.push(value);
    }
    if (values.length > 0) means.set(signal, [...(means.get(signal) ?? []), mean(values)]);
  }
  return means;
}

/** `mixingOf`, looked at once for two runs in either order. */
function oncePerPair(): typeof mixingOf {
  const known = new Map<string, number | undefined>();
  return async (one, other) => {
    const pair = [one, other].sort((a, b) => (a.task.id < b.task.id ? -1 : 1));
    const key = JSON.stringify(pair.map(({ task }) => task.id));
    if (!known.has(key)) known.set(key, await mixingOf(pair[0], pair[1]));
    return known.get(key);
  };
}

/** How two runs of one signal mix, as log₂ of the part of what chance gives, the mean over layers; `undefined` where they cannot be compared. */
async function mixingOf(one: DoneRun, other: DoneRun): Promise<number | undefined> {
  // To what gathers them, they are two seeds of one network.
  const pair = [one, other].map(
    (run, seed): DoneRun => ({
      ...run,
      task: { ...run.task, network: one.task.network, seed },
    }),
  );
  const { layers } = await gatherSeedNeurons(pair, MOST_NEURONS);
  const { neighborMixing } = await import('@xinc/analyses/neurons');
  const logs: number[] = [];
  for (const { vectors, runOf } of layers) {
    const mixing = await neighborMixing(vectors, runOf, { permutations: 1 });
    if (!mixing) continue;
    const least = NONE / (mixing.neurons * mixing.neighbors);
    logs.push(Math.log2(Math.max(mixing.observed, least) / mixing.expected));
  }
  return logs.length > 0 ? mean(logs) : undefined;
}

import { formatShape, isXincError, permutation, randomStream, sizeOf, XincError } from '@xinc/core';
import { decodeNpy } from '@xinc/core/formats';
import { analysisSummary, RUN_FILES, type Run, storedNumbers } from '@xinc/runs';
import type { DoneRun } from './done-runs.js';

/** The analysis that keeps what neurons are compared by, and what it calls that. */
const ANALYSIS = 'neuron-clusters';
const ARRAY = 'vectors';

/** Bytes of an array's file: those of its header, and of each value, at most. */
const HEADER_BYTES = 4096;
const VALUE_BYTES = 8;

/** Neurons of one layer of all seeds of a signal and network, in features that are the same for all of them. */
export interface SeedNeurons {
  readonly signal: string;
  readonly network: string;
  readonly layer: string;
  /** Those compared, two or more. */
  readonly seeds: readonly number[];
  /** What describes each neuron: its map |c|, scaled to [0, 1], averaged over groups of pixels, [n, G]. */
  readonly vectors: { readonly values: Float32Array; readonly dimensions: number };
  /** The place of each neuron's seed among `seeds`, [n]. */
  readonly runOf: Int32Array;
  /** Neurons that have such a description; `vectors` holds all of them, or as many as asked for, drawn at random. */
  readonly live: number;
}

/** The neurons of all signals, networks and layers, and what could not be compared. */
export interface GatheredNeurons {
  readonly layers: readonly SeedNeurons[];
  /** Names of tasks, or of layers, each with the reason. */
  readonly missing: readonly string[];
}

/**
 * Neurons of several seeds that can be compared: the vectors that `neuron-clusters` keeps of each run, where all seeds of a signal and network have
 * the same groups of pixels. Those of one signal and network are in memory together.
 * @param limit neurons of a layer, of all seeds together: as many of each, drawn at random by a fixed generator
 */
export async function gatherSeedNeurons(runs: readonly DoneRun[], limit: number): Promise<GatheredNeurons> {
  const layers: SeedNeurons[] = [];
  const missing: string[] = [];
  for (const ofNetwork of bySignalAndNetwork(runs)) {
    const described: DescribedRun[] = [];
    for (const { task, run } of ofNetwork) {
      try {
        described.push({ id: task.id, seed: task.seed, ...(await describedRun(run)) });
      } catch (error) {
        if (!isXincError(error)) throw error;
        missing.push(`${task.id} (${error.message})`);
      }
    }
    const alike = described.filter((one) => sameGroups(one, described[0]));
    for (const { id } of described.filter((one) => !alike.includes(one))) {
      missing.push(`${id} (its groups of pixels differ from those of ${described[0].id})`);
    }
    const { signal, network } = ofNetwork[0].task;
    if (alike.length === 1) missing.push(`${signal.name} ${network.name} (one seed only)`);
    if (alike.length < 2) continue;
    const ids = [...new Set(alike.flatMap(({ layers }) => [...layers.keys()]))];
    for (const layer of ids) {
      const own = alike.filter((one) => one.layers.has(layer));
      if (own.length < 2)
        missing.push(`${signal.name} ${network.name} ${layer} (of one seed only, the others have no such neurons)`);
      else layers.push({ signal: signal.name, network: network.name, layer, ...joined(own, layer, limit) });
    }
  }
  return { layers, missing };
}

/** What is read of a run. */
interface Described {
  /** A digest of the groups of pixels. */
  readonly groups: string;
  /** [N, G] each; NaN for neurons without description. */
  readonly layers: ReadonlyMap<string, { readonly values: ArrayLike<number>; readonly dimensions: number }>;
}

interface DescribedRun extends Described {
  readonly id: string;
  readonly seed: number;
}

/** Runs of each signal and network together, networks one after the other. */
function bySignalAndNetwork(runs: readonly DoneRun[]): DoneRun[][] {
  const networks = [...new Set(runs.map(({ task }) => task.network.name))];
  const signals = [...new Set(runs.map(({ task }) => task.signal.name))];
  return networks
    .flatMap((network) =>
      signals.map((signal) => runs.filter(({ task }) => task.network.name === network && task.signal.name === signal)),
    )
    .filter(({ length }) => length > 0);
}

/** @throws XincError where the run lacks something, in words that follow the run's name in brackets */
async function describedRun(run: Run): Promise<Described> {
  if (!(await run.has(RUN_FILES.result(ANALYSIS)))) {
    throw new XincError('not-found', 'not analysed', { subject: run.path });
  }
  const arrays = (await analysisSummary(run, ANALYSIS)).arrays.filter(({ name }) => name === ARRAY);
  const { groups } = (await storedNumbers(run, ANALYSIS)).values ?? {};
  if (arrays.length === 0 || typeof groups !== 'string') {
    throw new XincError('not-found', `analysed before ${ANALYSIS} kept its ${ARRAY}: analyse it again`, {
      subject: run.path,
    });
  }
  const layers = new Map<string, { readonly values: ArrayLike<number>; readonly dimensions: number }>();
  for (const { layer, shape, file } of arrays) {
    const bytes = await run.read(file, HEADER_BYTES + VALUE_BYTES * sizeOf(shape));
    const array = decodeNpy(bytes, run.file(file));
    if (array.shape.length !== 2 || array.shape[1] < 1) {
      const what = `${run.file(file)} is damaged: an array of shape ${formatShape(array.shape)} describes no neurons`;
      throw new XincError('invalid-file', what, { subject: file });
    }
    layers.set(layer, { values: array.data, dimensions: array.shape[1] });
  }
  return { groups, layers };
}

const sameGroups = (one: Described, other: Described): boolean =>
  one.groups === other.groups &&
  [...one.layers].every(
    ([layer, { dimensions }]) => dimensions === (other.layers.get(layer)?.dimensions ?? dimensions),
  );

/** Neurons of a layer of all runs, one run after the other. */
function joined(
  runs: readonly DescribedRun[],
  layer: string,
  limit: number,
): Omit<SeedNeurons, 'signal' | 'network' | 'layer'> {
  const perRun = Math.floor(limit / runs.length);
  const { dimensions } = runs[0].layers.get(layer)!;
  let live = 0;
  const drawn = runs.map(({ seed, layers }) => {
    const { values } = layers.get(layer)!;
    const isWhole = (n: number) => {
      for (let d = 0; d < dimensions; d++) if (!Number.isFinite(values[n * dimensions + d])) return false;
      return true;
    };
    const described = Array.from({ length: values.length / dimensions }, (_, n) => n).filter(isWhole);
    live += described.length;
    const order = permutation(described.length, randomStream(seed, `neurons of ${layer}`));
    return { values, neurons: Array.from(order.subarray(0, perRun), (i) => described[i]) };
  });
  const count = drawn.reduce((sum, { neurons }) => sum + neurons.length, 0);
  const vectors = new Float32Array(count * dimensions);
  const runOf = new Int32Array(count);
  let at = 0;
  for (const [run, { values, neurons }] of drawn.entries()) {
    for (const n of neurons) {
      for (let d = 0; d < dimensions; d++) vectors[at * dimensions + d] = values[n * dimensions + d];
      runOf[at++] = run;
    }
  }
  return { seeds: runs.map(({ seed }) => seed), vectors: { values: vectors, dimensions }, runOf, live };
}

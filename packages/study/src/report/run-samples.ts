import { isXincError, sizeOf, XincError } from '@xinc/core';
import { decodeNpy } from '@xinc/core/formats';
import type { Registry } from '@xinc/core/node';
import { neuronCount } from '@xinc/core/trace';
import { analysisSummary, RUN_FILES, type Run, runModel, storedNumbers } from '@xinc/runs';
import type { Task } from '../tasks/tasks.js';
import type { Sample } from './curve-figures.js';
import type { DoneRun } from './done-runs.js';

/** Bytes of an array's file: those of its header, and of each value, at most. */
const HEADER_BYTES = 4096;
const VALUE_BYTES = 8;

/** An array of an analysis as a curve: what it is called there, its values; `undefined` for one that is none. */
export type ReadCurve = (
  name: string,
  values: ArrayLike<number>,
  /** Pixels of the picture, neurons of the layer, and those of them that are dead on the frame: 0 where they are not counted. */
  of: { readonly pixels: number; readonly neurons: number; readonly dead: number },
) => { readonly series: string; readonly values: ArrayLike<number> } | undefined;

/** What is read of an analysis. */
export interface Curves {
  readonly analysis: string;
  readonly read: ReadCurve;
  /** Whether dead neurons are counted, by the table of the analysis's own name: it has the live ones of each frame and layer. */
  readonly countsDead: boolean;
}

/** What an analysis holds of all runs, and which of them have it not, or cannot be read. */
export interface Gathered {
  readonly samples: readonly Sample[];
  /** Names of tasks, each with the reason. */
  readonly missing: readonly string[];
}

/**
 * The curves of one analysis of all runs, on the first frame that was analysed of each. Columns are the layers of the first network, then
 * those of the next.
 */
export async function gatherSamples(runs: readonly DoneRun[], registry: Registry, curves: Curves): Promise<Gathered> {
  const counts = new Map<string, Map<string, number>>();
  /** Neurons of each layer: runs of one network have the same for signals of the same shape. */
  const neuronsOf = async ({ network }: Task, run: Run) => {
    const { frames, height, width } = run.manifest.signal;
    const key = `${network.name} ${frames} ${height} ${width}`;
    if (!counts.has(key)) {
      const { inr } = await runModel(run, registry);
      counts.set(key, new Map(inr.layers.map((hook) => [hook.id, neuronCount(inr, hook)])));
    }
    return counts.get(key)!;
  };
  const samples: Sample[] = [];
  const missing: string[] = [];
  const networks = [...new Set(runs.map(({ task }) => task.network.name))];
  const inOrder = [...runs].sort(
    (a, b) => networks.indexOf(a.task.network.name) - networks.indexOf(b.task.network.name),
  );
  for (const { task, run } of inOrder) {
    try {
      if (await run.has(RUN_FILES.result(curves.analysis))) {
        samples.push(...(await samplesOf(task, run, await neuronsOf(task, run), curves)));
      } else missing.push(`${task.id} (not analysed)`);
    } catch (error) {
      if (!isXincError(error)) throw error;
      missing.push(`${task.id} (${error.message})`);
    }
  }
  return { samples, missing };
}

async function samplesOf(
  { signal, network }: Task,
  run: Run,
  neuronsOf: ReadonlyMap<string, number>,
  { analysis, read, countsDead }: Curves,
): Promise<Sample[]> {
  const { height, width } = run.manifest.signal;
  const { arrays } = await analysisSummary(run, analysis);
  const first = Math.min(...arrays.map(({ frame }) => frame));
  const liveOf = countsDead ? await liveNeurons(run, analysis, first) : undefined;
  const samples: Sample[] = [];
  for (const { frame, layer, name, shape, file } of arrays) {
    const neurons = neuronsOf.get(layer);
    if (frame !== first || neurons === undefined) continue;
    const bytes = await run.read(file, HEADER_BYTES + VALUE_BYTES * sizeOf(shape));
    const dead = liveOf ? neurons - liveOf(layer) : 0;
    const curve = read(name, decodeNpy(bytes, run.file(file)).data, { pixels: height * width, neurons, dead });
    if (curve) samples.push({ signal: signal.name, column: `${network.name} ${layer}`, ...curve });
  }
  return samples;
}

/** How many neurons of a layer are live on a frame, as the analysis's table says. */
async function liveNeurons(run: Run, analysis: string, frame: number): Promise<(layer: string) => number> {
  const { tables } = await storedNumbers(run, analysis);
  const { columns, rows } = tables.find(({ name }) => name === analysis) ?? { columns: [], rows: [] };
  const [frames, layers, lives] = ['frame', 'layer', 'live'].map((column) =>
    columns.findIndex(({ name }) => name === column),
  );
  return (layer) => {
    const live = rows.find((row) => row[frames] === frame && row[layers] === layer)?.[lives];
    if (typeof live === 'number') return live;
    throw new XincError('invalid-file', `the table of ${analysis} does not say how many neurons of ${layer} are live`, {
      subject: run.path,
    });
  };
}

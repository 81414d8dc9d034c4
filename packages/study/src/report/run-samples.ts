import { isXincError, sizeOf, type Table, XincError } from '@xinc/core';
import { decodeNpy } from '@xinc/core/formats';
import type { Registry } from '@xinc/core/node';
import { neuronCount } from '@xinc/core/trace';
import { analysisSummary, RUN_FILES, type Run, runModel, storedNumbers } from '@xinc/runs';
import type { Task } from '../tasks/tasks.js';
import { curveOf, type Mark, type Sample } from './curve-figures.js';
import type { DoneRun } from './done-runs.js';

/** Bytes of an array's file: those of its header, and of each value, at most. */
const HEADER_BYTES = 4096;
const VALUE_BYTES = 8;

/** What the values of an array are to be held against. */
interface Extent {
  /** Of the picture. */
  readonly pixels: number;
  /** Of the layer. */
  readonly neurons: number;
  /** Those of them that are dead on the frame: 0 where they are not counted. */
  readonly dead: number;
}

/** An array of an analysis as a curve: what it is called there, and what is drawn of the values that are stored; `undefined` for one that is none. */
export type ReadCurve = (
  name: string,
  of: Extent,
) => { readonly series: string; readonly values: (stored: ArrayLike<number>) => ArrayLike<number> } | undefined;

/** What is read of an analysis. */
export interface Curves {
  readonly analysis: string;
  readonly read: ReadCurve;
  /** Whether dead neurons are counted, by the table of the analysis's own name: it has the live ones of each frame and layer. */
  readonly countsDead: boolean;
  /** Points to mark on the curves, by a row of the table that tells them, with its cells by their columns' names. */
  readonly marks?: RowMarks;
}

/** The cells of a row by the names of their columns. */
type Cells = (column: string) => Table['rows'][number][number];

/** What is marked of a layer, by a table of the analysis. */
export interface RowMarks {
  readonly table: string;
  readonly read: (cell: Cells) => Omit<Mark, 'signal' | 'column'> | undefined;
}

/** An array of one run. Memory has no room for those of a study: the curve is kept, the values are read again where they are needed. */
export interface RunSample extends Sample {
  /** The name of its task. */
  readonly run: string;
  /** [H, W] of a picture. */
  readonly shape: readonly number[];
  /** Reads the values. @throws XincError `invalid-file`, `io` */
  readonly readValues: () => Promise<ArrayLike<number>>;
}

/** What an analysis holds of all runs, and which of them have it not, or cannot be read. */
export interface Gathered {
  readonly samples: readonly RunSample[];
  readonly marks: readonly Mark[];
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
  const samples: RunSample[] = [];
  const marks: Mark[] = [];
  const missing: string[] = [];
  const networks = [...new Set(runs.map(({ task }) => task.network.name))];
  const inOrder = [...runs].sort(
    (a, b) => networks.indexOf(a.task.network.name) - networks.indexOf(b.task.network.name),
  );
  for (const { task, run } of inOrder) {
    try {
      if (await run.has(RUN_FILES.result(curves.analysis))) {
        const found = await samplesOf(task, run, await neuronsOf(task, run), curves);
        samples.push(...found.samples);
        marks.push(...found.marks);
      } else missing.push(`${task.id} (not analysed)`);
    } catch (error) {
      if (!isXincError(error)) throw error;
      missing.push(`${task.id} (${error.message})`);
    }
  }
  return { samples, marks, missing };
}

async function samplesOf(
  { id, signal, network }: Task,
  run: Run,
  neuronsOf: ReadonlyMap<string, number>,
  { analysis, read, countsDead, marks }: Curves,
): Promise<Pick<Gathered, 'samples' | 'marks'>> {
  const { height, width } = run.manifest.signal;
  const { arrays } = await analysisSummary(run, analysis);
  const first = Math.min(...arrays.map(({ frame }) => frame));
  const liveOf = countsDead ? await liveNeurons(run, analysis, first) : undefined;
  const columnOf = (layer: string) => ({ signal: signal.name, column: `${network.name} ${layer}` });
  const samples: RunSample[] = [];
  for (const { frame, layer, name, shape, file } of arrays) {
    const neurons = neuronsOf.get(layer);
    if (frame !== first || neurons === undefined) continue;
    const dead = liveOf ? neurons - liveOf(layer) : 0;
    const curve = read(name, { pixels: height * width, neurons, dead });
    if (!curve) continue;
    const readValues = async () => {
      const bytes = await run.read(file, HEADER_BYTES + VALUE_BYTES * sizeOf(shape));
      return curve.values(decodeNpy(bytes, run.file(file)).data);
    };
    const { series } = curve;
    samples.push({ run: id, ...columnOf(layer), series, curve: curveOf(await readValues()), shape, readValues });
  }
  if (!marks) return { samples, marks: [] };
  const rows = await rowsOfFrame(run, analysis, marks.table, first);
  return {
    samples,
    marks: rows.flatMap((cell) => {
      const mark = marks.read(cell);
      return mark && Number.isFinite(mark.percent) && Number.isFinite(mark.value)
        ? [{ ...columnOf(String(cell('layer'))), ...mark }]
        : [];
    }),
  };
}

/** Rows of a table of an analysis that are of a frame. */
async function rowsOfFrame(run: Run, analysis: string, table: string, frame: number): Promise<Cells[]> {
  const { tables } = await storedNumbers(run, analysis);
  const { columns, rows } = tables.find(({ name }) => name === table) ?? { columns: [], rows: [] };
  const all = rows.map(
    (row): Cells =>
      (column) =>
        row[columns.findIndex(({ name }) => name === column)] ?? null,
  );
  return all.filter((cell) => cell('frame') === frame);
}

/** How many neurons of a layer are live on a frame, as the analysis's table says. */
async function liveNeurons(run: Run, analysis: string, frame: number): Promise<(layer: string) => number> {
  const rows = await rowsOfFrame(run, analysis, analysis, frame);
  return (layer) => {
    const live = rows.find((cell) => cell('layer') === layer)?.('live');
    if (typeof live === 'number') return live;
    throw new XincError('invalid-file', `the table of ${analysis} does not say how many neurons of ${layer} are live`, {
      subject: run.path,
    });
  };
}

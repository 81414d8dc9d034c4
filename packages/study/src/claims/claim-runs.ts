import { isXincError, type Table, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { neuronCount } from '@xinc/core/trace';
import { RUN_FILES, type Run, runModel, storedNumbers } from '@xinc/runs';
import type { DoneRun } from '../report/done-runs.js';
import { mean } from './statistics/bootstrap.js';

/** Analyses that claims are measured of, by their main table, which has the analysis's name. */
const ANALYSES = ['grouping-variance', 'neurons-per-pixel', 'pixels-per-neuron'] as const;
export type ClaimAnalysis = (typeof ANALYSES)[number];

/** A row of a table by its columns' names. */
export type Row = Readonly<Record<string, string | number | null>>;

export interface ClaimLayer {
  readonly id: string;
  readonly neurons: number;
}

/** What a network is, as far as claims tell networks apart. */
interface ClaimNetwork {
  /** All its layers, input side first. */
  readonly layers: readonly ClaimLayer[];
  /** Whether it gives single pixels, as FFN does, or whole frames, as NeRV. */
  readonly sampling: 'pixels' | 'frames';
}

/** One run, as claims are measured of it. */
export interface ClaimRun extends ClaimNetwork {
  /** The name of its task. */
  readonly id: string;
  readonly signal: string;
  readonly network: string;
  /** Pixels of a frame. */
  readonly pixels: number;
  /** Rows of each analysis's table; a text says why there are none. */
  readonly tables: Readonly<Record<ClaimAnalysis, readonly Row[] | string>>;
  /** Groupings whose deviations were taken without their sign, as the published code does. */
  readonly absolute: readonly string[];
}

/** Runs whose numbers can be read, and why those of others cannot. */
export interface ClaimRuns {
  readonly runs: readonly ClaimRun[];
  /** Names of tasks, each with the reason. */
  readonly unreadable: readonly string[];
}

/** Reads of every run what the claims are measured of. */
export async function readClaimRuns(done: readonly DoneRun[], registry: Registry): Promise<ClaimRuns> {
  const networks = new Map<string, ClaimNetwork>();
  const runs: ClaimRun[] = [];
  const unreadable: string[] = [];
  for (const { task, run } of done) {
    const { frames, height, width } = run.manifest.signal;
    // Runs of one network have the same layers for signals of the same shape.
    const key = `${task.network.name} ${frames} ${height} ${width}`;
    try {
      const network = networks.get(key) ?? (await describeNetwork(run, registry));
      networks.set(key, network);
      const read = await Promise.all(ANALYSES.map((name) => readAnalysis(run, name)));
      runs.push({
        id: task.id,
        signal: task.signal.name,
        network: task.network.name,
        pixels: height * width,
        tables: Object.fromEntries(ANALYSES.map((name, i) => [name, read[i].rows])) as ClaimRun['tables'],
        absolute: read[ANALYSES.indexOf('grouping-variance')].absolute,
        ...network,
      });
    } catch (error) {
      if (!isXincError(error)) throw error;
      unreadable.push(`${task.id} (${error.message})`);
    }
  }
  return { runs, unreadable };
}

async function describeNetwork(run: Run, registry: Registry): Promise<ClaimNetwork> {
  const { inr } = await runModel(run, registry);
  return {
    layers: inr.layers.map((hook) => ({ id: hook.id, neurons: neuronCount(inr, hook) })),
    sampling: inr.sampling,
  };
}

/** Rows of the table that has the analysis's name, or a text where it cannot be read; and the value `absolute`, where there is one. */
async function readAnalysis(
  run: Run,
  analysis: string,
): Promise<{ readonly rows: readonly Row[] | string; readonly absolute: readonly string[] }> {
  try {
    if (!(await run.has(RUN_FILES.result(analysis)))) return { rows: `no analysis ${analysis}`, absolute: [] };
    const { tables, values } = await storedNumbers(run, analysis);
    const table = tables.find(({ name }) => name === analysis);
    const absolute = Array.isArray(values?.absolute) ? values.absolute : [];
    return {
      rows: table ? named(table) : `no table of ${analysis}`,
      absolute: absolute.filter((name) => typeof name === 'string'),
    };
  } catch (error) {
    if (!isXincError(error)) throw error;
    return { rows: error.message, absolute: [] };
  }
}

const named = ({ columns, rows }: Table): Row[] =>
  rows.map((row) => Object.fromEntries(columns.map(({ name }, c) => [name, row[c]])));

/** One frame of one layer in a table. */
export interface LayerRows {
  readonly layer: ClaimLayer;
  readonly frame: number;
  readonly rows: readonly Row[];
}

/**
 * The rows of an analysis, layer by layer and frame by frame, layers in the network's order.
 * @throws XincError `not-found` where there are none, or none of one of the layers: a mean over the others would be another's
 */
export function layerRows({ tables, layers }: ClaimRun, analysis: ClaimAnalysis): LayerRows[] {
  const rows = tables[analysis];
  if (typeof rows === 'string') throw new XincError('not-found', rows);
  return layers.flatMap((layer) => {
    const ofLayer = rows.filter((row) => row.layer === layer.id);
    if (ofLayer.length === 0) throw new XincError('not-found', `no numbers of ${layer.id} in ${analysis}`);
    const frames = [...new Set(ofLayer.map(({ frame }) => Number(frame)))];
    return frames.map((frame) => ({ layer, frame, rows: ofLayer.filter((row) => Number(row.frame) === frame) }));
  });
}

/** A number of a row that is finite and not negative. @throws XincError `numeric` */
export function amountOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new XincError(
    'numeric',
    `${row.layer} has ${column.replaceAll('_', ' ')} ${value ?? 'none'} on frame ${row.frame}`,
  );
}

/** Mean over frames of each layer, then over layers: a layer counts the same however many frames it has. */
export function meanOverLayers(values: readonly { readonly layer: ClaimLayer; readonly value: number }[]): number {
  const ofLayers = new Map<string, number[]>();
  for (const { layer, value } of values) ofLayers.set(layer.id, [...(ofLayers.get(layer.id) ?? []), value]);
  return mean([...ofLayers.values()].map(mean));
}

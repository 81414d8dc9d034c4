import { isXincError, type Table, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { neuronCount } from '@xinc/core/trace';
import { RUN_FILES, type Run, runModel, storedNumbers } from '@xinc/runs';
import type { DoneRun } from '../report/done-runs.js';
import { mean } from './statistics/bootstrap.js';

/** Tables that claims are measured of, with the analysis of each. */
const TABLES = {
  'grouping-variance': 'grouping-variance',
  ranking: 'grouping-variance',
  'neurons-per-pixel': 'neurons-per-pixel',
  'pixels-per-neuron': 'pixels-per-neuron',
  faithfulness: 'faithfulness',
} as const;
export type ClaimTable = keyof typeof TABLES;

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
  /** Rows of each table; a text says why there are none. */
  readonly tables: Readonly<Record<ClaimTable, readonly Row[] | string>>;
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
      const stored = new Map<string, StoredNumbers | string>();
      for (const analysis of new Set(Object.values(TABLES))) stored.set(analysis, await readAnalysis(run, analysis));
      runs.push({
        id: task.id,
        signal: task.signal.name,
        network: task.network.name,
        pixels: height * width,
        tables: Object.fromEntries(
          Object.entries(TABLES).map(([table, analysis]) => [table, tableRows(stored.get(analysis)!, table, analysis)]),
        ) as ClaimRun['tables'],
        absolute: absoluteOf(stored.get('grouping-variance')!),
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

type StoredNumbers = Awaited<ReturnType<typeof storedNumbers>>;

/** What is stored of an analysis, or a text where it cannot be read. */
async function readAnalysis(run: Run, analysis: string): Promise<StoredNumbers | string> {
  try {
    if (!(await run.has(RUN_FILES.result(analysis)))) return `no analysis ${analysis}`;
    return await storedNumbers(run, analysis);
  } catch (error) {
    if (!isXincError(error)) throw error;
    return error.message;
  }
}

function tableRows(stored: StoredNumbers | string, name: string, analysis: string): readonly Row[] | string {
  if (typeof stored === 'string') return stored;
  const table = stored.tables.find((one) => one.name === name);
  if (table) return named(table);
  return name === analysis
    ? `no table of ${analysis}`
    : `no ${name} in ${analysis} (analysed before there was one, or nothing to rank)`;
}

function absoluteOf(stored: StoredNumbers | string): string[] {
  const absolute = typeof stored === 'string' ? undefined : stored.values?.absolute;
  return Array.isArray(absolute) ? absolute.filter((name) => typeof name === 'string') : [];
}

const named = ({ columns, rows }: Table): Row[] =>
  rows.map((row) => Object.fromEntries(columns.map(({ name }, c) => [name, row[c]])));

/** One frame of one layer in a table. */
export interface LayerRows {
  readonly layer: ClaimLayer;
  /** `null` in tables over all frames. */
  readonly frame: number | null;
  readonly rows: readonly Row[];
}

/**
 * The rows of a table, layer by layer and frame by frame, layers in the network's order.
 * @throws XincError `not-found` where there are none, or none of one of the layers: a mean over the others would be another's
 */
export function layerRows({ tables, layers }: ClaimRun, table: ClaimTable): LayerRows[] {
  const rows = tables[table];
  if (typeof rows === 'string') throw new XincError('not-found', rows);
  return layers.flatMap((layer) => {
    const ofLayer = rows.filter((row) => row.layer === layer.id);
    if (ofLayer.length === 0) throw new XincError('not-found', `no numbers of ${layer.id} in ${table}`);
    const frames = [...new Set(ofLayer.map(frameOf))];
    return frames.map((frame) => ({ layer, frame, rows: ofLayer.filter((row) => frameOf(row) === frame) }));
  });
}

const frameOf = ({ frame }: Row): number | null => (frame === undefined ? null : Number(frame));

/** Where a number is, after the name of its layer. */
export const onFrame = (frame: number | null): string => (frame === null ? '' : ` on frame ${frame}`);

/** A number of a row that is finite and not negative. @throws XincError `numeric` */
export function amountOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new XincError(
    'numeric',
    `${row.layer} has ${column.replaceAll('_', ' ')} ${value ?? 'none'}${onFrame(frameOf(row))}`,
  );
}

/** Mean over frames of each layer, then over layers: a layer counts the same however many frames it has. */
export function meanOverLayers(values: readonly { readonly layer: ClaimLayer; readonly value: number }[]): number {
  const ofLayers = new Map<string, number[]>();
  for (const { layer, value } of values) ofLayers.set(layer.id, [...(ofLayers.get(layer.id) ?? []), value]);
  return mean([...ofLayers.values()].map(mean));
}

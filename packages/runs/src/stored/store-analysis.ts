import {
  type AnalysisResult,
  type Figure,
  formatShape,
  type NamedArray,
  type RasterFigure,
  type Table,
  XincError,
} from '@xinc/core';
import {
  decodeNpy,
  encodeNpy,
  formatCsv,
  formatJson,
  jsonNumber,
  type NpyArray,
  type NpyValues,
} from '@xinc/core/formats';
import { z } from 'zod';
import { callWords } from '../call-words.js';
import { frameName, RUN_FILES } from '../folder/files.js';
import type { Run } from '../folder/run.js';
import { listOf, parseStoredJson } from '../folder/stored-json.js';
import { readStored } from './read-stored.js';

/** An analysis as it was run, with what it found. */
export interface StoredAnalysis {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly frames: readonly number[];
  /** Names of the groupings that it stands on; absent in results that an earlier version stored. */
  readonly groupings?: readonly string[];
  readonly seconds: number;
  readonly result: AnalysisResult;
  /** Tables and arrays, relative to the run. */
  readonly files: readonly string[];
}

/** Writes analysis/<name>: all of it, or what was there before stays. */
export async function storeAnalysis(run: Run, analysis: Omit<StoredAnalysis, 'files'>): Promise<void> {
  const { result, name } = analysis;
  const { printFigure } = await import('@xinc/report');
  await run.writeFolder(RUN_FILES.analysis(name), async (write) => {
    for (const table of result.tables) await write(`${table.name}.csv`, formatCsv(table));
    for (const array of result.arrays) await write(arrayFile(array), encodeNpy(array));
    const storeFigure = async (figure: Figure) => {
      const { svg, png } = await printFigure(figure);
      await write(`figures/${figure.name}.png`, png);
      await write(`figures/${figure.name}.svg`, svg);
      if (figure.kind === 'chart') await write(`figures/${figure.name}.vl.json`, formatJson(figure.spec, 1));
      else for (const [file, array] of panelArrays(figure)) await write(file, encodeNpy(array));
    };
    const figures = await Promise.allSettled(result.figures.map(storeFigure));
    for (const figure of figures) if (figure.status === 'rejected') throw figure.reason;
    await write('result.json', `${formatJson(describe(analysis), 2)}\n`);
  });
}

function arrayFile({ frame, layer, name }: Pick<NamedArray, 'frame' | 'layer' | 'name'>): string {
  return `${frameName(frame)}/${layer}/${name}.npy`;
}

const panelFile = (figure: string, panel: number) => `figures/${figure}/${String(panel).padStart(2, '0')}.npy`;

function panelArrays({ name, panels }: RasterFigure) {
  return panels.map(({ height, width, pixels }, i) => {
    const array =
      pixels.kind === 'rgb'
        ? { shape: [height, width, 3], data: pixels.rgb }
        : { shape: [height, width], data: pixels.kind === 'labels' ? pixels.labels : Float32Array.from(pixels.values) };
    return [panelFile(name, i), array] as const;
  });
}

/** result.json: everything but the numbers that are in files of their own, which it names. */
function describe({ result, groupings, ...analysis }: Omit<StoredAnalysis, 'files'>): z.output<typeof resultSchema> {
  return {
    ...analysis,
    frames: [...analysis.frames],
    ...(groupings && { groupings: [...groupings] }),
    findings: [...result.findings],
    ...(result.values && { values: result.values }),
    omissions: (result.omissions ?? []).map(({ frames, ...rest }) => ({
      ...rest,
      ...(frames && { frames: [...frames] }),
    })),
    notes: [...(result.notes ?? [])],
    tables: result.tables.map(({ rows, ...table }) => ({
      ...table,
      columns: [...table.columns],
      rows: rows.map((row) => [...row]),
      file: `${table.name}.csv`,
    })),
    arrays: result.arrays.map(({ data: _, ...array }) => ({
      ...array,
      shape: [...array.shape],
      file: arrayFile(array),
    })),
    figures: result.figures.map(describeFigure),
  };
}

function describeFigure(figure: Figure): z.output<typeof figureSchema> {
  const { name, title, caption, moment } = figure;
  const told = { name, title, caption, ...(moment && { moment: { ...moment } }) };
  if (figure.kind === 'chart') return { kind: 'chart', ...told, file: `figures/${name}.vl.json` };
  const panels = figure.panels.map(({ title, pixels }, i) => ({
    title,
    kind: pixels.kind,
    file: panelFile(name, i),
    ...(pixels.kind === 'values' && pixels.scale && { scale: scaleOf(pixels.scale) }),
    ...(pixels.kind === 'labels' && { colors: [...pixels.colors] }),
  }));
  return {
    kind: 'raster',
    ...told,
    panels,
    ...(figure.columns !== undefined && { columns: figure.columns }),
    ...(figure.scale && { scale: scaleOf(figure.scale) }),
  };
}

function scaleOf({ map, domain, label }: NonNullable<RasterFigure['scale']>): z.output<typeof scaleSchema> {
  return { map, domain: [domain[0], domain[1]], label };
}

/** A file of the analysis: names joined with `/`, none of which leads out of its folder. */
const fileSchema = z
  .string()
  .regex(/^(?!(.*\/)?\.{1,2}(\/|$))[^\\/:\p{Cc}]+(\/[^\\/:\p{Cc}]+)*$/u, 'it names no file of the analysis');
/** What a file is named by. */
const nameSchema = z.string().regex(/^(?!\.{1,2}$)[^\\/:\p{Cc}]+$/u, 'it is no name of a file');
const extentSchema = z.number().int().nonnegative();

const scaleSchema = z.object({
  map: z.enum(['sequential', 'diverging']),
  domain: z.tuple([z.number(), z.number()]),
  label: z.string(),
});
const figureBase = {
  name: nameSchema,
  title: z.string(),
  caption: z.string(),
  moment: z.object({ series: z.string(), frame: z.number() }).optional(),
};
const figureSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('chart'), ...figureBase, file: fileSchema }),
  z.object({
    kind: z.literal('raster'),
    ...figureBase,
    columns: z.number().optional(),
    scale: scaleSchema.optional(),
    panels: listOf(
      z.object({
        title: z.string(),
        kind: z.enum(['values', 'rgb', 'labels']),
        file: fileSchema,
        scale: scaleSchema.optional(),
        colors: listOf(z.string()).optional(),
      }),
    ),
  }),
]);
const omissionSchema = z.object({
  layer: z.string().optional(),
  frames: listOf(z.number()).optional(),
  why: z.string(),
});
const resultSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  options: z.record(z.string(), z.unknown()),
  frames: listOf(z.number()),
  groupings: listOf(z.string()).optional(),
  seconds: z.number(),
  findings: listOf(z.string()),
  values: z.record(z.string(), z.unknown()).optional(),
  // Results of before are sentences.
  omissions: listOf(z.union([omissionSchema, z.string().transform((why) => ({ why }))])),
  notes: listOf(z.string()),
  tables: listOf(
    z.object({
      name: nameSchema,
      title: z.string(),
      columns: listOf(z.object({ name: z.string(), unit: z.string().optional(), description: z.string() })),
      rows: listOf(listOf(z.union([z.string(), z.number(), z.null()]))),
      file: fileSchema,
    }),
  ),
  arrays: listOf(
    z.object({
      name: z.string(),
      frame: z.number(),
      layer: z.string(),
      shape: listOf(extentSchema),
      file: fileSchema,
    }),
  ),
  figures: listOf(figureSchema),
});

/**
 * result.json of an analysis: what it found, and the files that hold its numbers and figures.
 * @throws XincError `invalid-file`, `not-found`
 */
export async function storedResult(run: Run, name: string): Promise<z.output<typeof resultSchema>> {
  const hint = `Run ${callWords('analyzeRun', run.path, name)} again.`;
  const stored = await readStored(run, RUN_FILES.result(name), resultSchema, hint);
  if (stored) return stored;
  throw new XincError('not-found', `${run.path} has no result of '${name}'`, { subject: name, hint });
}

/**
 * Reads back what `storeAnalysis` wrote, but for its arrays, which stay in their files.
 * @throws XincError `invalid-file`, `not-found`
 */
export async function storedAnalysis(run: Run, name: string): Promise<StoredAnalysis> {
  const stored = await storedResult(run, name);
  const { tables, arrays, figures, findings, values, omissions, notes, ...analysis } = stored;
  const files = figureFiles(run, name);
  const restored: Figure[] = [];
  for (const figure of figures) restored.push(await restoreFigure(files, figure));
  return {
    ...analysis,
    result: {
      findings,
      omissions,
      notes,
      tables: tables.map(withNumbers),
      arrays: [],
      figures: restored,
      ...(values && { values }),
    },
    files: [...tables, ...arrays].map(({ file }) => RUN_FILES.analysisFile(name, file)),
  };
}

/**
 * The tables and values of an analysis: what `storedAnalysis` gives without reading its figures.
 * @throws XincError `invalid-file`, `not-found`
 */
export async function storedNumbers(run: Run, name: string): Promise<Pick<AnalysisResult, 'tables' | 'values'>> {
  const { tables, values } = await storedResult(run, name);
  return { tables: tables.map(withNumbers), ...(values && { values }) };
}

/**
 * The figures of an analysis that are made of maps, one after the other: those of a long video are not in memory together.
 * @throws XincError `invalid-file`, `not-found`
 */
export async function* storedRasters(run: Run, name: string): AsyncGenerator<RasterFigure> {
  const { figures } = await storedResult(run, name);
  for (const stored of figures) {
    if (stored.kind === 'raster') yield restoreRaster(figureFiles(run, name), stored);
  }
}

/** The names of NaN and the infinities are numbers again in columns that hold no other text. */
function withNumbers<T extends Pick<Table, 'rows'>>(table: T): T {
  const numbers = (table.rows[0] ?? []).map((_, column) =>
    table.rows.every(({ [column]: cell }) => cell === null || jsonNumber.safeParse(cell).success),
  );
  const cellOf = (cell: string | number | null, column: number) =>
    numbers[column] && typeof cell === 'string' ? Number(cell) : cell;
  return { ...table, rows: table.rows.map((row) => row.map(cellOf)) };
}

/** Bytes of the figures of one analysis, which are in memory together, and of one chart. */
const FIGURES_BYTES = 2 ** 30;
const CHART_BYTES = 32 * 2 ** 20;

/** What the files of an analysis's figures hold. */
interface FigureFiles {
  chart(file: string): Promise<Readonly<Record<string, unknown>>>;
  array(file: string, kind: RasterFigure['panels'][number]['pixels']['kind']): Promise<NpyArray>;
}

/** Reads the files of one analysis, as long as all of them together are not too large. */
function figureFiles(run: Run, analysis: string): FigureFiles {
  let left = FIGURES_BYTES;
  const pathOf = (file: string) => RUN_FILES.analysisFile(analysis, file);
  const hint = `Run ${callWords('analyzeRun', run.path, analysis)} again.`;
  const damaged = (file: string, what: string) => {
    const path = run.folder.at(pathOf(file));
    return new XincError('invalid-file', `${path} is damaged: ${what}`, { subject: path, hint });
  };
  const read = async (file: string, limit: number) => {
    const bytes = await run.read(pathOf(file), Math.min(limit, left));
    left -= bytes.length;
    return bytes;
  };
  return {
    async chart(file) {
      const bytes = await read(file, CHART_BYTES);
      let spec: unknown;
      try {
        spec = parseStoredJson(bytes);
      } catch (error) {
        throw damaged(file, (error as Error).message);
      }
      if (typeof spec === 'object' && spec !== null && !Array.isArray(spec)) return spec as Record<string, unknown>;
      throw damaged(file, 'it is no specification of a chart');
    },
    async array(file, kind) {
      const array = decodeNpy(await read(file, FIGURES_BYTES), run.folder.at(pathOf(file)));
      const [height, width, channels, ...more] = array.shape;
      const fits = kind === 'rgb' ? channels === 3 && more.length === 0 : array.shape.length === 2;
      if (fits && height > 0 && width > 0) return array;
      throw damaged(file, `an array of shape ${formatShape(array.shape)} is no picture of ${kind}`);
    },
  };
}

type StoredFigure = z.output<typeof figureSchema>;

async function restoreFigure(files: FigureFiles, figure: StoredFigure): Promise<Figure> {
  if (figure.kind === 'raster') return restoreRaster(files, figure);
  const { file, moment, ...rest } = figure;
  return { ...rest, ...(moment && { moment }), spec: await files.chart(file) };
}

async function restoreRaster(
  files: FigureFiles,
  figure: Extract<StoredFigure, { kind: 'raster' }>,
): Promise<RasterFigure> {
  const panels: RasterFigure['panels'][number][] = [];
  for (const { title, kind, file, scale, colors } of figure.panels) {
    const { shape, data } = await files.array(file, kind);
    const [height, width] = shape;
    const pixels =
      kind === 'labels'
        ? { kind, labels: data instanceof Uint16Array ? data : Uint16Array.from(data), colors: colors ?? [] }
        : kind === 'rgb'
          ? { kind, rgb: asFloat32(data) }
          : { kind, values: asFloat32(data), ...(scale && { scale }) };
    panels.push({ title, height, width, pixels });
  }
  const { name, title, caption, moment, columns, scale } = figure;
  return {
    kind: 'raster',
    name,
    title,
    caption,
    panels,
    ...(moment && { moment }),
    ...(columns && { columns }),
    ...(scale && { scale }),
  };
}

const asFloat32 = (data: NpyValues): Float32Array => (data instanceof Float32Array ? data : Float32Array.from(data));

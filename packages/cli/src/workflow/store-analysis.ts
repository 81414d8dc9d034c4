import {
  type AnalysisResult,
  decodeNpy,
  encodeNpy,
  type Figure,
  formatJson,
  jsonNumber,
  type NamedArray,
  type RasterFigure,
  type Table,
  XincError,
} from '@xinc/core';
import type { Run } from '@xinc/core/node';
import { printFigure } from '@xinc/report';
import { z } from 'zod';
import { readStored } from './read-stored.js';
import { frameName } from './stored-signal.js';

/** An analysis as it was run, with what it found. */
export interface StoredAnalysis {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly frames: readonly number[];
  readonly seconds: number;
  readonly result: AnalysisResult;
  /** Tables and arrays, relative to the run. */
  readonly files: readonly string[];
}

/** Writes analysis/<name>: all of it, or what was there before stays. */
export async function storeAnalysis(run: Run, analysis: Omit<StoredAnalysis, 'files'>): Promise<void> {
  const { result, name } = analysis;
  await run.writeFolder(`analysis/${name}`, async (write) => {
    for (const table of result.tables) await write(`${table.name}.csv`, csv(table));
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

function csv({ columns, rows }: Table): string {
  const cell = (value: string | number | null) => {
    const text = value === null ? '' : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const header = columns.map(({ name, unit }) => cell(unit ? `${name} [${unit}]` : name));
  return `${[header, ...rows.map((row) => row.map(cell))].map((cells) => cells.join(',')).join('\n')}\n`;
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
function describe({ result, ...analysis }: Omit<StoredAnalysis, 'files'>): z.input<typeof resultSchema> {
  return {
    ...analysis,
    frames: [...analysis.frames],
    findings: [...result.findings],
    ...(result.values && { values: result.values }),
    omissions: [...(result.omissions ?? [])],
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

function describeFigure(figure: Figure): z.input<typeof figureSchema> {
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

function scaleOf({ map, domain, label }: NonNullable<RasterFigure['scale']>): z.input<typeof scaleSchema> {
  return { map, domain: [domain[0], domain[1]], label };
}

const scaleSchema = z.object({
  map: z.enum(['sequential', 'diverging']),
  domain: z.tuple([z.number(), z.number()]),
  label: z.string(),
});
const figureBase = {
  name: z.string(),
  title: z.string(),
  caption: z.string(),
  moment: z.object({ series: z.string(), frame: z.number() }).optional(),
};
const figureSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('chart'), ...figureBase, file: z.string() }),
  z.object({
    kind: z.literal('raster'),
    ...figureBase,
    columns: z.number().optional(),
    scale: scaleSchema.optional(),
    panels: z.array(
      z.object({
        title: z.string(),
        kind: z.enum(['values', 'rgb', 'labels']),
        file: z.string(),
        scale: scaleSchema.optional(),
        colors: z.array(z.string()).optional(),
      }),
    ),
  }),
]);
const resultSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  options: z.record(z.string(), z.unknown()),
  frames: z.array(z.number()),
  seconds: z.number(),
  findings: z.array(z.string()),
  values: z.record(z.string(), z.unknown()).optional(),
  omissions: z.array(z.string()),
  notes: z.array(z.string()),
  tables: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      columns: z.array(z.object({ name: z.string(), unit: z.string().optional(), description: z.string() })),
      rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
      file: z.string(),
    }),
  ),
  arrays: z.array(
    z.object({ name: z.string(), frame: z.number(), layer: z.string(), shape: z.array(z.number()), file: z.string() }),
  ),
  figures: z.array(figureSchema),
});

/**
 * result.json of an analysis: what it found, and the files that hold its numbers and figures.
 * @throws XincError `invalid-file`, `not-found`
 */
export async function storedResult(run: Run, name: string): Promise<z.output<typeof resultSchema>> {
  const hint = `Run xinc analyze ${run.path} ${name} again.`;
  const stored = await readStored(run, `analysis/${name}/result.json`, resultSchema, hint);
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
  const restored: Figure[] = [];
  for (const figure of figures) restored.push(await restoreFigure(run, name, figure));
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
    files: [...tables, ...arrays].map(({ file }) => `analysis/${name}/${file}`),
  };
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

async function restoreFigure(run: Run, analysis: string, figure: z.output<typeof figureSchema>): Promise<Figure> {
  const read = (file: string) => run.read(`analysis/${analysis}/${file}`);
  if (figure.kind === 'chart') {
    const { file, moment, ...rest } = figure;
    return { ...rest, ...(moment && { moment }), spec: JSON.parse((await read(file)).toString('utf8')) };
  }
  const panels: RasterFigure['panels'][number][] = [];
  for (const { title, kind, file, scale, colors } of figure.panels) {
    const { shape, data } = decodeNpy(await read(file), file);
    const [height, width] = shape;
    const pixels =
      kind === 'labels'
        ? { kind, labels: Uint16Array.from(data), colors: colors ?? [] }
        : kind === 'rgb'
          ? { kind, rgb: Float32Array.from(data) }
          : { kind, values: Float32Array.from(data), ...(scale && { scale }) };
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

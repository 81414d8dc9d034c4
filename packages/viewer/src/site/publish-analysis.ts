import { extname } from 'node:path';
import { isXincError, type RasterFigure, type RasterScale } from '@xinc/core';
import { renderWebFigure } from '@xinc/report';
import { chartDoubt } from '@xinc/report/chart-limits';
import { type AnalysisView, ARRAYS_READ, SITE_FILES } from '@xinc/viewer-page';
import type { OpenRun, ServedRun } from '../run/served-run.js';
import { filesBelow, publishedFile } from './published-files.js';
import type { SiteWriter } from './site-writer.js';

/** What was written of an analysis. */
export interface PublishedAnalysis {
  /** Files of the run, by their paths in it. */
  readonly files: ReadonlySet<string>;
  /** Bytes that the page loads when it shows all of it. */
  readonly bytes: number;
  /** Arrays that were left out. */
  readonly arraysLeft: { readonly count: number; readonly bytes: number };
  /** Why figures are left out. */
  readonly problem?: string;
}

export interface PublishAnalysisMeans {
  readonly site: SiteWriter;
  /** Whether arrays that the page does not read are written too: those of the analysis, and the numbers of its pictures. */
  readonly allArrays: boolean;
  /** Takes out what is not published of a text. */
  clean(text: string): string;
  /** The same of all texts of JSON. */
  cleanJson(text: string): string;
}

/**
 * Writes what the page shows of an analysis: its tables, its charts, its pictures in a form that is quick to load, and the arrays that it
 * reads.
 */
export async function publishAnalysis(
  served: ServedRun,
  { run }: OpenRun,
  { name, figures, arrays }: AnalysisView,
  { site, allArrays, clean, cleanJson }: PublishAnalysisMeans,
): Promise<PublishedAnalysis> {
  const files = new Set<string>();
  const arraysLeft = { count: 0, bytes: 0 };
  let bytes = 0;
  const write = async (path: string, content: Uint8Array | string) => {
    files.add(path);
    return site.write(SITE_FILES.file(served.id, path), content);
  };
  const read = new Set(arrays.filter((array) => isRead(array.name)).map(({ file }) => file));
  const charts = figures.filter(({ kind }) => kind === 'chart').map(({ file }) => file);
  const drawn = new Set<string>();
  for (const path of await filesBelow(served.folder, `analysis/${name}`)) {
    const kind = extname(path);
    if (kind === '.npy' && !allArrays && !read.has(path)) {
      arraysLeft.count++;
      arraysLeft.bytes += (await served.folder.stats(path))?.size ?? 0;
      continue;
    }
    if (kind === '.png') continue;
    const file = await publishedFile(served.folder, path);
    if (!file) continue;
    const text = textOf(kind, file, clean, cleanJson);
    const size = await write(path, text ?? file);
    if (kind !== '.npy' || read.has(path)) bytes += size;
    // A chart that a page does not draw is shown as the picture that was made of it.
    if (text !== undefined && charts.includes(path) && chartDoubt(JSON.parse(text))) drawn.add(pictureOf(path));
  }
  for (const path of drawn) {
    const file = await publishedFile(served.folder, path).catch(() => undefined);
    if (file) bytes += await write(path, file);
  }
  const rasters = new Map(figures.filter(({ kind }) => kind === 'raster').map((figure) => [figure.name, figure.file]));
  if (rasters.size === 0) return { files, bytes, arraysLeft };
  try {
    for await (const figure of served.source.rasters(run, name)) {
      const file = rasters.get(figure.name);
      if (file !== undefined) bytes += await write(file, await renderWebFigure(withTexts(figure, clean)));
    }
  } catch (error) {
    if (!isXincError(error)) throw error;
    return { files, bytes, arraysLeft, problem: error.message };
  }
  return { files, bytes, arraysLeft };
}

/** Of tables and of JSON, the text without what is not published. */
function textOf(
  kind: string,
  bytes: Uint8Array,
  clean: PublishAnalysisMeans['clean'],
  cleanJson: PublishAnalysisMeans['cleanJson'],
): string | undefined {
  const text = () => Buffer.from(bytes).toString('utf8');
  if (kind === '.json') return cleanJson(text());
  return kind === '.csv' ? clean(text()) : undefined;
}

const isRead = (name: string): boolean => ARRAYS_READ.some((read) => read === name);

/** The PNG beside a chart's specification. */
const pictureOf = (chart: string): string => chart.replace(/\.vl\.json$/, '.png');

function withTexts(figure: RasterFigure, clean: (text: string) => string): RasterFigure {
  const scaleOf = (scale: RasterScale) => ({ ...scale, label: clean(scale.label) });
  return {
    ...figure,
    title: clean(figure.title),
    caption: clean(figure.caption),
    ...(figure.scale && { scale: scaleOf(figure.scale) }),
    panels: figure.panels.map(({ title, pixels, ...panel }) => ({
      ...panel,
      title: clean(title),
      pixels: pixels.kind === 'values' && pixels.scale ? { ...pixels, scale: scaleOf(pixels.scale) } : pixels,
    })),
  };
}

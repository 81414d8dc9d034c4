import { basename, resolve } from 'node:path';
import type { AnalysisSummary, Frame, Inr, LabelMap, RasterFigure } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { RUN_FILES } from '../folder/files.js';
import type { Run } from '../folder/run.js';
import { storedRasters, storedResult } from '../stored/store-analysis.js';
import { storedLabels, storedSignal } from '../stored/stored-signal.js';
import { groupsAreByFrame } from './groups-by-frame.js';
import { runModel } from './open-network.js';

/**
 * A folder that may hold a run, for those who show it while it changes: it may be trained, analysed, broken or removed meanwhile.
 * Each thing is asked for again after the run has changed on disk, with the run as it is then.
 */
export interface RunSource {
  readonly folder: string;
  /** What people call it. */
  readonly name: string;
  /** @throws XincError if the model is not at hand, or its settings do not fit */
  model(run: Run): RunModel | Promise<RunModel>;
  /** A frame of the signal, as it is stored. */
  frame(run: Run, frame: number): Promise<Frame>;
  /** A stored label map; `undefined` if there is none. */
  labels(run: Run, grouping: string, frame: number): Promise<LabelMap | undefined>;
  /** Whether groups of one name are other things on each frame, since they were found on each by itself. */
  byFrame(run: Run, grouping: string): Promise<boolean>;
  /** @throws XincError if the result cannot be read */
  analysis(run: Run, name: string): Promise<AnalysisSummary>;
  /** The figures of an analysis that are made of maps, one after the other. @throws XincError if one cannot be read */
  rasters(run: Run, name: string): AsyncIterable<RasterFigure>;
}

/** The network that a run describes, without its weights. */
export interface RunModel {
  readonly title: string;
  readonly inr: Inr;
}

/** The run in a folder, whose model is among the plugins at hand. */
export function runSource(path: string, registry: Registry): RunSource {
  const folder = resolve(path);
  return {
    folder,
    name: basename(folder),
    async model(run) {
      const { model, inr } = await runModel(run, registry);
      return { title: model.plugin.title, inr };
    },
    frame: (run, frame) => storedSignal(run).frame(frame),
    labels: storedLabels,
    byFrame: (run, grouping) => groupsAreByFrame(run, registry, grouping),
    analysis: analysisSummary,
    rasters: storedRasters,
  };
}

/** What an analysis of a run found, without its numbers. @throws XincError `not-found`, `invalid-file` */
export async function analysisSummary(run: Run, name: string): Promise<AnalysisSummary> {
  const { title, description, findings, notes, omissions, figures, tables, arrays } = await storedResult(run, name);
  const inRun = (file: string) => RUN_FILES.analysisFile(name, file);
  return {
    // The folder's: a result that says another name would not be found by it.
    name,
    title,
    description,
    findings,
    notes,
    omissions,
    figures: figures.map((figure) => ({
      kind: figure.kind,
      name: figure.name,
      title: figure.title,
      caption: figure.caption,
      file: inRun(figure.kind === 'chart' ? figure.file : `figures/${figure.name}.svg`),
    })),
    tables: tables.map((table) => ({ name: table.name, title: table.title, file: inRun(table.file) })),
    arrays: arrays.map(({ file, ...array }) => ({ ...array, file: inRun(file) })),
  };
}

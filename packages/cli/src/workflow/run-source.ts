import { basename, resolve } from 'node:path';
import type { Registry, Run } from '@xinc/core/node';
import { runModel, storedLabels, storedResult, storedSignal } from '@xinc/runs';
import type { RunSource, StoredAnalysis } from '@xinc/viewer';

/** A run for the viewer. */
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
    analysis: viewAnalysis,
  };
}

async function viewAnalysis(run: Run, name: string): Promise<StoredAnalysis> {
  const { title, description, findings, notes, omissions, figures, tables, arrays } = await storedResult(run, name);
  const inRun = (file: string) => `analysis/${name}/${file}`;
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

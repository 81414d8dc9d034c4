import { availableParallelism, platform, release } from 'node:os';
import { meanSquaredError, psnrOfError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { clampFrame, layerReading, type Network, neuronCount } from '@xinc/core/trace';
import type { Report, ReportFrame, ReportLayer } from '@xinc/report';
import { RUN_FILES } from './folder/files.js';
import type { Run } from './folder/run.js';
import { describeNan, measureNetwork } from './make/measure-run.js';
import { inputNotes } from './make/prepare-run.js';
import { trainedWords } from './make/trained-words.js';
import { stepsTaken } from './make/until-psnr.js';
import { signalName } from './signal-name.js';
import { storedOmissions } from './stored/omissions.js';
import { type StoredAnalysis, storedAnalysis } from './stored/store-analysis.js';
import { storedSignal } from './stored/stored-signal.js';
import { VERSION } from './version.js';
import type { Work } from './work.js';

/** Frames of a video shown beside their reconstruction. */
const FRAMES_SHOWN = 6;

/**
 * Writes report.html from what the run holds, which the caller has exclusively.
 * @param network that of the run, open
 * @returns its path
 * @throws XincError `not-found` where the run's model is not at hand, `invalid-file`, `io`
 */
export async function reportRun(
  run: Run,
  registry: Registry,
  network: Network,
  { progress, abort, word = (text) => text }: Work = {},
): Promise<string> {
  progress?.begin('Report', 'parts');
  const { manifest } = run;
  const { plugin: model } = registry.get('inr', manifest.model.name);
  const order = registry.all('analysis').map(({ plugin }) => plugin.name);
  const omissions = await storedOmissions(run);
  const { signal, training, imported } = manifest;
  const { source } = signal;
  const metrics = manifest.metrics ?? (await measureNetwork(run, network, { abort }));
  const framePsnr = metrics.framePsnr.map((psnr, frame) => ({ frame, psnr }));
  const nan = describeNan(run.manifest);
  const trained = trainedWords(network.inr.training, run.manifest);
  const undrawn: string[] = [];
  const parts: Report = {
    title: signalName(source.path),
    signal: {
      name: signalName(source.path),
      path: source.path,
      kind: signal.kind,
      frames: signal.frames,
      height: signal.height,
      width: signal.width,
      sha256: source.sha256,
      notes: (await inputNotes(run)).map(word),
      ...(source.frameRate !== undefined && { frameRate: source.frameRate }),
    },
    model: {
      name: manifest.model.name,
      title: model.title,
      config: manifest.model.config,
      parameterCount: manifest.model.parameters,
    },
    reconstruction: {
      psnr: metrics.psnr,
      ...(nan !== undefined && { notDefined: nan }),
      frames: await shownFrames(run, network),
      ...(framePsnr.length > 1 && { framePsnr }),
    },
    training: await run.trainingLog(),
    ...(trained !== undefined && { trained }),
    layers: network.inr.layers.map(
      (hook): ReportLayer => ({
        id: hook.id,
        label: hook.label,
        neurons: neuronCount(network.inr, hook),
        reading: layerReading(hook),
      }),
    ),
    ...(network.inr.untraced && { untraced: network.inr.untraced }),
    // What was left out this time may have a result of before, for other groupings, say.
    analyses: () => storedAnalyses(run, order, new Set(omissions.map(({ analysis }) => analysis)), word),
    omissions: omissions.map((omission) => ({ ...omission, why: word(omission.why) })),
    settings: [
      {
        title: 'Training',
        values: {
          // It counts nothing: as it was given.
          seed: String(manifest.seed),
          ...(training && {
            steps: stepsTaken(training),
            ...(training.untilPsnr !== undefined && {
              'planned steps': training.steps,
              'until a PSNR of': `${training.untilPsnr} dB`,
            }),
            ...(trained !== undefined && { optimiser: network.inr.training.optimizer.name }),
            'learning rate': training.learningRate,
            batch: training.batch,
            engine: training.engine,
            seconds: training.seconds,
          }),
          ...(imported && { 'imported from': imported.path, format: imported.format, 'SHA-256': imported.sha256 }),
        },
      },
      {
        title: 'Versions',
        values: {
          xinc: manifest.xinc,
          model: `${manifest.model.package} ${manifest.model.version}`,
          node: process.version,
          system: `${platform()} ${release()}, ${availableParallelism()} processors`,
        },
      },
    ],
    toolVersion: VERSION,
    created: new Date().toISOString(),
  };
  const { renderReport } = await import('@xinc/report');
  const html = await renderReport(parts, (reason) => undrawn.push(reason));
  await run.write(RUN_FILES.report, html);
  const path = run.file(RUN_FILES.report);
  progress?.end(`Report: ${path}`);
  for (const reason of undrawn) progress?.line(`  left out: ${reason}`);
  return path;
}

async function shownFrames(run: Run, network: Network): Promise<ReportFrame[]> {
  const signal = storedSignal(run);
  const { frames } = signal.shape;
  const count = Math.min(frames, FRAMES_SHOWN);
  const shown: ReportFrame[] = [];
  for (let i = 0; i < count; i++) {
    const index = Math.round((i * (frames - 1)) / Math.max(1, count - 1));
    const [original, reconstruction] = [await signal.frame(index), clampFrame(await network.reconstruct(index))];
    shown.push({ index, original, reconstruction, psnr: psnrOfError(meanSquaredError(original, reconstruction)) });
  }
  return shown;
}

/** In the registry's order, which is that of the paper; those of plugins that are gone come last. */
async function* storedAnalyses(
  run: Run,
  order: readonly string[],
  without: ReadonlySet<string | undefined>,
  word: (text: string) => string,
): AsyncGenerator<StoredAnalysis> {
  const names = await run.folder.list(RUN_FILES.analyses, 'folders');
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  for (const name of names.sort((a, b) => place(a) - place(b))) {
    if (without.has(name) || !(await run.has(RUN_FILES.result(name)))) continue;
    const analysis = await storedAnalysis(run, name);
    const omissions = analysis.result.omissions?.map((omission) => ({ ...omission, why: word(omission.why) }));
    yield { ...analysis, result: { ...analysis.result, ...(omissions && { omissions }) } };
  }
}

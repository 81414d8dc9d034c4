import { analyzeRun, checkGroupings, DEFAULT_FRAMES, inputNotes, openWith, reportRun, trainedWords } from '@xinc/runs';
import type { CommandContext } from '../context.js';
import { decodeSettings } from '../decode-settings.js';
import { withOptions } from '../terminal/options.js';
import { planWith } from '../workflow/analysis-options.js';
import { tellForecast } from '../workflow/forecast.js';
import { besideViewer } from '../workflow/open-viewer.js';
import { loadPlugins } from '../workflow/plugins.js';
import { sayFailed } from '../workflow/say-failed.js';
import { worded, workOf } from '../workflow/work.js';
import { type TrainCommandOptions, trainInput } from './train.js';

export interface ExplainCommandOptions extends TrainCommandOptions {
  readonly groupings?: string;
  readonly preset?: string;
}

/** train → trace → analyze → report. */
export async function explainCommand(
  path: string,
  options: ExplainCommandOptions,
  context: CommandContext,
): Promise<void> {
  const registry = await loadPlugins(context);
  const settings = decodeSettings(options.set, {
    models: registry.all('inr').map(({ plugin }) => plugin),
    analyses: registry.all('analysis').map(({ plugin }) => plugin),
  });
  // `--frames` chooses those of the file: the run's own are analysed all, or a sample of them.
  const { groupings, preset } = options;
  const analyses = planWith(
    registry,
    { ...(groupings !== undefined && { groupings }), ...(preset !== undefined && { preset }) },
    settings,
  );
  await besideViewer(options, registry, context, async (accompanied) => {
    const { run, engine, plan } = await trainInput(
      path,
      options,
      settings,
      registry,
      context,
      accompanied,
      (signal, labelled) => checkGroupings(analyses.groupings, signal, labelled),
    );
    const network = await openWith(run, plan.inr, engine);
    tellForecast(plan.inr, DEFAULT_FRAMES, context);
    const { done, omissions, omissionsWithin, report } = await run.exclusively(async () => ({
      ...(await analyzeRun(run, network, analyses, workOf(context))),
      report: await reportRun(run, registry, network, workOf(context)),
    }));
    await network.dispose();
    const psnr = run.manifest.metrics?.psnr;
    const trained = trainedWords(plan.inr.training, run.manifest);
    context.result(
      {
        run: run.path,
        engine: engine.description,
        ...(trained !== undefined && { trained }),
        psnr,
        notes: (await inputNotes(run)).map((note) => withOptions(note)),
        analyses: done,
        omissions: worded(omissions, context),
        omissionsWithin: worded(omissionsWithin, context),
        report,
      },
      `${report}\nOpen it in a browser. Everything the run holds: ${run.path}`,
    );
    sayFailed(omissions);
  });
}

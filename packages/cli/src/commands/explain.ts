import type { CommandContext } from '../context.js';
import { analyzeRun, planAnalyses } from '../workflow/analyze-run.js';
import { checkGroupings } from '../workflow/groupings.js';
import { openWith } from '../workflow/open-network.js';
import { besideViewer } from '../workflow/open-viewer.js';
import { loadPlugins } from '../workflow/plugins.js';
import { inputNotes } from '../workflow/prepare-run.js';
import { reportRun } from '../workflow/report-run.js';
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
  const { groupings, preset } = options;
  const analyses = planAnalyses(registry, [], {
    ...(groupings !== undefined && { groupings }),
    ...(preset !== undefined && { preset }),
  });
  await besideViewer(options, registry, context, async (accompanied) => {
    const { run, engine, plan } = await trainInput(path, options, registry, context, accompanied, (signal, labelled) =>
      checkGroupings(analyses.groupings, signal, labelled),
    );
    const network = await openWith(run, plan.inr, engine);
    const order = registry.all('analysis').map(({ plugin }) => plugin.name);
    const { done, omissions, report } = await run.exclusively(async () => ({
      ...(await analyzeRun(run, network, analyses, context)),
      report: await reportRun(run, plan.model, network, order, context),
    }));
    await network.dispose();
    const psnr = run.manifest.metrics?.psnr;
    context.result(
      {
        run: run.path,
        engine: engine.description,
        psnr,
        notes: await inputNotes(run),
        analyses: done,
        omissions,
        report,
      },
      `${report}\nOpen it in a browser. Everything the run holds: ${run.path}`,
    );
  });
}

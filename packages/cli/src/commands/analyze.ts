import { didYouMean, listed, XincError } from '@xinc/core';
import type { Network } from '@xinc/core/trace';
import { analyzeRun, chooseFrames, compareRuns, openNetwork, RUN_FILES, Run, reportRun } from '@xinc/runs';
import type { CommandContext } from '../context.js';
import { decodeSettings } from '../decode-settings.js';
import { type AnalysisOptions, planWith, tellOfShortRange } from '../workflow/analysis-options.js';
import { type EngineChoice, startEngine } from '../workflow/engine.js';
import { tellForecast } from '../workflow/forecast.js';
import { loadPlugins } from '../workflow/plugins.js';
import { sayFailed } from '../workflow/say-failed.js';
import { worded, workOf } from '../workflow/work.js';

export interface AnalyzeCommandOptions extends EngineChoice, AnalysisOptions {
  readonly set?: readonly string[];
}

/** Runs come first, names of analyses after them. */
export async function analyzeCommand(
  targets: readonly string[],
  options: AnalyzeCommandOptions,
  context: CommandContext,
): Promise<void> {
  const registry = await loadPlugins(context);
  const known = registry.all('analysis').map(({ plugin }) => plugin.name);
  const firstName = targets.findIndex((target) => known.includes(target));
  const end = firstName < 0 ? targets.length : firstName;
  if (end === 0) {
    throw new XincError('usage', `'${targets[0]}' is an analysis; a run comes first`, {
      hint: 'For instance: xinc analyze RUN canvas.',
    });
  }
  const paths = await runsAmong(targets.slice(0, end), known);
  const names = targets.slice(end);
  const all = registry.all('analysis').map(({ plugin }) => plugin);
  const analyses = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  const plan = planWith(registry, options, decodeSettings(options.set, { models: [], analyses }), names);
  const runs: Run[] = [];
  for (const path of paths) runs.push(await Run.open(path));
  const engine = await startEngine(registry, options, context);
  const networks: Network[] = [];
  try {
    for (const run of runs) networks.push(await openNetwork(run, registry, engine));
    const [run] = runs;
    const writeReport = () => reportRun(run, registry, networks[0], workOf(context));
    if (runs.length > 1) {
      const { folders, omissions, report } = await run.exclusively(async () => ({
        ...(await compareRuns(runs, networks, plan, workOf(context))),
        report: await writeReport(),
      }));
      const comparison = folders.join('\n');
      context.result({ comparison, report }, `${comparison}\nReport: ${report}`);
      sayFailed(omissions);
      return;
    }
    tellOfShortRange(run, options.frames, context);
    tellForecast(networks[0].inr, chooseFrames(run, plan.frames).length, context);
    const { done, omissions, omissionsWithin, report } = await run.exclusively(async () => ({
      ...(await analyzeRun(run, networks[0], plan, workOf(context))),
      report: await writeReport(),
    }));
    const failed = omissions.filter(({ analysis }) => analysis !== undefined && names.includes(analysis));
    if (failed.length > 0) {
      // One reason is told once.
      const told = [...new Set(failed.map(({ why }) => why))].map((why) => {
        const all = failed.filter((other) => other.why === why).map(({ analysis }) => `'${analysis}'`);
        return `${listed(all)} could not be run: ${why}`;
      });
      const message = told.reduce((before, next) => `${before.replace(/\.$/, '')}. ${next}`);
      throw new XincError('unsupported', message, { subject: failed[0].analysis! });
    }
    if (done.length === 0 && omissions.length > 0) {
      throw new XincError('unsupported', `Nothing of ${run.path} could be analysed: ${omissions[0].why}`, {
        subject: run.path,
        hint: `${report} lists every analysis and why.`,
      });
    }
    context.result(
      {
        run: run.path,
        analyses: done,
        omissions: worded(omissions, context),
        omissionsWithin: worded(omissionsWithin, context),
        report,
      },
      `${done.map((name) => run.file(RUN_FILES.analysis(name))).join('\n')}\nReport: ${report}`,
    );
    sayFailed(omissions);
  } finally {
    for (const network of networks) await network.dispose();
    await engine.dispose();
  }
}

/** All of them must be runs; one that is neither a run nor an analysis gets an answer that says both. */
async function runsAmong(targets: readonly string[], known: readonly string[]): Promise<string[]> {
  for (const [i, target] of targets.entries()) {
    if (i > 0 && !(await Run.exists(target))) {
      throw new XincError('not-found', `'${target}' is neither a run nor an analysis`, {
        subject: target,
        hint: `${didYouMean(target, known)}Analyses: ${known.join(', ')}.`,
      });
    }
  }
  return [...targets];
}

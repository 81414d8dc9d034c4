import { basename, dirname, join, resolve } from 'node:path';
import { type LabelledRun, type Omission, XincError } from '@xinc/core';
import { createTracer, type KernelPool, type Network, type Tracer } from '@xinc/core/trace';
import { RUN_FILES } from '../folder/files.js';
import type { Run } from '../folder/run.js';
import { startPool } from '../open/pool.js';
import { endOmission, type RunOmission } from '../stored/omissions.js';
import { storeAnalysis } from '../stored/store-analysis.js';
import type { Work } from '../work.js';
import { type AnalysisPlan, chooseFrames } from './plan-analyses.js';
import { labelRun, prepareAnalysis, type RunAnalysis } from './prepare-analysis.js';

/** What came of comparing runs. */
export interface Compared {
  /** Those of the results. */
  readonly folders: readonly string[];
  /** What was left out of any of the runs. */
  readonly omissions: readonly RunOmission[];
}

/**
 * Analyses several runs in one result, stored in the first, which the caller has exclusively. The others are written to as
 * well: label maps of their groupings.
 * @throws XincError `usage` for an analysis that reads runs one by one, or a run given twice; `conflict` if another process is
 * writing to one
 */
export async function compareRuns(
  runs: readonly Run[],
  networks: readonly Network[],
  plan: AnalysisPlan,
  work: Work = {},
): Promise<Compared> {
  const joint = plan.analyses.filter(({ plugin }) => plugin.analyzeRuns);
  const single = plan.analyses.find(({ plugin }) => !plugin.analyzeRuns);
  if (joint.length === 0 || (single && plan.analyses[0]?.named)) {
    throw new XincError('usage', `'${single?.plugin.name ?? 'analyze'}' reads one run, and ${runs.length} are given`, {
      hint: 'Analyse them one by one, or name an analysis that compares runs, such as neuron-clusters.',
    });
  }
  const paths = runs.map(({ path }) => resolve(path));
  const twice = runs.find((_, i) => paths.indexOf(paths[i]) !== i);
  if (twice) {
    throw new XincError('usage', `${twice.path} is given twice, and a run is compared with others`, {
      subject: twice.path,
    });
  }
  const names = distinctNames(runs.map(({ path }) => path));
  const pools: KernelPool[] = [];
  try {
    const tracers: Tracer[] = [];
    for (const { inr } of networks) pools.push(await startPool(inr));
    for (const [i, network] of networks.entries()) tracers.push(createTracer(network, pools[i]));
    const labelled = [];
    for (const [i, run] of runs.entries()) {
      const label = () => labelRun(run, plan, work);
      labelled.push(await (i === 0 ? label() : run.exclusively(label)));
    }
    const known = labelled.map(
      ({ signal, frames, labels }, i): LabelledRun => ({
        name: names[i],
        context: {
          signal: signal.shape,
          layers: tracers[i].layers,
          frames,
          groupings: [...labels.keys()],
          labels: (grouping, frame) => labels.get(grouping)!.get(frame)!,
        },
      }),
    );
    for (const { plugin, options } of joint) plugin.checkRuns?.(options, known);
    const prepared: RunAnalysis[] = [];
    const omissions: Omission[] = [];
    for (const [i, run] of runs.entries()) {
      const tracer = tracers[i];
      const ready = await prepareAnalysis(run, tracer, labelled[i], { ...plan, analyses: joint }, work);
      for (const refusal of ready.refusals.values()) throw refusal;
      prepared.push(ready);
      for (const { layer, why } of ready.omissions) {
        if (layer !== undefined) omissions.push({ why: `${names[i]}: ${layer} was left out: ${why}` });
      }
    }
    const folders: string[] = [];
    for (const { plugin, options } of joint) {
      const { name, title, description } = plugin;
      work.progress?.begin(`${title}, ${runs.length} runs`, '%');
      const start = performance.now();
      const contexts = prepared.map(({ contextOf }) => contextOf(plugin));
      const named = contexts.map(({ context }, i) => ({ name: names[i], context }));
      const analysed = await plugin.analyzeRuns!(options, named);
      const result = { ...analysed, omissions: [...omissions, ...(analysed.omissions ?? [])] };
      const seconds = Number(((performance.now() - start) / 1000).toFixed(3));
      const stored = `${name}-of-${names.join('-')}`.slice(0, 120);
      const frames = chooseFrames(runs[0], plan.frames);
      // Beside the analysis of the first run alone, in its report as well.
      const joint = `${title}: ${names.join(', ')}`;
      const groupings = contexts[0].groupings();
      const told = { name: stored, title: joint, description, options, frames, groupings, seconds };
      await storeAnalysis(runs[0], { ...told, result });
      await endOmission(runs[0], stored);
      work.progress?.end(`${title}: ${result.findings[0] ?? 'done'}`);
      folders.push(runs[0].file(RUN_FILES.analysis(stored)));
    }
    return { folders, omissions: prepared.flatMap((ready) => ready.omissions) };
  } finally {
    for (const pool of pools) await pool.dispose();
  }
}

/** Folder names, with as many parents as it takes to tell them apart. */
function distinctNames(paths: readonly string[]): string[] {
  const last = paths.map((path) => basename(path));
  if (new Set(last).size === last.length) return last;
  return paths.map((path) => join(basename(dirname(path)), basename(path)).replaceAll(/[\\/]/g, '-'));
}

import { type AnalysisResult, isXincError, type Omission, omissionSentences, XincError } from '@xinc/core';
import { createTracer, type Network } from '@xinc/core/trace';
import PQueue from 'p-queue';
import { callWords } from '../call-words.js';
import { RUN_FILES } from '../folder/files.js';
import type { Run } from '../folder/run.js';
import { startPool } from '../open/pool.js';
import { type RunOmission, storeOmissions } from '../stored/omissions.js';
import { storeAnalysis } from '../stored/store-analysis.js';
import type { Work } from '../work.js';
import { type AnalysisPlan, type ChosenAnalysis, chooseFrames } from './plan-analyses.js';
import { labelRun, prepareAnalysis, type RunAnalysis } from './prepare-analysis.js';

/** Results that wait to be stored while another is, at most: each is in memory. */
const RESULTS_WAITING = 6;

/** What an analysis that was done left out itself. */
export interface AnalysisOmission extends Omission {
  /** Its name. */
  readonly analysis: string;
}

/** Names of what was done, and what was not. */
export interface Analysed {
  readonly done: readonly string[];
  /** What all analyses, or one altogether, had to do without. */
  readonly omissions: readonly RunOmission[];
  /** What single analyses left out, as their results say too. */
  readonly omissionsWithin: readonly AnalysisOmission[];
}

/**
 * Runs analyses on a run, which the caller has exclusively, and stores their results; one that fails is left out and told, and
 * the others go on.
 */
export async function analyzeRun(run: Run, network: Network, plan: AnalysisPlan, work: Work = {}): Promise<Analysed> {
  const pool = await startPool(network.inr, work.threads);
  try {
    const tracer = createTracer(network, pool);
    const about = { signal: network.inr.signal, layers: tracer.layers, frames: chooseFrames(run, plan.frames) };
    const omissions: RunOmission[] = [];
    const analyses: ChosenAnalysis[] = [];
    const asked = new Set(plan.analyses.map(({ plugin }) => plugin.name));
    for (const chosen of plan.analyses) {
      const { plugin, options, named } = chosen;
      const groupings = plan.groupings.map(({ name }) => name);
      let why: string | undefined;
      try {
        why = named ? undefined : plugin.tooLong?.(options, { ...about, groupings });
      } catch (error) {
        if (!isXincError(error)) throw error;
        omissions.push({ what: plugin.title, analysis: plugin.name, code: error.code, why: error.message });
        work.progress?.line(`${plugin.title}: left out: ${error.message}`);
        continue;
      }
      if (why === undefined) analyses.push(chosen);
      // A result that was asked for before is still one.
      else if (await run.has(RUN_FILES.result(plugin.name))) asked.delete(plugin.name);
      else {
        const told = `${why}; ask for it: ${callWords('analyzeRun', run.path, plugin.name)}`;
        omissions.push({ what: plugin.title, analysis: plugin.name, why: told });
        work.progress?.line(`  left out: ${plugin.title}: ${told}`);
      }
    }
    (await import('@xinc/report')).prepareFigures();
    const labelled = await labelRun(run, plan, work);
    const prepared = await prepareAnalysis(run, tracer, labelled, { ...plan, analyses }, work);
    const outcome = await analyseAndStore(run, analyses, prepared, work);
    // What failed comes first.
    omissions.unshift(...outcome.omissions, ...prepared.omissions);
    await storeOmissions(run, omissions, asked);
    // They are among what is stored already.
    const outdated = labelled.outdated.filter(({ analysis }) => !asked.has(analysis!));
    for (const { what, why } of outdated) work.progress?.line(`  left out: ${what}: ${why}`);
    return { done: outcome.done, omissions: [...omissions, ...outdated], omissionsWithin: outcome.omissionsWithin };
  } finally {
    await pool.dispose();
  }
}

/** Runs analyses one by one; results are drawn and stored, one after the other, while the next analysis computes. */
async function analyseAndStore(
  run: Run,
  analyses: readonly ChosenAnalysis[],
  prepared: RunAnalysis,
  { onFailure, progress, abort }: Work,
): Promise<Analysed> {
  const done: string[] = [];
  const omissions: RunOmission[] = [];
  const omissionsWithin: AnalysisOmission[] = [];
  /** Reasons that people have read: several analyses meet the same one. */
  const told = new Set<string>();
  /** Tells of an analysis that failed; throws what is the end of all of them. */
  const leaveOut = ({ plugin: { name, title }, named }: ChosenAnalysis, error: unknown): string => {
    if (abort?.aborted) throw new XincError('cancelled', 'Cancelled', { cause: error });
    // The other analyses would meet a full disk or a lost lock as well.
    if (!isXincError(error) || error.code === 'io' || error.code === 'conflict') throw error;
    omissions.push({ what: title, analysis: name, code: error.code, why: error.message });
    onFailure?.(error);
    // For an analysis that was named, the caller tells why, from what is returned.
    if (named) return `${title}: left out`;
    const reason = told.has(error.message) ? 'for the same reason' : error.message;
    told.add(error.message);
    return `${title}: left out: ${reason}`;
  };
  const storing = new PQueue({ concurrency: 1 });
  const failures: unknown[] = [];
  const store = (chosen: ChosenAnalysis, analysis: Parameters<typeof storeAnalysis>[1]) => {
    const { name } = chosen.plugin;
    const stored = storing.add(async () => {
      try {
        await storeAnalysis(run, analysis);
        done.push(name);
        omissionsWithin.push(...(analysis.result.omissions ?? []).map((omission) => ({ analysis: name, ...omission })));
      } catch (error) {
        progress?.line(leaveOut(chosen, error));
      }
    });
    stored.catch((error) => {
      storing.clear();
      failures.push(error);
    });
  };
  try {
    for (const chosen of analyses) {
      const { plugin, options } = chosen;
      const { name, title, description } = plugin;
      progress?.begin(title, '%');
      const start = performance.now();
      const { context, groupings } = prepared.contextOf(plugin);
      let result: AnalysisResult;
      try {
        // Its statistics were not gathered.
        const refusal = prepared.refusals.get(plugin);
        if (refusal) throw refusal;
        result = await plugin.analyze(options, context);
      } catch (error) {
        progress?.end(leaveOut(chosen, error), 'left-out');
        continue;
      }
      const seconds = Number(((performance.now() - start) / 1000).toFixed(3));
      progress?.end(`${title}${result.findings.length > 0 ? `: ${result.findings[0]}` : ''}`);
      for (const sentence of omissionSentences(result.omissions ?? [])) {
        if (!told.has(sentence)) progress?.line(`  ${sentence}`);
        told.add(sentence);
      }
      store(chosen, {
        name,
        title,
        description,
        options,
        frames: prepared.frames,
        groupings: groupings(),
        seconds,
        result,
      });
      await storing.onSizeLessThan(RESULTS_WAITING);
      if (failures.length > 0) break;
    }
  } finally {
    await storing.onIdle();
  }
  if (failures.length > 0) throw failures[0];
  return { done, omissions, omissionsWithin };
}

import {
  type AnalysisPlugin,
  isXincError,
  type RequestContext,
  type Signal,
  type StatisticsRequest,
  type XincError,
} from '@xinc/core';
import { type Tracer, uniteRequests } from '@xinc/core/trace';
import type { Run } from '../folder/run.js';
import type { RunOmission } from '../stored/omissions.js';
import { storedSignal } from '../stored/stored-signal.js';
import type { Work } from '../work.js';
import { analysisContext, gatherStatistics, type OwnContext, ownContext } from './analysis-context.js';
import { type Labelled, labelFrames } from './label-frames.js';
import { type AnalysisPlan, chooseFrames } from './plan-analyses.js';

/** Everything the analyses of one run share. */
export interface RunAnalysis {
  readonly tracer: Tracer;
  /** The run as an analysis may read it. */
  contextOf(plugin: AnalysisPlugin): OwnContext;
  readonly frames: readonly number[];
  readonly omissions: readonly RunOmission[];
  /** Analyses that refused to be asked, and why. */
  readonly refusals: ReadonlyMap<AnalysisPlugin, XincError>;
}

/** The frames to analyse, with the label maps of every grouping that could be made. */
interface LabelledFrames extends Labelled {
  readonly signal: Signal;
  readonly frames: readonly number[];
}

/** Labels the frames that are to be analysed. */
export async function labelRun(
  run: Run,
  { groupings, frames: range }: AnalysisPlan,
  work: Work,
): Promise<LabelledFrames> {
  const signal = storedSignal(run);
  const frames = chooseFrames(run, range);
  return { signal, frames, ...(await labelFrames(run, signal, groupings, frames, work)) };
}

/** Traces labelled frames once for all analyses. */
export async function prepareAnalysis(
  run: Run,
  tracer: Tracer,
  { signal, frames, labels, omissions: before }: LabelledFrames,
  { analyses }: AnalysisPlan,
  work: Work,
): Promise<RunAnalysis> {
  const omissions = [...before];
  for (const [what, reason] of tracer.broken) {
    const why = `its contributions depend on what is no number: ${reason}.`;
    omissions.push({ what, layer: what, why });
    work.progress?.line(`  left out: ${what}: ${why}`);
  }
  const about: RequestContext = {
    signal: signal.shape,
    layers: tracer.layers,
    frames,
    groupings: [...labels.keys()],
  };
  const refusals = new Map<AnalysisPlugin, XincError>();
  const requests = new Map<AnalysisPlugin, StatisticsRequest>();
  for (const { plugin, options } of analyses) {
    try {
      requests.set(plugin, plugin.request(options, about));
    } catch (error) {
      if (!isXincError(error)) throw error;
      refusals.set(plugin, error);
    }
  }
  const gathered = await gatherStatistics(tracer, uniteRequests([...requests.values()]), frames, labels, work);
  for (const [what, error] of gathered.failed) {
    const { message } = error;
    omissions.push({ what, layer: what, code: error.code, why: message });
    work.progress?.line(`  left out: ${what}: ${message}`);
    work.onFailure?.(error);
  }
  const shared = analysisContext(tracer, signal, run.manifest.seed, gathered, work);
  return {
    tracer,
    frames,
    omissions,
    refusals,
    contextOf: (plugin) => ownContext(requests.get(plugin) ?? {}, shared),
  };
}

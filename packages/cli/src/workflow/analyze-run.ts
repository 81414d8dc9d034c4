import {
  type AnalysisContext,
  type AnalysisPlugin,
  type AnalysisResult,
  createTracer,
  isXincError,
  type Network,
  omissionSentences,
  type RegisteredPlugin,
  type Registry,
  type RequestContext,
  type Signal,
  type StatisticsRequest,
  type Tracer,
  uniteRequests,
  XincError,
} from '@xinc/core';
import type { Run } from '@xinc/core/node';
import { prepareFigures } from '@xinc/report';
import { parseFrameRange, resolveFrameRange } from '@xinc/signals';
import PQueue from 'p-queue';
import type { CommandContext } from '../context.js';
import { named, parseConfig } from '../settings.js';
import { analysisContext, gatherStatistics, ownContext } from './analysis-context.js';
import { tellForecast } from './forecast.js';
import { type ChosenGrouping, chooseGroupings, labelFrames, type RunOmission } from './groupings.js';
import { nextCommand } from './next-command.js';
import { storeOmissions } from './omissions.js';
import { startPool } from './pool.js';
import { storeAnalysis } from './store-analysis.js';
import { storedSignal } from './stored-signal.js';

export interface AnalyzeOptions {
  readonly groupings?: string;
  readonly frames?: string;
  readonly preset?: string;
  /** Settings by analysis. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** An analysis with its options settled. */
interface ChosenAnalysis {
  readonly plugin: AnalysisPlugin;
  readonly options: Readonly<Record<string, unknown>>;
  /** Asked for by name, and not as one of all. */
  readonly named: boolean;
}

/** What a command is to analyse, checked before anything is computed. */
export interface AnalysisPlan {
  readonly analyses: readonly ChosenAnalysis[];
  readonly groupings: readonly ChosenGrouping[];
  readonly frames: string | undefined;
}

/** Frames of a video analysed where none are named: enough to see change, few enough to wait for. */
export const DEFAULT_FRAMES = 4;
/** Results that wait to be stored while another is, at most: each is in memory. */
const RESULTS_WAITING = 6;

/**
 * @param names of analyses; all there are, if empty
 * @throws XincError `not-found`, `invalid-option`
 */
export function planAnalyses(registry: Registry, names: readonly string[], options: AnalyzeOptions): AnalysisPlan {
  const { preset, settings = {} } = options;
  const entries: RegisteredPlugin<'analysis'>[] =
    names.length > 0
      ? names.map((name) => named('analysis', () => registry.get('analysis', name)))
      : registry.all('analysis');
  for (const name of Object.keys(settings)) named('--set', () => registry.get('analysis', name));
  const presets = [...registry.all('analysis'), ...registry.all('grouping')].flatMap(({ plugin }) =>
    Object.keys(plugin.presets ?? {}),
  );
  if (preset !== undefined && !presets.includes(preset)) {
    throw new XincError('invalid-option', `There is no preset '${preset}'`, {
      subject: '--preset',
      hint: `Known: ${[...new Set(presets)].sort().join(', ') || 'none'}.`,
    });
  }
  if (options.frames !== undefined) parseFrameRange(options.frames);
  return {
    frames: options.frames,
    groupings: chooseGroupings(registry, options.groupings, preset),
    analyses: [...new Set(entries)].map(({ plugin }) => ({
      plugin,
      named: names.length > 0,
      options: parseConfig(
        plugin.options,
        { ...(preset !== undefined && plugin.presets?.[preset]), ...settings[plugin.name] },
        `analysis '${plugin.name}'`,
      ) as Record<string, unknown>,
    })),
  };
}

/** The frames to analyse: those named, else a few spread over the signal. */
export function chooseFrames(run: Run, text: string | undefined): number[] {
  const { frames } = run.manifest.signal;
  if (text === undefined) {
    const count = Math.min(frames, DEFAULT_FRAMES);
    const spread = Array.from({ length: count }, (_, i) => Math.round((i * (frames - 1)) / Math.max(1, count - 1)));
    return [...new Set(spread)];
  }
  const range = parseFrameRange(text);
  if (run.manifest.signal.kind === 'image' && (range.stop ?? 0) > frames) {
    throw new XincError('invalid-option', `--frames ${text}: ${run.path} is of one picture, not of a video`, {
      subject: '--frames',
      hint: 'Leave --frames out.',
    });
  }
  const { start, step, count } = resolveFrameRange(range, frames);
  if (count > 0) return Array.from({ length: count }, (_, i) => start + i * step).sort((a, b) => a - b);
  throw new XincError('invalid-option', `--frames ${text} names none of the ${frames} frames of ${run.path}`, {
    subject: '--frames',
  });
}

/** A range may end after the video does, as Python's slices may; then it is said. */
function tellOfShortRange(run: Run, text: string | undefined, { display }: CommandContext): void {
  const { stop = 0 } = text === undefined ? {} : parseFrameRange(text);
  const { frames } = run.manifest.signal;
  if (stop > frames) display.line(`  --frames ${text} ends after the video, whose frames are 0 to ${frames - 1}`);
}

/** Everything the analyses of one run share. */
export interface RunAnalysis {
  readonly tracer: Tracer;
  /** The run as an analysis may read it. */
  contextOf(plugin: AnalysisPlugin): AnalysisContext;
  readonly frames: readonly number[];
  readonly omissions: readonly RunOmission[];
  /** Analyses that refused to be asked, and why. */
  readonly refusals: ReadonlyMap<AnalysisPlugin, XincError>;
}

/** The frames to analyse, with the label maps of every grouping that could be made. */
interface LabelledFrames {
  readonly signal: Signal;
  readonly frames: readonly number[];
  readonly labels: Awaited<ReturnType<typeof labelFrames>>['labels'];
  readonly omissions: readonly RunOmission[];
}

/** Labels the frames that are to be analysed. */
export async function labelRun(
  run: Run,
  { groupings, frames: text }: AnalysisPlan,
  context: CommandContext,
): Promise<LabelledFrames> {
  const signal = storedSignal(run);
  const frames = chooseFrames(run, text);
  return { signal, frames, ...(await labelFrames(run, signal, groupings, frames, context)) };
}

/** Traces labelled frames once for all analyses. */
export async function prepareAnalysis(
  run: Run,
  tracer: Tracer,
  { signal, frames, labels, omissions: before }: LabelledFrames,
  { analyses }: AnalysisPlan,
  context: CommandContext,
): Promise<RunAnalysis> {
  const omissions = [...before];
  for (const [what, reason] of tracer.broken) {
    const why = `its contributions depend on what is no number: ${reason}.`;
    omissions.push({ what, layer: what, why });
    context.display.line(`  left out: ${what}: ${why}`);
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
  const gathered = await gatherStatistics(tracer, uniteRequests([...requests.values()]), frames, labels, context);
  for (const [what, error] of gathered.failed) {
    const { message } = error;
    omissions.push({ what, layer: what, why: message });
    context.display.line(`  left out: ${what}: ${message}`);
    if (context.options.debug) console.error(error);
  }
  const shared = analysisContext(tracer, signal, run.manifest.seed, gathered, context);
  return {
    tracer,
    frames,
    omissions,
    refusals,
    contextOf: (plugin) => ownContext(requests.get(plugin) ?? {}, shared),
  };
}

/** Names of what was done, and what was not. */
export interface Analysed {
  readonly done: readonly string[];
  readonly omissions: readonly RunOmission[];
}

/**
 * Runs analyses on a run, which the caller has exclusively, and stores their results; one that fails is left out and told, and
 * the others go on.
 */
export async function analyzeRun(
  run: Run,
  network: Network,
  plan: AnalysisPlan,
  context: CommandContext,
): Promise<Analysed> {
  const pool = await startPool(network.inr);
  try {
    const tracer = createTracer(network, pool);
    tellOfShortRange(run, plan.frames, context);
    const about = { signal: network.inr.signal, layers: tracer.layers, frames: chooseFrames(run, plan.frames) };
    const omissions: RunOmission[] = [];
    const analyses: ChosenAnalysis[] = [];
    for (const chosen of plan.analyses) {
      const { plugin, options, named } = chosen;
      const groupings = plan.groupings.map(({ name }) => name);
      let why: string | undefined;
      try {
        why = named ? undefined : plugin.tooLong?.(options, { ...about, groupings });
      } catch (error) {
        if (!isXincError(error)) throw error;
        omissions.push({ what: plugin.title, analysis: plugin.name, why: error.message });
        context.display.line(`${plugin.title}: left out: ${error.message}`);
        continue;
      }
      if (why === undefined) analyses.push(chosen);
      // A result that was asked for before is still one.
      else if (!(await run.has(`analysis/${plugin.name}/result.json`))) {
        const command = nextCommand(['analyze', run.path, plugin.name], context);
        omissions.push({ what: plugin.title, analysis: plugin.name, why: `${why}; ask for it: ${command}` });
        context.display.line(`  left out: ${plugin.title}: ${why}; ask for it: ${command}`);
      }
    }
    tellForecast(network.inr, about.frames.length, context);
    prepareFigures();
    const labelled = await labelRun(run, plan, context);
    const prepared = await prepareAnalysis(run, tracer, labelled, { ...plan, analyses }, context);
    const outcome = await analyseAndStore(run, analyses, prepared, context);
    // What failed comes first.
    omissions.unshift(...outcome.omissions, ...prepared.omissions);
    await storeOmissions(run, omissions, new Set(plan.analyses.map(({ plugin }) => plugin.name)));
    return { done: outcome.done, omissions };
  } finally {
    await pool.dispose();
  }
}

/** Runs analyses one by one; results are drawn and stored, one after the other, while the next analysis computes. */
async function analyseAndStore(
  run: Run,
  analyses: readonly ChosenAnalysis[],
  prepared: RunAnalysis,
  { options: { debug }, display, abort }: CommandContext,
): Promise<Analysed> {
  const done: string[] = [];
  const omissions: RunOmission[] = [];
  /** Reasons that people have read: several analyses meet the same one. */
  const told = new Set<string>();
  /** Tells of an analysis that failed; throws what is the end of all of them. */
  const leaveOut = ({ name, title }: AnalysisPlugin, error: unknown): string => {
    if (abort.aborted) throw new XincError('cancelled', 'Cancelled', { cause: error });
    // Of a full disk or a lost lock, the other analyses would tell the same.
    if (!isXincError(error) || error.code === 'io' || error.code === 'conflict') throw error;
    omissions.push({ what: title, analysis: name, why: error.message });
    if (debug) console.error(error);
    const reason = told.has(error.message) ? 'for the same reason' : error.message;
    told.add(error.message);
    return `${title}: left out: ${reason}`;
  };
  const storing = new PQueue({ concurrency: 1 });
  const failures: unknown[] = [];
  const store = (plugin: AnalysisPlugin, analysis: Parameters<typeof storeAnalysis>[1]) => {
    const stored = storing.add(async () => {
      try {
        await storeAnalysis(run, analysis);
        done.push(plugin.name);
      } catch (error) {
        display.line(leaveOut(plugin, error));
      }
    });
    stored.catch((error) => {
      storing.clear();
      failures.push(error);
    });
  };
  try {
    for (const { plugin, options } of analyses) {
      const { name, title, description } = plugin;
      display.begin(title, '%');
      const start = performance.now();
      let result: AnalysisResult;
      try {
        // Its statistics were not gathered.
        const refusal = prepared.refusals.get(plugin);
        if (refusal) throw refusal;
        result = await plugin.analyze(options, prepared.contextOf(plugin));
      } catch (error) {
        display.end(leaveOut(plugin, error), 'left-out');
        continue;
      }
      const seconds = Number(((performance.now() - start) / 1000).toFixed(3));
      display.end(`${title}${result.findings.length > 0 ? `: ${result.findings[0]}` : ''}`);
      for (const sentence of omissionSentences(result.omissions ?? [])) {
        if (!told.has(sentence)) display.line(`  left out: ${sentence}`);
        told.add(sentence);
      }
      store(plugin, { name, title, description, options, frames: prepared.frames, seconds, result });
      await storing.onSizeLessThan(RESULTS_WAITING);
      if (failures.length > 0) break;
    }
  } finally {
    await storing.onIdle();
  }
  if (failures.length > 0) throw failures[0];
  return { done, omissions };
}

import type { AnalysisContext, AnalysisPlugin, AnalysisResult, RequestContext } from '../analysis.js';
import { isXincError } from '../errors.js';
import type { Figure } from '../figure.js';
import type { Signal } from '../signal.js';
import type { CustomCollector } from '../statistics/custom-collector.js';
import type { StatisticsRequest } from '../statistics/statistics.js';
import type { KernelPool } from '../trace/contribution-source.js';
import { createLocalPool } from '../trace/local-pool.js';
import { figureProblem, SENTENCE } from './analysis/check-figures.js';
import { contextOf, type RunAbilities, smallRun } from './analysis/small-run.js';
import { checkCollector } from './check-collector.js';
import { valueDifference } from './compare-values.js';
import { createDealtPool } from './pools.js';
import { drawnSignal, smallPicture, smallVideo } from './signals.js';
import { settingsOf, type UnderTest, underTest } from './under-test.js';

export interface AnalysisCheckOptions {
  /** By default the defaults of the analysis. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Draws a figure, such as `renderFigure` of `@xinc/report`; what it throws is told of the figure. */
  readonly draw?: (figure: Figure) => unknown;
}

/** What an analysis gave of one of the runs it was tried on. */
export interface AnalysisMeasures {
  /** Which run, in words: "a picture", "a run without groupings". */
  readonly run: string;
  /** Absent where it refused the run. */
  readonly result?: AnalysisResult;
  /** In its own words, why it refused. */
  readonly refused?: string;
}

/** A run to try an analysis on. */
interface Trial extends RunAbilities {
  readonly run: string;
  readonly signal: Signal;
  readonly frames: readonly number[];
  /** Whether completeness is told and neurons are switched off. */
  readonly abilities?: boolean;
}

const onePixel = drawnSignal({ kind: 'image', frames: 1, height: 1, width: 1 });

/** The first two are what most runs are; the others lack something, and may be refused. */
const TRIALS: readonly Trial[] = [
  { run: 'a picture', signal: smallPicture(), frames: [0] },
  { run: 'a video', signal: smallVideo(), frames: [0, 1, 2] },
  { run: 'some frames of a video', signal: smallVideo(), frames: [0, 2] },
  { run: 'a run without groupings', signal: smallPicture(), frames: [0], groupings: false },
  { run: 'a run that switches no neurons off', signal: smallPicture(), frames: [0], abilities: false },
  { run: 'a run in which nothing contributes', signal: smallPicture(), frames: [0], silent: true },
  { run: 'a picture of one pixel', signal: onePixel, frames: [0] },
];

/**
 * Checks an analysis as a reviewer would, on small runs: pictures, videos, and runs that lack something. It reads only what it asked for,
 * and changes no label map; its result passes the door, is the same each time and for any number of workers, and reads well: findings
 * are sentences without NaN, axes and colours have titles, what is left out has a reason. Collectors of its own merge.
 * @returns what it gave of each run
 * @throws XincError `plugin` that says what is wrong, and on which run
 */
export async function checkAnalysis<C>(
  analysis: AnalysisPlugin<C>,
  { options, draw }: AnalysisCheckOptions = {},
): Promise<readonly AnalysisMeasures[]> {
  const tested = underTest(analysis as AnalysisPlugin) as UnderTest<AnalysisPlugin<C>>;
  const { plugin, fail } = tested;
  const settings = settingsOf(tested as UnderTest<AnalysisPlugin>, 'options', plugin.options, options);
  for (const [preset, values] of Object.entries(plugin.presets ?? {})) {
    const parsed = plugin.options.safeParse(values);
    if (!parsed.success)
      throw fail('presets', `it refuses its own preset '${preset}': ${parsed.error.issues[0].message}`);
  }
  const pools = [await createLocalPool(), await createDealtPool(3)];
  try {
    const measures: AnalysisMeasures[] = [];
    for (const trial of TRIALS) measures.push(await tryOn(tested, settings, trial, pools, draw));
    const whole = measures.slice(0, 2);
    if (whole.every(({ result }) => !result)) {
      throw fail('analyze', `it refuses a picture and a video: ${whole.map(({ refused }) => refused).join('; ')}`);
    }
    return measures;
  } finally {
    for (const pool of pools) await pool.dispose();
  }
}

async function tryOn<C>(
  tested: UnderTest<AnalysisPlugin<C>>,
  settings: C,
  trial: Trial,
  [local, dealt]: readonly KernelPool[],
  draw: AnalysisCheckOptions['draw'],
): Promise<AnalysisMeasures> {
  const { plugin, fail } = tested;
  const { run, signal, frames, abilities = true } = trial;
  let asked: StatisticsRequest | undefined;
  const request = (about: RequestContext) => {
    asked = plugin.request(settings, about);
    return asked;
  };
  const contextWith = (pool: KernelPool) => contextOf(smallRun(signal, pool, trial), request, frames, 0, abilities);
  try {
    const context = await contextWith(local);
    const before = labelsOf(context);
    const result = await plugin.analyze(settings, context);
    if (valueDifference(labelsOf(context), before)) {
      throw fail(`analyze, ${run}`, 'it changes the label maps, which other analyses read', 'Work on copies.');
    }
    for (const collector of asked?.custom ?? []) checkCollector(ownName(collector));
    requireSound(tested, run, result, context);
    for (const figure of result.figures) await requireDrawn(tested, run, figure, draw);
    const again = await plugin.analyze(settings, await contextWith(dealt));
    if (valueDifference(again, result)) {
      requireSame(tested, run, await plugin.analyze(settings, await contextWith(local)), result, 'analysed again');
      requireSame(tested, run, again, result, 'with three workers');
    }
    return { run, result };
  } catch (error) {
    // It may refuse a run in its own words; what a door or this kit tells of it is a fault.
    if (isXincError(error) && error.code !== 'plugin') return { run, refused: error.message };
    throw error;
  }
}

/** Collectors of the guarded request have the analysis' name before their own. */
const ownName = (collector: CustomCollector): CustomCollector => ({
  name: collector.name.slice(collector.name.indexOf(':') + 1),
  start: (layer) => collector.start(layer),
});

const labelsOf = ({ groupings, frames, labels }: AnalysisContext) =>
  groupings.map((name) => frames.map((frame) => labels(name, frame).labels.slice()));

const NO_NUMBER = /\b(NaN|undefined|null|Infinity)\b|\[object /;

/** What people read of a result. */
function requireSound<C>(
  { fail }: UnderTest<AnalysisPlugin<C>>,
  run: string,
  { findings, omissions = [], notes = [], tables }: AnalysisResult,
  { layers, frames, untraced }: AnalysisContext,
): void {
  const where = `analyze, ${run}`;
  if (findings.length === 0 && omissions.length === 0) {
    throw fail(where, 'it finds nothing and leaves nothing out', 'Say in a sentence what the run shows.');
  }
  for (const sentence of [...findings, ...notes, ...omissions.map(({ why }) => why)]) {
    const odd = NO_NUMBER.exec(sentence);
    if (odd) throw fail(where, `it says '${odd[0]}': ${sentence}`, 'Say in words what is not defined.');
    if (!SENTENCE.test(sentence)) throw fail(where, `this is no sentence with a full stop: '${sentence}'`);
  }
  for (const { layer, frames: of = [], why } of omissions) {
    const known = layer === undefined || layers.some(({ id }) => id === layer) || untraced.includes(layer);
    if (!known) throw fail(where, `it leaves out layer '${layer}', which there is not: ${why}`);
    const beyond = of.find((frame) => !frames.includes(frame));
    if (beyond !== undefined) throw fail(where, `it leaves out frame ${beyond}, which is not analysed: ${why}`);
  }
  for (const { name, columns } of tables) {
    const undescribed = columns.find(({ description }) => description.trim() === '');
    if (undescribed) throw fail(where, `the column '${undescribed.name}' of table '${name}' has no description`);
  }
}

async function requireDrawn<C>(
  { fail }: UnderTest<AnalysisPlugin<C>>,
  run: string,
  figure: Figure,
  draw: AnalysisCheckOptions['draw'],
): Promise<void> {
  const where = `analyze, ${run}, figure '${figure.name}'`;
  const problem = figureProblem(figure);
  if (problem !== undefined) throw fail(where, `it ${problem}`);
  try {
    await draw?.(figure);
  } catch (error) {
    throw fail(where, `it is not drawn: ${(error as Error).message}`, undefined, error);
  }
}

function requireSame<C>(
  { fail }: UnderTest<AnalysisPlugin<C>>,
  run: string,
  result: AnalysisResult,
  expected: AnalysisResult,
  how: string,
): void {
  const difference = valueDifference(result, expected);
  if (!difference) return;
  throw fail(
    `analyze, ${run}`,
    `${how}, its result is another one, at ${difference.path}`,
    'Draw random numbers from randomStream(seed, …) of @xinc/core, and keep nothing from one call to the next.',
  );
}

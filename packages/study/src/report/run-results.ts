import { isXincError } from '@xinc/core';
import { RUN_FILES, type StoredAnalysis, storedAnalysis } from '@xinc/runs';
import type { DoneRun } from './done-runs.js';

/** What an analysis of a run found. */
export interface RunResult {
  readonly signal: string;
  readonly network: string;
  readonly seed: number;
  readonly stored: StoredAnalysis;
}

/** What an analysis of runs found, and a sentence for those that have it not, or cannot be read. */
export interface RunResults {
  readonly results: readonly RunResult[];
  /** None where nothing is missing. */
  readonly missing: readonly string[];
}

/**
 * What an analysis of each run found, networks one after the other, signals as they are in the study.
 * @param options `wanted`: whether it is looked for in a run, by what was found before; `ofLabels`: whether the analysis needs labels
 */
export async function runResults(
  runs: readonly DoneRun[],
  analysis: string,
  {
    wanted = () => true,
    ofLabels = false,
  }: {
    readonly wanted?: (run: DoneRun, before: readonly RunResult[]) => boolean;
    readonly ofLabels?: boolean;
  } = {},
): Promise<RunResults> {
  const results: RunResult[] = [];
  const without = new Map<string, string[]>();
  const networks = [...new Set(runs.map(({ task }) => task.network.name))];
  const place = ({ task }: DoneRun) => networks.indexOf(task.network.name);
  for (const one of [...runs].sort((a, b) => place(a) - place(b))) {
    const { task, run } = one;
    if (!wanted(one, results)) continue;
    let why = ofLabels && !run.manifest.signal.labelled ? 'without labels' : 'not analysed';
    try {
      if (await run.has(RUN_FILES.result(analysis))) {
        const stored = await storedAnalysis(run, analysis);
        results.push({ signal: task.signal.name, network: task.network.name, seed: task.seed, stored });
        continue;
      }
    } catch (error) {
      if (!isXincError(error)) throw error;
      why = error.message;
    }
    without.set(why, [...(without.get(why) ?? []), task.id]);
  }
  const left = [...without].map(([why, ids]) => `${ids.join(', ')} (${why})`);
  const none = results.length === 0 ? [`No run has the analysis ${analysis}.`] : [];
  return { results, missing: [...none, ...(left.length > 0 ? [`Not drawn: ${left.join('; ')}.`] : [])] };
}

/** The first seed of each signal and network that has the analysis. */
export const firstSeed = ({ task }: DoneRun, before: readonly RunResult[]): boolean =>
  !before.some(({ signal, network }) => signal === task.signal.name && network === task.network.name);

/** `seed 0`, or which seed of which signal and network, where they are not one. */
export function seedWords(results: readonly RunResult[]): string {
  const seeds = new Set(results.map(({ seed }) => seed));
  if (seeds.size === 1) return `seed ${results[0].seed}`;
  return results.map(({ signal, network, seed }) => `seed ${seed} of ${signal} ${network}`).join(', ');
}

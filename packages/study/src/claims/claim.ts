import { isXincError } from '@xinc/core';
import type { ClaimRun } from './claim-runs.js';
import type { SignalValues } from './statistics/bootstrap.js';

/** What the paper says, as something that is measured of each signal: a factor that lies on one side of a bound, or between two. */
export interface Claim {
  /** In tables: `space-least`. */
  readonly name: string;
  readonly title: string;
  /** Section of the paper's supplement. */
  readonly section: string;
  /** What the factor is: one number ÷ another. */
  readonly factor: string;
  /** The claim holds of a signal whose factor is above this. */
  readonly above: number;
  /** And, if it says that two things are alike, below this. */
  readonly below?: number;
}

/** What a claim on variances over groups is measured on: the published variance, or that with as many groups of each grouping. */
export type Groups = 'published' | 'equal';

export const GROUPS_WORDS: Readonly<Record<Groups, string>> = {
  published: 'as published',
  equal: 'with as many groups each',
};

/** A claim on one network, or on two of them: what each signal gives. */
export interface ClaimSample {
  readonly claim: Claim;
  /** Of claims on variances over groups. */
  readonly groups?: Groups;
  /** `ffn`, or `ffn : nerv` where the second is compared with. */
  readonly network: string;
  /** What is counted, after "In 5 of 6 signals". */
  readonly says: string;
  /** log₂ of the factor, of every seed. */
  readonly signals: readonly SignalValues[];
  /** Where values are known between two bounds only: the same signals with either bound. */
  readonly bounds?: readonly [readonly SignalValues[], readonly SignalValues[]];
  /** Runs and signals without a value, each with the reason. */
  readonly leftOut: readonly string[];
  /** What has to be known to read it. */
  readonly note?: string;
}

/** Names of networks in the order of the runs. */
export const networksOf = (runs: readonly ClaimRun[]): string[] => [...new Set(runs.map(({ network }) => network))];

/** Values of runs by signal, and the runs that have none. */
export interface Measured {
  readonly bySignal: ReadonlyMap<string, readonly number[]>;
  readonly leftOut: readonly string[];
}

/**
 * Measures each run; those of which it cannot be measured are named with the reason.
 * @param measure log₂ of the factor; throws an XincError whose text stands after the run's name and a colon
 */
export function measureRuns(runs: readonly ClaimRun[], measure: (run: ClaimRun) => number): Measured {
  const bySignal = new Map<string, number[]>();
  const leftOut: string[] = [];
  for (const run of runs) {
    try {
      const value = measure(run);
      bySignal.set(run.signal, [...(bySignal.get(run.signal) ?? []), value]);
    } catch (error) {
      if (!isXincError(error)) throw error;
      leftOut.push(`${run.id}: ${error.message}`);
    }
  }
  return { bySignal, leftOut };
}

/**
 * A claim on each network by itself.
 * @param measure as of `measureRuns`
 * @param noteOf what has to be known of the runs of one network
 */
export function ofEachNetwork(
  claim: Claim,
  says: string,
  runs: readonly ClaimRun[],
  measure: (run: ClaimRun) => number,
  noteOf: (runs: readonly ClaimRun[]) => string | undefined = () => undefined,
): ClaimSample[] {
  return networksOf(runs).map((network) => {
    const own = runs.filter((run) => run.network === network);
    const { bySignal, leftOut } = measureRuns(own, measure);
    const signals = [...bySignal].map(([signal, values]) => ({ signal, values }));
    const note = noteOf(own);
    return { claim, network, says, signals, leftOut, ...(note !== undefined && { note }) };
  });
}

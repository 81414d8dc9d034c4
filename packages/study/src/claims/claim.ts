import { isXincError } from '@xinc/core';
import type { ClaimRun } from './claim-runs.js';
import type { SignalValues } from './statistics/bootstrap.js';

/** Log₂ factors that differ from a bound by less are ties with it: rounding. */
export const TIE = 1e-9;

/** What the paper says, as something that is measured of each signal: a factor that lies on one side of a bound. */
export type Claim = ClaimTexts & (Above | Below);

/** The claim holds of a signal whose factor is above this. Whether it is below is tested, too. */
interface Above {
  readonly above: number;
  readonly below?: undefined;
}

/**
 * The claim, that two things are alike, holds of a signal whose factor is below this: one that is 1 where they are the same, and never less. Noise makes
 * such a factor larger, so that a large one shows no unlikeness: only that it is below is tested.
 */
interface Below {
  readonly below: number;
  readonly above?: undefined;
}

interface ClaimTexts {
  /** In tables: `space-least`. */
  readonly name: string;
  readonly title: string;
  /** Section of the paper's supplement. */
  readonly section: string;
  /** What the factor is: one number ÷ another. */
  readonly factor: string;
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
  /** What is counted, after "In 5 of 6 signals ". */
  readonly says: string;
  /** log₂ of the factor, of every seed. */
  readonly signals: readonly SignalValues[];
  /** Where values are known between two bounds only: the same signals with either bound. */
  readonly bounds?: readonly [readonly SignalValues[], readonly SignalValues[]];
  /**
   * Where signals were chosen by what they show: that by which, of all of them, as log₂ factors; several where it is known between bounds only. It has to be
   * shown to be above 1, too: chosen ones are above 1 by chance alone, and what is held against them lower.
   */
  readonly premises?: readonly (readonly SignalValues[])[];
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

import { type Claim, type ClaimSample, TIE } from './claim.js';
import { bootstrapInterval, effectOf, type Interval, mean, type SignalValues } from './statistics/bootstrap.js';
import { holm } from './statistics/holm.js';
import { leastP, signedRank, twoSided } from './statistics/signed-rank.js';

/** Fewer signals give neither p nor interval: of four, the least two-sided p is 0.125. */
export const LEAST_SIGNALS = 5;

/** p from which on, after Holm's correction, a claim is not said to be shown. */
export const LEVEL = 0.05;

/**
 * `holds`: shown over signals; `opposite`: its contrary is; `open`: neither, whatever the count; `few`: there are too few signals for a test; `untested`:
 * no signal has a value.
 */
export type Verdict = 'holds' | 'opposite' | 'open' | 'few' | 'untested';

/** A claim on a network, tested over signals. */
export interface TestedClaim extends Omit<ClaimSample, 'signals' | 'bounds' | 'premises'> {
  /** `seeds` are the factors of each seed; of two networks, each seed of the first ÷ the mean of the second. */
  readonly signals: readonly { readonly signal: string; readonly factor: number; readonly seeds: readonly number[] }[];
  /** Signals in which it holds, and in which the factor is the bound, or known only to lie on one side of it or the other. */
  readonly holds: number;
  readonly ties: number;
  /** Geometric mean over signals; NaN where there is none. */
  readonly factor: number;
  /** Where factors are known between two bounds only: the least and the greatest that the mean can be. */
  readonly reach: Interval | undefined;
  /** Whether the claim holds of the mean factor; `undefined` where that is the bound, may lie on either side of it, or is not there. */
  readonly onAverage: boolean | undefined;
  /** Its 95 % interval, that of both bounds together where there are such; `undefined` of fewer than five signals. */
  readonly interval: Interval | undefined;
  /** `undefined` of fewer than five signals. */
  readonly p: number | undefined;
  /** After Holm's correction for all claims that have a p. */
  readonly corrected: number | undefined;
  /** The least that `corrected` could have been with so many signals and claims. */
  readonly least: number | undefined;
  readonly verdict: Verdict;
  /** What the same claim gives with the other groups. */
  readonly other?: ClaimOutcome;
}

type ClaimOutcome = Pick<TestedClaim, 'verdict' | 'onAverage' | 'holds' | 'signals'>;

/** Tests all claims together: signals are what is drawn, seeds lie within them. */
export function testClaims(samples: readonly ClaimSample[]): TestedClaim[] {
  const tests = samples.map((sample) => ({ sample, ...testOne(sample) }));
  const tested = tests.filter(({ p }) => p !== undefined);
  const corrected = holm(tested.map(({ p }) => p!));
  // Holm's correction falls with every p: where all are the least that there are, so is what it makes of them.
  const least = holm(tested.map(({ sample }) => leastP(sample.signals.length, sidesOf(sample.claim))));
  const all = tests.map(({ sample, p, direction }): TestedClaim => {
    const { bounds: _, premises: __, ...told } = sample;
    const { claim, signals, network } = sample;
    const place = tested.findIndex((one) => one.sample === sample);
    const ofHolm = p === undefined ? undefined : corrected[place];
    const effects = signals.map(effectOf);
    const variants = variantsOf(sample);
    const sides = signals.map((_, i) =>
      sideOf(
        claim,
        variants.map((variant) => effectOf(variant[i])),
      ),
    );
    const means = variants.map((variant) => mean(variant.map(effectOf)));
    const meanSide = effects.length > 0 ? sideOf(claim, means) : 0;
    const interval = (variant: readonly SignalValues[]) => bootstrapInterval(variant, `${claim.name} ${network}`);
    return {
      ...told,
      signals: signals.map((one, i) => ({
        signal: one.signal,
        factor: 2 ** effects[i],
        seeds: one.values.map((value) => 2 ** effectOf({ ...one, values: [value] })),
      })),
      holds: sides.filter((side) => side === 1).length,
      ties: sides.filter((side) => side === 0).length,
      factor: effects.length > 0 ? 2 ** mean(effects) : Number.NaN,
      reach: sample.bounds && effects.length > 0 ? factorsOf(means.map((one) => ({ low: one, high: one }))) : undefined,
      onAverage: meanSide === 0 ? undefined : meanSide === 1,
      interval: p === undefined ? undefined : factorsOf(variants.map(interval)),
      p,
      corrected: ofHolm,
      least: p === undefined ? undefined : least[place],
      verdict: effects.length === 0 ? 'untested' : ofHolm === undefined ? 'few' : ofHolm >= LEVEL ? 'open' : direction,
    };
  });
  return all.map((one) => {
    const other = all.find((two) => isOther(one, two));
    return other ? { ...one, other } : one;
  });
}

const isOther = (one: TestedClaim, two: TestedClaim): boolean =>
  one.groups !== two.groups && one.claim.name === two.claim.name && one.network === two.network;

/** The values of a claim, and the same with either bound. */
const variantsOf = ({ signals, bounds }: ClaimSample): (readonly SignalValues[])[] => [signals, ...(bounds ?? [])];

/** From the lowest of some intervals of log₂ to the highest, as factors. */
const factorsOf = (intervals: readonly Interval[]): Interval => ({
  low: 2 ** Math.min(...intervals.map(({ low }) => low)),
  high: 2 ** Math.max(...intervals.map(({ high }) => high)),
});

/** 1 where a claim holds of all of some log₂ factors, −1 where it holds of none, else 0. */
function sideOf(claim: Claim, effects: readonly number[]): -1 | 0 | 1 {
  const sides = effects.map((effect) => {
    const over = differenceOf(claim, effect);
    return over === 0 ? 0 : over > 0 === (claim.below === undefined) ? 1 : -1;
  });
  return sides.every((side) => side === sides[0]) ? sides[0] : 0;
}

/** How much a log₂ factor is above that of the bound. */
const differenceOf = ({ above, below }: Claim, effect: number): number => untied(effect - Math.log2(below ?? above));

/** A difference of log₂ factors, 0 where it is a tie. */
const untied = (difference: number): number => (Math.abs(difference) < TIE ? 0 : difference);

/** Whether the test of a claim looks at one side or both: that of likeness at one. */
export const sidesOf = ({ below }: Claim): 1 | 2 => (below === undefined ? 2 : 1);

/**
 * Wilcoxon's test of log₂ factors less that of the bound, of both sides; of a claim of likeness one-sided, that they are below. Of values that are known
 * between two bounds only, the largest p of all variants, and 1 where they differ in direction: what is shown is shown wherever the values lie.
 * Of signals that were chosen by what they show, no less than the p of that over all signals.
 */
function testOne(sample: ClaimSample): { readonly p: number | undefined; readonly direction: 'holds' | 'opposite' } {
  if (sample.signals.length < LEAST_SIGNALS) return { p: undefined, direction: 'holds' };
  const tests = variantsOf(sample).map((variant) => testEffects(sample.claim, variant.map(effectOf)));
  const [{ direction }] = tests;
  const isOneWay = tests.every((test) => test.direction === direction);
  const premises = (sample.premises ?? []).map((all) =>
    Math.min(1, 2 * signedRank(all.map((one) => untied(effectOf(one)))).above),
  );
  return { p: isOneWay ? Math.max(...tests.map(({ p }) => p), ...premises) : 1, direction };
}

function testEffects(claim: Claim, effects: readonly number[]) {
  const test = signedRank(effects.map((effect) => differenceOf(claim, effect)));
  if (claim.below !== undefined) return { p: test.below, direction: 'holds' as const };
  return { p: twoSided(test), direction: test.above <= test.below ? ('holds' as const) : ('opposite' as const) };
}

import type { Claim, ClaimSample } from './claim.js';
import { bootstrapInterval, effectOf, type Interval, mean } from './statistics/bootstrap.js';
import { holm } from './statistics/holm.js';
import { leastP, signedRank, twoSided } from './statistics/signed-rank.js';

/** Fewer signals give neither p nor interval: of four, the least two-sided p is 0.125. */
export const LEAST_SIGNALS = 5;

/** p from which on, after Holm's correction, a claim is not said to be shown. */
export const LEVEL = 0.05;

/** Factors that differ from a bound by less are ties with it: rounding. In log₂. */
const TIE = 1e-9;

/**
 * `holds`: shown over signals; `opposite`: its contrary is; `open`: neither, whatever the count; `few`: there are too few signals for a test; `untested`:
 * no signal has a value.
 */
export type Verdict = 'holds' | 'opposite' | 'open' | 'few' | 'untested';

/** One signal, with its factors. */
interface SignalFactor {
  readonly signal: string;
  readonly factor: number;
  /** That of each seed; of two networks, each seed of the first ÷ the mean of the second. */
  readonly seeds: readonly number[];
}

/** A claim on a network, tested over signals. */
export interface TestedClaim extends Omit<ClaimSample, 'signals'> {
  readonly signals: readonly SignalFactor[];
  /** Signals in which it holds, and in which the factor is the bound. */
  readonly holds: number;
  readonly ties: number;
  /** Geometric mean over signals; NaN where there is none. */
  readonly factor: number;
  /** Its 95 % interval; `undefined` of fewer than five signals. */
  readonly interval: Interval | undefined;
  /** `undefined` of fewer than five signals. */
  readonly p: number | undefined;
  /** After Holm's correction for all claims that have a p. */
  readonly corrected: number | undefined;
  /** The least that `corrected` could have been with so many signals and claims. */
  readonly least: number | undefined;
  readonly verdict: Verdict;
}

/** Tests all claims together: signals are what is drawn, seeds lie within them. */
export function testClaims(samples: readonly ClaimSample[]): TestedClaim[] {
  const tests = samples.map((sample) => ({ sample, ...testOne(sample) }));
  const tested = tests.filter(({ p }) => p !== undefined);
  const corrected = holm(tested.map(({ p }) => p!));
  // Holm's correction falls with every p: where all are the least that there are, so is what it makes of them.
  const least = holm(tested.map(({ sample }) => leastP(sample.signals.length, sidesOf(sample.claim))));
  return tests.map(({ sample, p, direction, effects }) => {
    const { claim, signals, network } = sample;
    const place = tested.findIndex((one) => one.sample === sample);
    const ofHolm = p === undefined ? undefined : corrected[place];
    const [above, below] = boundsOf(claim);
    const side = (effect: number) =>
      Math.abs(effect - above) < TIE || Math.abs(effect - below) < TIE ? 0 : effect > above && effect < below ? 1 : -1;
    const interval = p === undefined ? undefined : bootstrapInterval(signals, `${claim.name} ${network}`);
    return {
      ...sample,
      signals: signals.map((one, i) => ({
        signal: one.signal,
        factor: 2 ** effects[i],
        seeds: one.values.map((value) => 2 ** effectOf({ ...one, values: [value] })),
      })),
      holds: effects.filter((effect) => side(effect) === 1).length,
      ties: effects.filter((effect) => side(effect) === 0).length,
      factor: effects.length > 0 ? 2 ** mean(effects) : Number.NaN,
      interval: interval && { low: 2 ** interval.low, high: 2 ** interval.high },
      p,
      corrected: ofHolm,
      least: p === undefined ? undefined : least[place],
      verdict: effects.length === 0 ? 'untested' : ofHolm === undefined ? 'few' : ofHolm >= LEVEL ? 'open' : direction,
    };
  });
}

/** log₂ of the bounds. */
const boundsOf = ({ above, below }: Claim): readonly [number, number] => [
  Math.log2(above),
  below === undefined ? Number.POSITIVE_INFINITY : Math.log2(below),
];

/** Whether the test of a claim looks at one side or both: that of likeness at one, twice. */
const sidesOf = ({ below }: Claim): 1 | 2 => (below === undefined ? 2 : 1);

/**
 * A claim of one bound: Wilcoxon's test of log₂ factors less that of the bound, of both sides. One of two bounds, which says that things are alike: the
 * larger p of two one-sided tests (Schuirmann 1987), that factors are above the lower bound and that they are below the upper.
 */
function testOne({ claim, signals }: ClaimSample) {
  const effects = signals.map(effectOf);
  if (signals.length < LEAST_SIGNALS) return { effects, p: undefined, direction: 'holds' as const };
  const [above, below] = boundsOf(claim);
  const against = (bound: number) =>
    signedRank(effects.map((effect) => (Math.abs(effect - bound) < TIE ? 0 : effect - bound)));
  if (claim.below !== undefined) {
    return { effects, p: Math.max(against(above).above, against(below).below), direction: 'holds' as const };
  }
  const test = against(above);
  const direction: Verdict = test.above <= test.below ? 'holds' : 'opposite';
  return { effects, p: twoSided(test), direction };
}

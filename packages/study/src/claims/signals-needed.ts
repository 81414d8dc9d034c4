import type { Claim } from './claim.js';
import { holm } from './statistics/holm.js';
import { leastP } from './statistics/signed-rank.js';
import { LEAST_SIGNALS, LEVEL, sidesOf } from './test-claims.js';

/** The fewest signals by which each kind of claim can be shown; `undefined` where no claim is of that kind. */
export interface SignalsNeeded {
  /** Claims that two things are alike, whose test is one-sided. */
  readonly alike: number | undefined;
  readonly other: number | undefined;
}

/**
 * How many signals it takes at least for the p of a claim to be below 0.05 after Holm's correction, where all claims hold in all signals and each has so many.
 * @param claims those that are tested together, a claim as often as it is tested
 */
export function signalsNeeded(claims: readonly Claim[]): SignalsNeeded {
  const sides = claims.map(sidesOf);
  const fewest = (of: 1 | 2): number | undefined => {
    const place = sides.indexOf(of);
    if (place < 0) return undefined;
    for (let signals = LEAST_SIGNALS; ; signals++) {
      // Claims of one kind have the same p, and Holm's correction makes the same of them.
      if (holm(sides.map((one) => leastP(signals, one)))[place] < LEVEL) return signals;
    }
  };
  return { alike: fewest(1), other: fewest(2) };
}

import { randomStream } from '@xinc/core';

/** What one signal gives: a value of each seed; where two networks are compared, those of the other one, too. */
export interface SignalValues {
  readonly signal: string;
  /** At least one. */
  readonly values: readonly number[];
  /** Subtracted, seeds of one network being no partners of those of the other. */
  readonly against?: readonly number[];
}

/** Where the mean over signals lies. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2000;
const CONFIDENCE = 0.95;

/** A signal's effect: the mean over its seeds, less that of the other network. */
export const effectOf = ({ values, against }: SignalValues): number =>
  mean(values) - (against === undefined ? 0 : mean(against));

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The 95 % interval of the mean effect over signals by a bootstrap in two steps: signals are drawn with replacement, then for each the seeds.
 * Percentiles of 2,000 means (Efron 1979; linear between ranks), drawn from a stream of the given name, so that they are the same every time. Of few signals such an
 * interval is narrower than it should be.
 */
export function bootstrapInterval(signals: readonly SignalValues[], name: string): Interval {
  const stream = randomStream(0, `bootstrap ${name}`);
  const drawn = (values: readonly number[]): number => {
    if (values.length === 1) return values[0];
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[stream.integer(values.length)];
    return sum / values.length;
  };
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < signals.length; i++) {
      const { values, against } = signals[stream.integer(signals.length)];
      sum += drawn(values) - (against === undefined ? 0 : drawn(against));
    }
    return sum / signals.length;
  }).sort();
  const at = (q: number) => {
    const place = q * (RESAMPLES - 1);
    const below = means[Math.floor(place)];
    return below + (place % 1) * (means[Math.ceil(place)] - below);
  };
  return { low: at((1 - CONFIDENCE) / 2), high: at((1 + CONFIDENCE) / 2) };
}

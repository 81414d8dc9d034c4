import { bootstrapInterval, effectOf, type Interval, mean, type SignalValues } from '../claims/statistics/bootstrap.js';
import { LEAST_SIGNALS } from '../claims/test-claims.js';
import { type ComparedRun, numberOf, QUANTITIES, type Quantity } from './quantities.js';

/** What is told of a quantity: all but how it is measured. */
export type Told = Omit<Quantity, 'measure'>;

/** How one network differs from another of the same model by one quantity. */
export interface Comparison {
  readonly quantity: Told;
  readonly network: string;
  readonly against: string;
  /** Differences of each signal, a value for each pair of runs that are held against each other; log₂ of factors. */
  readonly signals: readonly SignalValues[];
  /** What the first network has: the mean over these signals, each the mean of its runs; log₂ of what is compared by factors. */
  readonly reference: number;
  /** Mean over signals. */
  readonly effect: number;
  /** 95 % interval, of five signals or more. */
  readonly interval: Interval | undefined;
}

/** Runs of networks of the same model, in the order of the study: the others are compared with the first. */
export type ComparedNetworks = ReadonlyMap<string, readonly ComparedRun[]>;

/**
 * Holds every network against the first, run by run: those of one signal and one seed began with the same weights and saw the same batches.
 * @param networks of one model, two or more
 */
export function compareNetworks(networks: ComparedNetworks): {
  readonly comparisons: readonly Comparison[];
  /** Runs without some of the numbers, by quantity, each with the reason; quantities that no run has are not told. */
  readonly missing: readonly string[];
} {
  const [[against, base], ...others] = [...networks];
  const missing = new Set<string>();
  const numberIn = (quantity: Quantity, run: ComparedRun): number | undefined => {
    const value = numberOf(quantity, run);
    if (typeof value === 'number') return value;
    missing.add(`${quantity.title}: ${run.claims.id} (${value})`);
    return undefined;
  };
  const comparisons = QUANTITIES.flatMap((quantity) =>
    others.flatMap(([network, runs]) => {
      const references: number[] = [];
      const signals = [...new Set(base.map(({ claims }) => claims.signal))].flatMap((signal) => {
        const own: number[] = [];
        const values = base.flatMap((one) => {
          const partner = runs.find(({ claims, seed }) => claims.signal === signal && seed === one.seed);
          if (one.claims.signal !== signal || partner === undefined) return [];
          const [value, reference] = [numberIn(quantity, partner), numberIn(quantity, one)];
          if (value === undefined || reference === undefined) return [];
          own.push(reference);
          return [value - reference];
        });
        if (values.length === 0) return [];
        references.push(mean(own));
        return [{ signal, values }];
      });
      return signals.length > 0 ? [comparisonOf(quantity, network, against, signals, mean(references))] : [];
    }),
  );
  const told = comparisons.map(({ quantity }) => `${quantity.title}: `);
  return { comparisons, missing: [...missing].filter((text) => told.some((title) => text.startsWith(title))) };
}

/** @param signals at least one */
export function comparisonOf(
  { name, title, about, by }: Told,
  network: string,
  against: string,
  signals: readonly SignalValues[],
  reference: number,
): Comparison {
  const effect = mean(signals.map(effectOf));
  const interval =
    signals.length < LEAST_SIGNALS ? undefined : bootstrapInterval(signals, `${name} ${network} ${against}`);
  return { quantity: { name, title, about, by }, network, against, signals, reference, effect, interval };
}

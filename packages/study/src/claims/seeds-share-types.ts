import type { Claim, ClaimSample } from './claim.js';
import { mean } from './statistics/bootstrap.js';

/** How the seeds of one network of one signal mix in one layer: shares of a neuron's nearest neighbours that are of other seeds. */
export interface SeedMixing {
  readonly signal: string;
  readonly network: string;
  readonly layer: string;
  readonly observed: number;
  /** What it is where seeds do not matter. */
  readonly expected: number;
}

/** How seeds mix, and what could not be compared. */
export interface Mixings {
  readonly mixed: readonly SeedMixing[];
  /** By network, each with the reason. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

/** The part of what chance gives from which seeds are said to share types: what differs by less is called alike, as for the variances. */
const LEAST = 0.8;

const CLAIM: Claim = {
  name: 'shared-types',
  title: 'Seeds share neuron types',
  section: '7.1, figure 14',
  factor: 'share of a neuron’s nearest neighbours that are of other seeds ÷ the share that chance gives',
  above: LEAST,
};

/**
 * "Each cluster has neurons belonging to different seeds, indicating that models of different seeds learn a set of neuron 'types'." Layers count the same;
 * seeds are measured together, so that a signal has one value.
 * @param networks all there are
 */
export function seedsShareTypes(networks: readonly string[], { mixed, missing }: Mixings): ClaimSample[] {
  const signals = [...new Set(mixed.map(({ signal }) => signal))];
  return networks.map((network) => {
    const says = `neurons have nearest neighbours of other seeds at more than ${LEAST} times the rate of chance`;
    const measured = signals.flatMap((signal) => {
      const own = mixed.filter((one) => one.network === network && one.signal === signal);
      return own.length > 0 ? [{ signal, values: [mean(own.map(shareOfChance))] }] : [];
    });
    const leftOut = (missing.get(network) ?? []).map((why) => `neuron-clusters of ${why}`);
    return { claim: CLAIM, network, says, signals: measured, leftOut };
  });
}

/** A share that is drawn for none: less than one neighbour of a layer's. */
const NONE = 1e-6;

/** log₂ of the share of what chance gives. */
const shareOfChance = ({ observed, expected }: SeedMixing): number => Math.log2(Math.max(observed, NONE) / expected);

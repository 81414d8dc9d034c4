import { listed, XincError } from '@xinc/core';
import { type Claim, type ClaimSample, ofEachNetwork } from './claim.js';
import { type ClaimRun, meanOverLayers } from './claim-runs.js';
import {
  chosen,
  type Kind,
  type LayerVariances,
  layerVariances,
  type Measure,
  type Pairing,
  pairingsOf,
  ratioOf,
  varianceNote,
} from './variances.js';

const CLAIM: Claim = {
  name: 'space-least',
  title: 'Space varies least',
  section: '7.2',
  factor: 'least variance over objects, colours or textures ÷ variance over space',
  above: 1,
};

/** What the paper holds against space. */
const OTHERS = ['instances', 'rgb', 'gabor'] as const satisfies readonly Kind[];

/** "We see far higher neuron contribution difference variances when using the instances, RGB clusters, and Gabor clusters, compared to space." */
export const spaceVariesLeast = (runs: readonly ClaimRun[], measure: Measure): ClaimSample[] =>
  ofEachNetwork(
    CLAIM,
    `contributions vary less over space (grid) than over any of ${listed(OTHERS)}`,
    runs,
    (run) => {
      const variances = layerVariances(run, measure);
      return meanOverLayers(spaceTrend(variances, othersOf(variances), measure));
    },
    (own) => spaceNote(own, measure),
  );

/** What has to be known where space is held against the others. */
export const spaceNote = (runs: readonly ClaimRun[], measure: Measure): string | undefined =>
  varianceNote(runs, ['grid', ...OTHERS], measure);

/** The groupings held against space that a run has in every layer and on every frame. */
export const othersOf = (variances: readonly LayerVariances[]): Kind[] =>
  OTHERS.filter((kind) => variances.every(({ medians }) => medians.has(kind)));

/**
 * How much less contributions vary over space, layer by layer and frame by frame: log₂ of (least median variance over the others ÷ that
 * over space).
 * @param pairings bounds at which they may be; each of the others by itself at the one where the measure is
 * @throws XincError `not-found` where there is nothing to compare
 */
export function spaceTrend(
  variances: readonly LayerVariances[],
  others: readonly Kind[],
  measure: Measure,
  pairings: readonly Pairing[] = pairingsOf(measure),
) {
  if (others.length === 0) {
    throw new XincError('not-found', `no variance over ${OTHERS.join(', ')} to hold against space`);
  }
  const trendOver = (one: LayerVariances, kind: Kind) =>
    chosen(
      measure,
      pairings.map((pairing) => ratioOf(one, kind, 'grid', pairing)),
      (ratio) => ratio,
    );
  return variances.map((one) => ({
    layer: one.layer,
    value: Math.min(...others.map((kind) => trendOver(one, kind))),
  }));
}

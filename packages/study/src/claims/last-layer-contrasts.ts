import { XincError } from '@xinc/core';
import { type Claim, type ClaimSample, ofEachNetwork } from './claim.js';
import { amountOf, type ClaimRun, layerRows, meanOverLayers } from './claim-runs.js';

const CLAIM: Claim = {
  name: 'last-contrasts',
  title: 'Last layer contrasts more',
  section: '7.3',
  factor:
    'contrast of the last layer ÷ that of the layers before; contrast is the number of neurons at the 90th percentile of pixels ÷ at the 10th',
  above: 1,
};

/** "Some [pixels] are represented by many [neurons], others by very few (relatively). The contrast is sharper in general for last layers." */
export const lastLayerContrasts = (runs: readonly ClaimRun[]): ClaimSample[] =>
  ofEachNetwork(
    CLAIM,
    'the number of neurons per pixel differs more between pixels in the last layer than in those before',
    runs,
    contrast,
  );

/**
 * Contrast K of a layer: (upper decile + ½) ÷ (lower decile + ½) over pixels of #{n : a_n(p) > τ(α)}, the ½ since a decile may be 0. log₂ K of the last
 * layer less its mean over the layers before, each the mean over α and frames.
 */
function contrast(run: ClaimRun): number {
  const last = run.layers.at(-1)?.id;
  const contrasts = layerRows(run, 'neurons-per-pixel').flatMap(({ layer, rows }) =>
    rows.map((row) => ({
      layer,
      value: Math.log2((amountOf(row, 'upper_decile') + 0.5) / (amountOf(row, 'lower_decile') + 0.5)),
    })),
  );
  const before = contrasts.filter(({ layer }) => layer.id !== last);
  if (before.length === 0) throw new XincError('unsupported', 'one layer, and nothing to hold it against');
  return meanOverLayers(contrasts.filter(({ layer }) => layer.id === last)) - meanOverLayers(before);
}

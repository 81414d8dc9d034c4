import { XincError } from '@xinc/core';
import { type Claim, type ClaimSample, ofEachNetwork } from './claim.js';
import { amountOf, type ClaimRun, layerRows, meanOverLayers } from './claim-runs.js';

/** What a sparse representation has at most: the paper names none. */
export const SPARSE = 0.1;

/** α whose threshold leaves 1 − α of a layer's contributions above it. */
const ALPHA = 0.1;

const NEURONS: Claim = {
  name: 'many-neurons',
  title: 'Many neurons per pixel',
  section: '7.3',
  factor: `share of a layer’s neurons whose significant contributions 90 % of the pixels get at least ÷ ${SPARSE}`,
  above: 1,
};
const PIXELS: Claim = {
  name: 'many-pixels',
  title: 'Many pixels per neuron',
  section: '7.3',
  factor: `share of pixels to which the median neuron contributes more than the average neuron ÷ ${SPARSE}`,
  above: 1,
};

/** "Representation is distributed": many neurons for a pixel, and many pixels for a neuron, where a sparse one has a tenth at most. */
export const distributed = (runs: readonly ClaimRun[]): ClaimSample[] => [
  ...ofEachNetwork(
    NEURONS,
    'more than a tenth of the neurons contribute significantly to nine of ten pixels',
    runs,
    neuronsPerPixel,
  ),
  ...ofEachNetwork(
    PIXELS,
    'the median live neuron contributes more than the average neuron of its layer to more than a tenth of the pixels',
    runs,
    pixelsPerNeuron,
  ),
];

/** Mean over layers of log₂ of (lower decile over pixels of #{n : a_n(p) > τ(0.1)} ÷ N ÷ 0.1); none counts as half a neuron. */
export function neuronsPerPixel(run: ClaimRun): number {
  const shares = layerRows(run, 'neurons-per-pixel').map(({ layer, frame, rows }) => {
    const row = rows.find(({ alpha }) => alpha === ALPHA);
    if (row === undefined) throw new XincError('not-found', `no threshold α = ${ALPHA} on frame ${frame}`);
    const neurons = Math.max(amountOf(row, 'lower_decile'), 0.5);
    return { layer, value: Math.log2(neurons / layer.neurons / SPARSE) };
  });
  return meanOverLayers(shares);
}

/** Mean over layers of log₂ of (median over live neurons of #{p : a_n(p) > T(p)/N} ÷ HW ÷ 0.1); none counts as half a pixel. */
export function pixelsPerNeuron(run: ClaimRun): number {
  const shares = layerRows(run, 'pixels-per-neuron').map(({ layer, rows: [row] }) => ({
    layer,
    value: Math.log2(Math.max(amountOf(row, 'median'), 0.5) / run.pixels / SPARSE),
  }));
  return meanOverLayers(shares);
}

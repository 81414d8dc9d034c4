import { type Claim, type ClaimSample, ofEachNetwork } from './claim.js';
import { type ClaimRun, meanOverLayers } from './claim-runs.js';
import { layerVariances, type Measure, medianOf, varianceNote } from './variances.js';

/** The factor up to which two variances are called alike: the margin by which medicines are (80 to 125 %). The paper names none. */
const MARGIN = 1.25;

type Clusters = 'rgb' | 'gabor';

const claimOf = (kind: Clusters, words: string): Claim => ({
  name: `${kind}-like-instances`,
  title: `${words} like instances`,
  section: '7.2',
  factor: `the larger ÷ the smaller of the variances over ${words} clusters and over instances`,
  below: MARGIN,
});

const RGB = claimOf('rgb', 'RGB');
const GABOR = claimOf('gabor', 'Gabor');

/** "In general Gabor and RGB clusters have equal explanatory power for neuron contributions compared to instances." */
export const clustersLikeInstances = (runs: readonly ClaimRun[], measure: Measure): ClaimSample[] => [
  ...likeInstances(RGB, 'rgb', runs, measure),
  ...likeInstances(GABOR, 'gabor', runs, measure),
];

function likeInstances(claim: Claim, kind: Clusters, runs: readonly ClaimRun[], measure: Measure): ClaimSample[] {
  const says = `contributions of a layer vary over ${kind} as much as over instances, within a factor of ${MARGIN} on average over layers`;
  return ofEachNetwork(claim, says, runs, distanceOf(kind, measure), (own) =>
    varianceNote(own, [kind, 'instances'], measure),
  );
}

/**
 * Mean over frames, then layers, of |log₂ of (variance over clusters ÷ over instances)|: a layer that varies more over the one does not make up for one
 * that varies more over the other.
 */
const distanceOf = (kind: Clusters, measure: Measure) => (run: ClaimRun) => {
  if (measure === 'published' || measure === 'equal') {
    return meanOverLayers(ratiosOf(run, kind, measure).map(({ layer, value }) => ({ layer, value: Math.abs(value) })));
  }
  const most = ratiosOf(run, kind, 'most');
  const distances = ratiosOf(run, kind, 'least').map(({ layer, value }, i) => ({
    layer,
    value: distanceBetween(value, most[i].value)[measure],
  }));
  return meanOverLayers(distances);
};

/** log₂ of (variance over clusters ÷ over instances) of each layer and frame. */
const ratiosOf = (run: ClaimRun, kind: Clusters, measure: Measure) =>
  layerVariances(run, measure).map((one) => ({
    layer: one.layer,
    value: medianOf(one, kind) - medianOf(one, 'instances'),
  }));

/** The least and the most that |r| can be for an r between two. */
const distanceBetween = (one: number, other: number) => ({
  least: one * other < 0 ? 0 : Math.min(Math.abs(one), Math.abs(other)),
  most: Math.max(Math.abs(one), Math.abs(other)),
});

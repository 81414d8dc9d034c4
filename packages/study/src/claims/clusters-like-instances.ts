import { type Claim, type ClaimSample, ofEachNetwork } from './claim.js';
import { type ClaimRun, meanOverLayers } from './claim-runs.js';
import { layerVariances, type Measure, pairingsOf, ratioOf, varianceNote } from './variances.js';

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
const distanceOf = (kind: Clusters, measure: Measure) => (run: ClaimRun) =>
  meanOverLayers(
    layerVariances(run, measure).map((one) => {
      const ratios = pairingsOf(measure).map((pairing) => ratioOf(one, kind, 'instances', pairing));
      return { layer: one.layer, value: distanceWithin(Math.min(...ratios), Math.max(...ratios), measure) };
    }),
  );

/** |r| for an r between two numbers: the least or the most that it can be; of the other measures they are the same. */
function distanceWithin(low: number, high: number, measure: Measure): number {
  if (measure === 'least' && low * high < 0) return 0;
  const [one, other] = [Math.abs(low), Math.abs(high)];
  return measure === 'least' ? Math.min(one, other) : Math.max(one, other);
}

import { type Claim, type ClaimSample, ofEachNetwork } from './claim.js';
import { type ClaimRun, meanOverLayers } from './claim-runs.js';
import { layerVariances, type Measure, medianOf, varianceNote } from './variances.js';

/** The factor up to which two variances are called alike: the margin by which medicines are (80 to 125 %). The paper names none. */
const MARGIN = 1.25;

const claimOf = (kind: 'rgb' | 'gabor', words: string): Claim => ({
  name: `${kind}-like-instances`,
  title: `${words} like instances`,
  section: '7.2',
  factor: `variance over ${words} clusters ÷ over instances`,
  above: 1 / MARGIN,
  below: MARGIN,
});

const RGB = claimOf('rgb', 'RGB');
const GABOR = claimOf('gabor', 'Gabor');

/** "In general Gabor and RGB clusters have equal explanatory power for neuron contributions compared to instances." */
export const clustersLikeInstances = (runs: readonly ClaimRun[], measure: Measure): ClaimSample[] => [
  ...likeInstances(RGB, 'rgb', runs, measure),
  ...likeInstances(GABOR, 'gabor', runs, measure),
];

function likeInstances(
  claim: Claim,
  kind: 'rgb' | 'gabor',
  runs: readonly ClaimRun[],
  measure: Measure,
): ClaimSample[] {
  const says = `contributions vary over ${kind} as much as over instances, within a factor of ${MARGIN} either way`;
  return ofEachNetwork(claim, says, runs, ratioOf(kind, measure), (own) =>
    varianceNote(own, [kind, 'instances'], measure),
  );
}

const ratioOf = (kind: 'rgb' | 'gabor', measure: Measure) => (run: ClaimRun) =>
  meanOverLayers(
    layerVariances(run, measure).map((one) => ({
      layer: one.layer,
      value: medianOf(one, kind) - medianOf(one, 'instances'),
    })),
  );

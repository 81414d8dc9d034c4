import { type ClaimSample, networksOf } from './claim.js';
import type { ClaimRun } from './claim-runs.js';
import { clustersLikeInstances } from './clusters-like-instances.js';
import { distributed } from './distributed.js';
import { lastLayerContrasts } from './last-layer-contrasts.js';
import { type Mixings, seedsShareTypes } from './seeds-share-types.js';
import { spaceVariesLeast } from './space-varies-least.js';
import type { Measure } from './variances.js';
import { weakerInMiddleLayers } from './weaker-in-middle-layers.js';

/** The paper's claims, in its order, measured of every network. */
export const measureClaims = (runs: readonly ClaimRun[], mixings: Mixings): ClaimSample[] => [
  ...onVariances((measure) => spaceVariesLeast(runs, measure)),
  ...onVariances((measure) => clustersLikeInstances(runs, measure)),
  ...onVariances((measure) => weakerInMiddleLayers(runs, measure)),
  ...distributed(runs),
  ...lastLayerContrasts(runs),
  ...seedsShareTypes(networksOf(runs), mixings),
];

/** Claims on variances over groups, each as published and then with as many groups of each grouping. */
function onVariances(claims: (measure: Measure) => ClaimSample[]): ClaimSample[] {
  const [equal, least, most] = [claims('equal'), claims('least'), claims('most')];
  return claims('published').flatMap((sample, i): ClaimSample[] => [
    { ...sample, groups: 'published' },
    { ...equal[i], groups: 'equal', bounds: [least[i].signals, most[i].signals] },
  ]);
}

import { type ClaimSample, networksOf } from './claim.js';
import type { ClaimRun } from './claim-runs.js';
import { clustersLikeInstances } from './clusters-like-instances.js';
import { distributed } from './distributed.js';
import { lastLayerContrasts } from './last-layer-contrasts.js';
import { type Mixings, seedsShareTypes } from './seeds-share-types.js';
import { spaceVariesLeast } from './space-varies-least.js';
import { weakerInMiddleLayers } from './weaker-in-middle-layers.js';

/** The paper's claims, in its order, measured of every network. */
export const measureClaims = (runs: readonly ClaimRun[], mixings: Mixings): ClaimSample[] => [
  ...spaceVariesLeast(runs),
  ...clustersLikeInstances(runs),
  ...weakerInMiddleLayers(runs),
  ...distributed(runs),
  ...lastLayerContrasts(runs),
  ...seedsShareTypes(networksOf(runs), mixings),
];

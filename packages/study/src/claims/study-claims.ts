import type { Registry } from '@xinc/core/node';
import type { DoneRun } from '../report/done-runs.js';
import { readClaimRuns } from './claim-runs.js';
import { measureClaims } from './measure-claims.js';
import type { SeedMixing } from './seeds-share-types.js';
import { type TestedClaim, testClaims } from './test-claims.js';

/** The paper's claims over a study, and the runs that cannot be read. */
export interface StudyClaims {
  readonly tested: readonly TestedClaim[];
  readonly unreadable: readonly string[];
}

/** Measures and tests the paper's claims over the runs that are done. */
export async function studyClaims(
  done: readonly DoneRun[],
  registry: Registry,
  mixings: readonly SeedMixing[],
  unmixed: readonly string[],
): Promise<StudyClaims> {
  const { runs, unreadable } = await readClaimRuns(done, registry);
  return { tested: testClaims(measureClaims(runs, mixings, unmixed)), unreadable };
}

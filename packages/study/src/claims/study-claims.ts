import type { Registry } from '@xinc/core/node';
import type { DoneRun } from '../report/done-runs.js';
import type { SeedMixings } from '../report/seed-embeddings.js';
import { type ClaimRun, readClaimRuns } from './claim-runs.js';
import { measureClaims } from './measure-claims.js';
import { type TestedClaim, testClaims } from './test-claims.js';

/** The paper's claims over a study, and the runs that cannot be read. */
export interface StudyClaims {
  readonly tested: readonly TestedClaim[];
  readonly unreadable: readonly string[];
  /** What they are measured of. */
  readonly read: readonly ClaimRun[];
}

/** Measures and tests the paper's claims over the runs that are done. @param mixings of the same runs */
export async function studyClaims(
  done: readonly DoneRun[],
  registry: Registry,
  mixings: SeedMixings,
): Promise<StudyClaims> {
  const { runs, unreadable } = await readClaimRuns(done, registry);
  return { tested: testClaims(measureClaims(runs, mixings)), unreadable, read: runs };
}

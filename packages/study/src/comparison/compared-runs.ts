import { isXincError, sizeOf } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { reachedPsnr, runModel, runWeights, stepsTaken } from '@xinc/runs';
import type { ClaimRun } from '../claims/claim-runs.js';
import type { DoneRun } from '../report/done-runs.js';
import type { ComparedRun } from './quantities.js';

/** Runs that networks are compared by, and those that are left out, each with the reason. */
export interface ComparedRuns {
  readonly compared: readonly { readonly done: DoneRun; readonly run: ComparedRun }[];
  readonly leftOut: readonly string[];
}

/**
 * Reads what networks are compared by. A run that was to reach a PSNR and has not is left out: the others are compared at theirs.
 * @param claims what claims are measured of, of the same runs
 */
export async function readComparedRuns(
  done: readonly DoneRun[],
  claims: readonly ClaimRun[],
  registry: Registry,
): Promise<ComparedRuns> {
  const compared: { done: DoneRun; run: ComparedRun }[] = [];
  const leftOut: string[] = [];
  for (const one of done) {
    const { task, run } = one;
    const own = claims.find(({ id }) => id === task.id);
    const { training, metrics } = run.manifest;
    if (own === undefined || training === undefined) continue;
    if (reachedPsnr(run.manifest) === false) {
      leftOut.push(`${task.id} (did not reach its PSNR)`);
      continue;
    }
    try {
      compared.push({
        done: one,
        run: {
          claims: own,
          seed: task.seed,
          psnr: metrics?.psnr ?? Number.NaN,
          steps: stepsTaken(training),
          plannedSteps: training.steps,
          stableRanks: await stableRanks(one, registry),
        },
      });
    } catch (error) {
      if (!isXincError(error)) throw error;
      leftOut.push(`${task.id} (${error.message})`);
    }
  }
  return { compared, leftOut };
}

/** Stable ranks of what a network trains and is a matrix: [rows, columns], or [out, in, …], which is taken as [out, in · …]. */
async function stableRanks({ run }: DoneRun, registry: Registry): Promise<number[]> {
  const { stableRank } = await import('@xinc/analyses/neurons');
  const { inr } = await runModel(run, registry);
  const weights = await runWeights(run, inr);
  return inr.parameters.flatMap(({ name, shape, trainable }) => {
    const rows = shape[0];
    const columns = sizeOf(shape) / rows;
    return trainable && shape.length > 1 && rows > 1 && columns > 1
      ? [stableRank(weights[name].data, rows, columns)]
      : [];
  });
}

import { Worker } from 'node:worker_threads';
import type { NdArray } from '@xinc/core';
import { loadOrthonormalBasis, type OrthonormalBasis } from '@xinc/core/graph';

/** What a thread for bases is asked, and what it answers: an orthonormal basis of each matrix, or none. */
export type Matrices = readonly NdArray[];
export type Bases = readonly (NdArray | undefined)[];

/** From how many n³ on, of all matrices [n, n] together, a second thread saves more time than asking it takes: some 3 ms of work. */
const WORTH_A_THREAD = 2e7;

/** Makes orthonormal bases in this thread and in others, which it starts when they are first worth it. */
export class BasisMakers {
  readonly #threads: number;
  readonly #workers: Worker[] = [];
  #inThisThread: OrthonormalBasis | undefined;

  /** @param threads how many may work at once, this one included */
  constructor(threads: number) {
    this.#threads = threads;
  }

  /** The bases of matrices [n, n], in their order; which thread makes one changes nothing about it. */
  async make(matrices: Matrices): Promise<Bases> {
    const [own, ...others] = shareOut(
      matrices.map(({ shape: [n] }) => n ** 3),
      this.#threads,
    );
    const pick = (share: readonly number[]) => share.map((index) => matrices[index]);
    const asked = others.map((share, i) => ask(this.#worker(i), pick(share)));
    this.#inThisThread ??= await loadOrthonormalBasis();
    const first = pick(own).map(this.#inThisThread);
    const bases: (NdArray | undefined)[] = [];
    for (const [i, made] of [first, ...(await Promise.all(asked))].entries()) {
      for (const [j, index] of [own, ...others][i].entries()) bases[index] = made[j];
    }
    return bases;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
  }

  #worker(index: number): Worker {
    this.#workers[index] ??= new Worker(new URL('./bases-thread.js', import.meta.url), { execArgv: [] });
    return this.#workers[index];
  }
}

/** Shares of pieces of work, by their numbers: the largest first, each to whom has least so far. One share where more are not worth it. */
function shareOut(costs: readonly number[], most: number): number[][] {
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const count = total < WORTH_A_THREAD ? 1 : Math.max(1, Math.min(most, costs.length));
  const shares = Array.from({ length: count }, () => ({ cost: 0, pieces: [] as number[] }));
  const largestFirst = costs.map((_, index) => index).sort((a, b) => costs[b] - costs[a]);
  for (const index of largestFirst) {
    const least = shares.reduce((a, b) => (b.cost < a.cost ? b : a));
    least.cost += costs[index];
    least.pieces.push(index);
  }
  return shares.map(({ pieces }) => pieces);
}

function ask(worker: Worker, matrices: Matrices): Promise<Bases> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      worker.off('message', answered).off('error', failed).off('exit', ended).unref();
      finish();
    };
    const answered = (bases: Bases) => settle(() => resolve(bases));
    const failed = (error: Error) => settle(() => reject(error));
    const ended = () => failed(new Error('a thread that makes bases ended'));
    worker.on('message', answered).on('error', failed).on('exit', ended).ref();
    worker.postMessage(matrices);
  });
}

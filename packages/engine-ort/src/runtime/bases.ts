import type { NdArray } from '@xinc/core';
import { loadOrthonormalBasis, type OrthonormalBasis } from '@xinc/core/graph';
import type { Piscina } from 'piscina';

/** What a thread for bases is given, and what it gives: an orthonormal basis of each matrix [n, n], or none. */
export type Matrices = readonly NdArray[];
export type Bases = readonly (NdArray | undefined)[];

/** From how many n³ on, of all matrices [n, n] together, a second thread saves more time than asking it takes: some 3 ms of work. */
const WORTH_A_THREAD = 2e7;

/** Makes orthonormal bases in this thread and in others, which it starts when they are first worth it. */
export class BasisMakers {
  #threads: number;
  #others: Others | undefined;
  #inThisThread: OrthonormalBasis | undefined;

  /** @param threads how many may work at once, this one included */
  constructor(threads: number) {
    this.#threads = threads;
  }

  /** The bases of matrices [n, n], in their order; which thread makes one changes nothing about it. */
  async make(matrices: Matrices): Promise<Bases> {
    const shares = shareOut(
      matrices.map(({ shape: [n] }) => n ** 3),
      this.#threads,
    );
    const [own, ...others] = shares.map((share) => share.map((index) => matrices[index]));
    if (others.length > 0) this.#others ??= await openOthers(this.#threads - 1);
    // Shares are with the others before this thread begins with its own.
    const asked = others.map((share) => this.#ask(share, this.#others!));
    this.#inThisThread ??= await loadOrthonormalBasis();
    const made: Bases[] = [own.map(this.#inThisThread)];
    for (const [i, share] of others.entries()) made.push((await asked[i]) ?? share.map(this.#inThisThread));
    const bases: (NdArray | undefined)[] = Array(matrices.length);
    for (const [i, share] of shares.entries()) {
      for (const [j, index] of share.entries()) bases[index] = made[i][j];
    }
    return bases;
  }

  async stop(): Promise<void> {
    await this.#others?.pool.destroy();
  }

  /** A share's bases by another thread; nothing where none can be had, for want of memory: then this one makes all from now on. */
  async #ask(share: Matrices, { pool, broken }: Others): Promise<Bases | undefined> {
    try {
      return await Promise.race([pool.run(share), broken]);
    } catch {
      this.#threads = 1;
      return undefined;
    }
  }
}

/** Milliseconds that threads stay for the next bases. */
const PATIENCE = 60_000;

/** Threads for bases. */
interface Others {
  readonly pool: Piscina;
  /** Rejects when a thread does not come to be, which the pool tells nobody who waits for it. */
  readonly broken: Promise<never>;
}

async function openOthers(threads: number): Promise<Others> {
  const { Piscina } = await import('piscina');
  const pool = new Piscina({
    filename: new URL('./bases-thread.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: PATIENCE,
    execArgv: [],
  });
  const broken = new Promise<never>((_, reject) => pool.on('error', reject));
  broken.catch(() => {});
  return { pool, broken };
}

/** Shares of pieces of work, by their numbers: the largest first, each to whom has least so far. No more shares than make a difference. */
export function shareOut(costs: readonly number[], most: number): number[][] {
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const useful = total < WORTH_A_THREAD ? 1 : Math.ceil(total / Math.max(...costs));
  const shares = Array.from({ length: Math.min(most, useful) }, () => ({ cost: 0, pieces: [] as number[] }));
  const largestFirst = costs.map((_, index) => index).sort((a, b) => costs[b] - costs[a]);
  for (const index of largestFirst) {
    const least = shares.reduce((a, b) => (b.cost < a.cost ? b : a));
    least.cost += costs[index];
    least.pieces.push(index);
  }
  return shares.map(({ pieces }) => pieces);
}

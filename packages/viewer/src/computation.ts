import { randomBytes } from 'node:crypto';
import type { Engine } from '@xinc/core';
import { createLocalPool, type KernelPool, type Network, type Tracer } from '@xinc/core/trace';
import { type Answer, tagOf } from './http/answer.js';
import { BINARY } from './http/content-type.js';
import type { Outgoing } from './http/outgoing.js';
import { KeptAnswers } from './kept-answers.js';
import type { OpenRun, ServedRun } from './run/served-run.js';
import type { WeightsVersion } from './run/weights-history.js';

/** What answers are computed with. */
export interface Computation {
  /** An answer that is made when it is sent, in its turn, and kept. `key` names all it depends on. */
  answer(key: string, abort: AbortSignal, make: () => Promise<Uint8Array>): Answer;
  /** What is computed in its turn, and not kept. */
  inTurn<T>(make: () => Promise<T>, abort: AbortSignal): Promise<T>;
  /** For use in a turn. */
  network(served: ServedRun, opened: OpenRun, weights: WeightsVersion): Promise<Network>;
  /** For use in a turn. */
  tracer(served: ServedRun, opened: OpenRun, weights: WeightsVersion): Promise<Tracer>;
  /** When nothing is computed any more: releases what `runs` hold, and the kernels. */
  dispose(runs: readonly ServedRun[]): Promise<void>;
}

/** @param outgoing where answers go: none is made while there is no room for it */
export function createComputation(engine: () => Promise<Engine>, keptBytes: number, outgoing: Outgoing): Computation {
  const kept = new KeptAnswers(keptBytes);
  // Tags of computed answers mean nothing to another server, whose engine may differ in the last bit.
  const nonce = randomBytes(9).toString('base64url');
  let pool: Promise<KernelPool> | undefined;
  const inRoom =
    <T>(make: () => Promise<T>) =>
    async () => {
      await outgoing.room();
      return make();
    };
  const computation: Computation = {
    answer: (key, abort, make) => ({
      type: BINARY,
      tag: tagOf(`${nonce} ${key}`),
      body: () => kept.get(key, inRoom(make), abort),
    }),
    inTurn: (make, abort) => kept.inTurn(inRoom(make), abort),
    network: (served, opened, weights) => served.network(opened, weights, engine),
    async tracer(served, opened, weights) {
      pool ??= createLocalPool();
      return served.tracer(await computation.network(served, opened, weights), await pool);
    },
    async dispose(runs) {
      const always = new AbortController().signal;
      await kept.inTurn(async () => {
        for (const served of runs) await served.dispose();
        await (await pool)?.dispose();
      }, always);
    },
  };
  return computation;
}

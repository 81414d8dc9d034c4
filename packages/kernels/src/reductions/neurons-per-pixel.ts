import { KernelError } from '../errors.js';
import type { Reducer } from './reducer.js';

/** For each τ, the number of neurons with a_n(p) > τ, [P]. */
export const neuronsPerPixel: Reducer<readonly number[], readonly Uint32Array[]> = {
  over: 'all',
  check(taus) {
    if (taus.some(Number.isNaN)) throw new KernelError('A threshold is not a number');
  },
  inScript(taus, _neurons, pixels) {
    const counts = taus.map(() => new Uint32Array(pixels));
    return {
      accept(_n, a) {
        for (const [k, tau] of taus.entries()) {
          const own = counts[k];
          for (let p = 0; p < pixels; p++) if (a[p] > tau) own[p]++;
        }
      },
      result: () => counts.map((own) => own.slice()),
    };
  },
  inWasm(taus, { memory, own, pixels }) {
    const at = own.zeros(4 * taus.length * pixels);
    return {
      fields: { tauCount: taus.length, taus: own.place(Float32Array.from(taus)), neuronsPerPixel: at },
      result: () => taus.map((_, k) => new Uint32Array(memory.ints(at + 4 * k * pixels, pixels))),
    };
  },
};

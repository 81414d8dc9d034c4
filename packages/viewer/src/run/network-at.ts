import type { NdArray } from '@xinc/core';
import type { Network } from '@xinc/core/trace';
import type { WeightsVersion } from './weights-history.js';

/** Evaluations kept: pointing at a picture asks for the same frame again and again. */
const KEPT = 2;

/** A network with the weights of one version. It keeps its last evaluations of whole frames. */
export function networkAt(network: Network, { parameters }: WeightsVersion): Network {
  const kept = new Map<string, Promise<Record<string, NdArray>>>();
  return {
    ...network,
    parameters,
    evaluate(frame, outputs, pixels, others) {
      if (pixels || others) return network.evaluate(frame, outputs, pixels, others ?? parameters);
      const key = JSON.stringify([frame, [...outputs].sort()]);
      const present = kept.get(key) ?? network.evaluate(frame, outputs, undefined, parameters);
      kept.delete(key);
      kept.set(key, present);
      present.catch(() => kept.delete(key));
      for (const oldest of kept.keys()) if (kept.size > KEPT) kept.delete(oldest);
      return present;
    },
    reconstruct: (frame, others = parameters) => network.reconstruct(frame, others),
  };
}

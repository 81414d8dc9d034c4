import type { CustomCollector } from '../statistics/custom-collector.js';
import { isObject, isPromise, requireThat, show } from './breach.js';
import { blame } from './call.js';
import type { Owner } from './fault.js';

/** In place of the result of a collector that failed: its analysis is told, and the others go on. */
export class CollectorFailure {
  constructor(readonly error: unknown) {}
}

/** The name of a collector that no other analysis' has: no name of an analysis holds a colon. */
const keyOf = (analysis: string, name: string): string => `${analysis}:${name}`;

/** The name that the analysis gave it. */
export const nameOfKey = (key: string): string => key.slice(key.indexOf(':') + 1);

/** A collector under a name of its own, which after a failure takes no more maps. */
export function guardCollector(owner: Owner, collector: CustomCollector): CustomCollector {
  return {
    name: keyOf(owner.name, collector.name),
    start(layer) {
      let failure: CollectorFailure | undefined;
      const attempt = <T>(step: string, call: () => T): T | undefined => {
        if (failure) return undefined;
        try {
          const value = call();
          if (isPromise(value)) value.then(undefined, () => {});
          requireThat(!isPromise(value), 'it gave a promise, and its result is needed at once');
          return value;
        } catch (error) {
          const where = `${step} of the collector '${collector.name}', layer '${layer.id}'`;
          failure = new CollectorFailure(blame(owner, where, error));
          return undefined;
        }
      };
      const accumulator = attempt('start', () => {
        const started: unknown = collector.start(layer);
        const fits = isObject(started) && typeof started.accept === 'function' && typeof started.result === 'function';
        requireThat(fits, `it gave ${show(started)}`, "Give an object with the functions 'accept' and 'result'.");
        return started as ReturnType<CustomCollector['start']>;
      });
      return {
        accept: (block) => void attempt('accept', () => accumulator?.accept(block)),
        result() {
          const result = attempt('result', () => accumulator?.result());
          return failure ?? result;
        },
      };
    },
  };
}

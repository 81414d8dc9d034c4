import type { LayerInfo } from '../analysis.js';
import { didYouMean } from '../did-you-mean.js';
import { XincError } from '../errors.js';
import type { LayerHook } from '../inr.js';
import type { Network } from '../network.js';
import { findBroken } from './broken-weights.js';
import { neuronNumbering } from './layer-source.js';

/** A layer that can be traced. */
export interface TraceableLayer {
  readonly hook: LayerHook;
  readonly info: LayerInfo;
}

/** The layers of a network that can be traced, and why the others cannot. */
export interface TraceableLayers {
  readonly all: readonly TraceableLayer[];
  /** Layers whose contributions depend on weights that are not finite: id → why they are left out. */
  readonly broken: ReadonlyMap<string, string>;
  /** Why the network draws no picture: what its output depends on is not finite. `undefined` where it draws one. */
  readonly noPicture: string | undefined;
  /** @throws XincError `not-found` for a layer, `numeric` for a broken one */
  find(id: string): TraceableLayer;
}

/** @throws XincError `numeric` if the contributions of every layer depend on weights that are not finite */
export function traceableLayers({ inr, parameters }: Network): TraceableLayers {
  const { layers: broken, picture: noPicture } = findBroken(inr, parameters);
  const all = inr.layers
    .filter(({ id }) => !broken.has(id))
    .map((hook) => ({ hook, info: { id: hook.id, label: hook.label, ...neuronNumbering(inr, hook) } }));
  if (all.length === 0) throw untraceable('No layer can be traced', [...broken.values()][0]);
  return {
    all,
    broken,
    noPicture,
    find(id) {
      const found = all.find(({ info }) => info.id === id);
      if (found) return found;
      const why = broken.get(id);
      if (why !== undefined) throw untraceable(`Layer '${id}' cannot be traced`, why);
      const ids = all.map(({ info }) => info.id);
      throw new XincError('not-found', `There is no layer '${id}'`, {
        subject: id,
        hint: `${didYouMean(id, ids)}This network has ${ids.join(', ')}.`,
      });
    },
  };
}

function untraceable(what: string, why: string): XincError {
  return new XincError('numeric', `${what}: ${why}`, {
    hint: 'Contributions made of such weights mean nothing; train the network or import it again.',
  });
}

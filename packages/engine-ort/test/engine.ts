import type { Engine, EngineOptions } from '@xinc/core';
import ort from '@xinc/engine-ort';
import { afterAll, beforeAll } from 'vitest';

/** An engine for the tests of a file. Two threads everywhere, since sums depend on how work is shared out. */
export function useEngine(options: EngineOptions = { threads: 2 }): { readonly engine: Engine } {
  const holder = {} as { engine: Engine };
  beforeAll(async () => {
    holder.engine = await ort.create(options);
  });
  afterAll(() => holder.engine.dispose());
  return holder;
}

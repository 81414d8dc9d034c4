import type { Engine, EngineOptions } from '@xinc/core';
import ort from '@xinc/engine-ort';
import { afterAll, beforeAll, vi } from 'vitest';

export interface EngineHolder {
  readonly engine: Engine;
}

/**
 * An engine for the tests of a file. Two threads everywhere, since sums depend on how work is shared out.
 * @param oneDnn the setting `XINC_ONEDNN`, where it is not to be the tests' own
 */
export function useEngine(options: EngineOptions = { threads: 2 }, oneDnn?: string): EngineHolder {
  const holder = {} as { engine: Engine };
  beforeAll(async () => {
    if (oneDnn !== undefined) vi.stubEnv('XINC_ONEDNN', oneDnn);
    holder.engine = await ort.create(options);
    vi.unstubAllEnvs();
  });
  afterAll(() => holder.engine.dispose());
  return holder;
}

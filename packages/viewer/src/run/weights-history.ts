import type { Arrays, Inr } from '@xinc/core';
import { checkParameters } from '@xinc/core/trace';
import { RUN_FILES, type Run } from '@xinc/runs';
import { Refusal } from '../http/refusal.js';

/** A network's parameters at one time. */
export interface WeightsVersion {
  /** Grows with every change, over restarts of the server too: milliseconds since 1970 of the file. */
  readonly version: number;
  readonly parameters: Arrays;
}

/** While a network is trained, the page asks for the parts of one version that it has been told of; newer ones may come meanwhile. */
const KEPT_VERSIONS = 3;

/** The newest weights of a run, and the few before them. */
export class WeightsHistory {
  readonly #kept: WeightsVersion[] = [];
  #newest: { readonly stamp: string; readonly loaded: Promise<WeightsVersion> } | undefined;

  /**
   * The finished weights, else the newest checkpoint; `null` before the first.
   * @throws XincError `invalid-file`
   */
  async newest(run: Run, inr: Inr): Promise<WeightsVersion | null> {
    for (const name of [RUN_FILES.weights, RUN_FILES.trainingState]) {
      const found = await run.folder.stats(name);
      if (!found) continue;
      const stamp = `${name} ${found.mtimeMs} ${found.size} ${found.ino}`;
      if (this.#newest?.stamp !== stamp) this.#load(stamp, found.mtimeMs, name, run, inr);
      return this.#newest!.loaded;
    }
    return null;
  }

  /**
   * @param version `undefined` for the newest
   * @throws Refusal 404 if there are no weights yet, 409 for a version that is not kept
   */
  async get(version: number | undefined, run: Run, inr: Inr): Promise<WeightsVersion> {
    const newest = await this.newest(run, inr);
    if (!newest) throw new Refusal(404, 'not-found', 'There are no weights yet: training has just begun');
    const found = version === undefined ? newest : this.#kept.find((kept) => kept.version === version);
    if (found) return found;
    throw new Refusal(409, 'conflict', 'The weights have changed since; ask for the run again');
  }

  #load(stamp: string, changed: number, name: string, run: Run, inr: Inr): void {
    const loaded = readParameters(run, name, inr).then((parameters) => {
      const version = Math.max(Math.floor(changed), (this.#kept[0]?.version ?? 0) + 1);
      const made = { version, parameters };
      this.#kept.unshift(made);
      this.#kept.length = Math.min(this.#kept.length, KEPT_VERSIONS);
      return made;
    });
    const attempt = { stamp, loaded };
    this.#newest = attempt;
    loaded.catch(() => {
      if (this.#newest === attempt) this.#newest = undefined;
    });
  }
}

async function readParameters(run: Run, name: string, inr: Inr): Promise<Arrays> {
  const parameters =
    name === RUN_FILES.weights ? await run.weights(inr.parameters) : await checkpointParameters(run, inr);
  return checkParameters(inr, parameters, run.file(name));
}

async function checkpointParameters(run: Run, inr: Inr): Promise<Arrays> {
  const state = await run.trainingState(inr);
  // Training ended between looking and reading: the finished weights are there now.
  return state ? { ...state.fixed, ...state.trainer.parameters } : run.weights(inr.parameters);
}

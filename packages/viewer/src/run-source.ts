import type { Frame, Inr, LabelMap } from '@xinc/core';
import type { Run } from '@xinc/core/node';
import type { StoredAnalysis } from '@xinc/viewer-page';

/**
 * A run to be shown, and how to read of it what takes more than `@xinc/core`: the network it describes, its pictures, labels and
 * results. Each is asked for again after the run has changed on disk, with the run as it is then.
 */
export interface RunSource {
  readonly folder: string;
  /** What people call it. */
  readonly name: string;
  /** @throws XincError if the model is not at hand, or its settings do not fit */
  model(run: Run): RunModel | Promise<RunModel>;
  /** A frame of the signal, as it is stored. */
  frame(run: Run, frame: number): Promise<Frame>;
  /** A stored label map; `undefined` if there is none. */
  labels(run: Run, grouping: string, frame: number): Promise<LabelMap | undefined>;
  /** @throws XincError if the result cannot be read */
  analysis(run: Run, name: string): Promise<StoredAnalysis>;
}

/** The network that a run describes, without its weights. */
export interface RunModel {
  readonly title: string;
  readonly inr: Inr;
}

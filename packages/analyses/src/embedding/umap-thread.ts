import type { MessagePort } from 'node:worker_threads';
import type { LayoutPart } from '@xinc/kernels';
import type { Vectors } from '../numeric/clustering.js';
import { movePoints, type Shared } from './move-points.js';
import type { Rows } from './nearest-neighbors.js';
import { sharedCopy } from './shared-memory.js';
import type { Neighborhoods, StartedUmap } from './start-umap.js';
import { centred, embedInPlane, neighborhoods, startInPlane, withKernels } from './umap.js';

/** What threads do. Each is a task of its own for one of them, in the thread that this module is loaded in. */
export interface Tasks {
  /** Embeds vectors. */
  embed(task: Embedding): Promise<Float32Array>;
  /** Finds the neighbours of some vectors, and how strongly they belong to them. */
  search(task: Search): Promise<void>;
  /** Makes the graph of all neighbours. */
  start(task: Start): StartedUmap;
  /** Moves a part of the points while other threads move the others. */
  move(task: Move): Promise<Float32Array>;
}

interface Reporting {
  /** Gets the share of the task that is done, 0 … 1, from time to time. */
  readonly progress: MessagePort;
}

interface Embedding extends Reporting {
  readonly vectors: Vectors;
  readonly neighbors: number;
  readonly minDist: number;
}

interface Search extends Reporting {
  readonly vectors: Vectors;
  readonly rows: Rows;
  /** Of all vectors, in shared memory: gets those of the rows. */
  readonly found: Neighborhoods;
}

interface Start {
  readonly vectors: Vectors;
  readonly found: Neighborhoods;
  readonly minDist: number;
}

interface Move extends Reporting {
  readonly umap: StartedUmap;
  readonly part: LayoutPart;
  readonly shared: Shared;
}

/** Milliseconds between reports of progress. */
const INTERVAL = 200;

function told(progress: MessagePort): (share: number) => void {
  let last = performance.now();
  return (share) => {
    if (performance.now() - last < INTERVAL) return;
    progress.postMessage(share);
    last = performance.now();
  };
}

export const embed: Tasks['embed'] = ({ vectors, progress, ...options }) =>
  embedInPlane(vectors, { ...options, onProgress: told(progress) });

export const search: Tasks['search'] = ({ vectors, rows, found, progress }) =>
  withKernels((kernels) => {
    const { indices, strengths } = neighborhoods(centred(vectors), found.count, kernels, told(progress), rows);
    found.indices.set(indices, rows.first * found.count);
    found.strengths.set(strengths, rows.first * found.count);
  });

export const start: Tasks['start'] = ({ vectors, found, minDist }) => {
  const umap = startInPlane(centred(vectors), found, minDist);
  const { heads, tails, rates } = umap.source;
  const source = { ...umap.source, heads: sharedCopy(heads), tails: sharedCopy(tails), rates: sharedCopy(rates) };
  return { ...umap, source };
};

export const move: Tasks['move'] = ({ umap, part, shared, progress }) => {
  const tell = told(progress);
  return withKernels((kernels) => movePoints(umap, kernels, part, shared, (passes) => tell(passes / umap.passes)));
};

import type { NpyArray } from '@xinc/core/formats';
import { AccessError } from '../../access/access-error.js';
import type { AnalysisView, LayerView } from '../../api.js';
import { ARRAYS_READ } from '../../state/arrays-read.js';
import type { LayerEmbedding } from './point-set.js';

/** Where one embedding of the neurons of several runs is stored. */
export interface StoredJoint {
  /** The analysis's name. */
  readonly name: string;
  readonly version: string;
  readonly files: Readonly<Record<(typeof ARRAYS_READ)[number], string>>;
}

/** All analyses that embed a layer's neurons together with those of other runs. */
export function storedJoints(analyses: readonly AnalysisView[], layer: string): StoredJoint[] {
  return analyses.flatMap(({ name, version, arrays }) => {
    const files = ARRAYS_READ.map(
      (wanted) => arrays.find((array) => array.name === wanted && array.layer === layer)?.file,
    );
    if (files.some((file) => file === undefined)) return [];
    return [
      {
        name,
        version,
        files: Object.fromEntries(ARRAYS_READ.map((array, i) => [array, files[i]])) as StoredJoint['files'],
      },
    ];
  });
}

/** An embedding of several runs, and their names. */
export interface JointEmbedding {
  readonly embedding: LayerEmbedding;
  readonly runs: readonly string[];
}

/**
 * @param read an array of the run, by its path
 * @param result the analysis's result.json
 * @throws AccessError `content` for arrays that do not belong together
 */
export async function loadJoint(
  read: (path: string) => Promise<NpyArray>,
  result: () => Promise<{ readonly values?: { readonly runs?: unknown } }>,
  { name, files }: StoredJoint,
  layer: LayerView,
): Promise<JointEmbedding> {
  const [[places, cluster, run, neuron], { values }] = await Promise.all([
    Promise.all(ARRAYS_READ.map((array) => read(files[array]))),
    result(),
  ]);
  const runs = values?.runs;
  const count = neuron.data.length;
  const fits =
    Array.isArray(runs) &&
    runs.every((one) => typeof one === 'string') &&
    places.data instanceof Float32Array &&
    places.data.length === 2 * count &&
    [cluster, run, neuron].every(({ data }) => data instanceof Int32Array && data.length === count) &&
    (run.data as Int32Array).every((one) => one >= 0 && one < runs.length) &&
    (cluster.data as Int32Array).every((one) => one >= -1 && one < count) &&
    (neuron.data as Int32Array).every((one) => one >= 0);
  if (!fits) {
    throw new AccessError(
      'content',
      `The embedding of ${layer.id} in ${name} does not fit together. Analyse the runs again.`,
      {
        address: files.embedding,
      },
    );
  }
  const [clusters, ofRun, neurons] = [cluster, run, neuron].map(({ data }) => data as Int32Array);
  return { embedding: { layer, places: places.data as Float32Array, clusters, run: ofRun, neurons }, runs };
}

import {
  groupSizes,
  type LabelledRun,
  type LabelMap,
  type LayerInfo,
  type NamedRun,
  type Omission,
  omissionSentences,
  permutation,
  randomStream,
  whole,
  XincError,
} from '@xinc/core';
import { neuronVectors } from '../../embedding/neuron-vectors.js';
import { joinVectors, type Vectors } from '../../numeric/clustering.js';
import { liveLayers } from '../../scope/live-layers.js';
import type { Options } from './options.js';

/** A neuron of one of the runs compared. */
export interface Member {
  /** Index among the runs. */
  readonly run: number;
  readonly neuron: number;
}

/** A layer's neurons, of one run or several, and the vectors that describe them. */
export interface LayerNeurons {
  readonly layer: LayerInfo;
  readonly members: readonly Member[];
  readonly vectors: Vectors;
}

/**
 * The neurons of each layer that all runs have, those of all runs together; layers with too few of them are left out.
 * @param groupings whose groups the maps are averaged over, by run
 * @param omissions gets what is left out
 */
export function neuronsOfLayers(
  chosen: Options,
  frame: number,
  runs: readonly NamedRun[],
  groupings: readonly string[],
  omissions: Omission[],
): LayerNeurons[] {
  const several = runs.length > 1;
  const living = runs.map(({ name, context }) => {
    const { live, omissions: dead } = liveLayers(context, [frame]);
    omissions.push(...(several ? omissionSentences(dead).map((line) => ({ why: `${name}: ${line}` })) : dead));
    return live;
  });
  const layers = runs[0].context.layers.flatMap((layer): LayerNeurons[] => {
    const ofRuns = living.map((live) => live.find((one) => one.layer.id === layer.id));
    if (ofRuns.some((one) => one === undefined)) {
      if (several) {
        omissions.push({ layer: layer.id, why: 'not every run has live neurons in a layer of that name.' });
      }
      return [];
    }
    const perRun = Math.ceil(chosen.limit / runs.length);
    const parts = ofRuns.map((one, run) => {
      const { live } = one!.census;
      const order = permutation(live.length, randomStream(0, 'neuron-clusters'));
      const neurons = order
        .subarray(0, perRun)
        .map((i) => live[i])
        .sort();
      if (neurons.length < live.length) {
        omissions.push({
          why: `${layer.id}${several ? ` of ${runs[run].name}` : ''}: ${whole(neurons.length)} of ${whole(live.length)} live neurons were embedded, drawn at random (limit=${chosen.limit}).`,
        });
      }
      const sizes = groupSizes(runs[run].context.labels(groupings[run], frame));
      return { run, neurons, vectors: neuronVectors(one!, groupings[run], sizes, neurons) };
    });
    const members = parts.flatMap(({ run, neurons }) => Array.from(neurons, (neuron) => ({ run, neuron })));
    return [{ layer, members, vectors: joinVectors(parts.map(({ vectors }) => vectors)) }];
  });
  return layers.filter((one) => isEnough(one, chosen, omissions));
}

/** Whether a layer has more neurons than there are to be clusters. */
function isEnough({ layer, members }: LayerNeurons, { clusters }: Options, omissions: Omission[]): boolean {
  if (members.length > clusters) return true;
  const fewer = Math.max(2, Math.floor(members.length / 4));
  const advice = members.length > 2 ? ` (clusters=${fewer} would do)` : '';
  omissions.push({
    layer: layer.id,
    why: `${members.length} live ${members.length === 1 ? 'neuron is' : 'neurons are'} too few for ${clusters} clusters${advice}.`,
  });
  return false;
}

/** A digest of which pixel is in which group: vectors of runs with the same one can be compared. */
export async function groupsDigest({ height, width, labels }: LabelMap): Promise<string> {
  const text = new TextEncoder().encode(`${height}×${width}: ${labels.join()}`);
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', text), 0, 8);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Vectors of different runs can only be compared where the runs divide the picture alike.
 * @throws XincError `unsupported`
 */
export function demandSameGroups(groupings: readonly string[], frame: number, runs: readonly LabelledRun[]): void {
  const [first, ...others] = runs.map(({ context }, i) => context.labels(groupings[i], frame));
  for (const [i, map] of others.entries()) {
    const same = map.labels.length === first.labels.length && map.labels.every((label, p) => label === first.labels[p]);
    if (same) continue;
    throw new XincError(
      'unsupported',
      `Runs '${runs[0].name}' and '${runs[i + 1].name}' have different groups in '${groupings[0]}', so their neurons cannot be compared`,
      {
        subject: runs[i + 1].name,
        hint: 'Compare runs of the same signal at the same size. Colours and textures of a video are not those of one picture of it: compare by places there, with `groupings: grid:16x16px`.',
      },
    );
  }
}

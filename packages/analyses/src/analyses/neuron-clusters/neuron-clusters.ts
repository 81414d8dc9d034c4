import {
  type AnalysisResult,
  defineAnalysis,
  type Figure,
  type LabelledRun,
  type NamedRun,
  type Omission,
  omissionSentences,
  type RequestContext,
  whole,
  XincError,
} from '@xinc/core';
import { chooseFrame } from '../../scope/choose-frame.js';
import { chooseGrouping } from '../../scope/choose-grouping.js';
import { clusterNeurons } from './cluster-neurons.js';
import { embeddingFigure, mosaicFigure } from './figures.js';
import { demandSameGroups, groupsDigest, neuronsOfLayers } from './layer-neurons.js';
import { type Options, options } from './options.js';
import { arraysOf, clusterTable, findings } from './results.js';
import { typicalNeurons } from './typical-neurons.js';

const PREFERRED = ['gabor', 'rgb', 'grid'];
/** Neurons from which on an embedding takes minutes. */
const MANY_NEURONS = 40_000;

/**
 * Which neurons are alike: a vector per neuron (its map, averaged over groups of pixels), UMAP to the plane, k-means
 * there, and example maps of the largest clusters; for several runs one embedding of all their neurons and how well the
 * runs mix in its clusters (paper figures 10 and 12 to 14; method §5).
 */
export const neuronClusters = defineAnalysis<Options>({
  kind: 'analysis',
  name: 'neuron-clusters',
  title: 'Kinds of neurons',
  description:
    'Which neurons of a layer paint alike, and whether networks trained apart have the same kinds (paper figures 10 and 12 to 14).',
  options,
  tooLong({ limit }, { layers }) {
    const neurons = layers.reduce((sum, layer) => sum + Math.min(layer.neurons, limit), 0);
    return neurons > MANY_NEURONS ? `embedding ${whole(neurons)} neurons takes minutes` : undefined;
  },
  request: (chosen, context) => ({
    neuronTotals: true,
    groupSums: [groupingOf(chosen, context)],
  }),
  checkRuns: (chosen, runs) => void demandComparable(chosen, runs),
  analyze: (chosen, context) => compare(chosen, [{ name: 'run', context }]),
  analyzeRuns: (chosen, runs) => compare(chosen, runs),
});

/** The frame and the groupings that runs can be compared by. */
interface Basis {
  readonly frame: number;
  /** One for each run. */
  readonly groupings: readonly string[];
}

/** @throws XincError where runs have no frame or no groups in common */
function demandComparable(chosen: Options, runs: readonly LabelledRun[]): Basis {
  const frame = chooseFrame(
    chosen.frame,
    runs.map(({ context }) => context.frames),
  );
  const groupings = runs.map(({ context }) => groupingOf(chosen, context));
  demandSameGroups(groupings, frame, runs);
  return { frame, groupings };
}

const groupingOf = ({ grouping }: Options, context: RequestContext): string =>
  chooseGrouping(grouping, PREFERRED, context);

async function compare(chosen: Options, runs: readonly NamedRun[]): Promise<AnalysisResult> {
  const { frame, groupings } = demandComparable(chosen, runs);
  const omissions: Omission[] = [];
  const layers = neuronsOfLayers(chosen, frame, runs, groupings, omissions);
  if (layers.length === 0) {
    throw new XincError('unsupported', `No layer has neurons to cluster: ${omissionSentences(omissions).join(' ')}`, {
      subject: 'neuron-clusters',
    });
  }
  const clustered = await clusterNeurons(layers, chosen, runs, omissions);
  const { context } = runs[0];
  const figures: Figure[] = [];
  for (const one of clustered) {
    figures.push(embeddingFigure(one, frame, runs));
    figures.push(mosaicFigure(one, await typicalNeurons(one, frame, runs), frame, context.signal));
  }
  const others = context.frames.length - 1;
  if (others > 0) {
    omissions.push({ why: `Neurons were compared on frame ${frame} only, of ${others + 1} analysed.` });
  }
  return {
    findings: findings(clustered, runs),
    tables: [clusterTable(clustered, frame, runs)],
    arrays: clustered.flatMap((one) => arraysOf(one, frame, runs)),
    figures,
    values: {
      frame,
      grouping: groupings[0],
      groups: await groupsDigest(context.labels(groupings[0], frame)),
      runs: runs.map(({ name }) => name),
      explained: Object.fromEntries(clustered.map((one) => [one.layer.id, one.explained])),
      ...(runs.length > 1 && {
        mixing: Object.fromEntries(clustered.map((one) => [one.layer.id, one.mixing.share])),
      }),
    },
    omissions,
  };
}

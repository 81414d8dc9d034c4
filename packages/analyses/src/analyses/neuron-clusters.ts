import {
  type AnalysisResult,
  type ChartFigure,
  defineAnalysis,
  groupSizes,
  type LabelledRun,
  type LayerInfo,
  type NamedArray,
  type NamedRun,
  permutation,
  type RasterFigure,
  randomStream,
  XincError,
} from '@xinc/core';
import { z } from 'zod';
import { chart, colorEncoding } from '../drawing/chart.js';
import { neuronVectors } from '../embedding/neuron-vectors.js';
import { clusterVectors, type Vectors } from '../numeric/clustering.js';
import { type Mixing, mixing } from '../numeric/mixing.js';
import { DISPLAY_PERCENTILE, forDisplay } from '../numeric/scaled.js';
import { spread } from '../numeric/spread.js';
import { thumbnail } from '../numeric/thumbnail.js';
import { chooseGrouping } from '../scope/choose-grouping.js';
import { figureOfFrame, frameWords } from '../scope/frames.js';
import { liveLayers } from '../scope/live-layers.js';
import { inWords, listed, percent, whole } from '../wording.js';

const options = z.object({
  grouping: z
    .string()
    .optional()
    .describe('Grouping over whose groups maps are averaged to compare neurons; by default gabor, else rgb, else grid'),
  frame: z.int().min(0).optional().describe('Frame of a video; by default the first one analysed'),
  neighbors: z
    .int()
    .min(2)
    .max(500)
    .optional()
    .describe('UMAP neighbours; by default 5, 25, 75 or 150 for layers of up to 1000, 3000, 10 000 or more neurons'),
  minDist: z.number().min(0).max(1).default(0.1).describe('Smallest distance of alike neurons in the embedding'),
  clusters: z.int().min(2).max(64).default(8).describe('Clusters that k-means divides the embedding into'),
  limit: z
    .int()
    .min(100)
    .max(200_000)
    .default(20_000)
    .describe('Neurons of a layer embedded together at most, drawn at random where there are more'),
});
type Options = z.output<typeof options>;

const PREFERRED = ['gabor', 'rgb', 'grid'];
/** Clusters with a mosaic, and neurons shown of each, as in the paper. */
const SHOWN_CLUSTERS = 4;
const SHOWN_NEURONS = 4;
/** Points of a layer that the figure draws. */
const DRAWN_POINTS = 3000;
/** Of points, where one lies over another. */
const TRANSLUCENT = 0.7;
const MAP_PIXELS = 2 ** 15;
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
    groupSums: [chooseGrouping(chosen.grouping, PREFERRED, context)],
  }),
  checkRuns: demandComparable,
  analyze: (chosen, context) => compare(chosen, [{ name: 'run', context }]),
  analyzeRuns: (chosen, runs) => compare(chosen, runs),
});

interface Member {
  /** Index among the runs. */
  readonly run: number;
  readonly neuron: number;
}

/** A layer's neurons, of one run or several, and what describes them. */
interface Crowd {
  readonly layer: LayerInfo;
  readonly members: readonly Member[];
  readonly vectors: Vectors;
}

interface Clustered extends Crowd {
  /** Place in the plane, [n, 2] */
  readonly points: Float32Array;
  /** Cluster of each, largest cluster 0, [n] */
  readonly clusters: Uint16Array;
  /** Members of each cluster, nearest to its middle first. */
  readonly ranked: readonly (readonly number[])[];
  /** Part of the variance of the vectors that lies between clusters. */
  readonly explained: number;
  readonly neighbors: number;
  readonly mixing: Mixing;
}

async function compare(chosen: Options, runs: readonly NamedRun[]): Promise<AnalysisResult> {
  const frame = demandComparable(chosen, runs);
  const omissions: string[] = [];
  const crowds = crowdsOf(chosen, frame, runs, omissions).filter((crowd) => isEnough(crowd, chosen, omissions));
  if (crowds.length === 0) {
    throw new XincError('unsupported', `No layer has neurons to cluster: ${omissions.join(' ')}`, {
      subject: 'neuron-clusters',
    });
  }
  const clustered = await cluster(crowds, chosen, runs, omissions);
  const { context } = runs[0];
  const figures = [];
  for (const one of clustered) {
    figures.push(embeddingFigure(one, frame, runs), await mosaicFigure(one, frame, runs));
  }
  const others = context.frames.length - 1;
  if (others > 0) omissions.push(`Neurons were compared on frame ${frame} only, of ${others + 1} analysed.`);
  return {
    findings: findings(clustered, runs),
    tables: [clusterTable(clustered, frame, runs)],
    arrays: clustered.flatMap((one) => arraysOf(one, frame, runs)),
    figures,
    values: {
      frame,
      grouping: chooseGrouping(chosen.grouping, PREFERRED, context),
      runs: runs.map(({ name }) => name),
      explained: Object.fromEntries(clustered.map((one) => [one.layer.id, one.explained])),
      ...(runs.length > 1 && {
        mixing: Object.fromEntries(clustered.map((one) => [one.layer.id, one.mixing.share])),
      }),
    },
    omissions,
  };
}

/** The frame to compare on. */
function demandComparable(chosen: Options, runs: readonly LabelledRun[]): number {
  const frame = chooseFrame(chosen, runs);
  demandSameGroups(groupingsOf(chosen, runs), frame, runs);
  return frame;
}

const groupingsOf = ({ grouping }: Options, runs: readonly LabelledRun[]): string[] =>
  runs.map(({ context }) => chooseGrouping(grouping, PREFERRED, context));

function chooseFrame({ frame }: Options, runs: readonly LabelledRun[]): number {
  const shared = runs[0].context.frames.filter((one) => runs.every(({ context }) => context.frames.includes(one)));
  const found = frame === undefined ? shared[0] : shared.find((one) => one === frame);
  if (found !== undefined) return found;
  throw new XincError(
    'not-found',
    frame === undefined ? 'The runs have no analysed frame in common' : `Frame ${frame} is not among those analysed`,
    { subject: 'frame', hint: 'Choose frames with --frames.' },
  );
}

/** The neurons of each layer that all runs have; runs are taken together. */
function crowdsOf(chosen: Options, frame: number, runs: readonly NamedRun[], omissions: string[]): Crowd[] {
  const groupings = groupingsOf(chosen, runs);
  const several = runs.length > 1;
  const living = runs.map(({ name, context }) => {
    const { live, omissions: dead } = liveLayers(context, [frame]);
    omissions.push(...dead.map((line) => (several ? `${name}: ${line}` : line)));
    return live;
  });
  return runs[0].context.layers.flatMap((layer): Crowd[] => {
    const ofRuns = living.map((live) => live.find((one) => one.layer.id === layer.id));
    if (ofRuns.some((one) => one === undefined)) {
      if (several) omissions.push(`${layer.id} was left out: not every run has live neurons in a layer of that name.`);
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
        omissions.push(
          `${layer.id}${several ? ` of ${runs[run].name}` : ''}: ${whole(neurons.length)} of ${whole(live.length)} live neurons were embedded, drawn at random (limit=${chosen.limit}).`,
        );
      }
      const sizes = groupSizes(runs[run].context.labels(groupings[run], frame));
      return { run, neurons, vectors: neuronVectors(one!, groupings[run], sizes, neurons) };
    });
    const { dimensions } = parts[0].vectors;
    const values = new Float32Array(parts.reduce((sum, part) => sum + part.vectors.values.length, 0));
    let at = 0;
    for (const { vectors } of parts) {
      values.set(vectors.values, at);
      at += vectors.values.length;
    }
    const members = parts.flatMap(({ run, neurons }) => Array.from(neurons, (neuron) => ({ run, neuron })));
    return [{ layer, members, vectors: { values, dimensions } }];
  });
}

/** Vectors of different runs can only be compared where the runs divide the picture alike. */
function demandSameGroups(groupings: readonly string[], frame: number, runs: readonly LabelledRun[]): void {
  const [first, ...others] = runs.map(({ context }, i) => context.labels(groupings[i], frame));
  for (const [i, map] of others.entries()) {
    const same = map.labels.length === first.labels.length && map.labels.every((label, p) => label === first.labels[p]);
    if (same) continue;
    throw new XincError(
      'unsupported',
      `Runs '${runs[0].name}' and '${runs[i + 1].name}' have different groups in '${groupings[0]}', so their neurons cannot be compared`,
      { subject: runs[i + 1].name, hint: 'Compare runs of the same signal at the same size.' },
    );
  }
}

/** By the number of a layer's neurons, as the paper chose them for its layers. */
export const defaultNeighbors = (neurons: number): number =>
  neurons <= 1000 ? 5 : neurons <= 3000 ? 25 : neurons <= 10_000 ? 75 : 150;

/** Whether a layer has more neurons than there are to be clusters. */
function isEnough({ layer, members }: Crowd, { clusters }: Options, omissions: string[]): boolean {
  if (members.length > clusters) return true;
  const fewer = Math.max(2, Math.floor(members.length / 4));
  const advice = members.length > 2 ? ` (clusters=${fewer} would do)` : '';
  omissions.push(
    `${layer.id} was left out: ${members.length} live ${members.length === 1 ? 'neuron is' : 'neurons are'} too few for ${clusters} clusters${advice}.`,
  );
  return false;
}

async function cluster(
  crowds: readonly Crowd[],
  { clusters, minDist, neighbors: asked }: Options,
  runs: readonly NamedRun[],
  omissions: string[],
): Promise<Clustered[]> {
  const ready = crowds.map((crowd) => {
    const { layer, members } = crowd;
    const wanted = asked ?? defaultNeighbors(layer.neurons);
    const neighbors = Math.min(wanted, members.length - 1);
    if (neighbors < wanted) {
      omissions.push(
        `${layer.id} was embedded with ${neighbors} neighbours, not ${wanted}: it has no more live neurons.`,
      );
    }
    return { ...crowd, neighbors };
  });
  const { progress, signalAborted } = runs[0].context;
  const count = ready.reduce((sum, { members }) => sum + members.length, 0);
  const report = (share: number) => progress?.(`embedding ${whole(count)} neurons`, share);
  const { embedApart } = await import('../embedding/embeddings.js');
  const embedded = await embedApart(ready, minDist, report, signalAborted);
  const clustered: Clustered[] = [];
  for (const [i, crowd] of ready.entries()) {
    const { members, vectors } = crowd;
    const points = embedded[i];
    const { labels } = await clusterVectors({ values: points, dimensions: 2 }, { clusters, seed: 0 });
    const ranked = rankedMembers(labels, points);
    const ofMember = new Uint16Array(members.length);
    for (const [k, ofCluster] of ranked.entries()) for (const i of ofCluster) ofMember[i] = k;
    const counts = ranked.map((ofCluster) =>
      runs.map((_, run) => ofCluster.filter((i) => members[i].run === run).length),
    );
    const explained = explainedVariance(vectors, ofMember, ranked.length);
    clustered.push({ ...crowd, points, clusters: ofMember, ranked, explained, mixing: mixing(counts) });
  }
  return clustered;
}

/** Members of each cluster, clusters from the largest to the smallest, members from its middle outward. */
function rankedMembers(labels: Uint16Array, points: Float32Array): number[][] {
  const members: number[][] = [];
  for (const [i, label] of labels.entries()) {
    members[label] ??= [];
    members[label].push(i);
  }
  for (const ofCluster of members) {
    const [x, y] = [0, 1].map((axis) => ofCluster.reduce((sum, i) => sum + points[2 * i + axis], 0) / ofCluster.length);
    const distance = (i: number) => Math.hypot(points[2 * i] - x, points[2 * i + 1] - y);
    ofCluster.sort((a, b) => distance(a) - distance(b) || a - b);
  }
  return members.sort((a, b) => b.length - a.length);
}

/** 1 − variance within clusters / variance over all; 0 where vectors do not vary. */
function explainedVariance({ values, dimensions }: Vectors, clusters: Uint16Array, count: number): number {
  const sums = new Float64Array(count * dimensions);
  const sizes = new Uint32Array(count);
  const overall = new Float64Array(dimensions);
  let squares = 0;
  for (const [i, k] of clusters.entries()) {
    sizes[k]++;
    for (let d = 0; d < dimensions; d++) {
      const value = values[i * dimensions + d];
      sums[k * dimensions + d] += value;
      overall[d] += value;
      squares += value * value;
    }
  }
  const between = sums.reduce((sum, value, i) => sum + value ** 2 / sizes[Math.floor(i / dimensions)], 0);
  const middle = overall.reduce((sum, value) => sum + value ** 2 / clusters.length, 0);
  const total = squares - middle;
  return total > 1e-9 * squares ? Math.min(Math.max((between - middle) / total, 0), 1) : 0;
}

function findings(clustered: readonly Clustered[], runs: readonly NamedRun[]): string[] {
  const explained = clustered.map((one) => `${percent(one.explained)} in ${one.layer.id}`);
  const first = `Share of what tells neurons apart that their clusters explain: ${listed(explained)}.`;
  if (runs.length === 1) return [first];
  const mixed = clustered.map(
    ({ mixing: { share }, layer }) => `${Number.isNaN(share) ? 'not defined' : inWords(share)} in ${layer.id}`,
  );
  return [
    `Mixing of ${runs.length} runs in clusters, from 0 (every cluster belongs to one run) to 1 (every cluster has all of them in proportion): ${listed(mixed)}.`,
    first,
  ];
}

function clusterTable(clustered: readonly Clustered[], frame: number, runs: readonly NamedRun[]) {
  const several = runs.length > 1;
  return {
    name: 'clusters',
    title: 'Clusters of neurons',
    columns: [
      { name: 'frame', description: 'Frame index' },
      { name: 'layer', description: 'Layer' },
      { name: 'neighbors', unit: 'neurons', description: 'Nearest neighbours that UMAP used' },
      { name: 'cluster', description: 'Cluster, from the largest to the smallest' },
      { name: 'neurons', unit: 'neurons', description: 'Neurons in it' },
      { name: 'typical_neuron', description: 'Index of the neuron nearest to its middle' },
      ...(several
        ? [
            { name: 'typical_run', description: 'The run of that neuron' },
            { name: 'entropy', unit: 'bits', description: 'Entropy of the runs in it' },
            ...runs.map(({ name }) => ({ name: `of_${name}`, unit: 'neurons', description: `Its neurons of ${name}` })),
          ]
        : []),
    ],
    rows: clustered.flatMap(({ layer, neighbors, ranked, members, mixing: { entropies } }) =>
      ranked.map((ofCluster, k) => {
        const typical = members[ofCluster[0]];
        const counts = runs.map((_, run) => ofCluster.filter((i) => members[i].run === run).length);
        return [
          frame,
          layer.id,
          neighbors,
          k + 1,
          ofCluster.length,
          typical.neuron,
          ...(several ? [runs[typical.run].name, entropies[k], ...counts] : []),
        ];
      }),
    ),
  };
}

/**
 * For one run by neuron: `embedding` [N, 2], NaN for neurons left out, and `cluster` [N], −1 for them. For several, by
 * row of the joint embedding: `embedding`, `cluster`, `run` and `neuron`.
 */
function arraysOf({ layer, members, points, clusters }: Clustered, frame: number, runs: readonly NamedRun[]) {
  const of = (name: string, shape: readonly number[], data: NamedArray['data']): NamedArray => ({
    name,
    frame,
    layer: layer.id,
    shape,
    data,
  });
  const count = members.length;
  if (runs.length > 1) {
    return [
      of('embedding', [count, 2], points),
      of('cluster', [count], Int32Array.from(clusters)),
      of(
        'run',
        [count],
        Int32Array.from(members, ({ run }) => run),
      ),
      of(
        'neuron',
        [count],
        Int32Array.from(members, ({ neuron }) => neuron),
      ),
    ];
  }
  const embedding = new Float32Array(2 * layer.neurons).fill(Number.NaN);
  const cluster = new Int32Array(layer.neurons).fill(-1);
  for (const [i, { neuron }] of members.entries()) {
    embedding.set(points.subarray(2 * i, 2 * i + 2), 2 * neuron);
    cluster[neuron] = clusters[i];
  }
  return [of('embedding', [layer.neurons, 2], embedding), of('cluster', [layer.neurons], cluster)];
}

const clusterName = (k: number): string => `cluster ${k + 1}`;

function embeddingFigure(
  { layer, members, points, clusters, ranked }: Clustered,
  frame: number,
  runs: readonly NamedRun[],
): ChartFigure {
  const several = runs.length > 1;
  const drawn = spread([...members.keys()], DRAWN_POINTS);
  const values = drawn.map((i) => ({
    x: Number(points[2 * i].toFixed(3)),
    y: Number(points[2 * i + 1].toFixed(3)),
    neuron: members[i].neuron,
    of: several ? runs[members[i].run].name : clusterName(clusters[i]),
  }));
  const names = several ? runs.map(({ name }) => name) : ranked.map((_, k) => clusterName(k));
  const color = colorEncoding('of', several ? 'Run' : 'Cluster', names);
  const part =
    drawn.length < members.length ? ` ${whole(drawn.length)} of ${whole(members.length)} neurons are drawn.` : '';
  const axis = (field: string, title: string) => ({
    field,
    type: 'quantitative',
    title,
    axis: { labels: false, ticks: false, grid: false, domain: true },
    scale: { zero: false },
  });
  const signal = runs[0].context.signal;
  return {
    kind: 'chart',
    ...figureOfFrame(signal, `embedding-${layer.id}`, frame),
    title: `${layer.label}: neurons that paint alike${frameWords(signal, frame)}`,
    caption: `Each point is a neuron; the nearer two points, the more alike their contribution maps (UMAP; directions and far distances mean nothing). ${several ? 'Where colours mix, networks trained apart have neurons of the same kind.' : 'Colours are clusters by k-means, the largest first.'}${part}`,
    spec: chart(values, {
      width: 420,
      height: 420,
      mark: { type: 'point', filled: true, size: 18, opacity: 1, fillOpacity: TRANSLUCENT, tooltip: true },
      encoding: {
        x: axis('x', 'UMAP 1'),
        y: axis('y', 'UMAP 2'),
        color: { ...color, legend: { ...(color.legend as object), symbolOpacity: TRANSLUCENT } },
        tooltip: [{ field: 'neuron' }, { field: 'of' }],
      },
    }),
  };
}

async function mosaicFigure(
  { layer, members, ranked }: Clustered,
  frame: number,
  runs: readonly NamedRun[],
): Promise<RasterFigure> {
  const { signal } = runs[0].context;
  const { height, width } = signal;
  const panels = [];
  for (const [k, ofCluster] of ranked.slice(0, SHOWN_CLUSTERS).entries()) {
    for (const i of examples(ofCluster, members, runs.length)) {
      const { run, neuron } = members[i];
      const map = (await runs[run].context.maps(layer.id, frame, [neuron])).map(Math.abs);
      const plane = thumbnail(forDisplay(map), height, width, MAP_PIXELS);
      const origin = runs.length > 1 ? ` of ${runs[run].name}` : '';
      panels.push({
        title: `${clusterName(k)}: neuron ${neuron}${origin}`,
        height: plane.height,
        width: plane.width,
        pixels: { kind: 'values' as const, values: plane.values },
      });
    }
  }
  return {
    kind: 'raster',
    ...figureOfFrame(signal, `examples-${layer.id}`, frame),
    title: `${layer.label}: maps of typical neurons${frameWords(signal, frame)}`,
    caption: `The ${Math.min(SHOWN_CLUSTERS, ranked.length)} largest clusters, a row each, with the ${SHOWN_NEURONS} neurons nearest to the middle. Each map has its own scale, from its smallest |c| to its percentile ${DISPLAY_PERCENTILE}.`,
    columns: SHOWN_NEURONS,
    scale: { map: 'sequential', domain: [0, 1], label: '|c|, scaled per map' },
    panels,
  };
}

/** The members nearest to the middle, taking turns among the runs that are in the cluster. */
function examples(ofCluster: readonly number[], members: readonly Member[], runs: number): number[] {
  const queues = Array.from({ length: runs }, (_, run) =>
    ofCluster.filter((i) => members[i].run === run).slice(0, SHOWN_NEURONS),
  );
  const turns = Array.from({ length: SHOWN_NEURONS }, (_, turn) =>
    queues.flatMap((queue) => queue.slice(turn, turn + 1)),
  );
  return turns.flat().slice(0, SHOWN_NEURONS);
}

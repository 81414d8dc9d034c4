import type { NeighborMixing } from '@xinc/analyses/neurons';
import { type ChartFigure, permutation, randomStream, type Table, whole } from '@xinc/core';
import type { StudyReportPart } from '@xinc/report';
import { STUDY_FILES } from '../files.js';
import type { DoneRun } from './done-runs.js';
import { gatherSeedNeurons, type SeedNeurons } from './seed-neurons.js';
import { COLORS, PANEL, panelGrid, partsOf, ROWS } from './small-multiples.js';

/** Neurons of a layer that are embedded together, of all seeds, at most: a panel has no room for more. */
const MOST_NEURONS = 2000;
/** Points of a panel. */
const MOST_POINTS = 150;
/** Smallest distance of alike neurons in the embedding, as of the analysis neuron-clusters. */
const MIN_DIST = 0.1;
/** Nearest neighbours that mixing is measured by. */
const NEIGHBORS = 10;

/** How the seeds of a layer mix, with the places of its neurons. */
export interface MixedLayer extends Omit<SeedNeurons, 'vectors'> {
  readonly observed: number;
  readonly expected: number;
  readonly chance: { readonly mean: number; readonly low: number; readonly high: number };
  readonly p: number;
  /** Place in the plane, [n, 2]. */
  readonly points: Float32Array;
}

/** How seeds mix in every layer where several can be compared, and what cannot be. */
export interface SeedMixings {
  readonly mixed: readonly MixedLayer[];
  /** Names of tasks, or of layers, each with the reason, by network. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

/** Compares the neurons of all seeds of each network and signal, layer by layer. */
export async function mixSeeds(runs: readonly DoneRun[]): Promise<SeedMixings> {
  const layers: SeedNeurons[] = [];
  const missing = new Map<string, readonly string[]>();
  for (const network of new Set(runs.map(({ task }) => task.network.name))) {
    const own = runs.filter(({ task }) => task.network.name === network);
    const gathered = await gatherSeedNeurons(own, MOST_NEURONS);
    layers.push(...gathered.layers);
    missing.set(network, [...gathered.missing, ...gathered.layers.flatMap((layer) => whyUnmixed(layer) ?? [])]);
  }
  return { mixed: await mixLayers(layers), missing };
}

/** Whether seeds have the same kinds of neurons: joint embeddings, and how seeds mix in them (figure 14 of the paper). */
export function seedEmbeddings(mixings: SeedMixings, runs: readonly DoneRun[]): StudyReportPart {
  const { mixed } = mixings;
  const missing = [...mixings.missing.values()].flat();
  const none =
    mixed.length > 0
      ? []
      : [
          missing.length === runs.length
            ? 'No run has the analysis neuron-clusters with what neurons are compared by.'
            : 'No signal and network has two seeds whose neurons can be compared.',
        ];
  return {
    title: 'Whether seeds have the same kinds of neurons',
    text: [
      'Neurons of all seeds of a network in one embedding, described by their contribution maps, which know nothing of the weights: each map |c|, scaled to [0, 1], averaged over the Gabor clusters of the picture, or what else the analysis neuron-clusters took (figure 14 of the paper).',
      ...(mixed.length > 0 ? [MEANING] : []),
      ...none,
      ...(missing.length > 0 ? [`Not compared: ${missing.join('; ')}.`] : []),
    ],
    tables: mixed.length > 0 ? [mixingTable(mixed)] : [],
    figures: embeddingFigures(mixed),
  };
}

const MEANING = `Mixing is the share of a neuron's ${NEIGHBORS} nearest neighbours, by Euclidean distance between these descriptions and not in the plane, that are of other seeds, mean over neurons. Where seeds do not matter it is what chance gives: the seeds of neurons drawn anew 999 times. A network has kinds of neurons that its seeds share where mixing is near chance, and kinds of its own where it is far below; with many neurons a small difference has a small p, which is not corrected for the number of panels.`;

/** Why the seeds of a layer cannot be compared, after its name; `undefined` where they can. */
function whyUnmixed({ signal, network, layer, runOf }: SeedNeurons): string | undefined {
  const few = runOf.length <= NEIGHBORS;
  if (!few && new Set(runOf).size > 1) return undefined;
  return `${signal} ${network} ${layer} (${few ? `no more than ${NEIGHBORS} neurons` : 'all live neurons are of one seed'})`;
}

/** Layers that have no mixing are left out. */
async function mixLayers(layers: readonly SeedNeurons[]): Promise<MixedLayer[]> {
  // umap-js and its threads are loaded where they are used.
  const { defaultNeighbors, embedApart, neighborMixing } = await import('@xinc/analyses/neurons');
  const measured: (SeedNeurons & NeighborMixing)[] = [];
  for (const layer of layers) {
    const mixing = await neighborMixing(layer.vectors, layer.runOf, { neighbors: NEIGHBORS });
    if (mixing) measured.push({ ...layer, ...mixing });
  }
  if (measured.length === 0) return [];
  const tasks = measured.map(({ vectors, neurons }) => ({
    vectors,
    neighbors: Math.min(defaultNeighbors(neurons), neurons - 1),
  }));
  const points = await embedApart(tasks, MIN_DIST, () => {});
  return measured.map(({ vectors: _, ...layer }, i) => ({ ...layer, points: points[i] }));
}

const columnOf = ({ network, layer }: Pick<MixedLayer, 'network' | 'layer'>) => `${network} ${layer}`;

function mixingTable(layers: readonly MixedLayer[]): StudyReportPart['tables'][number] {
  const table: Table = {
    name: 'seed-mixing',
    title: `Mixing of seeds among the ${NEIGHBORS} nearest neighbours of each neuron`,
    columns: [
      { name: 'signal', description: 'Signal' },
      { name: 'network', description: 'Network, as study.yaml calls it' },
      { name: 'layer', description: 'Layer' },
      { name: 'seeds', unit: 'seeds', description: 'Seeds compared' },
      { name: 'neurons', unit: 'neurons', description: 'Neurons compared, of all seeds together' },
      {
        name: 'of',
        unit: 'neurons',
        description: 'Neurons that they were drawn from at random: all that are live and analysed',
      },
      {
        name: 'mixing',
        unit: 'fraction',
        description: 'Share of the nearest neighbours that are of other seeds, mean over neurons',
      },
      { name: 'expected', unit: 'fraction', description: 'Share of the other neurons that are of other seeds' },
      { name: 'p', description: 'Part of the permutations with so little mixing or less, (1 + count) ÷ 1000' },
      { name: 'chance', unit: 'fraction', description: 'Mean of mixing with the seeds permuted among the neurons' },
      { name: 'chance_low', unit: 'fraction', description: '2.5 % of the permutations give less' },
      { name: 'chance_high', unit: 'fraction', description: '2.5 % of the permutations give more' },
    ],
    rows: layers.map(({ signal, network, layer, seeds, runOf, live, observed, expected, chance, p }) => [
      signal,
      network,
      layer,
      seeds.length,
      runOf.length,
      live,
      observed,
      expected,
      p,
      chance.mean,
      chance.low,
      chance.high,
    ]),
  };
  return { table, file: STUDY_FILES.reportTable(table.name) };
}

/** Letters beside the points: CSS pixels. */
const [LETTERS, LINE] = [8.5, 11];
/** A plot's height: a square of points, with room for three lines above. */
const HEIGHT = PANEL.width + 3 * LINE + 4;
/** Seeds beyond those with a colour of their own. */
const OTHERS = 'others';
const OTHERS_COLOR = '#9aa0a8';

/** Small multiples: rows are signals, columns layers; points are neurons, coloured by seed. Figures hold six signals each. */
export function embeddingFigures(layers: readonly MixedLayer[]): ChartFigure[] {
  const signals = [...new Set(layers.map(({ signal }) => signal))];
  const columns = [...new Set(layers.map(columnOf))];
  const seeds = [...new Set(layers.flatMap(({ seeds }) => seeds))].sort((a, b) => a - b);
  const own = seeds.slice(0, COLORS.length);
  const names = [...own.map(String), ...(own.length < seeds.length ? [OTHERS] : [])];
  const color = {
    field: 'seed',
    type: 'nominal',
    title: 'Seed',
    scale: { domain: names, range: names.map((name, i) => (name === OTHERS ? OTHERS_COLOR : COLORS[i])) },
    legend: { orient: 'top', symbolType: 'circle', symbolOpacity: 1 },
  };
  const parts = partsOf(signals, ROWS);
  return parts.map(({ items, first, last }, i) => {
    const values = items.flatMap((signal) =>
      columns.flatMap((column) => {
        const layer = layers.find((one) => one.signal === signal && columnOf(one) === column);
        const rows = layer ? [...pointsOf(layer, own), ...wordsOf(layer)] : [{ x: null }];
        return rows.map((row) => ({ signal, column, ...row }));
      }),
    );
    const drawn = layers.filter(({ signal }) => items.includes(signal));
    return {
      kind: 'chart',
      name: parts.length > 1 ? `seed-embeddings-${i + 1}` : 'seed-embeddings',
      title: parts.length > 1 ? `Neurons of all seeds, signals ${first} to ${last}` : 'Neurons of all seeds',
      caption: captionOf(drawn),
      spec: panelGrid(values, items, columns, {
        width: PANEL.width,
        height: HEIGHT,
        layer: [
          {
            transform: [{ filter: '!isValid(datum.words)' }],
            mark: { type: 'point', shape: 'square', filled: true, size: 4, opacity: 1, fillOpacity: 0.8 },
            encoding: { ...PLACE, color },
          },
          {
            transform: [{ filter: 'isValid(datum.words)' }],
            mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: LETTERS },
            encoding: { ...PLACE, text: { field: 'words' } },
          },
        ],
      }),
    };
  });
}

/** Places are CSS pixels of the plot: each panel has a plane of its own. */
const axis = (field: string, extent: number) => ({
  field,
  type: 'quantitative',
  axis: null,
  scale: { domain: [0, extent], nice: false, zero: false },
});
const PLACE = { x: axis('x', PANEL.width), y: axis('y', HEIGHT) };

/** Points of a panel, of all seeds in random order, so that none hides the others; in CSS pixels, both axes on one scale. */
function pointsOf({ points, runOf, seeds }: MixedLayer, own: readonly number[]) {
  const range = [0, 1].map((axis) => {
    const along = Float32Array.from(runOf, (_, i) => points[2 * i + axis]);
    return along.reduce(
      ([low, high], at) => [Math.min(low, at), Math.max(high, at)],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
  });
  const widest = Math.max(...range.map(([low, high]) => high - low)) || 1;
  const placed = (i: number, axis: number) => {
    const [low, high] = range[axis];
    const middle = (points[2 * i + axis] - (low + high) / 2) / widest;
    return Number(((middle + 0.5) * (PANEL.width - 4) + 2).toFixed(1));
  };
  const order = permutation(runOf.length, randomStream(0, 'points drawn')).subarray(0, MOST_POINTS);
  return Array.from(order, (i) => {
    const seed = seeds[runOf[i]];
    return { x: placed(i, 0), y: placed(i, 1), seed: own.includes(seed) ? String(seed) : OTHERS };
  });
}

/** Lines above the points: mixing and p, then its mean by chance, and the interval. */
function wordsOf({ observed, chance, p }: MixedLayer) {
  const short = (share: number) => share.toFixed(3);
  const lines = [
    `${short(observed)} (p ${p < 0.0015 ? '≤ 0.001' : `= ${Number(p.toPrecision(2))}`})`,
    `chance ${short(chance.mean)},`,
    `${short(chance.low)} to ${short(chance.high)}`,
  ];
  return lines.map((words, line) => ({ x: 0, y: HEIGHT - (line + 0.5) * LINE, words }));
}

function captionOf(layers: readonly MixedLayer[]): string {
  const drawn = layers.some(({ runOf, live }) => runOf.length < live)
    ? ` Of layers with more, ${whole(MOST_NEURONS)} neurons of all seeds together were compared, drawn at random.`
    : '';
  return `Each point is a neuron, its colour the seed of its network; the nearer two points, the more alike their contribution maps (UMAP; directions and far distances mean nothing). Rows are signals, columns the layers of each network. In each panel above: the mixing of seeds with its p, its mean by chance, and the interval that holds 95 % of the permutations. At most ${MOST_POINTS} points of a panel are drawn.${drawn} Dead neurons are left out. Of a video, neurons are compared on the frame that neuron-clusters took, the first that was analysed unless set.`;
}

import { type ChartFigure, type NamedRun, neuronName, type RasterFigure, type SignalShape, whole } from '@xinc/core';
import { chart, colorEncoding } from '../../drawing/chart.js';
import { DISPLAY_PERCENTILE } from '../../drawing/display-range.js';
import { spread } from '../../numeric/spread.js';
import { figureOfFrame, frameWords } from '../../scope/frames.js';
import type { Clustered } from './cluster-neurons.js';
import { SHOWN_CLUSTERS, SHOWN_NEURONS, type TypicalNeuron } from './typical-neurons.js';

/** Points of a layer that the figure draws. */
const DRAWN_POINTS = 3000;
/** Opacity of points, so that one that lies over another can be seen. */
const TRANSLUCENT = 0.7;

const clusterName = (k: number): string => `cluster ${k + 1}`;

export function embeddingFigure(
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

/**
 * Maps of typical neurons, a row for each of the largest clusters.
 * @param examples from `typicalNeurons`
 */
export function mosaicFigure(
  { layer, ranked }: Clustered,
  examples: readonly TypicalNeuron[],
  frame: number,
  signal: SignalShape,
): RasterFigure {
  return {
    kind: 'raster',
    ...figureOfFrame(signal, `examples-${layer.id}`, frame),
    title: `${layer.label}: maps of typical neurons${frameWords(signal, frame)}`,
    caption: `The ${Math.min(SHOWN_CLUSTERS, ranked.length)} largest clusters, a row each, with the ${SHOWN_NEURONS} neurons nearest to the middle. Each map has its own scale, from its smallest |c| to its percentile ${DISPLAY_PERCENTILE}; larger ones are drawn as it.`,
    columns: SHOWN_NEURONS,
    scale: { map: 'sequential', domain: [0, 1], label: '|c|, scaled per map' },
    panels: examples.map(({ cluster, neuron, run, drawn }) => ({
      title: `${clusterName(cluster)}: ${neuronName(neuron, layer)}${run === undefined ? '' : ` of ${run}`}`,
      height: drawn.height,
      width: drawn.width,
      pixels: { kind: 'values', values: drawn.values },
    })),
  };
}

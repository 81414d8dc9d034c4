import { type RasterFigure, type RasterPanel, type Table, whole } from '@xinc/core';
import type { StudyReportPart } from '@xinc/report';
import type { DoneRun } from './done-runs.js';
import { emptyPanel } from './map-figures.js';
import { firstSeed, type RunResult, runResults, seedWords } from './run-results.js';

const ANALYSIS = 'neuron-clusters';
/** Clusters of a layer, the largest, and maps of each: two by two. */
const CLUSTERS = 4;
const ACROSS = 2;
/** Pixels of a map, and between maps. */
const MAP_PIXELS = 2 ** 13;
const GAP = 2;

/** Kinds of neurons with the maps of some (figures 12 and 13 of the paper): what neuron-clusters drew of one seed, a figure for each signal. */
export async function clusterFigures(runs: readonly DoneRun[]): Promise<StudyReportPart> {
  const { results, missing } = await runResults(runs, ANALYSIS, { wanted: firstSeed });
  const { thumbnail } = await import('@xinc/analyses/neurons');
  const layers = results.flatMap((result) => layersOf(result, thumbnail));
  const signals = [...new Set(runs.map(({ task }) => task.signal.name))].filter((signal) =>
    layers.some((layer) => layer.signal === signal),
  );
  const columns = [...new Set(layers.map(({ column }) => column))];
  const figures = signals.map((signal, i) =>
    clusterFigure(
      signal,
      columns.map((column) => layers.find((one) => one.signal === signal && one.column === column) ?? { column }),
      seedWords(results.filter((result) => result.signal === signal)),
      signals.length > 1 ? `clusters-${i + 1}` : 'clusters',
    ),
  );
  return {
    title: 'What kinds of neurons there are',
    text: [
      'The neurons of each layer in clusters of those whose maps are alike, with the maps of some (figures 12 and 13 of the paper).',
      ...missing,
    ],
    tables: [],
    figures: figures.slice(0, 1),
    more: figures.slice(1),
  };
}

/** The largest clusters of a layer. */
interface LayerClusters {
  readonly signal: string;
  readonly column: string;
  readonly clusters: readonly { readonly neurons: number | undefined; readonly mosaic: RasterPanel }[];
}

type Thumbnail = typeof import('@xinc/analyses/neurons').thumbnail;

function layersOf({ signal, network, stored }: RunResult, thumbnail: Thumbnail): LayerClusters[] {
  const { tables, figures } = stored.result;
  const table = tables.find(({ name }) => name === 'clusters');
  return figures.flatMap((figure) => {
    const layer = /^examples-(.+?)(?:-frame-\d+)?$/.exec(figure.name)?.[1];
    if (figure.kind !== 'raster' || layer === undefined) return [];
    // Panels are called `cluster 1: neuron 17`.
    const names = [...new Set(figure.panels.map(({ title }) => title.split(':')[0]))].slice(0, CLUSTERS);
    const clusters = names.map((name) => ({
      neurons: neuronsIn(table, layer, Number(name.replace(/\D/g, ''))),
      mosaic: mosaicOf(
        figure.panels.filter(({ title }) => title.startsWith(`${name}:`)).slice(0, ACROSS ** 2),
        thumbnail,
      ),
    }));
    return clusters.length > 0 ? [{ signal, column: `${network} ${layer}`, clusters }] : [];
  });
}

function neuronsIn(table: Table | undefined, layer: string, cluster: number): number | undefined {
  const [layers, clusters, neurons] = ['layer', 'cluster', 'neurons'].map((column) =>
    (table?.columns ?? []).findIndex(({ name }) => name === column),
  );
  const count = table?.rows.find((row) => row[layers] === layer && row[clusters] === cluster)?.[neurons];
  return typeof count === 'number' ? count : undefined;
}

/** Maps of neurons, scaled to [0, 1], in one picture. */
function mosaicOf(panels: readonly RasterPanel[], thumbnail: Thumbnail): RasterPanel {
  const maps = panels.flatMap(({ height, width, pixels }) =>
    pixels.kind === 'values' ? [thumbnail(pixels.values, height, width, MAP_PIXELS)] : [],
  );
  if (maps.length === 0) return emptyPanel('');
  const [{ height, width }] = maps;
  const [high, wide] = [ACROSS * height + GAP, ACROSS * width + GAP];
  const values = new Float32Array(high * wide);
  for (const [i, map] of maps.entries()) {
    if (map.height !== height || map.width !== width) continue;
    const [top, left] = [Math.floor(i / ACROSS) * (height + GAP), (i % ACROSS) * (width + GAP)];
    for (let y = 0; y < height; y++) {
      values.set(map.values.subarray(y * width, (y + 1) * width), (top + y) * wide + left);
    }
  }
  return { title: '', height: high, width: wide, pixels: { kind: 'values', values } };
}

/** A column for each layer, a row for each cluster. */
function clusterFigure(
  signal: string,
  layers: readonly (LayerClusters | { readonly column: string })[],
  seed: string,
  name: string,
): RasterFigure {
  const panelOf = (layer: (typeof layers)[number], k: number): RasterPanel => {
    const cluster = 'clusters' in layer ? layer.clusters[k] : undefined;
    if (!cluster) return emptyPanel(`${layer.column}\nnone`);
    const size = cluster.neurons === undefined ? '' : `: ${whole(cluster.neurons)} neurons`;
    return { ...cluster.mosaic, title: `${layer.column}\n${k + 1}${size}` };
  };
  return {
    kind: 'raster',
    name,
    title: `Kinds of neurons, ${signal}`,
    caption: `The ${CLUSTERS} largest clusters of each layer, from the largest down, with their number and size, and maps |c| of the ${ACROSS ** 2} neurons nearest to the middle of each. Columns are the layers of each network. Each map has its own scale, from its smallest |c| to its percentile 99.5. Shown is ${seed}; clusters of other seeds have an order of their own. Of a video, the frame that ${ANALYSIS} took.`,
    columns: layers.length,
    scale: { map: 'sequential', domain: [0, 1], label: '|c|, scaled per map' },
    panels: Array.from({ length: CLUSTERS }, (_, k) => layers.map((layer) => panelOf(layer, k))).flat(),
  };
}

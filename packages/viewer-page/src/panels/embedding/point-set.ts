import type { LayerView } from '../../api.js';
import type { NeuronClusters } from '../../state/neuron-clusters.js';

/** Neurons as points of the plane; arrays hold one value per point. */
export interface PointSet {
  /** [n, 2] */
  readonly places: Float32Array;
  readonly neurons: Int32Array;
  readonly clusters: Int32Array;
  /** Indices of `layers` and `runs`. */
  readonly layer: Uint16Array;
  readonly run: Uint16Array;
  readonly layers: readonly LayerView[];
  /** Names of the runs; the first is the one on screen. */
  readonly runs: readonly string[];
}

/** A layer's embedding, as stored for one run or several; arrays hold one value per row. */
export interface LayerEmbedding {
  readonly layer: LayerView;
  /** [n, 2]; rows with NaN have no place. */
  readonly places: Float32Array;
  readonly neurons: Int32Array;
  readonly clusters: Int32Array;
  readonly run?: Int32Array;
}

/** The embedding of one run's layer: a row is a neuron. */
export function ofOneRun(layer: LayerView, { clusters, embedding }: NeuronClusters): LayerEmbedding {
  return { layer, places: embedding, clusters, neurons: Int32Array.from(clusters, (_, neuron) => neuron) };
}

/**
 * Points of embeddings that were made apart, side by side, each in a square of its own. (Places of different embeddings cannot
 * be compared, nor can their scales.)
 */
export function pointSet(embeddings: readonly LayerEmbedding[], runs: readonly string[]): PointSet {
  const parts = embeddings.map((embedding, square) => {
    const { places } = embedding;
    const rows = [...embedding.neurons.keys()].filter((i) => Number.isFinite(places[2 * i] + places[2 * i + 1]));
    const { x, y, size } = boundingSquare(places, rows);
    const placed = rows.flatMap((i) => [(places[2 * i] - x) / size + GAP * square, (places[2 * i + 1] - y) / size]);
    return { embedding, rows, square, placed };
  });
  return {
    places: Float32Array.from(parts.flatMap(({ placed }) => placed)),
    neurons: Int32Array.from(parts.flatMap(({ embedding, rows }) => rows.map((i) => embedding.neurons[i]))),
    clusters: Int32Array.from(parts.flatMap(({ embedding, rows }) => rows.map((i) => embedding.clusters[i]))),
    layer: Uint16Array.from(parts.flatMap(({ square, rows }) => rows.map(() => square))),
    run: Uint16Array.from(parts.flatMap(({ embedding, rows }) => rows.map((i) => embedding.run?.[i] ?? 0))),
    layers: embeddings.map(({ layer }) => layer),
    runs,
  };
}

/** Distance of the middles of neighbouring squares, of side 1. */
const GAP = 1.15;

/** The middle and the side of the smallest square around points. */
function boundingSquare(places: Float32Array, rows: readonly number[]): { x: number; y: number; size: number } {
  const [x, y] = [0, 1].map((axis) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const i of rows) {
      low = Math.min(low, places[2 * i + axis]);
      high = Math.max(high, places[2 * i + axis]);
    }
    return { middle: (low + high) / 2, extent: high - low };
  });
  return { x: x.middle, y: y.middle, size: Math.max(x.extent, y.extent) || 1 };
}

/** Points of the run and layer on screen, by neuron. */
export function pointsByNeuron(
  { neurons, layer, run, layers }: PointSet,
  layerId: string,
): ReadonlyMap<number, number> {
  const points = new Map<number, number>();
  for (const [i, neuron] of neurons.entries()) {
    if (run[i] === 0 && layers[layer[i]].id === layerId) points.set(neuron, i);
  }
  return points;
}

/** What is chosen by marking points: neurons of the run on screen, of the layer on screen if any of it are marked, else of that with most. */
export function chosenNeurons(
  { neurons, layer, run, layers }: PointSet,
  points: readonly number[],
  layerId: string,
): { readonly layer: string; readonly neurons: readonly number[] } | null {
  const perLayer = new Map<string, number[]>();
  for (const i of points) {
    if (run[i] !== 0) continue;
    const { id } = layers[layer[i]];
    perLayer.set(id, [...(perLayer.get(id) ?? []), neurons[i]]);
  }
  const own = perLayer.get(layerId);
  if (own) return { layer: layerId, neurons: own };
  const [most] = [...perLayer].sort(([, a], [, b]) => b.length - a.length);
  return most ? { layer: most[0], neurons: most[1] } : null;
}

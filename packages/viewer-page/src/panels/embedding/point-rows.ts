import type { ChartData } from '../../components/save/saved-chart.js';
import type { PointSet } from './point-set.js';

/** Neurons of an embedding with their places: a row is a neuron. */
export function pointRows({ places, neurons, clusters, layer, run, layers, runs }: PointSet): ChartData {
  return {
    columns: [
      { name: 'run' },
      { name: 'layer' },
      { name: 'neuron', description: 'Index of the neuron in its layer' },
      { name: 'cluster', description: 'Counted from 1; empty for neurons that were left out' },
      {
        name: 'x',
        description:
          'Place in a square of side 1; each layer has a square of its own, 1.15 to the right of the one before',
      },
      { name: 'y', description: 'Place in a square of side 1' },
    ],
    rows: Array.from(neurons, (neuron, i) => [
      runs[run[i]],
      layers[layer[i]].id,
      neuron,
      clusters[i] < 0 ? null : clusters[i] + 1,
      places[2 * i],
      places[2 * i + 1],
    ]),
  };
}

import { binOf, HISTOGRAM, type ReduceCounts, type ReduceRequest, type ReduceResult } from '@xinc/kernels';

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

type MapRequest = Omit<ReduceRequest, 'previous' | 'region'>;

/** Counts of no neurons yet, for `reduceMaps` to add to. */
export function emptyCounts({ histogram, taus }: MapRequest, pixels: number): ReduceCounts {
  return {
    ...(histogram && { histogram: new Float64Array(HISTOGRAM.bins) }),
    ...(taus && { neuronsPerPixel: taus.map(() => new Uint32Array(pixels)) }),
  };
}

/**
 * The reductions of the kernels over maps that are there already, for layers a plugin traces itself.
 * @param maps signed, [n, P]
 * @param counts what is counted is added to these
 * @param previous the same neurons on the frame before
 */
export function reduceMaps(
  maps: Float32Array,
  neurons: number,
  request: MapRequest,
  { histogram, neuronsPerPixel }: ReduceCounts,
  previous?: Float32Array,
): ReduceResult {
  const pixels = maps.length / neurons;
  const { groupings, pixelThreshold, taus } = request;
  const sum = new Float64Array(neurons);
  const min = new Float32Array(neurons).fill(Number.POSITIVE_INFINITY);
  const max = new Float32Array(neurons);
  const pixelTotals = new Float64Array(pixels);
  const groupSums = groupings?.map(({ groups }) => new Float64Array(neurons * groups));
  const pixelsPerNeuron = new Uint32Array(neurons);
  const change = new Float64Array(previous ? pixels : 0);
  for (let n = 0; n < neurons; n++) {
    for (let p = 0; p < pixels; p++) {
      const a = Math.abs(maps[n * pixels + p]);
      sum[n] += a;
      min[n] = Math.min(min[n], a);
      max[n] = Math.max(max[n], a);
      pixelTotals[p] += a;
      for (const [k, grouping] of (groupings ?? []).entries()) {
        groupSums![k][n * grouping.groups + grouping.labels[p]] += a;
      }
      if (histogram) {
        float[0] = a;
        histogram[binOf(bits[0])]++;
      }
      if (pixelThreshold && a > pixelThreshold[p]) pixelsPerNeuron[n]++;
      for (const [k, tau] of (taus ?? []).entries()) if (a > tau) neuronsPerPixel![k][p]++;
      if (previous) change[p] += Math.abs(a - Math.abs(previous[n * pixels + p]));
    }
  }
  return {
    ...(request.neuronTotals && { neuronTotals: { sum, min, max } }),
    ...(request.pixelTotals && { pixelTotals }),
    ...(groupSums && { groupSums }),
    ...(pixelThreshold && { pixelsPerNeuron }),
    ...(previous && { change }),
  };
}

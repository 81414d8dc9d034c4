import { type AnalysisContext, type LayerInfo, type LayerStatistics, XincError } from '@xinc/core';
import { listed, whole } from '../wording.js';
import { type NeuronCensus, takeCensus } from './neuron-census.js';

/** A layer on a frame that has something to analyse. */
export interface LiveLayer {
  readonly layer: LayerInfo;
  readonly frame: number;
  readonly statistics: LayerStatistics;
  /** A_n, [N] */
  readonly totals: Float64Array;
  readonly census: NeuronCensus;
}

/**
 * The layers and frames with at least one live neuron and sums that are all finite, and a line for each of the others.
 * The analysis must have requested `neuronTotals`.
 * @throws XincError `numeric` where none is left.
 */
export function liveLayers(
  context: AnalysisContext,
  frames: readonly number[] = context.frames,
): { readonly live: LiveLayer[]; readonly omissions: string[] } {
  const live: LiveLayer[] = [];
  /** What was left out: by the reason, then by the layer, on which frames. */
  const reasons = new Map<string, Map<string, number[]>>();
  for (const layer of context.layers) {
    for (const frame of frames) {
      const statistics = context.statistics(layer.id, frame);
      const totals = statistics.neuronTotals!.sum;
      const census = takeCensus(totals);
      const leaveOut = (why: string) => {
        const places = reasons.get(why) ?? new Map<string, number[]>();
        reasons.set(why, places.set(layer.id, [...(places.get(layer.id) ?? []), frame]));
      };
      if (census.broken > 0) {
        leaveOut(
          `the contributions of ${whole(census.broken)} of its ${whole(layer.neurons)} neurons are NaN or infinite (check the weights).`,
        );
      } else if (!pixelTotalsOf(statistics).every(Number.isFinite)) {
        leaveOut(`the contributions to a pixel add up to more than a float32 number can be (check the weights).`);
      } else if (census.live.length === 0) {
        leaveOut(`all of its ${whole(layer.neurons)} neurons are dead, they contribute nothing.`);
      } else {
        live.push({ layer, frame, statistics, totals, census });
      }
    }
  }
  // One reason is told once, for all layers and frames that have it.
  const omissions = [...reasons].map(([why, places]) => {
    const told = [...places].map(([id, on]) => {
      if (context.signal.kind === 'image') return id;
      return `${id} on ${on.length === 1 ? 'frame' : 'frames'} ${listed(on.map(String))}`;
    });
    return `${listed(told)} ${told.length === 1 ? 'was' : 'were'} left out: ${why}`;
  });
  if (live.length === 0) {
    throw new XincError('numeric', `No layer has contributions to analyse: ${omissions.join(' ')}`, {
      subject: context.layers.map((layer) => layer.id).join(', '),
    });
  }
  return { live, omissions };
}

/** Items of each layer together, layers in their order. */
export function byLayer<T extends { readonly layer: LayerInfo }>(
  items: readonly T[],
): readonly { readonly layer: LayerInfo; readonly items: readonly T[] }[] {
  const ids = [...new Set(items.map((item) => item.layer.id))];
  return ids.map((id) => {
    const ofLayer = items.filter((item) => item.layer.id === id);
    return { layer: ofLayer[0].layer, items: ofLayer };
  });
}

/** Those of the analyses that requested them; reading what was not is an error. */
function pixelTotalsOf(statistics: LayerStatistics): Float64Array {
  return Object.keys(statistics).includes('pixelTotals') ? statistics.pixelTotals! : new Float64Array();
}

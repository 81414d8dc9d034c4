import {
  type AnalysisContext,
  type LayerInfo,
  type LayerStatistics,
  type Omission,
  omissionSentences,
  whole,
  XincError,
} from '@xinc/core';
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
 * The layers and frames with at least one live neuron and sums that are all finite, and why each of the others is left out.
 * The analysis must have requested `neuronTotals`.
 * @throws XincError `numeric` where none is left.
 */
export function liveLayers(
  context: AnalysisContext,
  frames: readonly number[] = context.frames,
): { readonly live: LiveLayer[]; readonly omissions: Omission[] } {
  const live: LiveLayer[] = [];
  const omissions: Omission[] = [];
  for (const layer of context.layers) {
    const reasons = new Map<string, number[]>();
    for (const frame of frames) {
      const statistics = context.statistics(layer.id, frame);
      const totals = statistics.neuronTotals!.sum;
      const census = takeCensus(totals);
      const why = whyLeftOut(layer, census, pixelTotalsOf(statistics));
      if (why === undefined) live.push({ layer, frame, statistics, totals, census });
      else reasons.set(why, [...(reasons.get(why) ?? []), frame]);
    }
    for (const [why, on] of reasons) {
      omissions.push({ layer: layer.id, ...(context.signal.kind === 'video' && { frames: on }), why });
    }
  }
  if (live.length === 0) {
    throw new XincError('numeric', `No layer has contributions to analyse: ${omissionSentences(omissions).join(' ')}`, {
      subject: context.layers.map((layer) => layer.id).join(', '),
    });
  }
  return { live, omissions };
}

/** @returns `undefined` where there is something to analyse */
function whyLeftOut({ neurons }: LayerInfo, census: NeuronCensus, pixelTotals: Float64Array): string | undefined {
  if (census.broken > 0) {
    return `the contributions of ${whole(census.broken)} of its ${whole(neurons)} neurons are NaN or infinite (check the weights).`;
  }
  if (!pixelTotals.every(Number.isFinite)) {
    return 'the contributions to a pixel add up to more than a float32 number can be (check the weights).';
  }
  if (census.live.length === 0) return `all of its ${whole(neurons)} neurons are dead, they contribute nothing.`;
  return undefined;
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

/** T(p), [H·W]; empty where the analysis did not request it, since reading what was not requested is an error. */
function pixelTotalsOf(statistics: LayerStatistics): Float64Array {
  return Object.keys(statistics).includes('pixelTotals') ? statistics.pixelTotals! : new Float64Array();
}

import {
  defineAnalysis,
  type NeuronsPerPixel,
  percent,
  type RasterFigure,
  type SignalShape,
  type Table,
} from '@xinc/core';
import { z } from 'zod';
import { displayRange } from '../drawing/display-range.js';
import { valuesPanel } from '../drawing/panel.js';
import { mean, quantile } from '../numeric/averages.js';
import { FRAME_COLUMN, LAYER_COLUMN } from '../scope/columns.js';
import { drawnFramesOption, figureOfFrame, frameKey, framesToDraw, frameWords, meanWords } from '../scope/frames.js';
import { inLayers } from '../scope/in-layers.js';
import { byLayer, type LiveLayer, liveLayers } from '../scope/live-layers.js';

const options = z.object({
  areas: z
    .array(z.number().gt(0).lt(1))
    .min(1)
    .default([0.1, 0.5])
    .describe("α: the largest contributions, which together make 1 − α of the layer's total, count as significant"),
  drawnFrames: drawnFramesOption,
});

const PANEL_PIXELS = 2 ** 18;

/** The mean is told once, by the analysis that has τ. */
const MEAN_NOTE =
  'The mean over pixels is a finding of contribution-distribution; its table has it as share_above, with τ.';

/**
 * For each pixel the number of neurons with a significant contribution, #{n : a_n(p) > τ}, where τ is the value at which
 * the layer's contributions, sorted downward, have accumulated 1 − α of their total (paper figures 7 and 17; method §5).
 */
export const neuronsPerPixel = defineAnalysis<z.output<typeof options>>({
  kind: 'analysis',
  name: 'neurons-per-pixel',
  title: 'How many neurons paint a pixel',
  description: 'On which pixels many neurons contribute significantly, and on which few (paper figures 7 and 17).',
  options,
  request: ({ areas }) => ({ neuronTotals: true, neuronsPerPixel: { areas } }),
  analyze({ areas, drawnFrames }, context) {
    const { live, omissions } = liveLayers(context);
    const { drawn, notes } = framesToDraw(context, drawnFrames);
    const findings = [...new Set(areas)].map((area) => {
      const layers = byLayer(live);
      const ranges = layers.map(({ layer, items }) => {
        const [few, many] = [0.1, 0.9].map((q) =>
          percent(mean(items.map((one) => quantile(ofArea(one, area).counts, q) / layer.neurons))),
        );
        return { layer, words: few === many ? few : `${few.replace(' %', '')} to ${many}` };
      });
      return `A pixel gets significant contributions from ${inLayers(ranges, 'of the neurons')} (10th to 90th percentile over pixels${meanWords(layers) && ', mean over frames'}). Significant are the largest contributions that together make ${percent(1 - area)} of the layer's total (α = ${area}).`;
    });
    return {
      findings,
      tables: [tableOf(live, areas)],
      arrays: live.flatMap((one) =>
        areas.map((area) => ({
          name: `area_${area}`,
          frame: one.frame,
          layer: one.layer.id,
          shape: [context.signal.height, context.signal.width],
          data: ofArea(one, area).counts,
        })),
      ),
      figures: drawn.flatMap((frame) => {
        const ofFrame = live.filter((one) => one.frame === frame);
        if (ofFrame.length === 0) return [];
        return areas.map((area) => ({
          ...figureOf(ofFrame, area, context.signal),
          ...figureOfFrame(context.signal, `area-${area}`, frame),
          title: `Neurons per pixel, α = ${area}${frameWords(context.signal, frame)}`,
        }));
      }),
      values: { thresholds: thresholds(live, areas) },
      omissions,
      notes: [...notes, MEAN_NOTE],
    };
  },
});

const ofArea = ({ statistics }: LiveLayer, area: number): NeuronsPerPixel =>
  statistics.neuronsPerPixel!.find((one) => one.area === area)!;

/** frame-0000 → layer → α → τ. */
function thresholds(live: readonly LiveLayer[], areas: readonly number[]) {
  const frames = [...new Set(live.map((one) => one.frame))];
  return Object.fromEntries(
    frames.map((frame) => [
      frameKey(frame),
      Object.fromEntries(
        live
          .filter((one) => one.frame === frame)
          .map((one) => [one.layer.id, Object.fromEntries(areas.map((area) => [area, ofArea(one, area).threshold]))]),
      ),
    ]),
  );
}

function tableOf(live: readonly LiveLayer[], areas: readonly number[]): Table {
  return {
    name: 'neurons-per-pixel',
    title: 'Neurons with a significant contribution to a pixel',
    columns: [
      FRAME_COLUMN,
      LAYER_COLUMN,
      { name: 'alpha', unit: 'fraction', description: 'α: fraction of the total that is below the threshold' },
      { name: 'lower_decile', unit: 'neurons', description: 'A tenth of the pixels has fewer' },
      { name: 'median', unit: 'neurons', description: 'Half of the pixels have fewer' },
      { name: 'upper_decile', unit: 'neurons', description: 'A tenth of the pixels has more' },
    ],
    rows: live.flatMap((one) =>
      areas.map((area) => {
        const { counts } = ofArea(one, area);
        return [one.frame, one.layer.id, area, ...[0.1, 0.5, 0.9].map((q) => quantile(counts, q))];
      }),
    ),
  };
}

function figureOf(
  layers: readonly LiveLayer[],
  area: number,
  signal: SignalShape,
): Omit<RasterFigure, 'name' | 'title'> {
  const panels = layers.map((one) => {
    const shares = Float32Array.from(ofArea(one, area).counts, (count) => (100 * count) / one.layer.neurons);
    return valuesPanel(one.layer.label, shares, signal, PANEL_PIXELS, (drawn) => ({
      map: 'sequential',
      domain: displayRange(drawn, 0.5, 99.5),
      label: 'Neurons above τ (% of layer)',
    }));
  });
  return {
    kind: 'raster',
    caption: `The part of each layer's neurons whose contribution to a pixel exceeds τ, the value above which contributions make up ${percent(1 - area)} of the layer's total. Bright pixels are painted by many neurons together. Each layer has its own scale, from percentile 0.5 to 99.5: what is beyond is drawn as its ends.`,
    panels,
  };
}

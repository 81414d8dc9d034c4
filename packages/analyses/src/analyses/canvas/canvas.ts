import {
  type AnalysisContext,
  countNanPixels,
  defineAnalysis,
  type Figure,
  type Frame,
  type Omission,
  whole,
} from '@xinc/core';
import { z } from 'zod';
import { drawnFramesOption, framesToDraw, frameWords } from '../../scope/frames.js';
import { liveLayers } from '../../scope/live-layers.js';
import { mosaicFigure, neuronTotalsFigure, pixelTotalsFigure } from './figures.js';
import { magnitudeMaps, shownNeurons } from './measure.js';
import { arraysOf, findings, layerTable } from './results.js';

const options = z.object({
  neurons: z.int().min(1).max(400).default(24).describe('Contribution maps to show of each layer'),
  clip: z
    .number()
    .gt(0)
    .max(100)
    .default(97)
    .describe('Percentile of |c| over the maps shown that the colour scale ends at'),
  drawnFrames: drawnFramesOption,
});

/**
 * The implicit neural canvas itself: contribution maps of a spread of neurons, the totals A_n = Σ_p |c_n(p)| per neuron
 * and T(p) = Σ_n |c_n(p)| per pixel (paper figures 3 and 11; method §5).
 */
export const canvas = defineAnalysis<z.output<typeof options>>({
  kind: 'analysis',
  name: 'canvas',
  title: 'The canvas',
  description:
    'What each neuron paints: contribution maps and their totals per neuron and per pixel (paper figures 3 and 11).',
  options,
  request: () => ({ neuronTotals: true, pixelTotals: true }),
  async analyze(chosen, context) {
    const { live, omissions } = liveLayers(context);
    const { drawn, notes } = framesToDraw(context, chosen.drawnFrames);
    const shown = new Map(context.layers.map((layer) => [layer.id, shownNeurons(live, layer, chosen.neurons)]));
    const figures: Figure[] = [];
    const scales: Record<string, number> = {};
    const total = live.filter(({ frame }) => drawn.includes(frame)).length;
    let done = 0;
    for (const frame of drawn) {
      const ofFrame = live.filter((layer) => layer.frame === frame);
      for (const { layer } of ofFrame) {
        const neurons = shown.get(layer.id)!;
        const report = (share: number) =>
          context.progress?.(`maps of ${layer.id}${frameWords(context.signal, frame)}`, (done + share) / total);
        const planes = await magnitudeMaps(layer, frame, neurons, context, report);
        done++;
        const mosaic = mosaicFigure(layer, frame, neurons, planes, chosen.clip, context.signal);
        figures.push(mosaic);
        scales[mosaic.name] = mosaic.scale.domain[1];
      }
      if (ofFrame.length > 0) {
        const signal = await context.signalFrame(frame);
        const reconstruction = await drawableReconstruction(frame, context, omissions);
        figures.push(
          pixelTotalsFigure(ofFrame, frame, context.signal, signal, reconstruction),
          neuronTotalsFigure(ofFrame, frame, context.signal),
        );
      }
    }
    return {
      findings: findings(live),
      tables: [layerTable(live, context.signal)],
      arrays: context.layers.flatMap((layer) => context.frames.flatMap((frame) => arraysOf(layer, frame, context))),
      figures,
      values: { shownNeurons: Object.fromEntries([...shown].map(([id, neurons]) => [id, [...neurons]])), scales },
      omissions,
      notes,
    };
  },
});

/** The network's picture of a frame; nothing, and an omission, where pixels of it are NaN. */
async function drawableReconstruction(
  frame: number,
  context: AnalysisContext,
  omissions: Omission[],
): Promise<Frame | undefined> {
  const reconstruction = await context.reconstruction(frame);
  const nan = countNanPixels(reconstruction);
  if (nan === 0) return reconstruction;
  const { height, width } = context.signal;
  const where = frameWords(context.signal, frame);
  omissions.push({
    why: `The reconstruction${where} was not drawn: ${whole(nan)} of its ${whole(height * width)} pixels are NaN (check the weights).`,
  });
  return undefined;
}

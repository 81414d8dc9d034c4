import { defineAnalysis, omissionSentences, type RasterFigure, XincError } from '@xinc/core';
import { z } from 'zod';
import { chooseFrame } from '../../scope/choose-frame.js';
import { liveLayers } from '../../scope/live-layers.js';
import { orWhyNot } from '../../scope/or-why-not.js';
import { correlationFigure, exampleFigure } from './figures.js';
import { demandFinitePicture, measureExample, summarize, switchOffSome, type Tested, whyNothing } from './measure.js';
import { arraysOf, findings, tableOf } from './results.js';

const options = z.object({
  neurons: z.int().min(1).max(5000).default(24).describe('Neurons to switch off in each layer, drawn at random'),
  frame: z.int().min(0).optional().describe('Frame of a video; by default the first one analysed'),
  threshold: z.number().min(-1).max(1).default(0.3).describe('Rank correlation below which neurons are counted'),
  confidence: z.number().min(0.5).max(0.999).default(0.95).describe('Confidence of the intervals'),
});
type Options = z.output<typeof options>;

/** Seconds that running a network takes per pixel, about. */
const SECONDS_PER_PIXEL = 1.5e-6;
const PATIENCE = 120;

/**
 * Whether contributions say what neurons do: a neuron is switched off, the network run without it, and the change of the
 * picture at each pixel compared with a_n(p) by rank (method §6.2; not in the paper).
 */
export const faithfulness = defineAnalysis<Options>({
  kind: 'analysis',
  name: 'faithfulness',
  title: 'Faithfulness',
  description: 'Whether switching a neuron off changes the picture where its contribution is large.',
  options,
  tooLong({ neurons }, { layers, signal }) {
    const runs = layers.reduce((total, layer) => total + Math.min(neurons, layer.neurons), 0);
    const seconds = runs * signal.height * signal.width * SECONDS_PER_PIXEL;
    return seconds > PATIENCE
      ? `running the network ${runs} times on ${signal.height}×${signal.width} pixels takes about ${Math.round(seconds / 60)} minutes`
      : undefined;
  },
  request: () => ({ neuronTotals: true }),
  async analyze(chosen, context) {
    const ablate = context.ablate?.bind(context);
    if (!ablate) {
      throw new XincError('unsupported', 'This run cannot switch single neurons off', {
        subject: 'faithfulness',
        hint: 'Faithfulness needs it.',
      });
    }
    const frame = chooseFrame(chosen.frame, [context.frames]);
    const { live, omissions } = liveLayers(context, [frame]);
    await demandFinitePicture(live[0], ablate);
    const tested: Tested[] = [];
    const examples: RasterFigure[] = [];
    for (const [i, one] of live.entries()) {
      const report = (share: number) =>
        context.progress?.(`switching off neurons of ${one.layer.id}`, (i + share) / live.length);
      const outcome = await orWhyNot(one.layer.id, () =>
        switchOffSome(one, chosen.neurons, ablate, context, report, omissions),
      );
      if (outcome.omission) {
        omissions.push(outcome.omission);
        continue;
      }
      const result = summarize(one, outcome.answer, chosen.confidence, context.seed);
      if (Number.isNaN(result.average)) {
        omissions.push({ layer: one.layer.id, why: `${whyNothing(outcome.answer)}.` });
        continue;
      }
      tested.push(result);
      examples.push(exampleFigure(await measureExample(result, frame, ablate, context), frame, context.signal));
    }
    if (tested.length === 0) {
      throw new XincError('numeric', `No layer could be tested: ${omissionSentences(omissions).join(' ')}`, {
        subject: 'faithfulness',
      });
    }
    const others = context.frames.length - 1;
    if (others > 0) {
      omissions.push({ why: `Neurons were switched off on frame ${frame} only, of ${others + 1} analysed.` });
    }
    return {
      findings: findings(tested, chosen.confidence, chosen.threshold),
      tables: [tableOf(tested, frame, chosen.confidence, chosen.threshold)],
      arrays: tested.flatMap((one) => arraysOf(one, frame)),
      figures: [correlationFigure(tested, frame, chosen.confidence, context.signal), ...examples],
      values: {
        frame,
        rankCorrelation: Object.fromEntries(tested.map(({ one, average }) => [one.layer.id, average])),
      },
      omissions,
    };
  },
});

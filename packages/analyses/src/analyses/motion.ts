import {
  type AnalysisContext,
  defineAnalysis,
  type Figure,
  inWords,
  type Omission,
  omissionSentences,
  type Table,
  XincError,
} from '@xinc/core';
import { z } from 'zod';
import { chart, frameAxis, seriesEncoding } from '../drawing/chart.js';
import { displayRange } from '../drawing/display-range.js';
import { valuesPanel } from '../drawing/panel.js';
import { mean } from '../numeric/averages.js';
import { pearson, ranked, spearman } from '../numeric/correlation.js';
import type { OpticalFlow } from '../numeric/optical-flow.js';
import { scattered, spread } from '../numeric/spread.js';
import { LAYER_COLUMN } from '../scope/columns.js';
import { drawnFramesOption, figureOfFrame, frameWords } from '../scope/frames.js';
import { inLayers } from '../scope/in-layers.js';
import { byLayer, type LiveLayer, liveLayers } from '../scope/live-layers.js';

const options = z.object({ drawnFrames: drawnFramesOption });

const PANEL_PIXELS = 2 ** 18;
/** Pixels that correlations are computed from. */
const CORRELATED_PIXELS = 2 ** 17;

/** A layer on a frame beside what moved since the frame before. */
interface Moved extends LiveLayer {
  /** Σ_n |a_n^t(p) − a_n^{t−1}(p)|, [H·W] */
  readonly change: Float64Array;
  /** Optical flow magnitude, pixels, [H·W] */
  readonly flow: Float32Array;
  readonly pearson: number;
  readonly spearman: number;
}

/** Estimates optical flow, until it is closed. */
export type FlowEstimator = Pick<OpticalFlow, 'magnitude' | 'close'>;

/** The analysis by some estimator of optical flow. */
export const motionBy = (open: () => Promise<FlowEstimator>) =>
  defineAnalysis<z.output<typeof options>>({
    kind: 'analysis',
    name: 'motion',
    title: 'Contribution and motion',
    description: 'Whether contributions change where the picture moves (paper figure 9).',
    options,
    request: () => ({ neuronTotals: true, change: true }),
    async analyze({ drawnFrames }, context) {
      // Statistics hold the change since the frame before, whether that one is analysed or not.
      const later = context.frames.filter((frame) => frame > 0);
      if (later.length === 0) {
        throw new XincError(
          'unsupported',
          context.signal.frames > 1
            ? 'Motion is measured from the frame before, and only frame 0 is analysed'
            : `Motion needs a video, and this ${context.signal.kind} has one frame`,
          context.signal.frames > 1 ? { hint: 'Choose later frames, for instance `frames: 1:8`.' } : {},
        );
      }
      const { live, omissions } = liveLayers(context, later);
      const moved: Moved[] = [];
      const estimator = await open();
      try {
        for (const [i, frame] of later.entries()) {
          context.progress?.(`optical flow${frameWords(context.signal, frame)}`, i / later.length);
          const present = withChange(
            live.filter((one) => one.frame === frame),
            omissions,
          );
          if (present.length > 0) moved.push(...(await measure(present, frame, context, estimator)));
        }
      } finally {
        await estimator.close();
      }
      if (moved.length === 0) {
        throw new XincError('numeric', `No layer has a change to measure: ${omissionSentences(omissions).join(' ')}`, {
          subject: 'motion',
        });
      }
      const frames = [...new Set(moved.map((one) => one.frame))];
      const drawn = spread(frames, drawnFrames);
      return {
        findings: findings(moved),
        tables: [tableOf(moved)],
        arrays: moved.flatMap(({ layer, frame, change, flow }) => {
          const shape = [context.signal.height, context.signal.width];
          return [
            { name: 'change', frame, layer: layer.id, shape, data: change },
            { name: 'flow', frame, layer: layer.id, shape, data: flow },
          ];
        }),
        figures: [
          ...(frames.length > 1 ? [overTime(moved)] : []),
          ...(await Promise.all(drawn.map((frame) => panelsOf(frame, moved, context)))),
        ],
        omissions,
        notes: drawn.length < frames.length ? [`Figures show ${drawn.length} of ${frames.length} frames.`] : [],
      };
    },
  });

/**
 * Whether contributions change where the picture moves: Σ_n |a_n^t(p) − a_n^{t−1}(p)| beside the optical flow from frame to
 * frame, and their correlation over pixels (paper figure 9; method §5).
 */
export const motion = motionBy(async () => {
  const { OpticalFlow } = await import('../numeric/optical-flow.js');
  return new OpticalFlow();
});

/** The layers of a frame; those whose frame before had no contributions to measure the change from are left out. */
function withChange(layers: readonly LiveLayer[], omissions: Omission[]): LiveLayer[] {
  return layers.filter(({ layer, frame, statistics }) => {
    const known = statistics.change!.every(Number.isFinite);
    if (!known) {
      omissions.push({
        layer: layer.id,
        frames: [frame],
        why: 'contributions to the frame before are NaN or infinite (check the weights).',
      });
    }
    return known;
  });
}

async function measure(
  layers: readonly LiveLayer[],
  frame: number,
  context: AnalysisContext,
  estimator: FlowEstimator,
): Promise<Moved[]> {
  const [before, now] = [await context.signalFrame(frame - 1), await context.signalFrame(frame)];
  const flow = await estimator.magnitude(before, now, context.signalAborted);
  const sample = scattered(flow.length, CORRELATED_PIXELS);
  const pick = (values: ArrayLike<number>) => Float64Array.from(sample, (p) => values[p]);
  const flows = pick(flow);
  const rankedFlows = ranked(flows);
  return layers.map((one) => {
    const change = one.statistics.change!;
    const changes = pick(change);
    const correlations = { pearson: pearson(changes, flows), spearman: spearman(ranked(changes), rankedFlows) };
    return { ...one, change, flow, ...correlations };
  });
}

function findings(moved: readonly Moved[]): string[] {
  const words = byLayer(moved).map(({ layer, items }) => {
    const finite = items.map((one) => one.spearman).filter(Number.isFinite);
    return { layer, words: finite.length > 0 ? inWords(mean(finite)) : 'not defined (nothing moves or changes)' };
  });
  return [
    `Over pixels, the rank correlation between the change of contributions and the optical flow is ${inLayers(words)} (Spearman's ρ, mean over frames). Above zero, contributions change where the picture moves.`,
  ];
}

function tableOf(moved: readonly Moved[]): Table {
  return {
    name: 'motion',
    title: 'Change of contributions and optical flow',
    columns: [
      { name: 'from', description: 'Frame index' },
      { name: 'to', description: 'Frame index' },
      LAYER_COLUMN,
      { name: 'mean_change', unit: '|c|', description: 'Mean over pixels of Σₙ |aₙ(to) − aₙ(from)|' },
      { name: 'mean_flow', unit: 'pixels', description: 'Mean optical flow magnitude' },
      { name: 'pearson', unit: 'correlation', description: "Pearson's correlation over pixels" },
      { name: 'spearman', unit: 'correlation', description: "Spearman's rank correlation over pixels" },
    ],
    rows: moved.map((one) => [
      one.frame - 1,
      one.frame,
      one.layer.id,
      mean(one.change),
      mean(one.flow),
      one.pearson,
      one.spearman,
    ]),
  };
}

function overTime(moved: readonly Moved[]): Figure {
  const values = moved.flatMap((one) =>
    Number.isFinite(one.spearman) ? [{ layer: one.layer.label, frame: one.frame, correlation: one.spearman }] : [],
  );
  const layers = [...new Set(moved.map((one) => one.layer.label))];
  const { color, strokeDash } = seriesEncoding('layer', 'Layer', layers);
  return {
    kind: 'chart',
    name: 'correlation-over-time',
    title: 'Change of contributions and optical flow over time',
    caption:
      "Spearman's rank correlation over pixels between the change of contributions since the frame before and the optical flow. Above zero, contributions change where the picture moves.",
    spec: chart(values, {
      width: 460,
      height: 220,
      encoding: {
        x: frameAxis([...new Set(values.map(({ frame }) => frame))]),
        y: { field: 'correlation', type: 'quantitative', title: 'Rank correlation' },
        color,
      },
      layer: [
        { mark: { type: 'line', tooltip: true }, encoding: { strokeDash } },
        { mark: { type: 'point', filled: true, size: 40, opacity: 1, tooltip: true } },
      ],
    }),
  };
}

async function panelsOf(frame: number, moved: readonly Moved[], context: AnalysisContext): Promise<Figure> {
  const ofFrame = moved.filter((one) => one.frame === frame);
  const [{ flow }] = ofFrame;
  const { height, width } = context.signal;
  const panel = (title: string, values: ArrayLike<number>, label: string) =>
    valuesPanel(title, values, context.signal, PANEL_PIXELS, (drawn) => ({
      map: 'sequential',
      domain: displayRange(drawn, 0.5, 99.5),
      label,
    }));
  const picture = await context.signalFrame(frame);
  return {
    kind: 'raster',
    ...figureOfFrame(context.signal, 'motion', frame),
    title: `Change of contributions from frame ${frame - 1} to frame ${frame}`,
    caption:
      'The frame, how far each pixel moved since the frame before (optical flow), and how much the contributions of each layer to it changed, Σₙ |aₙ(frame) − aₙ(frame before)|. Each panel has its own scale, from percentile 0.5 to 99.5: what is beyond is drawn as its ends.',
    panels: [
      { title: `frame ${frame}`, height, width, pixels: { kind: 'rgb', rgb: picture.rgb } },
      panel('optical flow', flow, 'pixels'),
      ...ofFrame.map(({ layer, change }) => panel(layer.label, change, 'Σ |Δ|c||')),
    ],
  };
}

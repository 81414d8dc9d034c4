import { type AnalysisContext, defineAnalysis, inWords, type RasterFigure, type Table } from '@xinc/core';
import { z } from 'zod';
import { valuesPanel } from '../drawing/panel.js';
import { mean } from '../numeric/averages.js';
import { pearson, ranked, spearman } from '../numeric/correlation.js';
import { greyOf } from '../numeric/grey.js';
import { scaled } from '../numeric/scaled.js';
import { sobelMagnitude } from '../numeric/sobel.js';
import { scattered } from '../numeric/spread.js';
import { FRAME_COLUMN, LAYER_COLUMN } from '../scope/columns.js';
import { drawnFramesOption, figureOfFrame, framesToDraw, frameWords, meanWords } from '../scope/frames.js';
import { inLayers } from '../scope/in-layers.js';
import { byLayer, type LiveLayer, liveLayers } from '../scope/live-layers.js';

const options = z.object({ drawnFrames: drawnFramesOption });

const PANEL_PIXELS = 2 ** 18;
/** Pixels that correlations are computed from. */
const CORRELATED_PIXELS = 2 ** 17;

/** A picture that T(p) is compared with, all scaled to [0, 1] by their smallest and largest value. */
interface Compared extends LiveLayer {
  readonly totals01: Float32Array;
  readonly brightness: Float32Array;
  readonly edges: Float32Array;
  readonly correlations: readonly {
    readonly with: 'brightness' | 'edges';
    readonly pearson: number;
    readonly spearman: number;
  }[];
}

/**
 * Whether the total contribution T(p) = Σ_n |c_n(p)| of a layer follows the brightness of the picture (R + G + B) or its
 * edges (Sobel), by their differences after scaling to [0, 1] and by correlations over pixels (method §5).
 */
export const intensityEdges = defineAnalysis<z.output<typeof options>>({
  kind: 'analysis',
  name: 'intensity-edges',
  title: 'Contribution, brightness and edges',
  description: 'Whether pixels that get much contribution are the bright ones or those on edges.',
  options,
  request: () => ({ neuronTotals: true, pixelTotals: true }),
  async analyze({ drawnFrames }, context) {
    const { live, omissions } = liveLayers(context);
    const { drawn, notes } = framesToDraw(context, drawnFrames);
    const compared: Compared[] = [];
    for (const [i, frame] of context.frames.entries()) {
      context.progress?.(`comparing${frameWords(context.signal, frame)}`, i / context.frames.length);
      const ofFrame = live.filter((one) => one.frame === frame);
      if (ofFrame.length > 0) compared.push(...(await compare(ofFrame, frame, context)));
    }
    return {
      findings: findings(compared),
      tables: [tableOf(compared)],
      arrays: compared.flatMap(({ layer, frame, totals01, brightness, edges }) => {
        const shape = [context.signal.height, context.signal.width];
        const less = (other: Float32Array) => totals01.map((value, p) => value - other[p]);
        return [
          { name: 'minus_brightness', frame, layer: layer.id, shape, data: less(brightness) },
          { name: 'minus_edges', frame, layer: layer.id, shape, data: less(edges) },
        ];
      }),
      figures: drawn.flatMap((frame) => {
        const ofFrame = compared.filter((one) => one.frame === frame);
        return ofFrame.length > 0 ? [figureOf(ofFrame, frame, context)] : [];
      }),
      omissions,
      notes,
    };
  },
});

async function compare(live: readonly LiveLayer[], frame: number, context: AnalysisContext): Promise<Compared[]> {
  const picture = await context.signalFrame(frame);
  const { height, width, rgb } = picture;
  const sums = Float32Array.from({ length: height * width }, (_, p) => rgb[3 * p] + rgb[3 * p + 1] + rgb[3 * p + 2]);
  const brightness = scaled(sums);
  const edges = scaled(sobelMagnitude(greyOf(picture), height, width));
  const sample = scattered(height * width, CORRELATED_PIXELS);
  const pick = (values: Float32Array) => Float32Array.from(sample, (p) => values[p]);
  const others = (
    [
      ['brightness', brightness],
      ['edges', edges],
    ] as const
  ).map(([name, values]) => {
    const picked = pick(values);
    return { name, values: picked, ranked: ranked(picked) };
  });
  return live.map((one) => {
    const totals01 = scaled(one.statistics.pixelTotals!);
    const totals = pick(totals01);
    const rankedTotals = ranked(totals);
    const correlations = others.map((other) => ({
      with: other.name,
      pearson: pearson(totals, other.values),
      spearman: spearman(rankedTotals, other.ranked),
    }));
    return { ...one, totals01, brightness, edges, correlations };
  });
}

function findings(compared: readonly Compared[]): string[] {
  return (['brightness', 'edges'] as const).map((name) => {
    const layers = byLayer(compared);
    const words = layers.map(({ layer, items }) => {
      const all = items.map((one) => one.correlations.find((other) => other.with === name)!.pearson);
      const finite = all.filter(Number.isFinite);
      return { layer, words: finite.length > 0 ? inWords(mean(finite)) : 'not defined (no variation)' };
    });
    return `Over pixels, the correlation between total contribution and ${name === 'edges' ? 'edge strength' : name} is ${inLayers(words)} (Pearson's r${meanWords(layers) && ', mean over frames'}).`;
  });
}

function tableOf(compared: readonly Compared[]): Table {
  return {
    name: 'correlations',
    title: 'Correlation over pixels of the total contribution with brightness and edges',
    columns: [
      FRAME_COLUMN,
      LAYER_COLUMN,
      { name: 'with', description: 'brightness (R + G + B) or edges (Sobel magnitude of luma)' },
      { name: 'pearson', unit: 'correlation', description: "Pearson's correlation" },
      { name: 'spearman', unit: 'correlation', description: "Spearman's rank correlation" },
      { name: 'mean_difference', unit: 'fraction', description: 'Mean |difference| after scaling both to [0, 1]' },
    ],
    rows: compared.flatMap((one) =>
      one.correlations.map((correlation) => {
        const other = one[correlation.with];
        const difference = mean(one.totals01.map((value, p) => Math.abs(value - other[p])));
        const { pearson: linear, spearman: monotone } = correlation;
        return [one.frame, one.layer.id, correlation.with, linear, monotone, difference];
      }),
    ),
  };
}

function figureOf(compared: readonly Compared[], frame: number, context: AnalysisContext): RasterFigure {
  const panel = (title: string, values: Float32Array, map: 'sequential' | 'diverging') =>
    valuesPanel(title, values, context.signal, PANEL_PIXELS, () =>
      map === 'sequential'
        ? { map, domain: [0, 1], label: 'scaled to 0 … 1' }
        : { map, domain: [-1, 1], label: 'difference of scaled maps' },
    );
  const [{ brightness, edges }] = compared;
  const less = (a: Float32Array, b: Float32Array) => a.map((value, p) => value - b[p]);
  return {
    kind: 'raster',
    ...figureOfFrame(context.signal, 'intensity-edges', frame),
    title: `Contribution beside brightness and edges${frameWords(context.signal, frame)}`,
    caption:
      'First row: brightness R + G + B and Sobel edges. Then, for each layer, its total contribution T(p) and what is left of it after subtracting each, all scaled to [0, 1]; near zero means that the two agree.',
    columns: 3,
    panels: [
      panel('brightness', brightness, 'sequential'),
      panel('edges', edges, 'sequential'),
      panel('brightness − edges', less(brightness, edges), 'diverging'),
      ...compared.flatMap(({ layer, totals01 }) => [
        panel(`T(p), ${layer.id}`, totals01, 'sequential'),
        panel(`T(p), ${layer.id} − brightness`, less(totals01, brightness), 'diverging'),
        panel(`T(p), ${layer.id} − edges`, less(totals01, edges), 'diverging'),
      ]),
    ],
  };
}

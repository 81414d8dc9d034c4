import {
  type ChartFigure,
  type Frame,
  inWords,
  type LayerInfo,
  neuronName,
  type RasterFigure,
  type RasterPanel,
  type RasterScale,
  type SignalShape,
  whole,
} from '@xinc/core';
import { curvePerLayer, logarithmic, percentage } from '../../drawing/chart.js';
import { sortedCurve } from '../../drawing/curve.js';
import { displayRange } from '../../drawing/display-range.js';
import { valuesPanel } from '../../drawing/panel.js';
import type { Plane } from '../../numeric/thumbnail.js';
import { figureOfFrame, frameWords } from '../../scope/frames.js';
import type { LiveLayer } from '../../scope/live-layers.js';

const TOTAL_PIXELS = 2 ** 18;

/**
 * Contribution maps on one scale.
 * @param planes from `magnitudeMaps`
 * @param clip percentile of the values that the scale ends at
 */
export function mosaicFigure(
  layer: LayerInfo,
  frame: number,
  neurons: readonly number[],
  planes: readonly Plane[],
  clip: number,
  signal: SignalShape,
): RasterFigure & { readonly scale: RasterScale } {
  const magnitudes = new Float32Array(planes.reduce((length, plane) => length + plane.values.length, 0));
  for (const [i, plane] of planes.entries()) magnitudes.set(plane.values, i * plane.values.length);
  const [, brightest] = displayRange(magnitudes, 0, clip);
  return {
    kind: 'raster',
    ...figureOfFrame(signal, `maps-${layer.id}`, frame),
    title: `${layer.label}: contribution maps${frameWords(signal, frame)}`,
    caption: `|c| of ${neurons.length} of ${whole(layer.neurons)} neurons at evenly spaced ranks by total contribution, strongest first. All maps share one scale, from 0 to ${inWords(brightest)} (percentile ${clip} of the values shown; larger ones are drawn as it).`,
    columns: 8,
    scale: { map: 'sequential', domain: [0, brightest], label: '|c|, contribution' },
    panels: planes.map((plane, i) => ({
      title: neuronName(neurons[i], layer),
      height: plane.height,
      width: plane.width,
      pixels: { kind: 'values', values: plane.values },
    })),
  };
}

/**
 * T(p) of each layer beside the picture and what the network makes of it.
 * @param reconstruction absent where it cannot be drawn
 */
export function pixelTotalsFigure(
  layers: readonly LiveLayer[],
  frame: number,
  shape: SignalShape,
  signal: Frame,
  reconstruction: Frame | undefined,
): RasterFigure {
  const picture = (title: string, { rgb, ...size }: Frame): RasterPanel => ({
    title,
    height: size.height,
    width: size.width,
    pixels: { kind: 'rgb', rgb },
  });
  const totals = layers.map(({ layer, statistics }) =>
    valuesPanel(layer.label, statistics.pixelTotals!, shape, TOTAL_PIXELS, (drawn) => ({
      map: 'sequential',
      domain: displayRange(drawn, 0.5, 99.5),
      label: 'T(p), summed |c|',
    })),
  );
  return {
    kind: 'raster',
    ...figureOfFrame(shape, 'pixel-totals', frame),
    title: `Total contribution per pixel${frameWords(shape, frame)}`,
    caption:
      'T(p), the contributions |c| of all neurons of a layer summed at each pixel, beside the picture. Each layer has its own scale, from percentile 0.5 to 99.5: what is beyond is drawn as its ends.',
    panels: [
      picture('signal', signal),
      ...(reconstruction ? [picture('reconstruction', reconstruction)] : []),
      ...totals,
    ],
  };
}

export function neuronTotalsFigure(layers: readonly LiveLayer[], frame: number, signal: SignalShape): ChartFigure {
  const pixels = signal.height * signal.width;
  const values = layers.flatMap(({ layer, totals, census }) =>
    sortedCurve(Float64Array.from(census.live, (n) => totals[n] / pixels)).map(({ percent, value }) => ({
      layer: layer.label,
      percent,
      mean: value,
    })),
  );
  return {
    kind: 'chart',
    ...figureOfFrame(signal, 'neuron-totals', frame),
    title: `Total contribution per neuron${frameWords(signal, frame)}`,
    caption:
      'The live neurons of each layer sorted by their mean contribution per pixel, Aₙ/HW. A flat curve shares the work evenly; a steep right end means that few neurons carry it.',
    spec: curvePerLayer(
      layers.map(({ layer }) => layer),
      values,
      { x: percentage('percent', 'Neurons, sorted (% of live)'), y: logarithmic('mean', 'Mean |c| per pixel') },
    ),
  };
}

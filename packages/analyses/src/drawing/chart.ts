import type { LayerInfo } from '@xinc/core';
import { spread } from '../numeric/spread.js';
import { groupingColor, OKABE_ITO, PALE } from './palette.js';

type Spec = Readonly<Record<string, unknown>>;

/** A Vega-Lite v6 specification with its data inline. */
export const chart = (values: readonly Spec[], view: Spec): Spec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  data: { values },
  ...view,
});

/** One panel per layer, input side first, rows as full as can be; rows of data name their layer by its label in the field `layer`. */
export const panelPerLayer = (layers: readonly LayerInfo[], values: readonly Spec[], panel: Spec): Spec =>
  chart(values, {
    facet: { field: 'layer', type: 'nominal', title: null, sort: layers.map((layer) => layer.label) },
    columns: columnsFor(layers.length),
    ...FLUSH,
    spec: { ...PANEL, ...panel },
  });

/** Panels whose titles line up, however long the labels of their axes are. */
export const FLUSH: Spec = { bounds: 'flush', spacing: { row: 40, column: 26 } };

const PANEL = { width: 230, height: 200 };

/** Three panels a row; two where three would leave a last row of one panel. */
const columnsFor = (panels: number): number => (panels % 3 === 1 && panels % 2 === 0 ? 2 : Math.min(panels, 3));

/** One curve per layer over a percentage of something sorted; rows name their layer by its label in the field `layer`. */
export const curvePerLayer = (
  layers: readonly LayerInfo[],
  values: readonly Spec[],
  axes: { x: Spec; y: Spec },
): Spec =>
  chart(values, {
    width: 460,
    height: 260,
    mark: { type: 'line', tooltip: true },
    encoding: {
      ...axes,
      ...seriesEncoding(
        'layer',
        'Layer',
        layers.map((layer) => layer.label),
      ),
    },
  });

/** A logarithmic axis; where it is drawn, it ends close to the data and gets round labels. */
export const logarithmic = (field: string, title: string): Spec => ({
  field,
  type: 'quantitative',
  title,
  scale: { type: 'log', nice: false },
});

/** Labels on an axis of frames, at most. */
const FRAME_LABELS = 8;

/** The frames of a video, whole numbers: those analysed are labelled, or some of them, evenly spread. */
export const frameAxis = (frames: readonly number[]): Spec => ({
  field: 'frame',
  type: 'quantitative',
  title: 'Frame',
  scale: { zero: false, nice: false },
  axis: { values: spread(frames, FRAME_LABELS), format: 'd', labelOverlap: true },
});

/** An axis of percentages of something sorted, 0 to 100. */
export const percentage = (field: string, title: string): Spec => ({
  field,
  type: 'quantitative',
  title,
  scale: { domain: [0, 100], nice: false },
});

/** Dashes that can be told apart at print size, where finer ones look like a paler line. */
const DASHES = [
  [1, 0],
  [6, 3],
  [2, 2.5],
  [9, 3, 2, 3],
  [12, 3],
  [5, 2, 2, 2, 2, 2],
];

/** Colours that tell the names apart, the same in every chart with these names. The name that stands for others is pale. */
export const colorEncoding = (field: string, title: string, names: readonly string[], others?: string): Spec => ({
  field,
  type: 'nominal',
  title,
  legend: LEGEND,
  scale: {
    domain: names,
    range: names.map((name, i) => (name === others ? PALE : OKABE_ITO[i % OKABE_ITO.length])),
  },
});

/** Colours and dashes of lines; the legend shows them as lines, whatever else is drawn along. */
export function seriesEncoding(
  field: string,
  title: string,
  names: readonly string[],
): { readonly color: Spec; readonly strokeDash: Spec } {
  const legend = { ...LEGEND, symbolType: 'stroke', symbolSize: 500 };
  const color = { ...colorEncoding(field, title, names), legend };
  return {
    color,
    strokeDash: {
      ...color,
      scale: { domain: names, range: names.map((_, i) => DASHES[i % DASHES.length]) },
    },
  };
}

/** Lines that stand for groupings: each has the colour of its name, and dashes tell those of one colour apart. */
export function groupingEncoding(names: readonly string[]): { readonly color: Spec; readonly strokeDash: Spec } {
  const colors = names.map(groupingColor);
  const before = colors.map((color, i) => colors.slice(0, i).filter((other) => other === color).length);
  const { color, strokeDash } = seriesEncoding('grouping', 'Grouping', names);
  return {
    color: { ...color, scale: { domain: names, range: colors } },
    strokeDash: {
      ...strokeDash,
      scale: {
        domain: names,
        range: names.map((_, i) => DASHES[(OKABE_ITO.indexOf(colors[i]) + before[i]) % DASHES.length]),
      },
    },
  };
}

const LEGEND = { labelLimit: 320 };

import type { LayerInfo } from '@xinc/core';
import { OKABE_ITO } from './palette.js';

type Spec = Readonly<Record<string, unknown>>;

/** A Vega-Lite v6 specification with its data inline. */
export const chart = (values: readonly Spec[], view: Spec): Spec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  data: { values },
  ...view,
});

/** One panel per layer, three in a row, input side first; rows name their layer by its label in the field `layer`. */
export const panelPerLayer = (layers: readonly LayerInfo[], values: readonly Spec[], panel: Spec): Spec =>
  chart(values, {
    facet: { field: 'layer', type: 'nominal', title: null, sort: layers.map((layer) => layer.label) },
    columns: 3,
    spec: { width: 230, height: 200, ...panel },
  });

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

/** A logarithmic axis with a few labelled decades. */
export const logarithmic = (field: string, title: string): Spec => ({
  field,
  type: 'quantitative',
  title,
  scale: { type: 'log' },
  axis: { tickCount: 5, labelExpr: "datum.value < 0.001 ? format(datum.value, '.0e') : format(datum.value, '~g')" },
});

/** An axis of percentages of something sorted, 0 to 100. */
export const percentage = (field: string, title: string): Spec => ({
  field,
  type: 'quantitative',
  title,
  scale: { domain: [0, 100], nice: false },
});

/** Colours and dashes that tell the names apart, the same in every chart with these names; the legend has this title. */
export function seriesEncoding(
  field: string,
  title: string,
  names: readonly string[],
): { readonly color: Spec; readonly strokeDash: Spec } {
  const channel = { field, type: 'nominal', title };
  const legend = { labelLimit: 320 };
  return {
    color: {
      ...channel,
      legend,
      scale: { domain: names, range: names.map((_, i) => OKABE_ITO[i % OKABE_ITO.length]) },
    },
    strokeDash: { ...channel, legend, scale: { domain: names } },
  };
}

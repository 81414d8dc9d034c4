import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { expect, test } from 'vitest';
import { chartConfig } from './chart-config.js';
import { runtimeOf } from './draw-chart.js';

/** Texts of a chart of these values on a logarithmic axis, as the analyses draw them: a panel per layer. */
async function labelsOf(values: readonly number[]): Promise<string[]> {
  const spec = {
    data: { values: values.flatMap((value, x) => ['Layer 1', 'Layer 2'].map((layer) => ({ layer, x, value }))) },
    facet: { field: 'layer', type: 'nominal' },
    columns: 2,
    spec: {
      width: 230,
      height: 200,
      layer: [
        {
          mark: 'line',
          encoding: {
            x: { field: 'x', type: 'quantitative', axis: null },
            y: { field: 'value', type: 'quantitative', title: 'Values', scale: { type: 'log', nice: false } },
          },
        },
      ],
    },
  };
  const runtime = runtimeOf(
    spec,
    chartConfig(() => '#888'),
  );
  const view = new vega.View(runtime, { renderer: 'none', expr: expressionInterpreter });
  const svg = await view.toSVG();
  view.finalize();
  expect(svg).not.toMatch(/NaN|undefined|null/);
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
}

test.each([
  ['one decade', [0.2, 0.9], ['0.2', '0.5', '1']],
  ['three decades', [0.003, 2], ['0.01', '0.1', '1']],
  ['eight decades', [1e-6, 50], ['10⁻⁶', '10⁻⁴', '10⁻²', '1']],
  ['thirty decades', [1e-28, 1], ['10⁻²⁸', '10⁻²³', '10⁻¹⁸']],
  ['all of float32', [1e-45, 1, 3e38], ['10⁻⁴⁵', '10⁻³¹', '10²⁵']],
])('a logarithmic axis has labels over %s', async (_, values, labels) => {
  expect(await labelsOf(values)).toEqual(expect.arrayContaining(labels));
});

import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { AnalysisContext, AnalysisPlugin, AnalysisResult } from '../analysis.js';
import { XincError } from '../errors.js';
import type { ChartFigure, RasterFigure } from '../figure.js';
import type { StatisticsRequest } from '../statistics/statistics.js';
import { checkAnalysis } from './check-analysis.js';

/* An analysis that is right in every way, and each fault by itself. */

const chart: ChartFigure = {
  kind: 'chart',
  name: 'totals',
  title: 'Totals',
  caption: 'What each neuron contributes.',
  spec: {
    data: { values: [{ neuron: 0, total: 1 }] },
    mark: 'bar',
    encoding: { x: { field: 'neuron', title: 'Neuron' }, y: { field: 'total', axis: { title: 'Total contribution' } } },
  },
};
const raster: RasterFigure = {
  kind: 'raster',
  name: 'map',
  title: 'Map',
  caption: 'A map.',
  panels: [{ title: 'All', height: 1, width: 2, pixels: { kind: 'values', values: new Float32Array(2) } }],
  scale: { map: 'sequential', domain: [0, 1], label: 'contribution' },
};

const largest = {
  name: 'largest',
  start: ({ neurons }: { readonly neurons: number }) => {
    const found = new Float32Array(neurons);
    return {
      accept({
        neurons: indices,
        region,
        maps,
      }: {
        neurons: Uint32Array;
        region: { height: number; width: number };
        maps: Float32Array;
      }) {
        const area = region.height * region.width;
        for (const [i, n] of indices.entries())
          for (let p = 0; p < area; p++) found[n] = Math.max(found[n], maps[i * area + p]);
      },
      result: () => found,
    };
  },
};

function right(context: AnalysisContext): AnalysisResult {
  const rows = context.layers.map(({ id }): [string, number] => {
    const statistics = context.statistics(id, context.frames[0]);
    const { sum } = statistics.neuronTotals!;
    return [id, sum.reduce((a, b) => a + b, 0) + (statistics.custom.largest as Float32Array)[0]];
  });
  const columns = ['layer', 'total'].map((name) => ({ name, description: `The ${name}` }));
  return {
    findings: [`In all, ${rows.length} layers contribute.`],
    tables: [{ name: 'totals', title: 'Totals', columns, rows }],
    arrays: [],
    figures: [chart, raster],
  };
}

function analysis(
  change: (result: AnalysisResult, context: AnalysisContext) => Partial<AnalysisResult> = () => ({}),
  request: StatisticsRequest = { neuronTotals: true, custom: [largest] },
): AnalysisPlugin<object> {
  return {
    kind: 'analysis',
    name: 'totals',
    title: 'Totals',
    description: 'What do layers contribute?',
    options: z.object({}),
    request: () => request,
    analyze(_options, context) {
      const result = right(context);
      return { ...result, ...change(result, context) };
    },
  };
}

test('an analysis that is right passes on every run, and is drawn', async () => {
  const drawn = new Set<string>();
  const measures = await checkAnalysis(analysis(), { draw: ({ name }) => void drawn.add(name) });
  expect(measures.map(({ run, result }) => [run, result?.findings.length])).toEqual(
    [
      'a picture',
      'a video',
      'some frames of a video',
      'a run without groupings',
      'a run that switches no neurons off',
      'a run in which nothing contributes',
      'a picture of one pixel',
    ].map((run) => [run, 1]),
  );
  expect([...drawn]).toEqual(['totals', 'map']);
});

test('one that refuses some runs in its own words passes, and what it said is told', async () => {
  const words = 'Motion needs a video';
  const ofVideos = analysis((_, { signal }) => {
    if (signal.frames === 1) throw new XincError('unsupported', words);
    return {};
  });
  const [picture, video] = await checkAnalysis(ofVideos);
  expect([picture.refused, picture.result, video.refused]).toEqual([words, undefined, undefined]);
});

let turn = 0;
const spec = (change: object) => analysis(() => ({ figures: [{ ...chart, spec: { ...chart.spec, ...change } }] }));
const encoded = (encoding: object) => spec({ encoding });

describe('what is wrong is told', () => {
  test.each<readonly [string, AnalysisPlugin<object>, string]>([
    [
      'a statistic that it did not ask for',
      analysis((_, context) => ({
        values: { total: context.statistics('layer1', context.frames[0]).pixelTotals![0] },
      })),
      'analyze: it reads pixelTotals of its statistics, which it did not request',
    ],
    [
      'rows that do not fit their columns',
      analysis(({ tables: [table] }) => ({ tables: [{ ...table, rows: [['layer1']] }] })),
      "analyze: row 0 of table 'totals' has 1 values for 2 columns",
    ],
    [
      'a result that is another one each time',
      analysis(() => ({ values: { turn: turn++ } })),
      'analyze, a picture: analysed again, its result is another one, at values.turn',
    ],
    [
      'NaN in a finding',
      analysis(() => ({ findings: ['On average NaN.'] })),
      "analyze, a picture: it says 'NaN': On average NaN.",
    ],
    [
      'a finding without a full stop',
      analysis(() => ({ findings: ['Much'] })),
      "analyze, a picture: this is no sentence with a full stop: 'Much'",
    ],
    ['nothing said', analysis(() => ({ findings: [] })), 'analyze, a picture: it finds nothing and leaves nothing out'],
    [
      'an omission without a reason',
      analysis(() => ({ omissions: [{ layer: 'layer1', why: '' }] })),
      'analyze, a picture: this is no sentence',
    ],
    [
      'an omission of a layer that there is not',
      analysis(() => ({ omissions: [{ layer: 'layer9', why: 'It is dead.' }] })),
      "analyze, a picture: it leaves out layer 'layer9', which there is not",
    ],
    [
      'an omission of a frame that is not analysed',
      analysis(() => ({ omissions: [{ layer: 'layer1', frames: [7], why: 'It is dead.' }] })),
      'analyze, a picture: it leaves out frame 7',
    ],
    [
      'a column that nobody describes',
      analysis(({ tables: [table] }) => ({
        tables: [{ ...table, columns: table.columns.map((column) => ({ ...column, description: ' ' })) }],
      })),
      "analyze, a picture: the column 'layer' of table 'totals' has no description",
    ],
    [
      'a caption that is none',
      analysis(() => ({ figures: [{ ...chart, caption: '' }] })),
      "figure 'totals': it has no caption that is a sentence",
    ],
    [
      'an axis without a title',
      encoded({ x: { field: 'neuron' } }),
      "figure 'totals': it draws 'neuron' along x without a title",
    ],
    [
      'a legend without a title',
      encoded({ color: { field: 'neuron', legend: { orient: 'top' } } }),
      "it draws 'neuron' along color without a title",
    ],
    [
      'colours that are the theme’s',
      spec({ background: 'white' }),
      "it sets 'background', which the reader's theme decides",
    ],
    [
      'NaN in the data',
      spec({ data: { values: [{ neuron: 0, total: Number.NaN }] } }),
      'it has data with NaN or undefined in it',
    ],
    ['data from elsewhere', spec({ data: { url: 'table.csv' } }), 'it reads data from elsewhere'],
    [
      'pictures without a scale',
      analysis(() => ({ figures: [{ ...raster, scale: undefined }] as never })),
      "figure 'map': it has no scale for panel 0",
    ],
    [
      'a scale of no width',
      analysis(() => ({ figures: [{ ...raster, scale: { ...raster.scale!, domain: [1, 1] } }] })),
      "figure 'map': it has a scale from 1 to 1 for panel 0",
    ],
    [
      'label maps that it changes',
      analysis((_, { groupings, labels }) => {
        if (groupings.length > 0) labels(groupings[0], 0).labels[0] = 2;
        return {};
      }),
      'analyze, a picture: it changes the label maps',
    ],
    [
      'a collector that does not merge',
      analysis(() => ({}), {
        neuronTotals: true,
        custom: [
          {
            name: 'largest',
            start: ({ neurons }) => {
              const found = new Float32Array(neurons);
              return {
                accept: ({ neurons: indices, maps }) =>
                  indices.forEach((n) => {
                    found[n] = maps[0];
                  }),
                result: () => found,
              };
            },
          },
        ],
      }),
      "collector 'largest': its result of pieces of its neurons is not that of the whole",
    ],
    [
      'a preset that it refuses',
      {
        ...analysis(),
        options: z.object({ share: z.number().default(1).describe('Share') }),
        presets: { published: { share: 'much' } as never },
      },
      "presets: it refuses its own preset 'published'",
    ],
    [
      'every run refused',
      analysis(() => {
        throw new XincError('unsupported', 'Not today');
      }),
      'analyze: it refuses a picture and a video: Not today; Not today',
    ],
    [
      'a run in which nothing contributes that it fails on',
      analysis(({ tables: [{ rows }] }) => {
        if (rows[0][1] === 0) throw new TypeError('x is not defined');
        return {};
      }),
      'analyze: x is not defined',
    ],
  ])('%s', async (_what, tested, message) => {
    turn = 0;
    const error = await checkAnalysis(tested).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error?.message).toContain(message);
    expect(error).toMatchObject({ name: 'XincError', code: 'plugin' });
  });

  test('a figure that is not drawn', async () => {
    const draw = () => Promise.reject(new Error('unknown mark'));
    await expect(checkAnalysis(analysis(), { draw })).rejects.toThrow("figure 'totals': it is not drawn: unknown mark");
  });
});

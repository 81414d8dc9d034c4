import type { ChartFigure, Table } from '@xinc/core';
import type { StudyReportPart } from '@xinc/report';
import { z } from 'zod';
import { STUDY_FILES } from '../files.js';
import type { DoneRun } from './done-runs.js';
import { type RunResult, runResults, seedWords } from './run-results.js';
import { COLORS, PANEL, panelGrid, partsOf, ROWS } from './small-multiples.js';
import { medianOf, spreadOf } from './spread.js';

const ANALYSIS = 'objects';
/** Neurons of a layer that are drawn over time, from the most to the least specialised. */
const RANKS = ['most specialised', 'second', 'third', 'least specialised'];
/** What objects may be. */
const TYPES = ['thing', 'stuff', 'other'];
/** Lines of a panel: as many as there are colours. */
const OBJECTS = COLORS.length;

/** What neurons give to things, stuff and categories, and to each object over time (figures 8 and 19 of the paper). */
export async function objectFigures(runs: readonly DoneRun[]): Promise<StudyReportPart> {
  const { results, missing } = await runResults(runs, ANALYSIS, { ofLabels: true });
  const kinds = kindsOf(results);
  const [drawn, ...others] = timeFigures(
    results.filter((one, i) => results.findIndex((other) => isAlike(one, other)) === i),
  );
  return {
    title: 'What neurons give to objects and categories',
    text: [
      'The mean |c| of a neuron on each object, as a share of the sum over all objects and frames, so that size does not count; in figures, ÷ the share of a neuron that treats all pixels alike (figures 8 and 19 of the paper).',
      ...missing,
    ],
    tables: kinds.length > 0 ? [{ table: kindTable(kinds), file: STUDY_FILES.reportTable('kinds') }] : [],
    figures: [...kindFigures(kinds), ...(drawn ? [drawn] : [])],
    more: others,
  };
}

const isAlike = (one: RunResult, other: RunResult): boolean =>
  one.signal === other.signal && one.network === other.network;

/** What the average live neuron of a layer gives to things, say, of each seed. */
interface Kind {
  readonly signal: string;
  readonly network: string;
  readonly layer: string;
  /** type or category */
  readonly by: string;
  readonly kind: string;
  /** Of 1, one for each seed. */
  readonly shares: readonly number[];
  /** The same of a neuron that treats all pixels alike, of each seed: they differ where other frames were analysed. */
  readonly even: readonly number[];
}

/** The cells of a stored table by the names of its columns. */
function rowsOf({ stored }: RunResult, name: string) {
  const { columns, rows } = stored.result.tables.find((table) => table.name === name) ?? { columns: [], rows: [] };
  return rows.map((row) => (column: string) => row[columns.findIndex((one) => one.name === column)] ?? null);
}

function kindsOf(results: readonly RunResult[]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const result of results) {
    for (const cell of rowsOf(result, 'kinds')) {
      const [share, even] = [cell('mean_share'), cell('even_share')];
      if (typeof share !== 'number' || typeof even !== 'number' || !Number.isFinite(share / even)) continue;
      const [layer, by, kind] = ['layer', 'by', 'kind'].map((column) => String(cell(column)));
      const { signal, network } = result;
      const key = JSON.stringify([signal, network, layer, by, kind]);
      const before = kinds.get(key) ?? { shares: [], even: [] };
      const known = { shares: [...before.shares, share], even: [...before.even, even] };
      kinds.set(key, { signal, network, layer, by, kind, ...known });
    }
  }
  return [...kinds.values()];
}

const kindTable = (kinds: readonly Kind[]): Table => ({
  name: 'kinds',
  title: 'What neurons give to things, stuff and each category',
  columns: [
    { name: 'signal', description: 'Signal' },
    { name: 'network', description: 'Network, as study.yaml calls it' },
    { name: 'layer', description: 'Layer' },
    { name: 'by', description: 'type or category' },
    { name: 'kind', description: 'Which one' },
    { name: 'seeds', unit: 'seeds', description: 'Seeds' },
    {
      name: 'mean_share',
      unit: 'fraction',
      description: 'Mean over live neurons, then over seeds, of the share they give it',
    },
    { name: 'deviation', unit: 'fraction', description: 'Its standard deviation over seeds (÷ n − 1)' },
    { name: 'even_share', unit: 'fraction', description: 'Share if all pixels were treated alike' },
  ],
  rows: kinds.map(({ signal, network, layer, by, kind, shares, even }) => {
    const { mean, deviation } = spreadOf(shares);
    return [signal, network, layer, by, kind, shares.length, mean, deviation, spreadOf(even).mean];
  }),
});

const columnOf = ({ network, layer }: Pick<Kind, 'network' | 'layer'>) => `${network} ${layer}`;
const short = (value: number): number => Number(value.toPrecision(4));
/** Where a neuron is that treats all pixels alike. */
const EVEN = { datum: 1, type: 'quantitative' };

/** Rows are signals, columns layers; in each panel things, stuff and what is neither, the median over seeds, and a line from the least to the greatest. */
function kindFigures(kinds: readonly Kind[]): ChartFigure[] {
  const types = kinds.filter(({ by }) => by === 'type');
  const signals = [...new Set(types.map(({ signal }) => signal))];
  const columns = [...new Set(types.map(columnOf))];
  const there = TYPES.filter((type) => types.some(({ kind }) => kind === type));
  const parts = partsOf(signals, ROWS);
  return parts.map(({ items, first, last }, i) => {
    const values = items.flatMap((signal) =>
      columns.flatMap((column) => {
        const own = types.filter((one) => one.signal === signal && columnOf(one) === column);
        const rows = own.map(({ kind, shares, even }) => {
          const times = shares.map((share, seed) => share / even[seed]);
          return {
            kind,
            low: short(Math.min(...times)),
            middle: short(medianOf(times)),
            high: short(Math.max(...times)),
          };
        });
        return (rows.length > 0 ? rows : [{ kind: null }]).map((row) => ({ signal, column, ...row }));
      }),
    );
    const x = (field: string) => ({
      field,
      type: 'quantitative',
      title: '× even',
      scale: { zero: false, padding: 6 },
      axis: { tickCount: 3 },
    });
    const y = { field: 'kind', type: 'nominal', title: null, scale: { domain: there } };
    return {
      kind: 'chart',
      name: parts.length > 1 ? `kinds-${i + 1}` : 'kinds',
      title: `What the average neuron gives to things and stuff${parts.length > 1 ? `, signals ${first} to ${last}` : ''}`,
      caption:
        'What live neurons give on average, in |c| per pixel, to things, to stuff and to what no label covers (other), over all frames that were analysed, ÷ what a neuron gives that treats all pixels alike: 1, the grey line. Rows are signals with labels, columns the layers of each network. The point is the median over seeds, the line goes from the least to the greatest of them. Categories, where labels have them, are in the table.',
      spec: panelGrid(values, items, columns, {
        width: PANEL.width,
        height: 18 * there.length,
        layer: [
          { mark: { type: 'rule', color: '#9aa0a8', strokeDash: [3, 2] }, encoding: { x: EVEN } },
          {
            mark: { type: 'rule', strokeWidth: 2, color: COLORS[0] },
            encoding: { x: x('low'), x2: { field: 'high' }, y },
          },
          {
            mark: { type: 'point', filled: true, size: 30, opacity: 1, color: COLORS[0] },
            encoding: { x: x('middle'), y },
          },
        ],
      }),
    };
  });
}

/** What the chart of a layer's neurons holds, as the analysis stores it. */
const chartSchema = z.object({
  values: z.array(z.object({ neuron: z.string(), frame: z.number(), object: z.string(), share: z.number() })),
});

/** One neuron's share on an object and frame, in times of an even share. */
interface Point {
  readonly column: string;
  readonly rank: string;
  readonly neuron: string;
  readonly frame: number;
  readonly object: string;
  readonly times: number;
}

/** The columns of a result in the order of its layers. */
const columnsOf = (result: RunResult): string[] => [
  ...new Set(
    rowsOf(result, 'objects').map((cell) => columnOf({ network: result.network, layer: String(cell('layer')) })),
  ),
];

/** The neurons of a result that are drawn, of each layer. */
function pointsOf(result: RunResult): Point[] {
  const parts = rowsOf(result, 'objects').map((cell) => ({
    layer: String(cell('layer')),
    object: String(cell('object')),
    even: Number(cell('even_share')) / Number(cell('frames')),
  }));
  return result.stored.result.figures.flatMap((figure) => {
    const layer = /^neurons-(.+)$/.exec(figure.name)?.[1];
    if (figure.kind !== 'chart' || layer === undefined) return [];
    const parsed = chartSchema.safeParse(figure.spec.data);
    const ofLayer = parts.filter((part) => part.layer === layer);
    const even = ofLayer[0]?.even;
    if (!parsed.success || !(even > 0)) return [];
    // What is drawn as `3 others` there is no object.
    const objects = new Set(ofLayer.map(({ object }) => object));
    // They come from the most to the least specialised.
    const names = [...new Set(parsed.data.values.map(({ neuron }) => neuron))];
    const ranks = RANKS.slice(0, names.length);
    const drawn = ranks.map((_, i) => names[Math.round((i * (names.length - 1)) / Math.max(ranks.length - 1, 1))]);
    return parsed.data.values.flatMap(({ neuron, frame, object, share }) => {
      const rank = RANKS[drawn.indexOf(neuron)];
      if (rank === undefined || !objects.has(object)) return [];
      return [{ column: `${result.network} ${layer}`, rank, neuron, frame, object, times: short(share / 100 / even) }];
    });
  });
}

/** A figure for each signal, of one seed: rows are neurons, columns layers, lines objects over time. */
function timeFigures(results: readonly RunResult[]): ChartFigure[] {
  const signals = [...new Set(results.map(({ signal }) => signal))];
  const drawn = signals.flatMap((signal) => {
    const own = results.filter((one) => one.signal === signal);
    const points = own.flatMap(pointsOf);
    return points.length > 0 ? [{ signal, own, points }] : [];
  });
  return drawn.map(({ signal, own, points }, i) => {
    const objects = strongest(points);
    const columns = own.flatMap(columnsOf).filter((column) => points.some((point) => point.column === column));
    const values = RANKS.flatMap((rank) =>
      columns.flatMap((column) => {
        const ofPanel = points.filter((one) => one.rank === rank && one.column === column);
        const lines = ofPanel.filter(({ object }) => objects.includes(object));
        const rows = [
          ...lines.map(({ frame, object, times }) => ({ frame, object, times })),
          ...ofPanel.slice(0, 1).map(({ neuron }) => ({ words: neuron })),
        ];
        return (rows.length > 0 ? rows : [{ times: null }]).map((row) => ({ signal: rank, column, ...row }));
      }),
    );
    const most = points.reduce(
      (largest, { times }) => (Number.isFinite(times) ? Math.max(times, largest) : largest),
      0,
    );
    const legend = { orient: 'top', symbolType: 'circle', symbolOpacity: 1, labelLimit: 160 };
    const encoding = {
      x: { field: 'frame', type: 'quantitative', title: 'Frame', axis: { tickCount: 3, format: 'd' } },
      // The neurons' names stand above the lines.
      y: {
        field: 'times',
        type: 'quantitative',
        title: '× even',
        scale: { domain: [0, 1.3 * most] },
        axis: { tickCount: 3 },
      },
      color: {
        field: 'object',
        type: 'nominal',
        title: 'Object',
        scale: { domain: objects, range: COLORS.slice(0, objects.length) },
        legend,
      },
    };
    const filter = (test: string) => [{ filter: test }];
    const left = ` At most ${OBJECTS} objects are drawn, those that the neurons give most to.`;
    return {
      kind: 'chart',
      name: drawn.length > 1 ? `objects-${i + 1}` : 'objects',
      title: `What single neurons give to objects over time, ${signal}`,
      caption: `Four neurons of each layer, from the most to the least specialised of those that the analysis ${ANALYSIS} shows: their mean |c| per pixel on each object and frame, ÷ that of a neuron that treats all pixels alike (1).${left} Rows are neurons, columns the layers of each network; a network of images has one frame. Shown is ${seedWords(own)}; neurons of other seeds are others.`,
      spec: panelGrid(values, RANKS, columns, {
        width: PANEL.width,
        height: 64,
        layer: [
          { transform: filter('isValid(datum.times)'), mark: { type: 'line', strokeWidth: 1.2 }, encoding },
          {
            transform: filter('isValid(datum.times)'),
            mark: { type: 'point', filled: true, size: 12, opacity: 1 },
            encoding,
          },
          {
            transform: filter('isValid(datum.words)'),
            mark: { type: 'text', align: 'left', baseline: 'top', fontSize: 9 },
            encoding: { x: { value: 3 }, y: { value: 1 }, text: { field: 'words' } },
          },
        ],
      }),
    };
  });
}

/** The objects that the neurons drawn give most to. */
function strongest(points: readonly Point[]): string[] {
  const most = new Map<string, number>();
  for (const { object, times } of points) most.set(object, Math.max(most.get(object) ?? 0, times));
  return [...most.keys()].sort((a, b) => most.get(b)! - most.get(a)!).slice(0, OBJECTS);
}

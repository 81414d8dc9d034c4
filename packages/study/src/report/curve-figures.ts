import type { ChartFigure } from '@xinc/core';
import { COLORS, PANEL, panelGrid, partsOf, ROWS } from './small-multiples.js';
import { medianOf, rankCurve } from './spread.js';

/** Values of one run that are drawn sorted. */
export interface Sample {
  /** The row. */
  readonly signal: string;
  /** The column: network and layer. */
  readonly column: string;
  /** The curve in a panel: a grouping, a threshold. */
  readonly series: string;
  /** What `curveOf` keeps of the values. */
  readonly curve: readonly number[];
}

/** A point that is marked on a curve. */
export interface Mark {
  readonly signal: string;
  readonly column: string;
  /** What is marked: a threshold. */
  readonly name: string;
  /** Its rank, 0 for the least value, 100 for the greatest. */
  readonly percent: number;
  readonly value: number;
}

/** What a figure of sorted values says. */
export interface CurveTexts {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  /** Titles of the axes and of the legend. */
  readonly x: string;
  readonly y: string;
  readonly series: string;
  /** Least value of a logarithmic axis, where smaller ones are drawn; a linear axis from 0, unless given. */
  readonly least?: number;
  /** The colour that a series has in every figure; by its place, unless given. */
  readonly colorOf?: (series: string) => string;
}

const POINTS = 51;

/** What is drawn of some values: a few of them, at even ranks. None where no value is finite. */
export const curveOf = (values: ArrayLike<number>): number[] => rankCurve(values, POINTS);

/** Curves in one panel: no two have one colour. */
const CURVES = COLORS.length;

/**
 * Small multiples: rows are signals, columns layers. A panel shows values sorted, each seed's by itself, then rank by rank the median over seeds as
 * a line and from the least to the greatest seed as a band. Marks are at the median of theirs. Figures hold six signals and six series each.
 */
export function curveFigures(
  samples: readonly Sample[],
  texts: CurveTexts,
  marks: readonly Mark[] = [],
): ChartFigure[] {
  const names = (key: 'signal' | 'column' | 'series') => [...new Set(samples.map((sample) => sample[key]))];
  const [signals, columns, series] = [names('signal'), names('column'), names('series')];
  const figures: ChartFigure[] = [];
  const parts = partsOf(signals, ROWS).flatMap((rows) => partsOf(series, CURVES).map((curves) => ({ rows, curves })));
  for (const { rows, curves } of parts) {
    const values = rows.items.flatMap((signal) =>
      columns.flatMap((column) =>
        curves.items.flatMap((one) => {
          const own = samples.filter((s) => s.signal === signal && s.column === column && s.series === one);
          const band = bandOf(own, texts.least);
          // Where a panel has no data, Vega would put the next one in its place.
          return (band.length > 0 ? band : [EMPTY]).map((point) => ({ signal, column, series: one, ...point }));
        }),
      ),
    );
    const marked = rows.items.flatMap((signal) =>
      columns.flatMap((column) => markPoints(marks.filter((one) => one.signal === signal && one.column === column))),
    );
    const which = [
      ...(rows.items.length < signals.length ? [`signals ${rows.first} to ${rows.last}`] : []),
      ...(curves.items.length < series.length
        ? [`${texts.series.toLowerCase()}s ${curves.first} to ${curves.last}`]
        : []),
    ];
    figures.push({
      kind: 'chart',
      name: parts.length > 1 ? `${texts.name}-${figures.length + 1}` : texts.name,
      title: [texts.title, ...which].join(', '),
      caption: texts.caption,
      spec: specOf(values, marked, rows.items, columns, curves.items, texts),
    });
  }
  return figures;
}

interface BandPoint {
  readonly percent: number;
  readonly low: number | null;
  readonly middle: number | null;
  readonly high: number | null;
}

const EMPTY: BandPoint = { percent: 0, low: null, middle: null, high: null };

/** Median and range over samples, rank by rank. */
function bandOf(samples: readonly Sample[], least = Number.NEGATIVE_INFINITY): BandPoint[] {
  const curves = samples.map(({ curve }) => curve).filter(({ length }) => length > 0);
  if (curves.length === 0) return [];
  const short = (value: number) => Number(Math.max(value, least).toPrecision(4));
  return Array.from({ length: POINTS }, (_, i) => {
    const at = curves.map((curve) => curve[i]);
    return {
      percent: (100 * i) / (POINTS - 1),
      low: short(Math.min(...at)),
      middle: short(medianOf(at)),
      high: short(Math.max(...at)),
    };
  });
}

interface MarkPoint {
  readonly signal: string;
  readonly column: string;
  readonly mark: string;
  readonly percent: number;
  readonly middle: number;
}

/** The median of the marks of each name, of one panel. */
function markPoints(marks: readonly Mark[]): MarkPoint[] {
  return [...new Set(marks.map(({ name }) => name))].map((name) => {
    const own = marks.filter((mark) => mark.name === name);
    const [{ signal, column }] = own;
    const middle = (of: (mark: Mark) => number) => Number(medianOf(own.map(of)).toPrecision(4));
    return {
      signal,
      column,
      mark: name,
      percent: middle((mark) => mark.percent),
      middle: middle(({ value }) => value),
    };
  });
}

const LINEAR = { scale: { zero: true }, axis: {} };

/** `10⁻⁶` */
const powerOfTen = (exponent: number): string =>
  `10${[...String(exponent)].map((sign) => (sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)])).join('')}`;

/** From the power of ten below all values to the one above. */
function logarithmic(values: readonly BandPoint[]): typeof LINEAR | { readonly scale: object; readonly axis: object } {
  const all = values.flatMap(({ low, high }) => (low === null || high === null ? [] : [low, high]));
  let [least, greatest] = [Number.POSITIVE_INFINITY, 0];
  for (const value of all) [least, greatest] = [Math.min(least, value), Math.max(greatest, value)];
  if (!(greatest > 0)) return LINEAR;
  const [first, last] = [
    Math.floor(Math.log10(least)),
    Math.max(Math.ceil(Math.log10(greatest)), Math.floor(Math.log10(least)) + 1),
  ];
  const step = Math.ceil((last - first) / 4);
  const powers = Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => 10 ** (first + i * step));
  const labels = Object.fromEntries(powers.map((power) => [String(power), powerOfTen(Math.round(Math.log10(power)))]));
  return {
    scale: { type: 'log', domain: [10 ** first, 10 ** last], nice: false },
    axis: { values: powers, labelExpr: `${JSON.stringify(labels)}[datum.value]` },
  };
}

function specOf(
  values: readonly BandPoint[],
  marks: readonly MarkPoint[],
  rows: readonly string[],
  columns: readonly string[],
  series: readonly string[],
  { x, y, series: legend, least, colorOf }: CurveTexts,
): ChartFigure['spec'] {
  const { scale, axis } = least === undefined ? LINEAR : logarithmic(values);
  const color = {
    field: 'series',
    type: 'nominal',
    title: legend,
    scale: { domain: series, range: colorsOf(series, colorOf) },
    legend: series.length > 1 ? { orient: 'top', symbolType: 'stroke', symbolSize: 500, symbolOpacity: 1 } : null,
  };
  const across = { field: 'percent', type: 'quantitative', title: x, scale: { domain: [0, 100], nice: false } };
  const up = (field: string) => ({ field, type: 'quantitative', title: y, scale, axis });
  const curves = marks.length > 0 ? { transform: [{ filter: '!isValid(datum.mark)' }] } : {};
  return panelGrid([...values, ...marks], rows, columns, {
    ...PANEL,
    layer: [
      {
        ...curves,
        mark: { type: 'area', opacity: 0.3 },
        encoding: { x: across, y: up('low'), y2: { field: 'high' }, color },
      },
      { ...curves, mark: { type: 'line', strokeWidth: 1.2 }, encoding: { x: across, y: up('middle'), color } },
      ...(marks.length > 0 ? [markLayer(marks, { x: across, y: up('middle') })] : []),
    ],
  });
}

/** A colour for each series: its own where no series before it has that, else the first that is left. */
function colorsOf(series: readonly string[], colorOf: CurveTexts['colorOf']): string[] {
  const own = series.map((name, i) => colorOf?.(name) ?? COLORS[i]);
  const free = COLORS.filter((color) => !own.includes(color));
  return own.map((color, i) => (own.indexOf(color) === i ? color : free.shift()!));
}

/** Points on the curves, in a colour that no single curve has. */
function markLayer(marks: readonly MarkPoint[], place: object) {
  const color = COLORS[3];
  const legend = { orient: 'top', symbolOpacity: 1, symbolFillColor: color, symbolStrokeColor: color };
  const domain = [...new Set(marks.map(({ mark }) => mark))];
  return {
    transform: [{ filter: 'isValid(datum.mark)' }],
    mark: { type: 'point', filled: true, size: 30, opacity: 1, color },
    encoding: { ...place, shape: { field: 'mark', type: 'nominal', title: 'Threshold', legend, scale: { domain } } },
  };
}

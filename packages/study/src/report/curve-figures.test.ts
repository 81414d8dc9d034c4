import { expect, test } from 'vitest';
import { type CurveTexts, curveFigures, curveOf, type Sample } from './curve-figures.js';

const TEXTS: CurveTexts = {
  name: 'variance',
  title: 'Variance',
  caption: '',
  x: 'Neurons',
  y: 'Variance',
  series: 'Grouping',
};
const sample = (signal: string, column: string, values: number[]): Sample => ({
  signal,
  column,
  series: 'grid',
  curve: curveOf(values),
});

interface Point {
  readonly signal: string;
  readonly column: string;
  readonly low: number | null;
  readonly middle: number | null;
  readonly high: number | null;
}
const pointsOf = (figure: ReturnType<typeof curveFigures>[number]) => (figure.spec.data as { values: Point[] }).values;

test('a band goes from the least to the greatest seed, its line is their median', () => {
  const seeds = [
    [0, 10],
    [2, 30],
    [1, 50],
  ];
  const [figure] = curveFigures(
    seeds.map((values) => sample('bear', 'ffn layer1', values)),
    TEXTS,
  );
  const points = pointsOf(figure);
  expect(points[0]).toMatchObject({ percent: 0, low: 0, middle: 1, high: 2 });
  expect(points.at(-1)).toMatchObject({ percent: 100, low: 10, middle: 30, high: 50 });
});

test('every panel is there, those without data too: else others would stand in their place', () => {
  const [figure] = curveFigures(
    [sample('bear', 'ffn layer1', [1, 2]), sample('bear', 'nerv head', [1, 2]), sample('deer', 'ffn layer1', [1, 2])],
    TEXTS,
  );
  const panels = new Set(pointsOf(figure).map(({ signal, column }) => `${signal} ${column}`));
  expect([...panels]).toEqual(['bear ffn layer1', 'bear nerv head', 'deer ffn layer1', 'deer nerv head']);
  expect(pointsOf(figure).filter(({ low }) => low === null)).toEqual([
    expect.objectContaining({ signal: 'deer', column: 'nerv head' }),
  ]);
});

test('a logarithmic axis holds all values, and begins with the least that is drawn', () => {
  const [figure] = curveFigures([sample('bear', 'ffn layer1', [0, 1e-9, 0.02, 31])], { ...TEXTS, least: 1e-6 });
  const { layer } = figure.spec.spec as { layer: { encoding: { y: object } }[] };
  for (const { encoding } of layer) expect(encoding.y).toMatchObject({ scale: { type: 'log', domain: [1e-6, 100] } });
  expect(pointsOf(figure)[0]).toMatchObject({ low: 1e-6 });
});

test('a figure has six signals, and the next has the others', () => {
  const samples = Array.from({ length: 7 }, (_, i) => sample(`s${i}`, 'ffn layer1', [1, 2]));
  expect(curveFigures(samples, TEXTS).map(({ name, title }) => [name, title])).toEqual([
    ['variance-1', 'Variance, signals 1 to 6'],
    ['variance-2', 'Variance, signals 7 to 7'],
  ]);
  expect(curveFigures([], TEXTS)).toEqual([]);
});

test('no two curves of a panel have one colour: a figure has six series, and the next has the others', () => {
  const samples = Array.from({ length: 7 }, (_, i) => ({
    ...sample('bear', 'ffn layer1', [1, 2]),
    series: `grid${i}`,
  }));
  const figures = curveFigures(samples, TEXTS);
  expect(figures.map(({ name, title }) => [name, title])).toEqual([
    ['variance-1', 'Variance, groupings 1 to 6'],
    ['variance-2', 'Variance, groupings 7 to 7'],
  ]);
  const shown = figures.map(({ spec }) => {
    const { layer } = spec.spec as {
      layer: { encoding: { color: { scale: { domain: string[]; range: string[] } } } }[];
    };
    return layer[0].encoding.color.scale;
  });
  expect(shown.flatMap(({ domain }) => domain)).toEqual(samples.map(({ series }) => series));
  for (const { domain, range } of shown) expect(new Set(range).size).toBe(domain.length);
});

test('a series has the colour that it is given, and no other one has it', () => {
  const samples = ['rgb', 'grid:2', 'grid:8'].map((series) => ({ ...sample('bear', 'ffn layer1', [1, 2]), series }));
  const colorOf = (name: string) => (name === 'rgb' ? '#e69f00' : '#0072b2');
  const [{ spec }] = curveFigures(samples, { ...TEXTS, colorOf });
  const { layer } = spec.spec as { layer: { encoding: { color: { scale: { range: string[] } } } }[] };
  expect(layer[0].encoding.color.scale.range).toEqual(['#e69f00', '#0072b2', '#009e73']);
});

test('marks stand at the median over seeds, and only where there are some', () => {
  const mark = (percent: number, value: number) => ({
    signal: 'bear',
    column: 'ffn layer1',
    name: 'τ',
    percent,
    value,
  });
  const samples = [sample('bear', 'ffn layer1', [1, 2]), sample('deer', 'ffn layer1', [1, 2])];
  const [plain] = curveFigures(samples, TEXTS);
  const [marked] = curveFigures(samples, TEXTS, [mark(40, 1), mark(60, 3), mark(90, 2)]);
  expect(pointsOf(marked).filter((point) => 'mark' in point)).toEqual([
    { signal: 'bear', column: 'ffn layer1', mark: 'τ', percent: 60, middle: 2 },
  ]);
  const layers = ({ spec }: typeof plain) => (spec.spec as { layer: object[] }).layer.length;
  expect([layers(plain), layers(marked)]).toEqual([2, 3]);
});

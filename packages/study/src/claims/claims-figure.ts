import type { ChartFigure } from '@xinc/core';
import { GROUPS_WORDS } from './claim.js';
import type { TestedClaim } from './test-claims.js';

/** Of Okabe and Ito (2008), which colour-blind readers can tell apart: the mean, the signals, the bound. */
const [MEAN, SIGNAL, BOUND] = ['#0072b2', '#56b4e9', '#d55e00'];
const WIDTH = 430;
const ROW = 26;
/** Signals lie below their mean, which would hide some. */
const BELOW = { signals: 6, mean: -4 };
/** Factors beyond these are drawn at the end. */
const REACH = 2 ** 10;
/** Dots of a claim and network. */
const MOST_SIGNALS = 100;

/** Every claim with its signals, their mean and its interval, on one axis of factors. `undefined` where nothing was measured. */
export function claimsFigure(tested: readonly TestedClaim[]): ChartFigure | undefined {
  const measured = tested.filter(({ signals }) => signals.length > 0);
  if (measured.length === 0) return undefined;
  const domain = domainOf(measured);
  const titles = [...new Set(measured.map(({ claim }) => claim.title))];
  const last = titles.at(-1);
  return {
    kind: 'chart',
    name: 'claims',
    title: 'Claims of the paper',
    caption: `Each dot is a signal, the mean over its seeds${measured.some(({ signals }) => signals.length > MOST_SIGNALS) ? ` (of more than ${MOST_SIGNALS} signals, so many at even ranks)` : ''}; the square above the dots is the geometric mean over signals, with its 95 % interval where there are five signals or more (over both bounds of a factor where groups were merged). A claim holds right of the dashed line; one that two groupings are alike holds left of it. The part Claims says what each factor is.`,
    spec: {
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      spacing: 6,
      vconcat: titles.map((title) =>
        panelOf(
          title,
          measured.filter(({ claim }) => claim.title === title),
          domain,
          title === last,
        ),
      ),
    },
  };
}

function panelOf(title: string, own: readonly TestedClaim[], domain: readonly [number, number], isLast: boolean) {
  const [{ claim }] = own;
  const within = (factor: number) => Number(Math.min(Math.max(factor, domain[0]), domain[1]).toPrecision(6));
  const rows = own.map((one) => ({ ...one, row: rowOf(one) }));
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    title: isLast ? 'Factor (logarithmic)' : null,
    scale: { type: 'log', base: 2, domain, nice: false },
    axis: { values: powersOfTwo(domain), grid: true, labels: isLast, ticks: isLast, domain: isLast, format: '~r' },
  });
  const y = { field: 'row', type: 'nominal', title: null, sort: rows.map(({ row }) => row), axis: { labelLimit: 260 } };
  const means = rows.map(({ row, factor }) => ({ row, factor: within(factor) }));
  const intervals = rows.flatMap(({ row, interval }) =>
    interval ? [{ row, low: within(interval.low), high: within(interval.high) }] : [],
  );
  const signals = rows.flatMap(({ row, signals: all }) =>
    evenly(all).map(({ signal, factor }) => ({ row, signal, factor: within(factor) })),
  );
  const bounds = [{ bound: claim.below ?? claim.above }];
  return {
    title: { text: title, anchor: 'start', frame: 'group', fontSize: 12, offset: 2 },
    width: WIDTH,
    height: ROW * rows.length,
    layer: [
      {
        data: { values: bounds },
        mark: { type: 'rule', color: BOUND, strokeDash: [4, 3] },
        encoding: { x: x('bound') },
      },
      {
        data: { values: signals },
        mark: { type: 'circle', color: SIGNAL, size: 32, opacity: 0.8, yOffset: BELOW.signals },
        encoding: { x: x('factor'), y },
      },
      {
        data: { values: intervals },
        mark: { type: 'rule', color: MEAN, strokeWidth: 2, yOffset: BELOW.mean },
        encoding: { x: x('low'), x2: { field: 'high' }, y },
      },
      {
        data: { values: means },
        mark: { type: 'square', color: MEAN, size: 56, opacity: 1, yOffset: BELOW.mean },
        encoding: { x: x('factor'), y },
      },
    ],
  };
}

/** What a claim on a network and kind of groups is called beside others of the same claim. */
export const rowOf = ({ network, groups }: TestedClaim): string =>
  groups === undefined ? network : `${network}, ${GROUPS_WORDS[groups]}`;

/** At most so many signals, from the least factor to the greatest at even ranks. */
function evenly(signals: TestedClaim['signals']): TestedClaim['signals'] {
  if (signals.length <= MOST_SIGNALS) return signals;
  const sorted = [...signals].sort((a, b) => a.factor - b.factor);
  const step = (sorted.length - 1) / (MOST_SIGNALS - 1);
  return Array.from({ length: MOST_SIGNALS }, (_, i) => sorted[Math.round(i * step)]);
}

/** From the power of two below all that is drawn to the one above. */
function domainOf(measured: readonly TestedClaim[]): [number, number] {
  let [least, most] = [0.5, 2];
  for (const { claim, factor, interval, signals } of measured) {
    for (const value of [
      claim.below ?? claim.above,
      factor,
      interval?.low,
      interval?.high,
      ...signals.map((one) => one.factor),
    ]) {
      if (value === undefined) continue;
      [least, most] = [Math.min(least, value), Math.max(most, value)];
    }
  }
  return [2 ** Math.floor(Math.log2(Math.max(least, 1 / REACH))), 2 ** Math.ceil(Math.log2(Math.min(most, REACH)))];
}

/** Five or so of them. */
function powersOfTwo([least, most]: readonly [number, number]): number[] {
  const [from, to] = [Math.log2(least), Math.log2(most)];
  const step = Math.ceil((to - from) / 6);
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, i) => 2 ** (first + i * step));
}
